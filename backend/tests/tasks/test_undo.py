from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from tests.support.asking import ids, refusal, task
from tests.support.person import Person
from tests.support.records import Records
from tests.tasks.conftest import WHOLE

OTHER: dict[str, Any] = {
    "title": "Call dad",
    "description": "About Monday",
    "due": "2026-11-24T10:00:00+00:00",
    "priority": "low",
    "tags": ["phone"],
}


def without_event_data(shown: dict[str, Any]) -> dict[str, Any]:
    """A task without the fields that every event changes."""
    return {name: shown[name] for name in shown if name not in ("version", "updated_at")}


async def undo(person: Person, version: int, task_id: int = 1) -> dict[str, Any]:
    return await person.call("update_task", task_id=task_id, undo=version)


async def test_undo_of_an_update_restores_all_old_values(with_task: Person) -> None:
    before = await task(with_task, 1)
    await with_task.call("update_task", task_id=1, **OTHER)
    undone = await with_task.call("update_task", task_id=1, undo=2)
    assert undone == {
        "task_id": 1,
        "status": "updated",
        "title": "Call mom",
        "changed": ["title", "description", "priority", "due", "tags"],
        "version": 3,
        "due": "2026-11-23",
        "weekday": "Monday",
        "priority": "high",
        "tags": ["family"],
        "timezone": "UTC",
    }
    assert without_event_data(await task(with_task, 1)) == without_event_data(before)


async def test_undo_of_an_update_keeps_fields_that_others_changed_since(with_task: Person) -> None:
    await with_task.call("update_task", task_id=1, title="Call dad")
    await with_task.call("update_task", task_id=1, priority="low")
    undone = await undo(with_task, 2)
    shown = await task(with_task, 1)
    assert undone["changed"] == ["title"]
    assert (shown["title"], shown["priority"]) == ("Call mom", "low")


async def test_undo_of_a_clearing_restores_the_fields(with_task: Person) -> None:
    before = await task(with_task, 1)
    await with_task.call("update_task", task_id=1, clear=["description", "due", "priority", "tags"])
    await undo(with_task, 2)
    assert without_event_data(await task(with_task, 1)) == without_event_data(before)


async def test_undo_of_a_creation_moves_the_task_to_the_trash(
    with_task: Person, records: Records
) -> None:
    undone = await undo(with_task, 1)
    assert (undone["changed"], undone["version"]) == (["status"], 2)
    assert (await task(with_task, 1))["status"] == "deleted"
    assert await records.kinds(with_task) == ["created", "undone"]
    assert (await records.events(with_task))[1]["undoes"] == 1


@pytest.mark.parametrize(
    ("tool", "arguments", "status"),
    [
        ("complete_task", {}, "pending"),
        ("delete_task", {}, "pending"),
        ("update_task", {"status": "completed"}, "pending"),
    ],
)
async def test_undo_of_a_completion_or_deletion_restores_the_task(
    with_task: Person, tool: str, arguments: dict[str, Any], status: str
) -> None:
    before = await task(with_task, 1)
    await with_task.call(tool, task_id=1, **arguments)
    assert (await undo(with_task, 2))["changed"] == ["status"]
    assert without_event_data(await task(with_task, 1)) == without_event_data(before)


async def test_undo_of_a_reopening_restores_the_time_of_completion(with_task: Person) -> None:
    await with_task.call("complete_task", task_id=1)
    completed = await task(with_task, 1)
    await with_task.call("update_task", task_id=1, status="pending")
    await undo(with_task, 3)
    assert without_event_data(await task(with_task, 1)) == without_event_data(completed)


async def test_undo_of_a_deletion_keeps_a_task_completed(
    with_task: Person,
) -> None:
    await with_task.call("complete_task", task_id=1)
    completed = await task(with_task, 1)
    await with_task.call("delete_task", task_id=1)
    await undo(with_task, 3)
    assert without_event_data(await task(with_task, 1)) == without_event_data(completed)


