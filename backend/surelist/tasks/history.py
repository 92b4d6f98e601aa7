"""A task as the ledger remembers it: how it stood after an event."""

from sqlalchemy import BigInteger, bindparam, select

from surelist.data.database import compiled
from surelist.data.isolation import UserTransaction, user_rows
from surelist.errors import Gone
from surelist.ledger.models import Event
from surelist.tasks.fields import EMPTY, remembered
from surelist.tasks.models import Row, Task

_task = user_rows(Task)
_event = user_rows(Event)
_id = bindparam("task_id", type_=BigInteger, required=True)
_TASK = compiled(
    select(_task.c.id, _task.c.created_at, *(_task.c[name] for name in EMPTY)).where(
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


async def recall(
    tx: UserTransaction, task_id: int, event_id: int, timezone: str
) -> tuple[Row, list[str]]:
    """The task as `event_id` left it, in the user's timezone, and the columns that it changed.

    Raises Gone when the task has been purged, and its past with it.
    """
    now = await tx.fetch_one(_TASK, task_id=task_id)
    if now is None:
        raise Gone("task_purged", task_id=task_id)
    *later, event = await tx.fetch_all(_EVENTS_FROM, task_id=task_id, event_id=event_id)
    task = dict(now) | {"version": event["id"], "updated_at": event["at"]}
    for undone in later:
        task |= remembered(undone["before"], timezone)
    return task, list(event["after"])
