"""The trash: how long a deleted task can be restored, and how it is purged after that.

What is purged is gone for good; its events keep their ids and lose their contents.
"""

from datetime import timedelta
from typing import Any

from sqlalchemy import (
    BigInteger,
    FromClause,
    Select,
    bindparam,
    func,
    literal_column,
    null,
    or_,
    select,
)
from sqlalchemy.sql.dml import UpdateBase
from sqlalchemy.sql.elements import ColumnElement
from sqlmodel import col

from surelist.data.database import compiled
from surelist.data.isolation import user_delete, user_rows, user_update
from surelist.ledger.models import Account, Event
from surelist.ledger.statements import EVENT, bytes_of, looked_up_first, recorded
from surelist.ledger.subjects import Store, Trash
from surelist.tasks.models import Task

TRASH_TIME = timedelta(days=30)
"""How long a deleted task can be restored."""

SWEPT_AT_ONCE = 20
"""Expired tasks that one write purges on its way; the next write goes on."""

EMPTIED_AT_ONCE = 100
"""Tasks that one call purges to empty the trash."""

_expiry = select(func.clock_timestamp() - TRASH_TIME).scalar_subquery()
_task = user_rows(Task)


def restorable(task: FromClause) -> ColumnElement[bool]:
    """Whether a task is not in the trash, or can still be taken out of it."""
    return or_(task.c.deleted_at.is_(None), kept_in_trash(task))


def kept_in_trash(task: FromClause) -> ColumnElement[bool]:
    """Whether a task is in the trash, and can still be taken out of it."""
    return task.c.deleted_at > _expiry


def _purging(task_id: str, *but: ColumnElement[bool]) -> tuple[UpdateBase, UpdateBase]:
    """The task is dropped, and its events lose their contents, `but` for some."""
    key = bindparam(task_id, type_=BigInteger, required=True)
    return (
        user_delete(Task).where(col(Task.id) == key),
        user_update(Event)
        .where(col(Event.subject_id) == key, col(Event.subject) == literal_column("'task'"), *but)
        .values(before=null(), after=null(), request_hash=null()),
    )


def _bytes_of_task(task_id: str) -> Select[Any]:
    return bytes_of(
        EVENT.c.subject_id == bindparam(task_id, type_=BigInteger, required=True),
        EVENT.c.subject == literal_column("'task'"),
    )


_freed = looked_up_first(_bytes_of_task("id"))
_before_this = col(Event.id) < bindparam("event_id", type_=BigInteger, required=True)
"""Citus may run the parts of a statement one after the other: the event of the purge stays."""

IN_TRASH = compiled(
    select(_task.c.id)
    .where(
        _task.c.deleted_at.is_not(None),
        _task.c.version <= bindparam("up_to", type_=BigInteger, required=True),
    )
    .order_by(_task.c.deleted_at)
    .limit(EMPTIED_AT_ONCE + 1)
)
"""The oldest tasks in the trash that have not changed after the event `up_to`."""

TRASH = Trash(
    any_expired=select(_task.c.deleted_at)
    .where(_task.c.deleted_at <= _expiry)
    .order_by(_task.c.deleted_at)
    .limit(literal_column("1"))
    .scalar_subquery()
    .is_not(None)
    .label("task_expired"),
    expired=compiled(
        select(_task.c.id)
        .where(_task.c.deleted_at <= _expiry)
        .order_by(_task.c.deleted_at)
        .limit(SWEPT_AT_ONCE)
    ),
    purge=Store(
        alone=recorded(
            *_purging("event_subject_id", _before_this), freed=_bytes_of_task("event_subject_id")
        ),
        among=compiled(
            user_update(Account)
            .values(stored_bytes=col(Account.stored_bytes) - _freed.value)
            .add_cte(
                _freed.cte, *(write.cte(f"write_{n}") for n, write in enumerate(_purging("id")))
            )
        ),
    ),
)
