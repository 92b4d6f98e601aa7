"""A task as a subject of the ledger: how to store, count and undo its changes."""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, bindparam
from sqlalchemy.sql.dml import Update
from sqlmodel import col

from surelist.data.database import compiled
from surelist.data.isolation import user_rows, user_update
from surelist.errors import NotFound
from surelist.ledger.models import EventKind
from surelist.ledger.statements import recorded
from surelist.ledger.subjects import Key, Store, Subject, by_keys
from surelist.tasks import representation, words
from surelist.tasks.fields import EMPTY, FIELDS
from surelist.tasks.models import DERIVED, Row, Task, status_of
from surelist.tasks.purge import TRASH, restorable

TASK = user_rows(Task)
TASK_COLUMNS = [column for column in TASK.c if column.name not in DERIVED]
_LOAD = by_keys(TASK_COLUMNS, TASK.c.id, restorable(TASK))


def _update(columns: Iterable[str], *, task_id: str, version: str, updated_at: str) -> Update:
    names = {name: name for name in columns} | {"version": version, "updated_at": updated_at}
    values = {name: bindparam(given, type_=TASK.c[name].type) for name, given in names.items()}
    return (
        user_update(Task)
        .where(col(Task.id) == bindparam(task_id, type_=BigInteger, required=True))
        .values(values)
    )


_EVENT_PARAMETERS = {"task_id": "event_subject_id", "version": "event_id", "updated_at": "event_at"}
_AMONG = compiled(
    _update([*EMPTY, *words.FOLDED], task_id="id", version="version", updated_at="updated_at")
)
SAVE = Store(recorded(_update(EMPTY, **_EVENT_PARAMETERS)), _AMONG, derived_among=words.folded)
SAVE_WORDS = Store(
    recorded(_update([*EMPTY, *words.FOLDED], **_EVENT_PARAMETERS)),
    _AMONG,
    derived=words.folded,
    derived_among=words.folded,
)


def _store(changed: Collection[str]) -> Store:
    return SAVE if set(words.SEARCHED_COLUMNS).isdisjoint(changed) else SAVE_WORDS


def task_not_found(task_id: int) -> NotFound:
    """The error for a task that is absent, purged or another user's."""
    return NotFound("task_not_found", task_id=task_id)


def _noun(key: Key) -> str:
    return f"Task {key}"


def _counts(before: Row | None, after: Row | None) -> tuple[int, int]:
    """The changes in the numbers of pending and of completed tasks."""
    old, new = (row and status_of(row) for row in (before, after))
    return (
        (new == "pending") - (old == "pending"),
        (new == "completed") - (old == "completed"),
    )


def _to_trash(now: datetime) -> dict[str, Any]:
    return {"deleted_at": now}


def _event_kind(changed: Collection[str], before: Row, after: Row) -> EventKind:
    statuses = status_of(before), status_of(after)
    if FIELDS.field_names(changed) != ["status"] or "deleted" not in statuses:
        return "updated"
    return "restored" if statuses[0] == "deleted" else "deleted"


SUBJECT = Subject(
    name="task",
    noun=_noun,
    not_found=task_not_found,
    fields=FIELDS,
    key="id",
    columns=TASK_COLUMNS,
    rows=TASK,
    visible=restorable(TASK),
    load=_LOAD,
    store=_store,
    event_kind=_event_kind,
    counts=_counts,
    title=TASK.c.title,
    trash=TRASH,
    undo_of_creation=_to_trash,
    representation=representation.whole,
    holds_text=True,
)
