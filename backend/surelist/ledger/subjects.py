"""Subjects: the kinds of rows with changes in the ledger, such as tasks and agents."""

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
"""The key of a row within its user: a number, a text, or None if there is one row only."""

Row: TypeAlias = Mapping[str, Any]
"""A row of a subject's table, without `user_id`."""


def nothing_derived(_: Row) -> Columns:
    """The default of Store: no derived columns."""
    return {}


class Store(NamedTuple):
    """The statements that store a change of a row.

    `alone` also stores its event and the account's counters (`ledger.statements.recorded`), for a
    call with one event. `among` stores the row only, for a call with several events; it is None if
    the row is stored already. The parameters are the columns of the row, and the columns that
    `derived` or `derived_among` compute from them.
    """

    alone: Statement
    among: Statement | None
    derived: Callable[[Row], Columns] = nothing_derived
    derived_among: Callable[[Row], Columns] = nothing_derived


class Trash(NamedTuple):
    """The purge of rows that have been in the trash for too long.

    `any_expired` is a column of each lookup, named `{subject}_expired`: whether such rows exist.
    `expired` selects the keys of the oldest ones.
    """

    any_expired: ColumnElement[bool]
    expired: Statement
    purge: Store


def always_updated(_changed: Collection[str], _before: Row, _after: Row) -> EventKind:
    """The event kind for subjects without deletion."""
    return "updated"


def no_counts(_before: Row | None, _after: Row | None) -> tuple[int, int]:
    """The counts of a subject that the account has no counters for."""
    return 0, 0


def by_keys(
    columns: Sequence[ColumnElement[Any]],
    key: ColumnElement[Any] | None,
    visible: ColumnElement[bool],
) -> Statement:
    """Select these columns of the visible rows with a key in the array `keys`.

    Each key is looked up separately. With `= ANY` and outdated statistics, PostgreSQL would read
    all rows.
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
    """A kind of rows with changes in the ledger, and the rules to store and undo these changes.

    `noun` is the name of a row in errors, such as "Task 1", and `not_found` the error for a missing
    row. `key` is its key column, or None if a user has one row only. `visible` is the condition for
    rows that callers may see. `store` returns the statements for a change of these columns,
    `event_kind` the kind of its event, and `counts` its effect on the numbers of pending and of
    completed tasks. `title` is the column that names a row to people.

    The undo of a creation sets the columns of `undo_of_creation`. Event kinds in `irreversible`
    cannot be undone; the value makes the error from the event's id. `after_change` runs after a
    change was stored. `representation` is the row in an error.

    Only the person may undo changes of a `person_only` subject. Only the person sees events of a
    `hidden` subject. The quota of bytes applies if `holds_text`. No quota applies to the event
    kinds in `exempt_from_quotas`.
    """

    name: str
    noun: Callable[[Key], str]
    not_found: Callable[[Any], NotFound]
    fields: Fields
    key: str | None
    columns: Sequence[ColumnElement[Any]]
    rows: Subquery
    visible: ColumnElement[bool]
    load: Statement
    store: Callable[[Collection[str]], Store]
    event_kind: Callable[[Collection[str], Row, Row], EventKind] = always_updated
    counts: Callable[[Row | None, Row | None], tuple[int, int]] = no_counts
    title: ColumnElement[str] | None = None
    trash: Trash | None = None
    undo_of_creation: Callable[[datetime], Columns] | None = None
    irreversible: Mapping[EventKind, Callable[[int], Conflict]] = field(
        default_factory=dict[EventKind, Callable[[int], Conflict]]
    )
    after_change: Callable[[UserTransaction, Row], Awaitable[None]] | None = None
    representation: Callable[[Row, str], Mapping[str, Any]] | None = None
    person_only: bool = False
    hidden: bool = False
    holds_text: bool = False
    exempt_from_quotas: Collection[EventKind] = ("purged",)

    def row_in(self, record: Row, prefix: str = "") -> Row | None:
        """The row in the record of a lookup, or None. Its column names begin with `prefix`."""
        if record[prefix + (self.key or self.columns[0].name)] is None:
            return None
        return {column.name: record[prefix + column.name] for column in self.columns}

    def key_of(self, row: Row) -> Key:
        """The key of a row."""
        return row[self.key] if self.key else None


def key_of_event(record: Row, prefix: str = "subject") -> Key:
    """The key of an event's row, from the columns `{prefix}_id` and `{prefix}_key`."""
    text = record[f"{prefix}_key"]
    return record[f"{prefix}_id"] if text is None else text


@cache
def subjects() -> Mapping[str, Subject]:
    """All subjects by name: the SUBJECT of each package with a module `subject`."""
    found: dict[str, Subject] = {}
    for package in pkgutil.iter_modules(surelist.__path__, "surelist."):
        if package.ispkg and find_spec(f"{package.name}.subject"):
            subject: Subject = import_module(f"{package.name}.subject").SUBJECT
            found[subject.name] = subject
    return found
