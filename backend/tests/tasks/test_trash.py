from typing import Any

import pytest

from tests.support.asking import ids, refusal, task
from tests.support.person import Person
from tests.support.records import Records


@pytest.fixture
async def with_trash(ann: Person) -> Person:
    """Ann with task 1 in the trash, and task 2."""
    await ann.call("add_task", title="Old idea", due="2026-11-23", tags=["x"])
    await ann.call("add_task", title="Kept")
    await ann.call("delete_task", task_id=1)
    return ann


async def test_a_task_deleted_twice_is_deleted_once(ann: Person, records: Records) -> None:
    await ann.call("add_task", title="Old idea")
    first = await ann.call("delete_task", task_id=1)
    stored = await task(ann, 1)
    assert await ann.call("delete_task", task_id=1) == first
    assert first == {"task_id": 1, "status": "deleted", "title": "Old idea", "version": 2}
    assert (stored["status"], stored["deleted_at"]) == ("deleted", stored["updated_at"])
    assert await task(ann, 1) == stored
    assert await records.kinds(ann) == ["created", "deleted"]


@pytest.mark.parametrize(
    "filters",
    [
        {},
        {"status": "all"},
        {"status": "pending"},
        {"status": "completed"},
        {"search": "old"},
        {"tag": "x"},
        {"due_before": "2026-12-31"},
        {"sort": "due"},
    ],
)
async def test_only_the_list_of_the_trash_has_a_deleted_task(
    with_trash: Person, filters: dict[str, str]
) -> None:
    listed = await with_trash.call("list_tasks", **filters)
    assert 1 not in [row["id"] for row in listed["tasks"]]
    assert listed["total"] == len(listed["tasks"])
    in_trash = await with_trash.call("list_tasks", **filters | {"status": "deleted"})
    assert [(row["id"], row["status"]) for row in in_trash["tasks"]] == [(1, "deleted")]
    assert in_trash["total"] == 1


@pytest.mark.parametrize(
    ("tool", "arguments"),
    [
        ("complete_task", {}),
        ("update_task", {"title": "New idea"}),
        ("update_task", {"title": "Old idea"}),
        ("update_task", {"status": "completed"}),
        ("update_task", {"clear": ["due"]}),
    ],
)
async def test_a_task_in_the_trash_refuses_changes_until_it_is_restored(
    with_trash: Person, records: Records, tool: str, arguments: dict[str, Any]
) -> None:
    refused = await refusal(with_trash, tool, task_id=1, **arguments)
    assert "in the trash" in refused.message
    assert "pending" in refused.message
    assert await records.kinds(with_trash) == ["created", "created", "deleted"]


async def test_a_restored_task_has_its_old_id_and_text(
    with_trash: Person, records: Records
) -> None:
    updated = await with_trash.call("update_task", task_id=1, status="pending")
    shown = await task(with_trash, 1)
    assert (updated["changed"], updated["version"]) == (["status"], 4)
    assert (shown["title"], shown["due"], shown["tags"]) == ("Old idea", "2026-11-23", ["x"])
    assert (shown["status"], "deleted_at" in shown) == ("pending", False)
    assert await ids(with_trash) == [1, 2]
    assert (await records.kinds(with_trash))[-1] == "restored"


async def test_a_task_is_restored_and_changed_in_one_update(with_trash: Person) -> None:
    updated = await with_trash.call("update_task", task_id=1, status="pending", title="New idea")
    assert updated["changed"] == ["title", "status"]
    assert await ids(with_trash) == [1, 2]


async def test_the_status_pending_restores_a_completed_task_as_pending(ann: Person) -> None:
    await ann.call("add_task", title="Done")
    await ann.call("complete_task", task_id=1)
    await ann.call("delete_task", task_id=1)
    assert (await task(ann, 1))["completed"] is True
    await ann.call("update_task", task_id=1, status="pending")
    shown = await task(ann, 1)
    assert (shown["status"], shown["completed"]) == ("pending", False)


