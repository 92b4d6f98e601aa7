from typing import Any

import pytest

from tests.support.asking import refusal, task, titles
from tests.support.person import Person
from tests.support.records import Records

WHOLE: dict[str, Any] = {
    "title": "Buy milk",
    "description": "2 l",
    "due": "2026-11-23T15:00",
    "priority": "low",
    "tags": ["home"],
}


async def test_an_add_repeated_with_its_key_returns_the_first_task(
    ann: Person, records: Records
) -> None:
    first = await ann.call("add_task", **WHOLE, idempotency_key="k1")
    again = await ann.call("add_task", **WHOLE, idempotency_key="k1")
    assert again == first | {"repeated": True}
    assert await records.kinds(ann) == ["created"]


async def test_a_key_returns_the_first_result_even_after_changes_of_the_task(
    ann: Person, records: Records
) -> None:
    first = await ann.call("add_task", **WHOLE, idempotency_key="k1")
    await ann.call("update_task", task_id=1, title="Buy oats", clear=["due", "tags"])
    await ann.call("delete_task", task_id=1)
    await records.age_the_ledger(ann, 10_000_000)
    assert await ann.call("add_task", **WHOLE, idempotency_key="k1") == first | {"repeated": True}
    assert await records.kinds(ann) == ["created", "updated", "deleted"]


async def test_a_key_used_with_other_arguments_is_refused(ann: Person) -> None:
    await ann.call("add_task", title="Buy milk", idempotency_key="k1")
    refused = await refusal(ann, "add_task", title="Buy oats", idempotency_key="k1")
    assert "used with other arguments" in refused.message
    assert await titles(ann) == ["Buy milk"]


async def test_argument_order_and_spaces_around_a_title_do_not_matter_for_retries(
    ann: Person,
) -> None:
    await ann.call("add_task", title="Buy", priority="low", due="2026-11-23", idempotency_key="k")
    again = await ann.call(
        "add_task", idempotency_key="k", due="2026-11-23", priority="low", title=" Buy "
    )
    assert (again["task_id"], again["repeated"]) == (1, True)


async def test_equal_adds_with_two_keys_make_two_tasks(ann: Person) -> None:
    added = [
        await ann.call("add_task", title="Buy milk", idempotency_key=key) for key in ("k1", "k2")
    ]
    assert [(one["task_id"], "repeated" in one) for one in added] == [(1, False), (2, False)]


@pytest.mark.parametrize("key", [{}, {"idempotency_key": "k1"}])
async def test_an_equal_add_of_another_client_adds_another_task(
    ann: Person, key: dict[str, str]
) -> None:
    await ann.call("add_task", title="Buy milk", **key)
    added = await ann.through("cursor").call("add_task", title="Buy milk", **key)
    assert (added["task_id"], "repeated" in added) == (2, False)


async def test_a_key_of_a_purged_task_is_refused_as_gone(ann: Person, records: Records) -> None:
    await ann.call("add_task", title="Buy milk", idempotency_key="k1")
    await ann.call("delete_task", task_id=1)
    await records.age_the_trash(ann, 31)
    for purged in (False, True):
        refused = await refusal(ann, "add_task", title="Buy milk", idempotency_key="k1")
        assert "purged" in refused.message
        if not purged:
            await ann.call("add_task", title="This write sweeps the trash")
    assert await titles(ann) == ["This write sweeps the trash"]


async def test_an_equal_add_within_30_seconds_returns_the_first_task(
    ann: Person, records: Records
) -> None:
    first = await ann.call("add_task", **WHOLE)
    await records.age_the_ledger(ann, 25)
    assert await ann.call("add_task", **WHOLE) == first | {"repeated": True}
    assert await records.kinds(ann) == ["created"]


async def test_an_equal_add_after_30_seconds_adds_another_task(
    ann: Person, records: Records
) -> None:
    await ann.call("add_task", **WHOLE)
    await records.age_the_ledger(ann, 31)
    added = await ann.call("add_task", **WHOLE)
    assert (added["task_id"], "repeated" in added) == (2, False)


@pytest.mark.parametrize(
    "other",
    [
        {"title": "Buy Milk"},
        {"description": "3 l"},
        {"due": "2026-11-23T15:01"},
        {"priority": "high"},
        {"tags": ["Home"]},
    ],
)
async def test_an_add_with_one_other_argument_adds_another_task(
    ann: Person, other: dict[str, Any]
) -> None:
    await ann.call("add_task", **WHOLE)
    added = await ann.call("add_task", **WHOLE | other)
    assert (added["task_id"], "repeated" in added) == (2, False)


