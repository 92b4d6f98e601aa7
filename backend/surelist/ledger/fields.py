"""The fields of a subject, each declared once: its columns, and how it is given and shown."""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeAlias, TypeVar

T = TypeVar("T")

Columns: TypeAlias = Mapping[str, Any]
"""Columns of a subject, in the types of its table."""


def _unchanged(value: T, *_: object) -> T:
    return value


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a subject.

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


def one_column(
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


def since(name: str, changed_as: str) -> Field:
    """A part of the status: callers see whether it is so, the column holds since when."""
    column = f"{name}_at"
    return Field(
        name,
        changed_as,
        {column: None},
        given=None,
        shown=lambda columns, _timezone: columns[column] is not None,
        recalled=lambda image, _timezone: {column: instant(image[column])},
        key=lambda columns: columns[column] is not None,
    )


def instant(text: str | None) -> datetime | None:
    """An instant as an event holds it."""
    return datetime.fromisoformat(text) if text else None


class Fields:
    """All fields of a subject, in the order in which changed fields are named.

    `empty` has every column of every field, as it is when the field is empty.
    """

    __slots__ = ("_by_name", "_fields", "empty")

    def __init__(self, *fields: Field) -> None:
        self._fields = fields
        self._by_name = {field.name: field for field in fields}
        self.empty: Columns = {
            name: value for field in fields for name, value in field.empty.items()
        }

    def __iter__(self) -> Iterator[Field]:
        return iter(self._fields)

    def columns_of(
        self, given: Mapping[str, Any], columns: Columns, timezone: str
    ) -> dict[str, Any]:
        """The columns of the given fields, for a row with `columns`. None empties a field.

        Raises Invalid.
        """
        made: dict[str, Any] = {}
        for name, value in given.items():
            field = self._by_name[name]
            if value is None:
                made |= field.empty
            elif field.given:
                made |= field.given(value, columns, timezone)
        return made

    def changed_columns(self, one: Columns, other: Columns) -> list[str]:
        """The columns of the fields in which two states differ: all that such a field has."""
        return [
            name
            for field in self._fields
            if any(one[name] != other[name] for name in field.empty)
            for name in field.empty
        ]

    def field_names(self, columns: Collection[str]) -> list[str]:
        """The names of changed fields, from their columns: each once and in order."""
        return list(
            dict.fromkeys(
                field.changed_as
                for field in self._fields
                if not field.empty.keys().isdisjoint(columns)
            )
        )

    def columns_from_json(self, image: Mapping[str, Any], timezone: str) -> dict[str, Any]:
        """The columns that an event's `before` or `after` holds, as they hold in `timezone` now."""
        columns: dict[str, Any] = {}
        for field in self._fields:
            if part := field.of(image):
                columns |= field.recalled(part, timezone)
        return columns

    def shown(self, columns: Columns, timezone: str) -> dict[str, Any]:
        """The fields of these columns and their values, empty ones as None, False or []."""
        return {
            field.name: field.shown(columns, timezone)
            for field in self._fields
            if not field.empty.keys().isdisjoint(columns)
        }

    def changed_since(self, row: Columns, left: Columns) -> list[str]:
        """The names of the fields of `left` that a person sees otherwise in `row`."""
        return self.field_names(
            [
                name
                for field in self._fields
                if (part := field.of(left)) and field.key(field.of(row)) != field.key(part)
                for name in part
            ]
        )
