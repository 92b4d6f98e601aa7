"""A task as the ledger remembers it: what an event holds of it, and how it stood after one."""

from collections.abc import Collection, Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, bindparam, select

from surelist.data.database import compiled
from surelist.data.isolation import UserTransaction, user_rows
from surelist.errors import Gone
from surelist.ledger.models import Event
from surelist.tasks.models import Row, Task

FIELDS = {
    "title": "title",
    "description": "description",
    "priority": "priority",
    "due_on": "due",
    "due_at": "due",
    "tags": "tags",
    "completed_at": "status",
    "deleted_at": "status",
}
"""The columns that an event holds, each with the name of the field that people know."""

EMPTY: Row = dict.fromkeys(FIELDS) | {"priority": 0, "tags": []}

_task = user_rows(Task)
_event = user_rows(Event)
_id = bindparam("task_id", type_=BigInteger, required=True)
_TASK = compiled(
    select(_task.c.id, _task.c.created_at, *(_task.c[name] for name in FIELDS)).where(
        _task.c.id == _id
    )
)
_EVENTS_FROM = compiled(
    select(_event.c.id, _event.c.at, _event.c.before, _event.c.after)
    .where(
        _event.c.task_id == _id,
        _event.c.id >= bindparam("event_id", type_=BigInteger, required=True),
    )
    .order_by(_event.c.id.desc())
)


def differing(one: Row, other: Row) -> list[str]:
    """The columns in which two states of a task differ; a due date is one value in two of them."""
    due = one["due_at"], one["due_on"]
    due_differs = due != (other["due_at"], other["due_on"])
    return [
        name
        for name, field in FIELDS.items()
        if (due_differs if field == "due" else one[name] != other[name])
    ]


def named(columns: Collection[str]) -> list[str]:
    """Those columns as the fields that people know, each once and in their order."""
    return list(dict.fromkeys(field for name, field in FIELDS.items() if name in columns))


def remembered(values: Mapping[str, Any]) -> dict[str, Any]:
    """Columns from an event's JSON, in the types of the table."""
    return {name: _typed(name, value) for name, value in values.items()}


def _typed(name: str, value: Any) -> Any:
    if value is None:
        return None
    if name == "due_on":
        return date.fromisoformat(value)
    return datetime.fromisoformat(value) if name.endswith("_at") else value


async def recall(tx: UserTransaction, task_id: int, event_id: int) -> tuple[Row, list[str]]:
    """The task as `event_id` left it, and the columns that it changed.

    Raises Gone when the task has been purged, and its past with it.
    """
    now = await tx.fetch_one(_TASK, task_id=task_id)
    if now is None:
        raise Gone(
            f"Task {task_id} has been purged from the trash. List the tasks to see what is left."
        )
    *later, event = await tx.fetch_all(_EVENTS_FROM, task_id=task_id, event_id=event_id)
    task = dict(now) | {"version": event["id"], "updated_at": event["at"]}
    for undone in later:
        task |= remembered(undone["before"])
    return task, list(event["after"])
