"""What can be done with tasks. Each function runs inside the caller's transaction."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy import (
    BigInteger,
    Interval,
    LargeBinary,
    and_,
    bindparam,
    func,
    literal_column,
    select,
)

from surelist.data.database import compiled
from surelist.data.isolation import UserTransaction, user_insert, user_rows
from surelist.errors import Conflict, Invalid
from surelist.ledger import service as ledger
from surelist.ledger.models import Account, Event
from surelist.ledger.service import Retry
from surelist.tasks import history, purge, representation, terms
from surelist.tasks.changes import (
    STANDING_AND_TASK,
    TASK,
    TASK_COLUMNS,
    Outcome,
    change,
    first_outcome,
    look_up,
    no_such_task,
    refuse_unless_at,
    task_in,
)
from surelist.tasks.due import read_moment
from surelist.tasks.models import PENDING, PRIORITIES, NewTask, Row, Status, Task, TaskChanges

ALIKE_WINDOW = timedelta(seconds=30)
"""How long an add without a key that equals one of the same client is taken for its retry."""

_alike = user_rows(Event, "alike")
_latest_alike = (
    select(_alike.c.id, _alike.c.at)
    .where(
        _alike.c.client_id == bindparam("client_id"),
        _alike.c.request_hash == bindparam("request_hash", type_=LargeBinary, required=True),
        _alike.c.kind == literal_column("'created'"),
    )
    .order_by(_alike.c.request_hash.desc(), _alike.c.id.desc())
    .limit(literal_column("1"))
    .subquery("latest_alike")
)
_window = bindparam("window", type_=Interval(), required=True)
_LATEST_ALIKE = (
    select(_latest_alike.c.id)
    .where(_latest_alike.c.at > func.clock_timestamp() - _window)
    .scalar_subquery()
)
_STANDING_AND_ALIKE = compiled(
    select(*ledger.STANDING, purge.ANY_EXPIRED, *TASK_COLUMNS).select_from(
        ledger.STANDING_FROM.outerjoin(
            TASK,
            and_(TASK.c.version == _LATEST_ALIKE, TASK.c.status == literal_column(str(PENDING))),
        )
    )
)
_CREATE = ledger.recorded(
    user_insert(Task).values(
        {
            column.name: bindparam(column.name, type_=column.type)
            for column in TASK.c
            if column.name in history.FIELDS or column.name in terms.SORTED
        }
        | {
            "id": bindparam("event_task_id"),
            "version": bindparam("event_id"),
            "created_at": bindparam("event_at"),
            "updated_at": bindparam("event_at"),
        }
    ),
    terms.gaining(bindparam("event_task_id", type_=BigInteger)),
)
_account = user_rows(Account)
_TASK = compiled(
    select(_account.c.timezone, *TASK_COLUMNS)
    .select_from(_account.join(TASK, purge.restorable(TASK)))
    .where(TASK.c.id == bindparam("task_id", type_=BigInteger, required=True))
)


async def add(
    tx: UserTransaction, new: NewTask, retry: Retry, *, window: timedelta = timedelta()
) -> Outcome:
    """Make a task; or the first one again, when `retry` shows this to be a repeated call.

    Without a key, an equal add by the same client within `window` is the first, as long as its task
    has not been changed since.
    """
    standing = await look_up(
        tx,
        _STANDING_AND_ALIKE,
        retry,
        request_hash=retry.request_hash,
        window=timedelta() if retry.key else window,
    )
    if standing["first_event"]:
        return await first_outcome(tx, standing)
    if alike := task_in(standing):
        return Outcome(alike, standing["timezone"], [], repeated=True)
    now, task_id = standing["now"], standing["last_task"] + 1
    fields = {**history.EMPTY, **_columns(new.given(NewTask), standing)}
    event = ledger.Change("created", task_id, before=None, after=fields, pending=1)
    await ledger.append(
        tx,
        _CREATE,
        event,
        standing,
        retry,
        **fields,
        **terms.indexed(fields),
    )
    stamps = {
        "id": task_id,
        "version": standing["last_event"] + 1,
        "created_at": now,
        "updated_at": now,
    }
    return Outcome(fields | stamps, standing["timezone"], history.named(list(fields)))


async def find(tx: UserTransaction, task_id: int) -> tuple[Row, str]:
    """One task, also from the trash, and the user's timezone. Raises NotFound."""
    found = await tx.fetch_one(_TASK, task_id=task_id)
    if found is None:
        raise no_such_task(task_id)
    return found, found["timezone"]


async def complete(
    tx: UserTransaction,
    task_id: int,
    *,
    completed: bool | None = True,
    if_version: int | None = None,
    retry: Retry | None = None,
) -> Outcome:
    """Complete a task, or reopen it; with None, whichever it is not."""

    def decide(task: Row, standing: Mapping[str, Any]) -> Mapping[str, Any]:
        _refuse_in_trash(task, standing)
        done = not task["completed_at"] if completed is None else completed
        return {"completed_at": (task["completed_at"] or standing["now"]) if done else None}

    return await change(tx, task_id, decide, if_version=if_version, retry=retry)


