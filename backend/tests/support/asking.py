"""Calls that are to be refused, and lists read from end to end."""

import re
from typing import Any

import pytest

from tests.support.person import Person, RefusedByTool

WHAT_TO_DO_NEXT = re.compile(
    r"^(Add|Ask|Call|Connect|Create|Get|Leave|List|Look|Make|Read|Restore|Revoke|Send|Set|Sign|Tell|Undo|Use|Wait)"
    r"\b|leave it out"
)


async def refusal(person: Person, tool: str, **arguments: Any) -> RefusedByTool:
    """The refusal of a tool call, which says what to do next and never to delete anything."""
    with pytest.raises(RefusedByTool) as refused:
        await person.call(tool, **arguments)
    message = refused.value.message
    assert WHAT_TO_DO_NEXT.search(last_sentence(message)), message
    assert tool == "delete_task" or not suggests_deletion(message), message
    return refused.value


def last_sentence(told: str) -> str:
    """The last sentence of some."""
    return re.split(r"(?<=[.?!]) (?=[A-Z])", told)[-1]


def suggests_deletion(told: str) -> bool:
    """Whether a text speaks of deleting."""
    return bool(re.search(r"\bdelete(_task)?\b", told))


async def every_page(person: Person, **arguments: Any) -> list[dict[str, Any]]:
    """The pages of a list, each asked for with the cursor of the one before."""
    pages = [await person.call("list_tasks", **arguments)]
    while cursor := pages[-1].get("next_cursor"):
        pages.append(await person.call("list_tasks", **arguments | {"cursor": cursor}))
        assert len(pages) < 100, "the pages do not end"
    return pages


async def ids(person: Person, **arguments: Any) -> list[int]:
    """The ids of the tasks that a list shows."""
    return [task["id"] for task in (await person.call("list_tasks", **arguments))["tasks"]]


async def titles(person: Person, **arguments: Any) -> list[str]:
    """The titles of the tasks that a list shows."""
    return [task["title"] for task in (await person.call("list_tasks", **arguments))["tasks"]]


async def task(person: Person, task_id: int) -> dict[str, Any]:
    """One task in full."""
    [shown] = (await person.call("list_tasks", task_id=task_id))["tasks"]
    return shown
