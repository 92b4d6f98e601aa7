"""The list as MCP resources, and the prompts that carry it."""

from dataclasses import dataclass
from typing import Any

import orjson
from sqlalchemy import Text, bindparam, cast, select

from surelist.database import compiled
from surelist.isolation import UserDatabase, mine
from surelist.tasks import purge, representation, service
from surelist.tasks.listing import Filters, Page, list_tasks
from surelist.tasks.models import Task
from surelist.tasks.tools import listed

LIST_URI = "surelist://tasks"
TASK_URI = "surelist://tasks/{id}"
ROWS = 50
BYTES = 6000
IDS = 100

_task = mine(Task)
_IDS = compiled(
    select(_task.c.id)
    .where(
        cast(_task.c.id, Text).like(bindparam("prefix", type_=Text, required=True)),
        purge.restorable(_task),
    )
    .order_by(_task.c.id.desc())
    .limit(IDS + 1)
)

RESOURCES: list[dict[str, Any]] = [
    {
        "uri": LIST_URI,
        "name": "tasks",
        "title": "Pending tasks",
        "description": "The user's pending tasks, those due first.",
        "mimeType": "application/json",
    }
]
TEMPLATES: list[dict[str, Any]] = [
    {
        "uriTemplate": TASK_URI,
        "name": "task",
        "title": "A task",
        "description": "One task, in full.",
        "mimeType": "application/json",
    }
]


@dataclass(frozen=True, slots=True)
class Prompt:
    """A request that a person picks, sent along with the pending tasks."""

    name: str
    title: str
    description: str
    request: str


PROMPTS = {
    prompt.name: prompt
    for prompt in (
        Prompt(
            "plan_my_day",
            "Plan my day",
            "What to do today, from the pending tasks.",
            "Plan my day from my task list below: what is overdue or due today first, then what "
            "matters most, in an order that I can work through. Change nothing without asking me.",
        ),
        Prompt(
            "weekly_review",
            "Weekly review",
            "A review of the pending tasks for the week.",
            "Review my task list below for the week: what is overdue, what is due within seven "
            "days, what has no date and should get one, and what could be dropped. Change nothing "
            "without asking me.",
        ),
    )
}


async def pending(database: UserDatabase) -> str:
    """The pending tasks as JSON, within ROWS and BYTES, saying how many were left out."""
    filters = Filters(status="pending", sort="due")
    page = await list_tasks(database, filters, Page(limit=ROWS))
    shown = listed(page)
    shown.pop("next_cursor", None)
    tasks = shown["tasks"]
    total = shown["total"]
    while True:
        left_out = f"{len(tasks)} of {total} shown; list_tasks gives the rest"
        more = {} if len(tasks) == total else {"left_out": left_out}
        text = orjson.dumps(shown | more)
        if len(text) <= BYTES or not tasks:
            return text.decode()
        tasks.pop()


async def one(database: UserDatabase, task_id: int) -> str:
    """One task as JSON. Raises NotFound."""
    task, timezone = await service.find(database, task_id)
    return orjson.dumps(representation.whole(task, timezone)).decode()


async def ids_beginning(database: UserDatabase, digits: str) -> tuple[list[str], bool]:
    """The IDS newest ids of the user's that begin with these digits, and whether there are more."""
    if digits and not (digits.isascii() and digits.isdigit()):
        return [], False
    ids = [str(row["id"]) for row in await database.all(_IDS, prefix=f"{digits}%")]
    return ids[:IDS], len(ids) > IDS


async def prompted(database: UserDatabase, prompt: Prompt) -> str:
    """The prompt's words with the pending tasks behind them."""
    return f"{prompt.request}\n\nMy pending tasks, as data:\n{await pending(database)}"
