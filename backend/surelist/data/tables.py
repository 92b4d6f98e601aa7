"""The base class of tables with users' rows, and the list of these tables."""

import pkgutil
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from typing import Any, ClassVar

from sqlalchemy import Text
from sqlmodel import Field, SQLModel

import surelist

VERSION = "alembic_version"
"""Alembic's table, with the version of the schema. It is the only table without users' rows."""

SQLModel.metadata.naming_convention = {
    **SQLModel.metadata.naming_convention,
    "fk": "%(table_name)s_%(referred_table_name)s_fkey",
    "pk": "%(table_name)s_pkey",
}


def owner(**options: Any) -> Any:
    """The column `user_id`, which is first in every key of every table."""
    return Field(primary_key=True, sa_type=Text, **options)


class UserTable(SQLModel):
    """A table whose every row belongs to one user: the base class of every model with `table=True`.

    The class is named as its table. Its rows are that user's alone by their migration
    (`migrating.create_user_table`), are part of a backup, and go with the account.
    """

    exported: ClassVar[bool] = True
    """Whether an export includes these rows, as a member named after the table plus "s"."""

    kept_on_erase: ClassVar[bool] = False
    """Whether an erase keeps the row. The account's row keeps the counters of ids."""

    found_by_workers: ClassVar[bool] = False
    """Whether workers search the rows of all users, for work that is due (wall.py)."""

    user_id: str = owner(foreign_key="account.user_id")


@cache
def _models() -> dict[str, type[UserTable]]:
    """Each model by the name of its table.

    They are found by their declaration: a feature's folder with a `models.py` is enough.
    """
    for package in pkgutil.iter_modules(surelist.__path__, "surelist."):
        if package.ispkg and find_spec(f"{package.name}.models"):
            import_module(f"{package.name}.models")
    return {model.__name__.lower(): model for model in UserTable.__subclasses__()}


def of_users() -> tuple[str, ...]:
    """The names of all tables with a user's rows, in alphabetical order."""
    return tuple(sorted(_models()))


def found_by_workers() -> frozenset[str]:
    """The names of the tables in which workers search the rows of all users."""
    return frozenset(name for name, model in _models().items() if model.found_by_workers)


def in_order() -> tuple[type[UserTable], ...]:
    """The models of all tables with a user's rows, each after those that it refers to."""
    models = _models()
    return tuple(models[table.name] for table in SQLModel.metadata.sorted_tables)


def erased() -> tuple[type[UserTable], ...]:
    """The models whose rows an erase removes, each before those that it refers to."""
    return tuple(model for model in reversed(in_order()) if not model.kept_on_erase)


def exported() -> tuple[str, ...]:
    """The names of the tables that a person's export has, in alphabetical order."""
    return tuple(name for name, model in sorted(_models().items()) if model.exported)
