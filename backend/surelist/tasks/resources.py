"""MCP resources with tasks, and prompts that include them."""

import re
from dataclasses import dataclass
from typing import Any

import orjson
from sqlalchemy import (
    ARRAY,
    BigInteger,
    bindparam,
    column,
    func,
    literal_column,
    select,
    true,
)

from surelist.data.database import compiled
from surelist.data.isolation import UserTransaction, user_rows
from surelist.errors import NotFound
from surelist.ledger.listing import EventQuery, list_events
from surelist.ledger.representation import ListedEvent, listed_event
from surelist.tasks import purge, representation, service
from surelist.tasks.board import BOARD
from surelist.tasks.listing import Filters, Page, list_tasks
from surelist.tasks.models import Task
from surelist.tasks.tools import page_result
from surelist.text import escape_bidi_controls

LIST_URI = "surelist://tasks"
TASK_URI = "surelist://tasks/{id}"
CHANGES_URI = "surelist://changes/{since}"
READ_SCOPE = "tasks:read"
"""The scope for resources, subscriptions, prompts and completion."""

ROWS = 50
BYTES = 6000
IDS = 100
ID_DIGITS = 15

_CHANGES_URI = re.compile(rf"surelist://changes/(0|[1-9][0-9]{{0,{ID_DIGITS - 1}}})")
_TASK_URI = re.compile(rf"{LIST_URI}/([1-9][0-9]{{0,{ID_DIGITS - 1}}})")

_task = user_rows(Task)
_range = (
    func.unnest(
        bindparam("first", type_=ARRAY(BigInteger), required=True),
        bindparam("last", type_=ARRAY(BigInteger), required=True),
    )
    .table_valued(column("first", BigInteger), column("last", BigInteger))
    .render_derived("range")
)
_of_range = (
    select(_task.c.id)
    .where(_task.c.id.between(_range.c.first, _range.c.last), purge.restorable(_task))
    .order_by(_task.c.id.desc())
    .limit(literal_column(str(IDS + 1)))
    .lateral("of_range")
)
_IDS = compiled(
    select(_of_range.c.id)
    .select_from(_range.join(_of_range, true()))
    .order_by(_of_range.c.id.desc())
    .limit(literal_column(str(IDS + 1)))
)

RESOURCES: list[dict[str, Any]] = [
    {
        "uri": LIST_URI,
        "name": "tasks",
        "title": "Pending tasks",
        "description": "The user's pending tasks, those due first.",
        "mimeType": "application/json",
    },
    BOARD,
]
TEMPLATES: list[dict[str, Any]] = [
    {
        "uriTemplate": TASK_URI,
        "name": "task",
        "title": "A task",
        "description": "One task, in full.",
        "mimeType": "application/json",
    },
    {
        "uriTemplate": CHANGES_URI,
        "name": "changes",
        "title": "Changes",
        "description": "What happened since a version, and by whom.",
        "mimeType": "application/json",
    },
]


@dataclass(frozen=True, slots=True)
class Prompt:
    """A prompt that a person selects. It is sent with the pending tasks."""

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
            "Plan my day from the attached task list: what is overdue or due today first, then "
            "what matters most, in an order that I can work through. Change nothing without "
            "asking me.",
        ),
        Prompt(
            "weekly_review",
            "Weekly review",
            "A review of the pending tasks for the week.",
            "Review the attached task list for the week: what is overdue, what is due within seven "
            "days, what has no date and should get one, and what could be dropped. Change nothing "
            "without asking me.",
        ),
    )
}


async def pending_tasks(tx: UserTransaction) -> str:
    """The first pending tasks as JSON, within ROWS and BYTES, and the number of all."""
    filters = Filters(status="pending", sort="due")
    page = await list_tasks(tx, filters, Page(limit=ROWS))
    shown = page_result(page)
    shown.pop("next_cursor", None)
    tasks = shown["tasks"]
    total = shown["total"]
    while True:
        left_out = f"{len(tasks)} of {total} shown; list_tasks gives the rest"
        more = {} if len(tasks) == total else {"left_out": left_out}
        text = escape_bidi_controls(orjson.dumps(shown | more).decode())
        if len(text.encode()) <= BYTES or not tasks:
            return text
        tasks.pop()


