"""Purging: the task is gone for good, its events keep their ids and lose their contents."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy import BigInteger, FromClause, bindparam, func, literal_column, null, or_, select
from sqlalchemy.sql.elements import ColumnElement
from sqlmodel import col

from surelist.access.auth import Caller
from surelist.data.database import compiled
from surelist.data.isolation import UserTransaction, user_delete, user_rows, user_update
from surelist.ledger.models import Event
from surelist.ledger.service import NONE, Change, Retry, append, recorded, size
from surelist.tasks import terms
from surelist.tasks.models import Task

TRASH_TIME = timedelta(days=30)
"""How long a deleted task can be restored."""

SWEPT_AT_ONCE = 20
"""Expired tasks that one write purges on its way; the next write goes on."""

_SYSTEM = Caller("system", "surelist", "Surelist")

_expiry = select(func.clock_timestamp() - TRASH_TIME).scalar_subquery()
_task = user_rows(Task)
_event = user_rows(Event)
_EXPIRED = compiled(
    select(_task.c.id, _task.c.search_text)
    .where(_task.c.deleted_at <= _expiry)
    .order_by(_task.c.deleted_at)
    .limit(SWEPT_AT_ONCE)
)
_task_id = bindparam("task_id", type_=BigInteger, required=True)
_PURGE = recorded(
    user_delete(Task).where(col(Task.id) == _task_id),
    user_update(Event)
    .where(col(Event.task_id) == _task_id)
    .values(before=null(), after=null(), request_hash=null()),
    terms.losing(_task_id),
    freed=select(func.coalesce(func.sum(size(_event.c.before) + size(_event.c.after)), NONE))
    .where(_event.c.task_id == _task_id)
    .scalar_subquery(),
)

ANY_EXPIRED = (
    select(_task.c.deleted_at)
    .where(_task.c.deleted_at <= _expiry)
    .order_by(_task.c.deleted_at)
    .limit(literal_column("1"))
    .scalar_subquery()
    .is_not(None)
    .label("any_expired")
)
"""A column of each write's lookup: whether the trash holds a task whose time is over."""


def restorable(task: FromClause) -> ColumnElement[bool]:
    """Whether a task is not in the trash, or can still be taken out of it."""
    return or_(task.c.deleted_at.is_(None), kept_in_trash(task))


def kept_in_trash(task: FromClause) -> ColumnElement[bool]:
    """Whether a task is in the trash, and can still be taken out of it."""
    return task.c.deleted_at > _expiry


async def sweep(tx: UserTransaction, standing: Mapping[str, Any]) -> None:
    """Purge what has been in the trash for too long."""
    for expired in await tx.fetch_all(_EXPIRED):
        await purge(tx, standing, expired["id"], expired["search_text"], caller=_SYSTEM)
        standing = {**standing, "last_event": standing["last_event"] + 1}


async def purge(
    tx: UserTransaction,
    standing: Mapping[str, Any],
    task_id: int,
    search_text: str,
    *,
    retry: Retry | None = None,
    caller: Caller | None = None,
) -> None:
    """Purge one task, whose stored search text leads to its terms."""
    change = Change("purged", task_id, None, None)
    lost = terms.unindexed(search_text)
    await append(tx, _PURGE, change, standing, retry, caller, task_id=task_id, **lost)
