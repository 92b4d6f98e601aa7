"""The fields of a subject. Each declares its columns, and how values become columns and back."""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeAlias, TypeVar

T = TypeVar("T")

Columns: TypeAlias = Mapping[str, Any]
"""Column values of a subject's table, by name."""


def _unchanged(value: T, *_: object) -> T:
    return value


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a subject.

    `name` is its name in arguments and events, `name_in_changes` its name in lists of changed
    fields. `empty` has its columns and their values in an empty field.

    `to_columns` converts an argument to columns; it also gets the current columns and the user's
    time zone. It is None for fields that callers cannot set, such as `deleted`. `to_value` converts
    columns to the value that callers see. `from_event` converts the JSON of an event to columns in
    the current time zone, for undo. `comparison_key` is equal for states that look the same to a
    person.
    """

    name: str
    name_in_changes: str
    empty: Columns
    to_columns: Callable[[Any, Columns, str], Columns] | None
    to_value: Callable[[Columns, str], Any]
    from_event: Callable[[Columns, str], Columns] = _unchanged
    comparison_key: Callable[[Columns], Any] = dict

    def own_columns(self, columns: Columns) -> Columns:
        """Those of `columns` that belong to this field."""
        return {name: columns[name] for name in self.empty if name in columns}


def one_column(
    name: str,
    empty: Any = None,
    *,
    to_column: Callable[[Any], Any] = _unchanged,
    from_column: Callable[[Any], Any] = _unchanged,
) -> Field:
    """A field with one column, which has the same name."""
    return Field(
        name,
        name,
        {name: empty},
        to_columns=lambda value, _columns, _timezone: {name: to_column(value)},
        to_value=lambda columns, _timezone: from_column(columns[name]),
    )


def timestamp_flag(name: str, name_in_changes: str) -> Field:
    """A boolean field, stored as the time at which it became true: `{name}_at`, or NULL."""
    column = f"{name}_at"
    return Field(
        name,
        name_in_changes,
        {column: None},
        to_columns=None,
        to_value=lambda columns, _timezone: columns[column] is not None,
        from_event=lambda image, _timezone: {column: instant(image[column])},
        comparison_key=lambda columns: columns[column] is not None,
    )


def instant(text: str | None) -> datetime | None:
    """Parse a time in the JSON of an event."""
    return datetime.fromisoformat(text) if text else None


class Fields:
    """All fields of a subject, in the order in which answers list changed fields.

    `empty` has the columns of all fields and their values in empty fields.
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
        """Convert arguments to columns, for a row with `columns`. None empties a field.

        Raises Invalid.
        """
        made: dict[str, Any] = {}
        for name, value in given.items():
            field = self._by_name[name]
            if value is None:
                made |= field.empty
            elif field.to_columns:
                made |= field.to_columns(value, columns, timezone)
        return made

    def changed_columns(self, one: Columns, other: Columns) -> list[str]:
        """All columns of the fields that differ between two states."""
        return [
            name
            for field in self._fields
            if any(one[name] != other[name] for name in field.empty)
            for name in field.empty
        ]

    def field_names(self, columns: Collection[str]) -> list[str]:
        """The names of the fields with these columns, in order and without duplicates."""
        return list(
            dict.fromkeys(
                field.name_in_changes
                for field in self._fields
                if not field.empty.keys().isdisjoint(columns)
            )
        )

    def columns_from_json(self, image: Mapping[str, Any], timezone: str) -> dict[str, Any]:
        """Convert the `before` or `after` of an event to columns in the current `timezone`."""
        columns: dict[str, Any] = {}
        for field in self._fields:
            if part := field.own_columns(image):
                columns |= field.from_event(part, timezone)
        return columns

    def to_values(self, columns: Columns, timezone: str) -> dict[str, Any]:
        """Convert columns to values by field name. Empty fields are None, False or []."""
        return {
            field.name: field.to_value(columns, timezone)
            for field in self._fields
            if not field.empty.keys().isdisjoint(columns)
        }

    def fields_changed_since(self, row: Columns, earlier: Columns) -> list[str]:
        """The names of the fields in `earlier` that look different in `row`."""
        return self.field_names(
            [
                name
                for field in self._fields
                if (part := field.own_columns(earlier))
                and field.comparison_key(field.own_columns(row)) != field.comparison_key(part)
                for name in part
            ]
        )