async def delete(
    tx: UserTransaction,
    task_id: int,
    *,
    if_version: int | None = None,
    retry: Retry | None = None,
) -> Outcome:
    """Put a task into the trash; one that is there stays there."""
    return await change(
        tx,
        task_id,
        lambda task, standing: {"deleted_at": task["deleted_at"] or standing["now"]},
        if_version=if_version,
        retry=retry,
    )


async def update(
    tx: UserTransaction,
    task_id: int,
    changes: TaskChanges,
    *,
    if_version: int | None = None,
    retry: Retry | None = None,
) -> Outcome:
    """Change the fields that were given, empty those named in `clear`, leave the others."""
    given = changes.given(TaskChanges)
    emptied = given.pop("clear", [])
    status = given.pop("status", None)
    if both := sorted(set(emptied) & set(given)):
        raise Invalid(
            f"{', '.join(both)}: both given and in clear. Call again with each field in one place."
        )

    def decide(task: Row, standing: Mapping[str, Any]) -> Mapping[str, Any]:
        columns = _columns(given, standing)
        columns |= {
            name: history.EMPTY[name] for name, field in history.FIELDS.items() if field in emptied
        }
        return columns | _with_status(task, status, standing)

    return await change(tx, task_id, decide, if_version=if_version, retry=retry)


async def replace(
    tx: UserTransaction,
    task_id: int,
    new: NewTask,
    *,
    completed: bool,
    stored: Mapping[str, Any] | None = None,
    if_version: int | None = None,
    retry: Retry | None = None,
) -> Outcome:
    """Give a task all its fields anew: what is absent becomes empty.

    Raises Invalid, or VersionMismatch for the version, when `stored`, which cannot be written, is
    not as it is stored, and the call would change something.
    """

    def decide(task: Row, standing: Mapping[str, Any]) -> Mapping[str, Any]:
        _refuse_in_trash(task, standing)
        columns = {**history.EMPTY, **_columns(new.given(NewTask), standing)}
        done = (task["completed_at"] or standing["now"]) if completed else None
        columns |= {"completed_at": done}
        if stored and history.differing(task, {**task, **columns}):
            _refuse_unless_stored(stored, task, standing["timezone"])
        return columns

    return await change(tx, task_id, decide, if_version=if_version, retry=retry)


async def purge_task(
    tx: UserTransaction,
    task_id: int,
    *,
    if_version: int | None = None,
    retry: ledger.Retry | None = None,
) -> None:
    """Purge a task from the trash. Raises NotFound, VersionMismatch, Conflict outside the trash."""
    standing = await look_up(tx, STANDING_AND_TASK, retry, task_id=task_id)
    if standing["first_event"]:
        return
    task = task_in(standing)
    if task is None:
        raise no_such_task(task_id)
    if not task["deleted_at"]:
        raise Conflict(f"Task {task_id} is not in the trash, and only what is there can be purged.")
    refuse_unless_at(if_version, task, standing["timezone"])
    await purge.purge(tx, standing, task_id, standing["search_text"], retry=retry)


def _with_status(task: Row, status: Status | None, standing: Mapping[str, Any]) -> dict[str, Any]:
    if status == "pending":
        return {"completed_at": None, "deleted_at": None}
    _refuse_in_trash(task, standing)
    return {"completed_at": task["completed_at"] or standing["now"]} if status else {}


def _refuse_in_trash(task: Row, standing: Mapping[str, Any]) -> None:
    if task["deleted_at"]:
        raise Conflict(
            f"Task {task['id']} is in the trash. Restore it first by updating it with the status "
            f"pending, then call again.",
            current=representation.whole(task, standing["timezone"]),
        )


def _refuse_unless_stored(stored: Mapping[str, Any], task: Row, timezone: str) -> None:
    refuse_unless_at(stored.get("version"), task, timezone)
    shown = representation.whole(task, timezone)
    wrong = [name for name, value in stored.items() if shown.get(name) != value]
    if wrong:
        names = ", ".join(f'"{name}"' for name in wrong)
        raise Invalid(
            f"{names}: not as stored, and cannot be written. Nothing was changed. Send the task "
            "as it was read, with changes in other fields alone.",
            current=shown,
        )


def _columns(given: Mapping[str, Any], standing: Mapping[str, Any]) -> dict[str, Any]:
    columns = dict(given)
    if "due" in columns:
        due = read_moment(columns.pop("due"), standing["timezone"], "due")
        columns |= {"due_at": due.at, "due_on": due.on}
    if "priority" in columns:
        columns["priority"] = PRIORITIES[columns["priority"]]
    if "description" in columns:
        columns["description"] = columns["description"] or None
    return columns
