"""The JSON representation of an event."""

from collections.abc import Mapping
from typing import Any, Literal, NotRequired, cast

from surelist.data.database import Record
from surelist.doors.arguments import ShownObject
from surelist.ledger.models import EARLIER_KINDS, Actor, EventKind
from surelist.ledger.subjects import Key, Subject, key_of_event, subjects
from surelist.ledger.times import local

SubjectName = Literal["task", "account", "agent"]


class ChangedFields(ShownObject):
    """Changed fields of the subject and their values. Null means empty."""

    title: NotRequired[str]
    description: NotRequired[str | None]
    due: NotRequired[str | None]
    priority: NotRequired[Literal["low", "medium", "high"] | None]
    tags: NotRequired[list[str]]
    completed: NotRequired[bool]
    deleted: NotRequired[bool]
    timezone: NotRequired[str]
    name: NotRequired[str]
    scopes: NotRequired[list[str]]
    revoked: NotRequired[bool]


class OfSubject(ShownObject):
    """The subject and the key of a row. For a task, `task_id` repeats `subject_id`."""

    subject: SubjectName
    subject_id: NotRequired[int]
    subject_key: NotRequired[str]
    task_id: NotRequired[int]


class ShownEvent(OfSubject):
    """One change of one subject. A purge removes `before` and `after`.

    `call` is the first event of the call, if the call made several.
    """

    id: int
    call: NotRequired[int]
    kind: EventKind
    actor: Actor
    client_id: str
    client_name: str
    conversation_id: NotRequired[int]
    message_id: NotRequired[int]
    at: str
    undoes: NotRequired[int]
    before: NotRequired[ChangedFields]
    after: NotRequired[ChangedFields]


class ListedEvent(ShownEvent):
    """An event of a list. `title` is the current title of the task, or the name of the agent.

    `undone_by` is the event that undid this one.
    """

    title: NotRequired[str]
    undone_by: NotRequired[int]


_UNCHANGED_COLUMNS = (
    "call",
    "actor",
    "client_id",
    "client_name",
    "undoes",
    "conversation_id",
    "message_id",
)


def event(stored: Record, timezone: str) -> ShownEvent:
    """An event as JSON."""
    subject = subjects()[stored["subject"]]
    shown = {"id": stored["id"], **of_subject(subject, key_of_event(stored))}
    shown |= {name: stored[name] for name in _UNCHANGED_COLUMNS if stored[name] is not None}
    shown["kind"] = EARLIER_KINDS.get(stored["kind"], stored["kind"])
    shown["at"] = local(stored["at"], timezone)
    for side in ("before", "after"):
        if stored[side] is not None:
            columns = subject.fields.columns_from_json(stored[side], timezone)
            shown[side] = subject.fields.to_values(columns, timezone)
    return cast("ShownEvent", shown)


def listed_event(stored: Record, timezone: str) -> ListedEvent:
    """An event of a list as JSON."""
    more = {name: stored[name] for name in ("title", "undone_by") if stored[name] is not None}
    return cast("ListedEvent", {**event(stored, timezone), **more})


def of_subject(subject: Subject, key: Key) -> Mapping[str, Any]:
    """The subject and the key of a row as JSON."""
    shown: dict[str, Any] = {"subject": subject.name}
    if isinstance(key, int):
        shown["subject_id"] = key
    elif key is not None:
        shown["subject_key"] = key
    if subject.name == "task":
        shown["task_id"] = key
    return shown
