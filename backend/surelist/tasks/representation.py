"""The JSON representations of a task: without empty fields, with times in the user's time zone."""

from typing import Annotated, Any, NotRequired, cast

from pydantic import Field as Described

from surelist.doors.arguments import ABSENT, Closed, ShownObject
from surelist.ledger.times import local
from surelist.tasks.due import write_moment
from surelist.tasks.models import (
    PRIORITY_NAMES,
    Priority,
    Row,
    Status,
    TaskId,
    Version,
    status_of,
)

DESCRIPTION_SHOWN = 200
"""The length at which a list cuts descriptions."""

_Text = Annotated[str, Described(max_length=100)]

_TIMES = ("created_at", "updated_at", "completed_at", "deleted_at")
_NOT_IN_RESULTS = {"id", "title", "completed", "status", "description"}


class _CommonFields(ShownObject):
    id: int
    title: str
    completed: bool
    status: Status
    description: NotRequired[str]
    due: NotRequired[str]
    weekday: NotRequired[str]
    priority: NotRequired[Priority]
    tags: NotRequired[list[str]]
    version: int


class TaskRow(_CommonFields):
    """A row of a list. A long description is cut, and `description_truncated` is true."""

    description_truncated: NotRequired[bool]


class WholeTask(_CommonFields):
    """One task in full."""

    created_at: str
    updated_at: str
    completed_at: NotRequired[str]
    deleted_at: NotRequired[str]


class ReadOnlyFields(Closed):
    """Read-only fields of a whole task. A PUT may send them back unchanged."""

    id: TaskId = ABSENT
    status: Status = ABSENT
    weekday: _Text = ABSENT
    version: Version = ABSENT
    created_at: _Text = ABSENT
    updated_at: _Text = ABSENT
    completed_at: _Text = ABSENT
    deleted_at: _Text = ABSENT


READ_ONLY = frozenset(ReadOnlyFields.model_fields)


class TaskPage(ShownObject):
    """A page of a list."""

    tasks: list[TaskRow]
    next_cursor: NotRequired[str]


def row(task: Row, timezone: str) -> TaskRow:
    """A task as a row of a list."""
    shown = _shown(task, timezone)
    description = task["description"]
    if description and len(description) > DESCRIPTION_SHOWN:
        shown["description"] = description[:DESCRIPTION_SHOWN]
        shown["description_truncated"] = True
    return cast("TaskRow", shown)


def whole(task: Row, timezone: str) -> WholeTask:
    """A task in full."""
    times = {name: local(task[name], timezone) for name in _TIMES if task[name]}
    return cast("WholeTask", _shown(task, timezone) | times)


def fields_after_title(task: Row, timezone: str) -> dict[str, Any]:
    """The fields that a tool returns after the title of a changed task."""
    shown = _shown(task, timezone)
    return {name: value for name, value in shown.items() if name not in _NOT_IN_RESULTS}


def _shown(task: Row, timezone: str) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "id": task["id"],
        "title": task["title"],
        "completed": task["completed_at"] is not None,
        "status": status_of(task),
    }
    if task["description"]:
        shown["description"] = task["description"]
    if at := task["due_at"]:
        due = write_moment(at, task["due_on"], task["due_time"], timezone)
        shown["due"], shown["weekday"] = due
    if task["priority"]:
        shown["priority"] = PRIORITY_NAMES[task["priority"]]
    if task["tags"]:
        shown["tags"] = task["tags"]
    shown["version"] = task["version"]
    return shown
