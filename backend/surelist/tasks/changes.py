"""How a task changes: read under the lock, decided, written together with its event."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import BigInteger, and_, bindparam, select
from sqlalchemy.sql.dml import UpdateBase
from sqlmodel import col

from surelist.data.database import Statement, compiled
from surelist.data.isolation import UserTransaction, user_rows, user_update
from surelist.errors import NotFound, VersionMismatch
from surelist.ledger import service as ledger
from surelist.ledger.models import EventKind
from surelist.tasks import history, purge, representation, terms
from surelist.tasks.models import DERIVED, Row, Status, Task, status_of

Decision = Callable[[Row, Mapping[str, Any]], Mapping[str, Any]]
"""From the task and what stands to the columns that it is to have."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """A task after a write: `changed` are its fields that the write changed."""

    task: Row
    timezone: str
    changed: list[str]
    repeated: bool = False


TASK = user_rows(Task)
_task_id = bindparam("task_id", type_=BigInteger, required=True)
TASK_COLUMNS = [column for column in TASK.c if column.name not in DERIVED]
STANDING_AND_TASK = compiled(
    select(*ledger.STANDING, purge.ANY_EXPIRED, *TASK_COLUMNS, TASK.c.search_text).select_from(
        ledger.STANDING_FROM.outerjoin(
            TASK,
            and_(
                TASK.c.id == _task_id,
                purge.restorable(TASK),
            ),
        )
    )
)


def _saving(columns: Iterable[str]) -> UpdateBase:
    values = {name: bindparam(name, type_=TASK.c[name].type) for name in columns}
    stamps = {"version": "event_id", "updated_at": "event_at"}
    values |= {name: bindparam(stamp, type_=TASK.c[name].type) for name, stamp in stamps.items()}
    return user_update(Task).where(col(Task.id) == _task_id).values(values)


_SAVE = ledger.recorded(_saving(history.FIELDS))
_SAVE_WORDS = ledger.recorded(
    _saving([*history.FIELDS, *terms.SORTED]), terms.losing(_task_id), terms.gaining(_task_id)
)


async def change(
    tx: UserTransaction,
    task_id: int,
    decide: Decision,
    *,
    if_version: int | None = None,
    retry: ledger.Retry | None = None,
) -> Outcome:
    """Give the task the columns that `decide` returns. Raises NotFound, VersionMismatch."""
    standing = await look_up(tx, STANDING_AND_TASK, retry, task_id=task_id)
    if standing["first_event"]:
        return await first_outcome(tx, standing)
    task = task_in(standing)
    if task is None:
        raise no_such_task(task_id)
    return await save(
        tx, standing, task, decide(task, standing), if_version=if_version, retry=retry
    )


async def look_up(
    tx: UserTransaction, statement: Statement, retry: ledger.Retry | None, **values: Any
) -> Mapping[str, Any]:
    """What stands under the lock, after the trash has been swept."""
    standing = await ledger.standing(tx, statement, retry, **values)
    if not standing["any_expired"]:
        return standing
    await purge.sweep(tx, standing)
    return await ledger.standing(tx, statement, retry, **values)


async def save(
    tx: UserTransaction,
    standing: Mapping[str, Any],
    task: Row,
    columns: Mapping[str, Any],
    *,
    kind: EventKind | None = None,
    if_version: int | None = None,
    undoes: int | None = None,
    retry: ledger.Retry | None = None,
) -> Outcome:
    """Write the columns that differ, with their event; none, when none does."""
    wanted = {**task, **columns}
    differing = history.differing(task, wanted)
    timezone = standing["timezone"]
    if not differing:
        return Outcome(task, timezone, [])
    refuse_unless_at(if_version, task, timezone)
    old, new = status_of(task), status_of(wanted)
    event = ledger.Change(
        kind or _kind(differing, old, new),
        task["id"],
        before={name: task[name] for name in differing},
        after={name: wanted[name] for name in differing},
        pending=(new == "pending") - (old == "pending"),
        completed=(new == "completed") - (old == "completed"),
        undoes=undoes,
    )
    worded = set(terms.WORDED) & set(differing)
    await ledger.append(
        tx,
        _SAVE_WORDS if worded else _SAVE,
        event,
        standing,
        retry,
        task_id=task["id"],
        **{name: wanted[name] for name in history.FIELDS},
        **(terms.reindexed(standing["search_text"], wanted) if worded else {}),
    )
    wanted |= {"version": standing["last_event"] + 1, "updated_at": standing["now"]}
    return Outcome(wanted, timezone, history.named(differing))


def refuse_unless_at(version: int | None, task: Row, timezone: str) -> None:
    """Raise VersionMismatch when the task is not at `version`, unless that is None."""
    if version in (None, task["version"]):
        return
    stale = 0 < version < task["version"]
    what = f"has changed since version {version}" if stale else "has never been at that version"
    raise VersionMismatch(
        f"Task {task['id']} {what}: it is now at version {task['version']}, as given here. "
        f"Look at it, then call again with that version.",
        current=representation.whole(task, timezone),
    )


async def first_outcome(tx: UserTransaction, standing: Mapping[str, Any]) -> Outcome:
    """The outcome of the first call with this key, as the ledger remembers it."""
    return await outcome_of(tx, standing, standing["first_task"], standing["first_event"])


async def outcome_of(
    tx: UserTransaction, standing: Mapping[str, Any], task_id: int, event_id: int
) -> Outcome:
    """What `event_id` made of its task, for a call that repeats it."""
    task, columns = await history.recall(tx, task_id, event_id)
    return Outcome(task, standing["timezone"], history.named(columns), repeated=True)


def task_in(standing: Mapping[str, Any]) -> Row | None:
    """The task that a lookup found, if it found one."""
    if standing["id"] is None:
        return None
    return {column.name: standing[column.name] for column in TASK_COLUMNS}


def no_such_task(task_id: int) -> NotFound:
    """The answer for a task that is absent, purged or somebody else's."""
    return NotFound(f"There is no task {task_id}. List the tasks to find the id that is meant.")


def _kind(differing: list[str], old: Status, new: Status) -> EventKind:
    if history.named(differing) != ["status"]:
        return "updated"
    if new == "deleted":
        return "deleted"
    if old == "deleted":
        return "restored"
    return "completed" if new == "completed" else "reopened"