async def test_undo_of_a_restore_moves_the_task_to_the_trash(with_task: Person) -> None:
    await with_task.call("complete_task", task_id=1)
    await with_task.call("delete_task", task_id=1)
    await with_task.call("update_task", task_id=1, status="pending")
    await undo(with_task, 4)
    shown = await task(with_task, 1)
    assert (shown["status"], shown["completed"]) == ("deleted", True)


async def test_undo_of_a_restore_starts_another_30_days(
    with_task: Person, records: Records
) -> None:
    await with_task.call("delete_task", task_id=1)
    await records.age_the_trash(with_task, 29)
    await with_task.call("update_task", task_id=1, status="pending")
    await undo(with_task, 3)
    await records.age_the_trash(with_task, 2)
    assert await ids(with_task, status="deleted") == [1]


async def test_an_undo_is_undone_and_that_undo_undone_again(
    with_task: Person, records: Records
) -> None:
    await with_task.call("update_task", task_id=1, title="Call dad")
    seen = []
    for version in (2, 3, 4):
        await undo(with_task, version)
        seen.append((await task(with_task, 1))["title"])
    assert seen == ["Call mom", "Call dad", "Call mom"]
    assert [event["undoes"] for event in await records.events(with_task)] == [None, None, 2, 3, 4]


async def test_undo_of_the_undo_of_a_creation_restores_the_task(with_task: Person) -> None:
    before = await task(with_task, 1)
    await undo(with_task, 1)
    await undo(with_task, 2)
    assert without_event_data(await task(with_task, 1)) == without_event_data(before)


@pytest.mark.parametrize(
    "since",
    [
        [],
        [{"title": "Call nobody"}],
        [{"undo": 3}],
        [{"undo": 3}, {"title": "Call nobody"}],
    ],
)
async def test_undoing_twice_returns_the_first_undo(
    with_task: Person, records: Records, since: list[dict[str, Any]]
) -> None:
    await with_task.call("update_task", task_id=1, **OTHER)
    first = await undo(with_task, 2)
    for arguments in since:
        await with_task.call("update_task", task_id=1, **arguments)
    events = await records.events(with_task)
    assert await undo(with_task, 2) == first | {"repeated": True}
    assert await records.events(with_task) == events


async def test_an_undo_conflict_has_all_fields_changed_since_and_the_task(
    with_task: Person,
) -> None:
    await with_task.call("update_task", task_id=1, title="Call dad", priority="low", tags=["a"])
    await with_task.call("update_task", task_id=1, title="Call nobody", tags=["b"])
    current = await task(with_task, 1)
    refused = await refusal(with_task, "update_task", task_id=1, undo=2)
    assert "Changed since: title, tags." in refused.message
    assert refused.current == current | {"task_id": 1}
    assert await task(with_task, 1) == current


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"title": "Call dad"}, "title"),
        ({"due": "2026-11-24"}, "due"),
        ({"status": "completed"}, "status"),
        ({"clear": ["tags"]}, "tags"),
    ],
)
async def test_a_creation_cannot_be_undone_after_a_change(
    with_task: Person, change: dict[str, Any], named: str
) -> None:
    await with_task.call("update_task", task_id=1, **change)
    refused = await refusal(with_task, "update_task", task_id=1, undo=1)
    assert f"Changed since: {named}." in refused.message


async def test_a_creation_can_be_undone_after_all_changes_were_reversed(with_task: Person) -> None:
    await with_task.call("update_task", task_id=1, title="Call dad", due="2026-12-01")
    await undo(with_task, 2)
    await undo(with_task, 1)
    assert (await task(with_task, 1))["status"] == "deleted"


async def test_a_deletion_cannot_be_undone_after_a_restore(with_task: Person) -> None:
    await with_task.call("delete_task", task_id=1)
    await with_task.call("update_task", task_id=1, status="pending")
    refused = await refusal(with_task, "update_task", task_id=1, undo=2)
    assert "Changed since: status." in refused.message


