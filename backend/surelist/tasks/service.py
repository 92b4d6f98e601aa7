"""Task operations. Each function runs inside the caller's transaction."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, TypeAlias

from sqlalchemy import (
    BigInteger,
    Insert,
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
from surelist.ledger.history import first_outcome
from surelist.ledger.models import Account, Event
from surelist.ledger.statements import CONTEXT, CONTEXT_ALONE, CONTEXT_FROM, recorded
from surelist.ledger.subjects import Store
from surelist.ledger.write import Change, Idempotency, Outcome, Write, require_version
from surelist.tasks import representation, words
from surelist.tasks.changes import CONTEXT_AND_TASK, begin, change
from surelist.tasks.fields import EMPTY, FIELDS
from surelist.tasks.models import PENDING, NewStatus, Row, Task
from surelist.tasks.purge import EMPTIED_AT_ONCE, IN_TRASH, TRASH, restorable
from surelist.tasks.subject import SUBJECT, TASK, TASK_COLUMNS, task_not_found

Values: TypeAlias = Mapping[str, Any]
"""Fields of a task by name, as TaskFields validates them. None empties a field."""

DUPLICATE_WINDOW = timedelta(seconds=30)
"""In this time, an equal add of the same client without a key counts as a retry."""

_duplicate = user_rows(Event, "duplicate")
_latest_duplicate = (
    select(_duplicate.c.id, _duplicate.c.at)
    .where(
        _duplicate.c.client_id == bindparam("client_id"),
        _duplicate.c.request_hash == bindparam("request_hash", type_=LargeBinary, required=True),
        _duplicate.c.kind == literal_column("'created'"),
    )
    .order_by(_duplicate.c.request_hash.desc(), _duplicate.c.id.desc())
    .limit(literal_column("1"))
    .subquery("latest_duplicate")
)
_window = bindparam("window", type_=Interval(), required=True)
_LATEST_DUPLICATE = (
    select(_latest_duplicate.c.id)
    .where(_latest_duplicate.c.at > func.clock_timestamp() - _window)
    .scalar_subquery()
)
_CONTEXT_AND_DUPLICATE = compiled(
    select(*CONTEXT, TRASH.any_expired, *TASK_COLUMNS).select_from(
        CONTEXT_FROM.outerjoin(
            TASK,
            and_(
                TASK.c.version == _LATEST_DUPLICATE,
                TASK.c.status == literal_column(str(PENDING)),
            ),
        )
    )
)


def _insert(**stamps: str) -> Insert:
    names = {name: name for name in [*EMPTY, *words.FOLDED]} | stamps
    return user_insert(Task).values(
        {name: bindparam(given, type_=TASK.c[name].type) for name, given in names.items()}
    )


_CREATE = Store(
    recorded(
        _insert(
            id="event_subject_id",
            version="event_id",
            created_at="event_at",
            updated_at="event_at",
        )
    ),
    compiled(_insert(id="id", version="version", created_at="created_at", updated_at="updated_at")),
    derived=words.folded,
    derived_among=words.folded,
)
_account = user_rows(Account)
_TASK = compiled(
    select(_account.c.timezone, *TASK_COLUMNS)
    .select_from(_account.join(TASK, restorable(TASK)))
    .where(TASK.c.id == bindparam("task_id", type_=BigInteger, required=True))
)


async def add(
    tx: UserTransaction,
    values: Values,
    key: str | None = None,
    *,
    window: timedelta = timedelta(),
) -> Outcome:
    """Create a task with these fields. A repeated call returns the first task.

    A call is repeated if it has the idempotency key of an earlier one. Without a key, it is if the
    same client added an equal task within `window` and the task has not been changed since.
    """
    given = {name: value for name, value in values.items() if value}
    idempotency = Idempotency.of("add", given, key)
    write = await begin(
        tx,
        _CONTEXT_AND_DUPLICATE,
        idempotency,
        request_hash=idempotency.request_hash,
        window=timedelta() if key else window,
    )
    if first := await first_outcome(write):
        return first
    if duplicate := SUBJECT.row_in(write.found):
        return Outcome(SUBJECT, duplicate, write.timezone, [], repeated=True)
    columns = _columns_of(values, EMPTY, write)
    write.last_task += 1
    change = Change("created", SUBJECT, write.last_task, None, columns, pending=1)
    task = columns | {
        "id": write.last_task,
        "version": write.last_event + 1,
        "created_at": write.now,
        "updated_at": write.now,
    }
    event = write.record(change, _CREATE, task)
    await write.commit()
    return Outcome(SUBJECT, task, write.timezone, FIELDS.field_names(columns), event)


async def find(tx: UserTransaction, task_id: int) -> tuple[Row, str]:
    """One task, also from the trash, and the user's timezone. Raises NotFound."""
    found = await tx.fetch_one(_TASK, task_id=task_id)
    if found is None:
        raise task_not_found(task_id)
    return found, found["timezone"]