async def test_a_task_deleted_less_than_30_days_ago_can_still_be_restored(
    with_trash: Person, records: Records
) -> None:
    await records.age_the_trash(with_trash, 29.99)
    assert await ids(with_trash, status="deleted") == [1]
    await with_trash.call("update_task", task_id=1, status="pending")
    assert await ids(with_trash) == [1, 2]


async def test_after_30_days_a_deleted_task_is_no_longer_seen(
    with_trash: Person, records: Records
) -> None:
    await records.age_the_trash(with_trash, 30.01)
    listed = await with_trash.call("list_tasks", status="deleted")
    assert (listed["tasks"], listed["total"]) == ([], 0)
    await refusal(with_trash, "list_tasks", task_id=1)
    assert (await with_trash.rest("GET", "/tasks/1")).status_code == 404


@pytest.mark.parametrize(
    ("tool", "arguments"),
    [
        ("complete_task", {}),
        ("delete_task", {}),
        ("update_task", {"status": "pending"}),
        ("update_task", {"undo": 3}),
    ],
)
@pytest.mark.parametrize("swept", [False, True])
async def test_after_30_days_a_deleted_task_cannot_be_restored_swept_or_not(
    with_trash: Person, records: Records, tool: str, arguments: dict[str, Any], swept: bool
) -> None:
    await records.age_the_trash(with_trash, 30.01)
    if swept:
        await with_trash.call("add_task", title="Sweep")
    await refusal(with_trash, tool, task_id=1, **arguments)
    assert 1 not in await ids(with_trash)


async def test_the_next_write_purges_what_expired_and_keeps_the_ids_of_its_events(
    with_trash: Person, records: Records
) -> None:
    await records.age_the_trash(with_trash, 30.01)
    added = await with_trash.call("add_task", title="Next")
    events = await records.events(with_trash)
    assert (added["task_id"], added["version"]) == (3, 5)
    assert [row["id"] for row in await records.tasks(with_trash)] == [2, 3]
    assert [(one["id"], one["subject_id"], one["kind"], one["actor"]) for one in events] == [
        (1, 1, "created", "agent"),
        (2, 2, "created", "agent"),
        (3, 1, "deleted", "agent"),
        (4, 1, "purged", "system"),
        (5, 3, "created", "agent"),
    ]
    purged = [one for one in events if one["subject_id"] == 1]
    assert all(one[column] is None for one in purged for column in ("before", "after"))
    assert all(one["request_hash"] is None for one in purged)
    assert all(one["after"] for one in events if one["subject_id"] != 1)


async def test_a_write_purges_at_most_20_tasks(ann: Person, records: Records) -> None:
    for number in range(25):
        await ann.call("add_task", title=f"Old {number}")
        await ann.call("delete_task", task_id=number + 1)
    await records.age_the_trash(ann, 31)
    await ann.call("add_task", title="First write")
    assert len(await records.tasks(ann)) == 6
    await ann.call("complete_task", task_id=26)
    assert [row["id"] for row in await records.tasks(ann)] == [26]
    assert [event["id"] for event in await records.events(ann)] == list(range(1, 78))


async def test_a_purged_task_s_id_is_never_used_again(ann: Person, records: Records) -> None:
    await ann.call("add_task", title="Old idea")
    await ann.call("delete_task", task_id=1)
    await records.age_the_trash(ann, 31)
    assert (await ann.call("add_task", title="Old idea"))["task_id"] == 2


async def test_a_write_that_fails_purges_nothing(with_trash: Person, records: Records) -> None:
    await records.age_the_trash(with_trash, 31)
    await refusal(with_trash, "complete_task", task_id=99)
    assert await records.kinds(with_trash) == ["created", "created", "deleted"]


async def test_another_person_s_write_purges_nothing_here(
    with_trash: Person, newcomer: Any, records: Records
) -> None:
    await records.age_the_trash(with_trash, 31)
    await newcomer().call("add_task", title="Elsewhere")
    assert len(await records.tasks(with_trash)) == 2
