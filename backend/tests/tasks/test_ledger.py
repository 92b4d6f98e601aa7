"""Random calls: the tables and the ledger stay consistent."""

import random
from collections import Counter
from typing import Any

import pytest

from surelist.tasks.fields import EMPTY, FIELDS
from tests.support.person import Person, RefusedByTool
from tests.support.records import Records

CALLS = 60


def random_call(chance: random.Random, known: int, version: int) -> tuple[str, dict[str, Any]]:
    """A random tool call, valid or invalid."""
    task_id = chance.randint(1, max(known, 1))
    some = {
        "title": chance.choice(["A", "B", "Ä"]),
        "description": chance.choice(["", "x", "y"]),
        "due": chance.choice(["2026-11-23", "2026-11-23T00:00", "2026-12-01T10:00"]),
        "priority": chance.choice(["low", "medium", "high"]),
        "tags": chance.choice([[], ["a"], ["a", "b"]]),
        "status": chance.choice(["pending", "completed"]),
    }
    fields = {name: some[name] for name in chance.sample(sorted(some), chance.randint(1, 3))}
    clear = [name for name in ("due", "tags", "priority") if name not in fields]
    return chance.choice(
        [
            ("add_task", {k: v for k, v in fields.items() if k != "status"} | {"title": "New"}),
            ("complete_task", {"task_id": task_id}),
            ("delete_task", {"task_id": task_id}),
            ("update_task", {"task_id": task_id, **fields}),
            (
                "update_task",
                {"task_id": task_id, "clear": chance.sample(clear, 1) if clear else []},
            ),
            ("update_task", {"task_id": task_id, "status": "pending"}),
            ("update_task", {"task_id": task_id, "undo": chance.randint(1, max(version, 1))}),
        ]
    )


async def random_calls(person: Person, seed: int, *, undoing: bool = True) -> int:
    """Make CALLS random calls, and return the number of refused ones."""
    chance = random.Random(seed)
    known = version = refused = 0
    for _ in range(CALLS):
        name, arguments = random_call(chance, known, version)
        if "undo" in arguments and not undoing:
            continue
        try:
            told = await person.call(name, **arguments)
        except RefusedByTool:
            refused += 1
        else:
            known, version = max(known, told["task_id"]), max(version, told["version"])
    return refused


SEEDS = pytest.mark.parametrize("seed", range(4))


@SEEDS
async def test_the_counters_match_the_numbers_of_tasks(
    ann: Person, records: Records, seed: int
) -> None:
    assert await random_calls(ann, seed) < CALLS
    account = await records.account(ann)
    listed = {
        status: await ann.call("list_tasks", status=status, limit=200)
        for status in ("all", "pending", "completed", "deleted")
    }
    tasks = [row for status in ("all", "deleted") for row in listed[status]["tasks"]]
    counts = Counter(row["status"] for row in tasks)
    assert account["pending_count"] == counts["pending"] == listed["pending"]["total"]
    assert account["completed_count"] == counts["completed"] == listed["completed"]["total"]
    assert account["last_task"] == len(tasks) == len({row["id"] for row in tasks})


@SEEDS
async def test_events_have_no_gap_and_reproduce_each_task(
    ann: Person, records: Records, seed: int
) -> None:
    await random_calls(ann, seed)
    events = await records.events(ann)
    assert [event["id"] for event in events] == list(range(1, len(events) + 1))
    assert (await records.account(ann))["last_event"] == len(events)
    for task in await records.tasks(ann):
        own = [event for event in events if event["subject_id"] == task["id"]]
        told: dict[str, Any] = {}
        for event in own:
            before = FIELDS.columns_from_json(event["before"] or {}, "UTC")
            assert {name: told[name] for name in before} == before
            told |= FIELDS.columns_from_json(event["after"], "UTC")
        assert {name: task[name] for name in EMPTY} == told
        assert (task["version"], task["updated_at"]) == (own[-1]["id"], own[-1]["at"])
        assert (task["due_on"] is None) or (task["due_at"] is not None)


@SEEDS
async def test_all_changes_can_be_undone_in_reverse_order(
    ann: Person, records: Records, seed: int
) -> None:
    await random_calls(ann, seed, undoing=False)
    events = await records.events(ann)
    for event in reversed(events):
        await ann.call("update_task", task_id=event["subject_id"], undo=event["id"])
    created = {
        event["subject_id"]: event["after"] for event in events if event["kind"] == "created"
    }
    for task in await records.tasks(ann):
        assert task["deleted_at"]
        shown = {name: task[name] for name in EMPTY} | {"deleted_at": None}
        assert shown == FIELDS.columns_from_json(created[task["id"]], "UTC")
    assert (await ann.call("list_tasks"))["total"] == 0
