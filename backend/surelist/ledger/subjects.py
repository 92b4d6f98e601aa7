"""What the ledger knows of each kind of thing whose changes are events."""

import pkgutil
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from typing import Any, NamedTuple, TypeAlias

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    bindparam,
    column,
    func,
    literal_column,
    select,
    true,
)
from sqlalchemy.sql.selectable import Subquery

import surelist
from surelist.data.database import Statement, compiled
from surelist.data.isolation import UserTransaction
from surelist.errors import Conflict, NotFound
from surelist.ledger.fields import Columns, Fields
from surelist.ledger.models import EventKind

Key: TypeAlias = int | str | None
"""What tells a row from its user's other rows: a number, a text, or nothing where there is one."""

Row: TypeAlias = Mapping[str, Any]
"""A row of a subject's table as stored: columns but `user_id`."""


def nothing_derived(_: Row) -> Columns:
    """The derived columns of a row that has none."""
    return {}


class Store(NamedTuple):
    """How a change of a row is stored.

    `alone` stores it with its event and the account's counters (`ledger.write.recorded`), for a
    call of one event. `among` stores the row only, for a call of several; it is None where the row
    is stored already. Both take the columns of the row as parameters, and those that are `derived`
    from them.
    """

    alone: Statement
    among: Statement | None
    derived: Callable[[Row], Columns] = nothing_derived
    derived_among: Callable[[Row], Columns] = nothing_derived


class Trash(NamedTuple):
    """How rows of a subject leave the trash when their time is over.

    `any_expired` is a column of each write's lookup, named `{subject}_expired`: whether there are
    such rows. `expired` selects the keys of the first of them.
    """

    any_expired: ColumnElement[bool]
    expired: Statement
    purge: Store


def always_updated(_changed: Collection[str], _before: Row, _after: Row) -> EventKind:
    """The kind of a change of a row that is never deleted."""
    return "updated"


def no_counts(_before: Row | None, _after: Row | None) -> tuple[int, int]:
    """The counts of a subject that the account does not count."""
    return 0, 0


def by_keys(
    columns: Sequence[ColumnElement[Any]],
    key: ColumnElement[Any] | None,
    visible: ColumnElement[bool],
) -> Statement:
    """Select these columns of the visible rows whose key is one of the array `keys`.

    Each key is looked up by itself: with old statistics, PostgreSQL would read all rows for an
    array of them.
    """
    rows = select(*columns).where(visible)
    if key is None:
        return compiled(rows)
    keys = func.unnest(bindparam("keys", type_=ARRAY(key.type), required=True))
    wanted = keys.table_valued(column("key", key.type)).render_derived("wanted")
    row = rows.where(key == wanted.c.key).limit(literal_column("1")).lateral("of_key")
    return compiled(select(*row.c).select_from(wanted.join(row, true())))


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """A kind of thing whose changes are events, and what undo needs to know of it.

    `noun` is what people call a row, and `no_such` the answer where there is none with such a key.
    `key` names the column that tells its rows apart, None where a user has one row. `columns` are
    those of a row, and `visible` says whether it is there for callers. `store` chooses how a change
    of these columns is stored, `kind_of` names the kind of its event, and `counts` says what it
    adds to the account's pending and completed tasks.

    An undo of a creation gives the row the columns of `undo_of_creation`. Kinds of changes in
    `irreversible` cannot be undone: it makes the refusal from the event's id. `follow` runs after
    a change has been stored. `whole` is the row as a refusal shows it.

    Only the person may undo changes of a subject that is `for_person`, and only they see those of
    one that is `hidden`. A subject that `holds_text` needs room for it; changes of the kinds in
    `never_refused` are made whatever the quotas.
    """

    name: str
    noun: Callable[[Key], str]
    no_such: Callable[[Any], NotFound]
    fields: Fields
    key: str | None
    columns: Sequence[ColumnElement[Any]]
    rows: Subquery
    visible: ColumnElement[bool]
    load: Statement
    store: Callable[[Collection[str]], Store]
    kind_of: Callable[[Collection[str], Row, Row], EventKind] = always_updated
    counts: Callable[[Row | None, Row | None], tuple[int, int]] = no_counts
    trash: Trash | None = None
    undo_of_creation: Callable[[datetime], Columns] | None = None
    irreversible: Mapping[EventKind, Callable[[int], Conflict]] = field(
        default_factory=dict[EventKind, Callable[[int], Conflict]]
    )
    follow: Callable[[UserTransaction, Row], Awaitable[None]] | None = None
    whole: Callable[[Row, str], Mapping[str, Any]] | None = None
    for_person: bool = False
    hidden: bool = False
    holds_text: bool = False
    never_refused: Collection[EventKind] = ("purged",)

    def found_in(self, record: Row, prefix: str = "") -> Row | None:
        """The row in a lookup that selects `columns`, each named behind `prefix`; None without."""
        if record[prefix + (self.key or self.columns[0].name)] is None:
            return None
        return {column.name: record[prefix + column.name] for column in self.columns}

    def key_of(self, row: Row) -> Key:
        """What tells this row from others."""
        return row[self.key] if self.key else None


def key_in(record: Row, event: str = "subject") -> Key:
    """The key of the row that an event is of, from its columns `{event}_id` and `{event}_key`."""
    text = record[f"{event}_key"]
    return record[f"{event}_id"] if text is None else text


@cache
def subjects() -> Mapping[str, Subject]:
    """Each subject by its name.

    They are found by their declaration: a feature's folder with a `subject.py` that has a SUBJECT
    is enough.
    """
    found: dict[str, Subject] = {}
    for package in pkgutil.iter_modules(surelist.__path__, "surelist."):
        if package.ispkg and find_spec(f"{package.name}.subject"):
            subject: Subject = import_module(f"{package.name}.subject").SUBJECT
            found[subject.name] = subject
    return found