def task_id_of_uri(uri: str) -> int:
    """The task id in the URI of a resource. Raises NotFound."""
    match = _TASK_URI.fullmatch(uri)
    if match is None:
        raise resource_not_found(uri)
    return int(match[1])


def since_of_uri(uri: str) -> int | None:
    """The event id in the URI of the changes; None for the URI of another resource."""
    match = _CHANGES_URI.fullmatch(uri)
    return int(match[1]) if match else None


async def changes(tx: UserTransaction, since: int) -> str:
    """The changes after the event `since` as JSON, oldest first, within ROWS and BYTES.

    `next` is the `since` for those that are left out.
    """
    page = await list_events(tx, EventQuery(after=since, limit=ROWS))
    shown = [_change(listed_event(event, page.timezone)) for event in page.events]
    left_out = page.cursor is not None
    while True:
        more = {"next": shown[-1]["version"] if shown else since} if left_out else {}
        text = escape_bidi_controls(orjson.dumps({"changes": shown} | more).decode())
        if len(text.encode()) <= BYTES or len(shown) <= 1:
            return text
        shown.pop()
        left_out = True


def _change(event: ListedEvent) -> dict[str, Any]:
    """A change in brief: the version that it made, the task, the fields, and its author."""
    kind, after = event["kind"], event.get("after", {})
    shown: dict[str, Any] = {"version": event["id"], "change": kind}
    if kind == "updated" and [*after] == ["completed"]:
        shown["change"] = "completed" if after.get("completed") else "reopened"
    elif kind in ("updated", "undone"):
        shown["fields"] = [*after]
    if event["subject"] != "task":
        shown["subject"] = event["subject"]
    if "task_id" in event:
        shown["task_id"] = event["task_id"]
    if "title" in event:
        shown["title"] = event["title"]
    by = event["client_name"] if event["actor"] == "agent" else event["actor"]
    return shown | {"by": by, "at": event["at"]}


def resource_not_found(uri: str) -> NotFound:
    """The error for an unknown URI, or the URI of a missing task."""
    return NotFound("resource_not_found", uri=uri, list_uri=LIST_URI)


async def one_task(tx: UserTransaction, task_id: int) -> str:
    """One task as JSON. Raises NotFound."""
    task, timezone = await service.find(tx, task_id)
    return escape_bidi_controls(orjson.dumps(representation.whole(task, timezone)).decode())


async def ids_with_prefix(tx: UserTransaction, digits: str) -> tuple[list[str], bool]:
    """The newest task ids that begin with these digits, at most IDS, and whether there are more."""
    if digits and not (digits.isascii() and digits.isdigit()):
        return [], False
    first, last = _ranges(digits)
    ids = [str(row["id"]) for row in await tx.fetch_all(_IDS, first=first, last=last)]
    return ids[:IDS], len(ids) > IDS


def _ranges(digits: str) -> tuple[list[int], list[int]]:
    """For each length, the first and the last number that begin with these digits."""
    if not digits:
        return [1], [10**ID_DIGITS]
    if digits[0] == "0":
        return [], []
    first = [int(digits) * 10**n for n in range(ID_DIGITS + 1 - len(digits))]
    return first, [one + 10**n - 1 for n, one in enumerate(first)]


def contents(uri: str, text: str) -> dict[str, Any]:
    """The contents of a resource, in the form of `resources/read`."""
    return {"uri": uri, "mimeType": "application/json", "text": text}


async def prompt_messages(tx: UserTransaction, prompt: Prompt) -> list[dict[str, Any]]:
    """The messages of a prompt: the request, then the pending tasks as a resource.

    Task text is untrusted, so it is not part of the message with the request (SECURITY.md).
    """
    request = {"type": "text", "text": prompt.request}
    tasks = {"type": "resource", "resource": contents(LIST_URI, await pending_tasks(tx))}
    return [{"role": "user", "content": content} for content in (request, tasks)]