async def test_a_due_day_made_a_time_of_that_day_conflicts_with_a_later_due(
    with_task: Person,
) -> None:
    await with_task.call("update_task", task_id=1, due="2026-11-23T00:00")
    await with_task.call("update_task", task_id=1, due="2026-12-01T09:00")
    refused = await refusal(with_task, "update_task", task_id=1, undo=2)
    assert "Changed since: due." in refused.message
    assert (await task(with_task, 1))["due"] == "2026-12-01T09:00:00+00:00"


async def test_undo_of_a_change_of_a_task_in_the_trash_keeps_it_there(with_task: Person) -> None:
    await with_task.call("update_task", task_id=1, title="Call dad")
    await with_task.call("delete_task", task_id=1)
    await undo(with_task, 2)
    shown = await task(with_task, 1)
    assert (shown["title"], shown["status"]) == ("Call mom", "deleted")


@pytest.mark.parametrize("version", [2, 3, 99, 2**53 - 1])
async def test_an_event_of_another_task_is_not_undone(
    with_task: Person, records: Records, version: int
) -> None:
    await with_task.call("add_task", title="Task 2")
    refused = await refusal(with_task, "update_task", task_id=1, undo=version)
    assert str(version) in refused.message
    assert await records.kinds(with_task) == ["created", "created"]


async def test_another_person_s_change_is_not_undone(with_task: Person, newcomer: Any) -> None:
    bob = newcomer()
    await refusal(bob, "update_task", task_id=1, undo=1)
    assert await ids(with_task) == [1]


async def test_another_client_of_the_person_may_undo(with_task: Person, records: Records) -> None:
    await with_task.through("cursor").call("update_task", task_id=1, undo=1)
    events = await records.events(with_task)
    assert [event["client_id"] for event in events] == ["claude", "cursor"]


@pytest.mark.parametrize("moved_at", [1, 2])
async def test_undo_restores_a_day_with_its_start_in_the_current_time_zone(
    newcomer: Callable[..., Person], records: Records, moved_at: int
) -> None:
    owner = newcomer("page", owner=True)
    await owner.call("add_task", **WHOLE)
    if moved_at == 1:
        await owner.rest("PATCH", json={"timezone": "Asia/Tokyo"})
    changed = await owner.call("update_task", task_id=1, due="2026-11-24")
    if moved_at == 2:
        await owner.rest("PATCH", json={"timezone": "Asia/Tokyo"})
    assert (await undo(owner, changed["version"]))["due"] == "2026-11-23"
    [stored] = await records.tasks(owner)
    assert stored["due_at"] == datetime(2026, 11, 22, 15, tzinfo=UTC)


@pytest.mark.parametrize("swept", [False, True])
@pytest.mark.parametrize("version", [1, 2, 3])
async def test_no_change_of_a_purged_task_can_be_undone(
    with_task: Person, records: Records, version: int, swept: bool
) -> None:
    await with_task.call("update_task", task_id=1, title="Call dad")
    await with_task.call("delete_task", task_id=1)
    await records.age_the_trash(with_task, 31)
    if swept:
        await with_task.call("add_task", title="Sweep")
    refused = await refusal(with_task, "update_task", task_id=1, undo=version)
    assert "purged" in refused.message
    assert await ids(with_task, status="deleted") == []


@pytest.mark.parametrize(
    "beside",
    [{"title": "x"}, {"due": "2026-11-23"}, {"status": "pending"}, {"clear": ["due"]}],
)
async def test_undo_with_other_arguments_is_refused(
    with_task: Person, records: Records, beside: dict[str, Any]
) -> None:
    refused = await refusal(with_task, "update_task", task_id=1, undo=1, **beside)
    assert refused.code == "undo_with_others"
    assert await records.kinds(with_task) == ["created"]


async def test_an_undo_with_a_stale_version_is_refused_with_the_current_task(
    with_task: Person,
) -> None:
    await with_task.call("update_task", task_id=1, title="Call dad")
    await with_task.call("update_task", task_id=1, priority="low")
    refused = await refusal(with_task, "update_task", task_id=1, undo=2, if_version=2)
    assert refused.current == await task(with_task, 1) | {"task_id": 1}
    done = await with_task.call("update_task", task_id=1, undo=2, if_version=3)
    assert done["title"] == "Call mom"
