"""Every statement that the app compiles, kept in `specs/` so that all of them can be read.

Write it anew from `backend/`: `../.venv/bin/python -m tests.support.write_statements`
"""

import gc
import pkgutil
import sys
from collections.abc import Iterable, Iterator, Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

import surelist
from surelist.data.database import Statement
from surelist.tasks import selection
from surelist.tasks.selection import Shape

STATEMENTS = Path(__file__).parents[3] / "specs" / "statements.sql"

HEADING = """\
-- Every statement that Surelist compiles, by module and name. Generated: run `make generated`.
--
-- $1, $2 and so on are the parameters; a parameter with a value is a constant of the statement.
-- Lists are compiled when they are asked for: one statement for each shape of question. Shown here
-- is each filter and order alone, and a second page.
"""

_FIRST = Shape("all", "created", frozenset(), continued=False)
SHAPES = {
    "tasks.selection.page(all)": _FIRST,
    **{
        f"tasks.selection.page({status})": Shape(status, "created", frozenset(), continued=False)
        for status in ("pending", "completed", "deleted")
    },
    **{
        f"tasks.selection.page(pending, sort={sort}, second page)": Shape(
            "pending", sort, frozenset(), continued=True
        )
        for sort in ("created", "due", "priority", "title", "updated")
    },
    **{
        f"tasks.selection.page(pending, {name})": Shape(
            "pending", "created", frozenset({name}), continued=False
        )
        for name in ("search", "tag", "priority", "due_before", "due_after")
    },
}
"""The shapes of lists that are written, by name."""


def statements() -> dict[str, Statement]:
    """Every statement by its name: those of all modules, then the SHAPES of lists."""
    found: dict[str, Statement] = {}
    for module in sorted(pkgutil.walk_packages(surelist.__path__, "surelist."), key=_name):
        if module.name.endswith("__main__"):
            continue
        members = vars(import_module(module.name))
        for name, value in members.items():
            for path, statement in _within(name, value):
                if not any(statement is known for known in found.values()):
                    found[f"{module.name.removeprefix('surelist.')}.{path}"] = statement
    return found | {name: selection.page(shape) for name, shape in SHAPES.items()}


def document() -> str:
    """The text of the file."""
    return "\n".join([HEADING, *(_written(*one) for one in statements().items())])


def unnamed() -> list[Statement]:
    """Statements that exist, but that `statements` does not reach."""
    reached = {id(statement) for statement in statements().values()}
    alive = (one for one in gc.get_objects() if isinstance(one, Statement))
    return [one for one in alive if id(one) not in reached]


def _name(module: pkgutil.ModuleInfo) -> str:
    return module.name


def _within(path: str, value: Any) -> Iterator[tuple[str, Statement]]:
    """The statements that a variable holds, alone or in a list, a tuple or a mapping."""
    if isinstance(value, Statement):
        yield path, value
    elif isinstance(value, Mapping) and not path.startswith("__"):
        members: Mapping[Any, Any] = value
        for key, member in list(members.items()):
            yield from _within(f"{path}[{getattr(key, '__name__', key)}]", member)
    elif isinstance(value, list | tuple):
        several: Iterable[Any] = value
        for number, member in enumerate(several):
            yield from _within(f"{path}[{number}]", member)


def _written(name: str, statement: Statement) -> str:
    parameters = (
        f"${number} {parameter}{_constant(statement, parameter)}"
        for number, parameter in enumerate(statement.parameters, 1)
    )
    lines = (line.rstrip() for line in statement.sql.splitlines())
    return "\n".join([f"-- {name}", f"-- {', '.join(parameters)}", *lines]).rstrip() + ";\n"


def _constant(statement: Statement, parameter: str) -> str:
    constants = statement.constants
    return f" = {constants[parameter]!r}" if parameter in constants else ""


if __name__ == "__main__":
    if missing := unnamed():
        sys.exit("\n\n".join(["No module names these:", *(one.sql for one in missing)]))
    if "--check" in sys.argv:
        sys.exit(STATEMENTS.read_text() != document() and "run: make generated")
    STATEMENTS.write_text(document())