@pytest.mark.parametrize(
    ("tool", "arguments"),
    [
        ("update_task", {"priority": "high"}),
        ("complete_task", {}),
        ("delete_task", {}),
        ("update_task", {"undo": 1}),
    ],
)
async def test_an_equal_add_adds_another_task_after_a_change_of_the_first(
    ann: Person, tool: str, arguments: dict[str, Any]
) -> None:
    await ann.call("add_task", **WHOLE)
    await ann.call(tool, task_id=1, **arguments)
    added = await ann.call("add_task", **WHOLE)
    assert (added["task_id"], "repeated" in added) == (2, False)


async def test_a_retry_returns_the_last_of_several_equal_adds(ann: Person) -> None:
    await ann.call("add_task", **WHOLE)
    await ann.call("complete_task", task_id=1)
    second = await ann.call("add_task", **WHOLE)
    assert await ann.call("add_task", **WHOLE) == second | {"repeated": True}


async def test_equal_adds_without_keys_are_one_even_with_others_between(ann: Person) -> None:
    await ann.call("add_task", title="A")
    await ann.call("add_task", title="B")
    assert (await ann.call("add_task", title="A"))["task_id"] == 1


@pytest.mark.parametrize(
    ("tool", "arguments"),
    [
        ("complete_task", {}),
        ("delete_task", {}),
        ("update_task", {"title": "Buy oats", "priority": "high"}),
        ("update_task", {"status": "completed"}),
        ("update_task", {"clear": ["due"]}),
    ],
)
async def test_a_repeated_change_changes_nothing(
    ann: Person, records: Records, tool: str, arguments: dict[str, Any]
) -> None:
    await ann.call("add_task", **WHOLE)
    first = await ann.call(tool, task_id=1, **arguments)
    stored = await task(ann, 1)
    again = await ann.call(tool, task_id=1, **arguments)
    assert again == first | ({"changed": []} if "changed" in first else {})
    assert await task(ann, 1) == stored
    assert len(await records.kinds(ann)) == 2


@pytest.mark.parametrize(
    ("tool", "arguments"),
    [
        ("complete_task", {}),
        ("delete_task", {}),
        ("update_task", {"title": "Buy oats", "tags": ["home", "Food"]}),
        ("update_task", {"due": "2026-11-24", "clear": ["description"]}),
    ],
)
async def test_a_stale_version_is_accepted_if_nothing_would_change(
    ann: Person, records: Records, tool: str, arguments: dict[str, Any]
) -> None:
    await ann.call("add_task", **WHOLE)
    first = await ann.call(tool, task_id=1, if_version=1, **arguments)
    again = await ann.call(tool, task_id=1, if_version=1, **arguments)
    assert again == first | ({"changed": []} if "changed" in first else {})
    assert len(await records.kinds(ann)) == 2


@pytest.mark.parametrize(
    ("tool", "arguments"),
    [("complete_task", {}), ("delete_task", {}), ("update_task", {"title": "Buy rice"})],
)
async def test_a_stale_version_is_refused_with_the_current_task(
    ann: Person, tool: str, arguments: dict[str, Any]
) -> None:
    await ann.call("add_task", **WHOLE)
    await ann.call("update_task", task_id=1, title="Buy oats")
    current = await task(ann, 1)
    refused = await refusal(ann, tool, task_id=1, if_version=1, **arguments)
    assert refused.current == current | {"task_id": 1}
    assert "version 1" in refused.message
    assert "version 2" in refused.message
    assert await task(ann, 1) == current


async def test_a_future_version_is_refused(ann: Person) -> None:
    await ann.call("add_task", title="Buy milk")
    refused = await refusal(ann, "complete_task", task_id=1, if_version=2)
    assert refused.current
    assert refused.current["completed"] is False


async def test_a_write_with_the_current_version_is_accepted(ann: Person) -> None:
    await ann.call("add_task", title="Buy milk")
    await ann.call("add_task", title="Something else")
    done = await ann.call("complete_task", task_id=1, if_version=1)
    assert done == {"task_id": 1, "status": "completed", "title": "Buy milk", "version": 3}
