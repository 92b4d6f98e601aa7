"""Undo: a new event that puts back what an old one changed, field by field."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import BigInteger, and_, bindparam, select

from surelist.data.database import compiled
from surelist.data.isolation import UserTransaction, user_rows
from surelist.errors import Conflict, Gone, NotFound
from surelist.ledger import service as ledger
from surelist.ledger.models import Event
from surelist.tasks import history, purge, representation
from surelist.tasks.changes import (
    TASK,
    TASK_COLUMNS,
    Outcome,
    first_outcome,
    look_up,
    no_such_task,
    outcome_of,
    save,
    task_in,
)
from surelist.tasks.due import start_of, zone
from surelist.tasks.models import Row

_undone = user_rows(Event, "undone")
_undoing = user_rows(Event, "undoing")
_STANDING_AND_EVENT = compiled(
    select(
        *ledger.STANDING,
        purge.ANY_EXPIRED,
        *TASK_COLUMNS,
        TASK.c.search_text,
        _undone.c.task_id.label("undone_task"),
        _undone.c.before.label("undone_before"),
        _undone.c.after.label("undone_after"),
        _undoing.c.id.label("undoing_event"),
    ).select_from(
        ledger.STANDING_FROM.outerjoin(
            _undone, _undone.c.id == bindparam("undone", type_=BigInteger, required=True)
        )
        .outerjoin(_undoing, _undoing.c.undoes == _undone.c.id)
        .outerjoin(TASK, and_(TASK.c.id == _undone.c.task_id, purge.restorable(TASK)))
    )
)


async def undo(
    tx: UserTransaction,
    event_id: int,
    *,
    task_id: int | None = None,
    if_version: int | None = None,
    retry: ledger.Retry | None = None,
) -> Outcome:
    """Take one event back, restoring only the fields that it changed; of a creation, to the trash.

    With `task_id`, the event must be one of that task's. A second undo returns the first.
    Raises NotFound, Conflict naming each field that has changed since, Gone after a purge.
    """
    standing = await look_up(tx, _STANDING_AND_EVENT, retry, undone=event_id)
    if standing["first_event"]:
        return await first_outcome(tx, standing)
    owner = standing["undone_task"]
    if owner is None or task_id not in (None, owner):
        of_task = f" of task {task_id}" if task_id else ""
        raise NotFound(
            f"There is no change {event_id}{of_task}. "
            f"Call again with the version that the call which made the change returned."
        )
    if standing["undone_after"] is None:
        raise Gone(
            f"Task {owner} has been purged from the trash, and change {event_id} with it. "
            f"List the tasks to see what is left."
        )
    if standing["undoing_event"]:
        return await outcome_of(tx, standing, owner, standing["undoing_event"])
    task = task_in(standing)
    if task is None:
        raise no_such_task(owner)
    _refuse_if_changed_since(task, standing, event_id)
    return await save(
        tx,
        standing,
        task,
        _columns_before(standing),
        kind="undone",
        if_version=if_version,
        undoes=event_id,
        retry=retry,
    )


async def hindrance(tx: UserTransaction, event_id: int) -> list[str] | None:
    """The fields for which others' changes keep an event from being undone; None when none does.

    None of them is named when the task is gone.
    """
    standing = await look_up(tx, _STANDING_AND_EVENT, None, undone=event_id)
    task = task_in(standing)
    if task is None or standing["undone_after"] is None:
        return []
    return _changed_since(task, standing) or None


def _columns_before(standing: Mapping[str, Any]) -> Mapping[str, Any]:
    """What the event found; what it created or restored goes to the trash, for 30 days from now."""
    before = standing["undone_before"]
    columns = {} if before is None else history.remembered(before)
    if day := columns.get("due_on"):  # which begins where the user is now
        columns["due_at"] = start_of(day, zone(standing["timezone"]))
    to_trash = before is None or columns.get("deleted_at")
    return columns | ({"deleted_at": standing["now"]} if to_trash else {})


def _refuse_if_changed_since(task: Row, standing: Mapping[str, Any], event_id: int) -> None:
    if changed_since := _changed_since(task, standing):
        raise Conflict(
            f"Change {event_id} was not taken back: {', '.join(changed_since)} changed since. "
            f"Look at the task as given here, and update it to the values that are wanted.",
            current=representation.whole(task, standing["timezone"]),
            details={"fields": changed_since},
        )


def _changed_since(task: Row, standing: Mapping[str, Any]) -> list[str]:
    left = history.remembered(standing["undone_after"])
    if left.get("due_on"):  # a day stays that day in another time zone, where it begins otherwise
        del left["due_at"]
    return history.named(
        [name for name, value in left.items() if not _stands(name, task[name], value)]
    )


def _stands(name: str, now: Any, left: Any) -> bool:
    if history.FIELDS[name] == "status":  # people know whether, not since when
        return (now is None) == (left is None)
    return now == left