async def complete(
    tx: UserTransaction,
    task_id: int,
    *,
    completed: bool | None = True,
    if_version: int | None = None,
    idempotency: Idempotency | None = None,
) -> Outcome:
    """Complete or reopen a task. None toggles it."""

    def decide(task: Row, write: Write) -> Mapping[str, Any]:
        _refuse_in_trash(task, write)
        done = not task["completed_at"] if completed is None else completed
        return {"completed_at": (task["completed_at"] or write.now) if done else None}

    return await change(tx, task_id, decide, if_version=if_version, idempotency=idempotency)


async def delete(
    tx: UserTransaction,
    task_id: int,
    *,
    if_version: int | None = None,
    idempotency: Idempotency | None = None,
) -> Outcome:
    """Move a task to the trash. No effect if it is there already."""
    return await change(
        tx,
        task_id,
        lambda task, write: {"deleted_at": task["deleted_at"] or write.now},
        if_version=if_version,
        idempotency=idempotency,
    )


async def update(
    tx: UserTransaction,
    task_id: int,
    values: Values,
    *,
    status: NewStatus | None = None,
    if_version: int | None = None,
    idempotency: Idempotency | None = None,
) -> Outcome:
    """Change the fields in `values` and the status. Other fields stay the same."""

    def decide(task: Row, write: Write) -> Mapping[str, Any]:
        if status != "pending":
            _refuse_in_trash(task, write)
        columns = FIELDS.columns_of(values, task, write.timezone)
        return columns | _with_status(task, status, write)

    return await change(tx, task_id, decide, if_version=if_version, idempotency=idempotency)


async def replace(
    tx: UserTransaction,
    task_id: int,
    values: Values,
    *,
    completed: bool,
    read_only: Mapping[str, Any] | None = None,
    if_version: int | None = None,
    idempotency: Idempotency | None = None,
) -> Outcome:
    """Replace all fields of a task. Absent fields become empty.

    `read_only` has the read-only fields that the caller sent. If the call would change the task
    and one of them differs from the stored task, raises Invalid, or VersionMismatch for `version`.
    """

    def decide(task: Row, write: Write) -> Mapping[str, Any]:
        _refuse_in_trash(task, write)
        columns = _columns_of(values, task, write)
        done = (task["completed_at"] or write.now) if completed else None
        columns |= {"completed_at": done}
        if read_only and FIELDS.changed_columns(task, {**task, **columns}):
            _require_unchanged(read_only, task, write.timezone)
        return columns

    return await change(tx, task_id, decide, if_version=if_version, idempotency=idempotency)


async def purge_task(
    tx: UserTransaction,
    task_id: int,
    *,
    if_version: int | None = None,
    idempotency: Idempotency | None = None,
) -> None:
    """Purge a task from the trash. Raises NotFound, VersionMismatch, Conflict outside the trash."""
    write = await begin(tx, CONTEXT_AND_TASK, idempotency, task_id=task_id)
    if write.first:
        return
    task = SUBJECT.row_in(write.found)
    if task is None:
        raise task_not_found(task_id)
    if not task["deleted_at"]:
        raise Conflict("task_not_in_trash", task_id=task_id)
    require_version(if_version, SUBJECT, task, write.timezone)
    write.purge(SUBJECT, task)
    await write.commit()


async def empty_trash(tx: UserTransaction, up_to: int) -> tuple[int, bool]:
    """Purge tasks in the trash that have not changed after the event `up_to`, the oldest first.

    Returns how many were purged, at most EMPTIED_AT_ONCE, and whether more are left.
    """
    write = await Write.begin(tx, CONTEXT_ALONE)
    found = await tx.fetch_all(IN_TRASH, up_to=up_to)
    for task in found[:EMPTIED_AT_ONCE]:
        write.purge(SUBJECT, task)
    await write.commit()
    return min(len(found), EMPTIED_AT_ONCE), len(found) > EMPTIED_AT_ONCE


def _with_status(task: Row, status: NewStatus | None, write: Write) -> dict[str, Any]:
    if status == "pending":
        return {"completed_at": None, "deleted_at": None}
    return {"completed_at": task["completed_at"] or write.now} if status else {}


def _refuse_in_trash(task: Row, write: Write) -> None:
    if task["deleted_at"]:
        current = representation.whole(task, write.timezone)
        raise Conflict("task_in_trash", task_id=task["id"], current=current)


def _require_unchanged(read_only: Mapping[str, Any], task: Row, timezone: str) -> None:
    require_version(read_only.get("version"), SUBJECT, task, timezone)
    shown = representation.whole(task, timezone)
    changed = [name for name, value in read_only.items() if shown.get(name) != value]
    if changed:
        raise Invalid("not_as_stored", fields=changed, current=shown)


def _columns_of(values: Values, task: Row, write: Write) -> dict[str, Any]:
    """All columns of a task with these fields. Its other fields become empty."""
    return {**EMPTY, **FIELDS.columns_of(values, task, write.timezone)}
