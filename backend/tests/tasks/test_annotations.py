"""Compares the hints of each tool with its changes in the ledger."""

from collections.abc import Callable
from contextlib import suppress
from typing import Any, get_args

import pytest

from surelist.postgres.embedded import Cluster
from surelist.tasks.models import DERIVED, ClearableField
from surelist.tasks.tools import TOOLS
from tests.support.person import Person, RefusedByTool
from tests.support.soundness import rows

FULL: dict[str, Any] = {
    "title": "Buy milk",
    "description": "Two litres",
    "due": "2030-01-01",
    "priority": "low",
    "tags": ["shop"],
}
OTHER: dict[str, Any] = {
    "title": "Buy bread",
    "description": "One loaf",
    "due": "2031-01-01",
    "priority": "high",
    "tags": ["bakery"],
}

USES: dict[str, list[dict[str, Any]]] = {
    "add_task": [{"title": "Another"}, FULL | {"title": "A full one", "idempotency_key": "k"}],
    "list_tasks": [{}, {"search": "milk"}, {"task_id": 1}, {"status": "all"}],
    "complete_task": [{"task_id": 1}, {"task_id": 1, "if_version": 1}],
    "delete_task": [{"task_id": 1}, {"task_id": 1, "if_version": 1}],
    "update_task": [
        *({"task_id": 1, name: value} for name, value in OTHER.items()),
        *({"task_id": 1, "clear": [name]} for name in get_args(ClearableField)),
        {"task_id": 1, "status": "completed"},
        {"task_id": 1, "status": "pending"},
        {"task_id": 1, "undo": 1},
        {"task_id": 1, "title": "Buy oats", "if_version": 1},
    ],
}
"""Calls with every argument of every tool. The list has one task with all fields."""

BOOKKEEPING = {"version", "updated_at"} | DERIVED
"""Columns that PostgreSQL or the ledger computes."""


def is_destroyed(before: dict[str, Any] | None, after: dict[str, Any] | None) -> bool:
    """Whether a value of a task was changed or removed, or the task was deleted."""
    if before is None:
        return False
    if after is None or (after.get("deleted_at") and not before.get("deleted_at")):
        return True
    return any(
        value and value != after.get(name)
        for name, value in before.items()
        if name not in BOOKKEEPING
    )


async def changes_of(
    tool: str, use: dict[str, Any], person: Person, cluster: Cluster
) -> list[tuple[dict[str, Any] | None, dict[str, Any] | None]]:
    await person.call("add_task", **FULL)
    await person.call(tool, **use)
    _, *events = await rows(cluster, "event", person.user_id)
    return [(event["before"], event["after"]) for event in events]


@pytest.mark.parametrize("name", TOOLS)
async def test_the_hints_of_a_tool_match_its_changes(
    name: str, newcomer: Callable[..., Person], cluster: Cluster
) -> None:
    changes = []
    for use in USES[name]:
        changes += await changes_of(name, use, newcomer(), cluster)
    hints = TOOLS[name].listed()["annotations"]
    assert hints["readOnlyHint"] == (not changes)
    assert hints["destructiveHint"] == any(is_destroyed(*change) for change in changes)


def test_the_calls_use_every_argument_that_changes_something() -> None:
    for name, tool in TOOLS.items():
        if not tool.reads_only:
            used = {argument for use in USES[name] for argument in use}
            assert used == set(tool.listed()["inputSchema"]["properties"]), name


@pytest.mark.parametrize("name", [name for name, tool in TOOLS.items() if tool.idempotent])
async def test_an_idempotent_tool_changes_nothing_the_second_time(
    name: str, newcomer: Callable[..., Person], cluster: Cluster
) -> None:
    person = newcomer()
    await person.call("add_task", **FULL)
    await person.call(name, **USES[name][0])
    once = len(await rows(cluster, "event", person.user_id))
    with suppress(RefusedByTool):  # in the trash already
        await person.call(name, **USES[name][0])
    assert len(await rows(cluster, "event", person.user_id)) == once
