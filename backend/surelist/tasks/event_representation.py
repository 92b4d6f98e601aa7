"""An event as people see it: who changed what, in the words of a task's fields."""

from collections.abc import Mapping
from typing import Any, Literal, NotRequired, cast

from surelist.data.database import Record
from surelist.doors.arguments import ShownObject
from surelist.ledger.models import EventKind
from surelist.tasks import history
from surelist.tasks.due import write_moment
from surelist.tasks.models import PRIORITY_NAMES, Priority
from surelist.tasks.representation import local


class Fields(ShownObject):
    """Changed fields and their values; null is empty."""

    title: NotRequired[str]
    description: NotRequired[str | None]
    due: NotRequired[str | None]
    priority: NotRequired[Priority | None]
    tags: NotRequired[list[str]]
    completed: NotRequired[bool]
    deleted: NotRequired[bool]


class TaskEvent(ShownObject):
    """One change of a task; a purge takes `before` and `after` with it."""

    id: int
    task_id: int
    kind: EventKind
    actor: Literal["person", "assistant", "agent", "system"]
    client_id: str
    client_name: str
    conversation_id: NotRequired[int]
    message_id: NotRequired[int]
    at: str
    undoes: NotRequired[int]
    before: NotRequired[Fields]
    after: NotRequired[Fields]


_PLAIN = (
    "id",
    "task_id",
    "kind",
    "actor",
    "client_id",
    "client_name",
    "undoes",
    "conversation_id",
    "message_id",
)


def event(stored: Record, timezone: str) -> TaskEvent:
    """An event in full."""
    shown = {name: stored[name] for name in _PLAIN if stored[name] is not None}
    shown["at"] = local(stored["at"], timezone)
    for side in ("before", "after"):
        if stored[side] is not None:
            shown[side] = _fields(history.remembered(stored[side]), timezone)
    return cast("TaskEvent", shown)


def _fields(columns: Mapping[str, Any], timezone: str) -> Fields:
    shown: dict[str, Any] = {
        name: columns[name] for name in ("title", "description", "tags") if name in columns
    }
    if "priority" in columns:
        shown["priority"] = PRIORITY_NAMES[columns["priority"]]
    if "due_at" in columns:
        at, on = columns["due_at"], columns.get("due_on")
        shown["due"] = write_moment(at, on, timezone)[0] if at else None
    if "completed_at" in columns:
        shown["completed"] = columns["completed_at"] is not None
    if "deleted_at" in columns:
        shown["deleted"] = columns["deleted_at"] is not None
    return cast("Fields", shown)
