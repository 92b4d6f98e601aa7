"""The fields of a task, each declared once: its columns, and how it is given, shown and compared.

A list row alone is written by hand, for speed (representation.py); a test holds it against FIELDS.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any, TypeAlias, TypeVar

from surelist.tasks.due import Moment, fixed, instant, read_moment, write_moment
from surelist.tasks.models import PRIORITIES, PRIORITY_NAMES

T = TypeVar("T")

Columns: TypeAlias = Mapping[str, Any]
"""Columns of a task, in the types of the table."""


def _unchanged(value: T, *_: object) -> T:
    return value


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a task.

    `name` is the field's name in arguments and events, `changed_as` its name in lists of changed
    fields. `empty` names its columns, with the values that they hold while the field is empty.

    `given` turns a given value into columns, from the columns as they are and the user's timezone;
    it is None for a field that only operations of their own change. `shown` turns columns into the
    value that callers see in that timezone. `recalled` turns what an event holds of the columns, as
    JSON, into columns that hold in that timezone now: undo puts these back. Two states are the same
    to a person when their `key` is.
    """

    name: str
    changed_as: str
    empty: Columns
    given: Callable[[Any, Columns, str], Columns] | None
    shown: Callable[[Columns, str], Any]
    recalled: Callable[[Columns, str], Columns] = _unchanged
    key: Callable[[Columns], Any] = dict

    def of(self, columns: Columns) -> Columns:
        """The field's own columns, of these."""
        return {name: columns[name] for name in self.empty if name in columns}


def _one_column(
    name: str,
    empty: Any = None,
    *,
    stored: Callable[[Any], Any] = _unchanged,
    shown: Callable[[Any], Any] = _unchanged,
) -> Field:
    """A field that one column of its name holds."""
    return Field(
        name,
        name,
        {name: empty},
        given=lambda value, _columns, _timezone: {name: stored(value)},
        shown=lambda columns, _timezone: shown(columns[name]),
    )


def _since(name: str) -> Field:
    """A part of the status: callers see whether it is so, the column holds since when."""
    column = f"{name}_at"
    return Field(
        name,
        "status",
        {column: None},
        given=None,
        shown=lambda columns, _timezone: columns[column] is not None,
        recalled=lambda image, _timezone: {column: _instant(image[column])},
        key=lambda columns: columns[column] is not None,
    )


def _instant(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _due_columns(due: Moment) -> Columns:
    return {"due_on": due.on, "due_time": due.clock, "due_zone": due.zone, "due_at": due.at}


def _given_due(value: str, columns: Columns, timezone: str) -> Columns:
    """A time that is sent back as it was shown, with an offset, goes on floating if it did."""
    due = read_moment(value, timezone, "due")
    if due.zone and columns["due_time"] is not None and columns["due_at"] == due.at:
        return DUE.of(columns)
    return _due_columns(due)


def _shown_due(columns: Columns, timezone: str) -> str | None:
    if columns["due_at"] is None:
        return None
    return write_moment(columns["due_at"], columns["due_on"], columns["due_time"], timezone)[0]


def _recalled_due(image: Columns, timezone: str) -> Columns:
    """Wall times fall due where the user is now; an event of before migration 0007 has none."""
    if "due_time" not in image and image["due_at"] and not image["due_on"]:
        return _due_columns(fixed(datetime.fromisoformat(image["due_at"]).astimezone(UTC)))
    if not image["due_on"]:
        return DUE.empty
    on, clock, zone = (
        date.fromisoformat(image["due_on"]),
        image.get("due_time"),
        image.get("due_zone"),
    )
    clock = time.fromisoformat(clock) if clock else None
    return _due_columns(Moment(instant(on, clock, zone, timezone), on, clock, zone))


def _due_key(columns: Columns) -> object:
    """A day or a wall time for what floats, an instant for what does not."""
    floats = columns["due_zone"] is None
    return (columns["due_on"], columns["due_time"]) if floats else columns["due_at"]


TITLE = _one_column("title")
DESCRIPTION = _one_column("description", stored=lambda text: text or None)
PRIORITY = _one_column(
    "priority", 0, stored=PRIORITIES.__getitem__, shown=PRIORITY_NAMES.__getitem__
)
DUE = Field(
    "due",
    "due",
    dict.fromkeys(("due_on", "due_time", "due_zone", "due_at")),
    given=_given_due,
    shown=_shown_due,
    recalled=_recalled_due,
    key=_due_key,
)
TAGS = _one_column("tags", [])
COMPLETED = _since("completed")
DELETED = _since("deleted")

FIELDS = (TITLE, DESCRIPTION, PRIORITY, DUE, TAGS, COMPLETED, DELETED)
"""In the order in which changed fields are named."""

EMPTY: Columns = {name: value for field in FIELDS for name, value in field.empty.items()}
"""Every column of every field, as it is when the field is empty."""

_BY_NAME = {field.name: field for field in FIELDS}


def columns_of(given: Mapping[str, Any], columns: Columns, timezone: str) -> dict[str, Any]:
    """The columns that given fields make of a task with these. Raises Invalid."""
    made: dict[str, Any] = {}
    for name, value in given.items():
        if to_columns := _BY_NAME[name].given:
            made |= to_columns(value, columns, timezone)
    return made


def emptied(names: Collection[str]) -> dict[str, Any]:
    """The columns of these fields, empty."""
    return {
        column: value
        for field in FIELDS
        if field.name in names
        for column, value in field.empty.items()
    }


def differing(one: Columns, other: Columns) -> list[str]:
    """The columns of the fields in which two states of a task differ: all that a field has."""
    return [
        name
        for field in FIELDS
        if any(one[name] != other[name] for name in field.empty)
        for name in field.empty
    ]


def named(columns: Collection[str]) -> list[str]:
    """The names of changed fields, from their columns: each once and in order."""
    return list(
        dict.fromkeys(
            field.changed_as for field in FIELDS if not field.empty.keys().isdisjoint(columns)
        )
    )


def remembered(image: Mapping[str, Any], timezone: str) -> dict[str, Any]:
    """The columns that an event's `before` or `after` holds, as they hold in that timezone now."""
    columns: dict[str, Any] = {}
    for field in FIELDS:
        if part := field.of(image):
            columns |= field.recalled(part, timezone)
    return columns


def shown(columns: Columns, timezone: str) -> dict[str, Any]:
    """The fields of these columns and their values, empty ones as None, False or []."""
    return {
        field.name: field.shown(columns, timezone)
        for field in FIELDS
        if not field.empty.keys().isdisjoint(columns)
    }


def changed_since(task: Columns, left: Columns) -> list[str]:
    """The names of the fields of `left` that a person sees otherwise in `task`."""
    return named(
        [
            name
            for field in FIELDS
            if (part := field.of(left)) and field.key(field.of(task)) != field.key(part)
            for name in part
        ]
    )
