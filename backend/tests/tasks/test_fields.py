"""Every place that lists the fields of a task lists all declared fields."""

from collections.abc import Collection
from datetime import UTC, datetime
from typing import Any, get_args

import pytest

from surelist.ledger.fields import Field
from surelist.ledger.representation import ChangedFields
from surelist.ledger.subjects import subjects
from surelist.tasks.fields import EMPTY, FIELDS
from surelist.tasks.models import CLEARABLE, DERIVED, ClearableField, Task, TaskFields
from surelist.tasks.representation import TaskRow, WholeTask, row, whole
from surelist.tasks.routes import Patch
from tests.support import ledger_model
from tests.tasks.examples import EXAMPLES

GIVEN = [field.name for field in FIELDS if field.to_columns]
OF_THE_ROW = {"user_id", "id", "version", "created_at", "updated_at"}
"""Columns that are not fields: the key, the version and the times of a row."""

BESIDE_FIELDS = {"id", "status", "weekday", "version", "description_truncated"}
"""Keys of a list row that are not fields."""

NULLABLE = {
    name
    for name, field in Patch.model_json_schema()["properties"].items()
    if {"type": "null"} in field.get("anyOf", ())
}

PLACES: dict[str, tuple[Collection[str], Collection[str]]] = {
    "the fields that are given": (TaskFields.model_fields, GIVEN),
    "a merge patch": (set(Patch.model_fields) - {"status", "clear", "undo"}, GIVEN),
    "what null empties in a merge patch": (NULLABLE, CLEARABLE),
    "ClearableField": (get_args(ClearableField), [name for name in GIVEN if name != "title"]),
    "the table task": (
        set(Task.model_fields) - OF_THE_ROW - DERIVED,
        EMPTY,
    ),
    "TaskRow": (
        set(TaskRow.__annotations__) - BESIDE_FIELDS,
        [*GIVEN, "completed"],
    ),
    "the fields of an event": (
        ChangedFields.__annotations__,
        [field.name for subject in subjects().values() for field in subject.fields],
    ),
    "the tests' examples": (EXAMPLES, GIVEN),
    "the tests' model of a list": (ledger_model.EMPTY, [field.name for field in FIELDS]),
}


@pytest.mark.parametrize("place", PLACES)
def test_every_place_has_every_field(place: str) -> None:
    found, declared = map(set, PLACES[place])
    missing = [f"{name} is missing in {place}" for name in sorted(declared - found)]
    unknown = [f"{name} of {place} is missing in FIELDS" for name in sorted(found - declared)]
    assert missing + unknown == []


@pytest.mark.parametrize("timezone", ["UTC", "America/Havana"])
@pytest.mark.parametrize(
    ("name", "value"), [(name, value) for name in EXAMPLES for value in EXAMPLES[name]]
)
def test_the_representations_match_the_declared_fields(
    name: str, value: Any, timezone: str
) -> None:
    if value == "2027-03-14T00:30" and timezone != "UTC":  # the clocks skip this time there
        return
    now = datetime(2026, 11, 26, 12, tzinfo=UTC)
    stamps = {"id": 1, "version": 1, "created_at": now, "updated_at": now}
    given = {"title": "Buy milk"} | {name: value}
    task = stamps | {**EMPTY, **FIELDS.columns_of(given, EMPTY, timezone)}
    declared = {name: value for name, value in FIELDS.to_values(task, timezone).items() if value}
    for shown in (row(task, timezone), whole(task, timezone)):
        told = {name: shown[name] for name in shown if name in declared}
        assert told == declared
        assert set(shown) <= set(WholeTask.__annotations__) - {"completed_at", "deleted_at"}


@pytest.mark.parametrize("field", tuple(FIELDS), ids=lambda field: field.name)
def test_an_empty_field_is_empty_in_events_and_values(field: Field) -> None:
    assert field.from_event(field.empty, "UTC") == field.empty
    assert not field.to_value(field.empty, "UTC")
