"""A task as people and agents see it: nothing empty, times in the user's timezone."""

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
"""Characters of a description in a row of a list."""

Shown = Annotated[str, Described(max_length=100)]

_TIMES = ("created_at", "updated_at", "completed_at", "deleted_at")
_NOT_ECHOED = {"id", "title", "completed", "status", "description"}


class _Shown(ShownObject):
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


class TaskRow(_Shown):
    """A row of a list; a long description is cut, and says so."""

    description_truncated: NotRequired[bool]


class WholeTask(_Shown):
    """One task in full."""

    created_at: str
    updated_at: str
    completed_at: NotRequired[str]
    deleted_at: NotRequired[str]


class AsStored(Closed):
    """What a whole task tells that cannot be written: taken back when it is as stored."""

    id: TaskId = ABSENT
    status: Status = ABSENT
    weekday: Shown = ABSENT
    version: Version = ABSENT
    created_at: Shown = ABSENT
    updated_at: Shown = ABSENT
    completed_at: Shown = ABSENT
    deleted_at: Shown = ABSENT


READ_ONLY = frozenset(AsStored.model_fields)


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


def beyond_title(task: Row, timezone: str) -> dict[str, Any]:
    """What a change echoes of a task beyond its title."""
    shown = _shown(task, timezone)
    return {name: value for name, value in shown.items() if name not in _NOT_ECHOED}


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
