"""The tables of users' data: those that the features' models declare."""

import pkgutil
from functools import cache
from importlib import import_module
from importlib.util import find_spec

from sqlmodel import SQLModel

import surelist

VERSION = "alembic_version"
"""The one table beside them, which names the schema's migration."""


@cache
def of_users() -> tuple[str, ...]:
    """The names of all tables with a user's rows, in order.

    They are found by their declaration: a feature's folder with a `models.py` is enough.
    """
    for package in pkgutil.iter_modules(surelist.__path__, "surelist."):
        if package.ispkg and find_spec(f"{package.name}.models"):
            import_module(f"{package.name}.models")
    return tuple(sorted(SQLModel.metadata.tables))
