"""An event as people see it: who changed what, in the words of a task's fields."""

from typing import Literal, NotRequired, cast

from surelist.data.database import Record
from surelist.doors.arguments import ShownObject
from surelist.ledger.models import EventKind
from surelist.tasks import fields
from surelist.tasks.models import Priority
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
            shown[side] = fields.shown(fields.remembered(stored[side], timezone), timezone)
    return cast("TaskEvent", shown)
