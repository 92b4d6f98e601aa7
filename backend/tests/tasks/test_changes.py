from typing import Any

import pytest

from tests.support.asking import refusal, task
from tests.support.person import Person
from tests.support.records import Records
from tests.tasks.conftest import WHOLE


async def test_a_completed_task_stays_completed_when_completed_again(
    with_task: Person, records: Records
) -> None:
    first = await with_task.call("complete_task", task_id=1)
    stored = await task(with_task, 1)
    assert await with_task.call("complete_task", task_id=1) == first
    assert first == {
        "task_id": 1,
        "status": "completed",
        "title": "Call mom",
        "version": 2,
        "due": "2026-11-23",
        "weekday": "Monday",
        "priority": "high",
        "tags": ["family"],
        "timezone": "UTC",
    }
    assert (stored["completed"], stored["status"], stored["version"]) == (True, "completed", 2)
    assert stored["completed_at"] == stored["updated_at"]
    assert await records.kinds(with_task) == ["created", "updated"]


async def test_an_update_returns_the_stored_task_and_the_changed_fields(with_task: Person) -> None:
    updated = await with_task.call(
        "update_task",
        task_id=1,
        title="Call dad",
        due="2026-11-24T09:00",
        priority="high",
        tags=["family", "phone"],
    )
    assert updated == {
        "task_id": 1,
        "status": "updated",
        "title": "Call dad",
        "changed": ["title", "due", "tags"],
        "version": 2,
        "due": "2026-11-24T09:00:00+00:00",
        "weekday": "Tuesday",
        "priority": "high",
        "tags": ["family", "phone"],
        "timezone": "UTC",
    }
    shown = await task(with_task, 1)
    assert (shown["title"], shown["description"]) == ("Call dad", "About Sunday")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("title", "Call dad"),
        ("description", "About Monday"),
        ("due", "2026-12-01"),
        ("priority", "low"),
        ("tags", ["friends", "phone"]),
    ],
)
async def test_an_update_of_one_field_keeps_the_others(
    with_task: Person, records: Records, field: str, value: Any
) -> None:
    before = await task(with_task, 1)
    updated = await with_task.call("update_task", task_id=1, **{field: value})
    after = await task(with_task, 1)
    moving = {field, "version", "updated_at", "weekday"}
    assert updated["changed"] == [field]
    assert after[field] == value
    assert {k: v for k, v in after.items() if k not in moving} == {
        k: v for k, v in before.items() if k not in moving
    }
    assert await records.kinds(with_task) == ["created", "updated"]


async def test_an_update_without_a_change_adds_no_event(
    with_task: Person, records: Records
) -> None:
    before = await task(with_task, 1)
    updated = await with_task.call("update_task", task_id=1, **WHOLE, status="pending", clear=[])
    assert (updated["changed"], updated["version"]) == ([], 1)
    assert await task(with_task, 1) == before
    assert await records.kinds(with_task) == ["created"]


@pytest.mark.parametrize("field", ["description", "due", "priority", "tags"])
async def test_clear_empties_one_field(with_task: Person, field: str) -> None:
    before = await task(with_task, 1)
    updated = await with_task.call("update_task", task_id=1, clear=[field, field])
    after = await task(with_task, 1)
    gone = {"due", "weekday"} if field == "due" else {field}
    assert updated["changed"] == [field]
    assert set(before) - set(after) == gone
    again = await with_task.call("update_task", task_id=1, clear=[field])
    assert (again["changed"], again["version"]) == ([], 2)


async def test_clear_empties_its_fields_and_other_fields_are_set(with_task: Person) -> None:
    updated = await with_task.call(
        "update_task", task_id=1, title="Call", clear=["tags", "due", "description"]
    )
    assert updated["changed"] == ["title", "description", "due", "tags"]
    assert set(await task(with_task, 1)) == {
        "id", "title", "completed", "status", "version", "priority", "created_at", "updated_at",
    }  # fmt: skip


@pytest.mark.parametrize("field", ["description", "due", "priority", "tags"])
async def test_a_field_both_given_and_cleared_is_refused(with_task: Person, field: str) -> None:
    before = await task(with_task, 1)
    refused = await refusal(
        with_task, "update_task", task_id=1, clear=[field], **{field: WHOLE[field]}
    )
    assert field in refused.message
    assert await task(with_task, 1) == before


@pytest.mark.parametrize("clear", [["title"], ["status"], "due", [None], [1]])
async def test_an_invalid_clear_is_refused(with_task: Person, clear: Any) -> None:
    refused = await refusal(with_task, "update_task", task_id=1, clear=clear)
    assert {name.partition(".")[0] for name in refused.arguments} == {"clear"}


@pytest.mark.parametrize("empty", [{"description": ""}, {"tags": []}])
async def test_an_empty_value_empties_its_field(with_task: Person, empty: dict[str, Any]) -> None:
    updated = await with_task.call("update_task", task_id=1, **empty)
    assert updated["changed"] == list(empty)
    assert not set(empty) & set(await task(with_task, 1))


@pytest.mark.parametrize("arguments", [{}, {"if_version": 1}])
async def test_an_update_of_nothing_is_refused(
    with_task: Person, arguments: dict[str, Any]
) -> None:
    refused = await refusal(with_task, "update_task", task_id=1, **arguments)
    assert refused.code == "nothing_to_change"


@pytest.mark.parametrize(
    ("tool", "arguments"),
    [
        ("complete_task", {}),
        ("delete_task", {}),
        ("update_task", {"title": "x"}),
        ("list_tasks", {}),
    ],
)
async def test_the_error_for_a_missing_task_has_its_id(
    ann: Person, tool: str, arguments: dict[str, Any]
) -> None:
    refused = await refusal(ann, tool, task_id=7, **arguments)
    assert refused.message.startswith("There is no task 7.")
    assert refused.current is None


async def test_an_update_can_complete_a_task(with_task: Person, records: Records) -> None:
    updated = await with_task.call("update_task", task_id=1, status="completed")
    assert (updated["status"], updated["changed"]) == ("updated", ["status"])
    assert (await task(with_task, 1))["status"] == "completed"
    assert await records.kinds(with_task) == ["created", "updated"]


async def test_the_status_pending_reopens_a_completed_task(
    with_task: Person, records: Records
) -> None:
    await with_task.call("complete_task", task_id=1)
    updated = await with_task.call("update_task", task_id=1, status="pending")
    shown = await task(with_task, 1)
    assert updated["changed"] == ["status"]
    assert (shown["completed"], shown["status"], "completed_at" in shown) == (
        False,
        "pending",
        False,
    )
    assert await records.kinds(with_task) == ["created", "updated", "updated"]


async def test_a_status_and_a_field_change_in_one_update(
    with_task: Person, records: Records
) -> None:
    updated = await with_task.call("update_task", task_id=1, status="completed", title="Called")
    assert updated["changed"] == ["title", "status"]
    assert await records.kinds(with_task) == ["created", "updated"]


async def test_a_completed_task_can_be_updated_and_stays_completed(with_task: Person) -> None:
    await with_task.call("complete_task", task_id=1)
    await with_task.call("update_task", task_id=1, title="Called mom")
    shown = await task(with_task, 1)
    assert (shown["title"], shown["status"]) == ("Called mom", "completed")


async def test_an_event_has_only_the_changed_fields(with_task: Person, records: Records) -> None:
    await with_task.call("update_task", task_id=1, title="Call dad", clear=["priority"])
    event = (await records.events(with_task))[-1]
    assert (event["before"], event["after"]) == (
        {"title": "Call mom", "priority": 3},
        {"title": "Call dad", "priority": 0},
    )
