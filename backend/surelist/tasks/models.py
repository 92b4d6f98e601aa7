"""The table of tasks, and the types of their fields, which REST and the tools share."""

from collections.abc import Collection, Mapping
from datetime import date, datetime, time
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import AfterValidator, StringConstraints
from pydantic import Field as Described
from sqlalchemy import (
    ARRAY,
    BigInteger,
    CheckConstraint,
    Computed,
    Index,
    SmallInteger,
    Text,
    text,
)
from sqlmodel import Field

from surelist.data.tables import UserTable
from surelist.doors.arguments import ABSENT, FREE_TEXT, LARGEST, Closed
from surelist.errors import Invalid
from surelist.ledger.models import INSTANT
from surelist.tasks.words import FOLDED
from surelist.text import LABEL_PATTERN, LINES_PATTERN, label, some_lines

TITLE_LENGTH = 200
DESCRIPTION_LENGTH = 10_000
TAG_LENGTH = 50
TAG_COUNT = 20

Row = Mapping[str, Any]
"""A task as stored, without `user_id`."""


def _without_duplicates(tags: list[str]) -> list[str]:
    kept: dict[str, str] = {}
    for tag in tags:
        kept.setdefault(tag.casefold(), tag)
    return list(kept.values())


Title = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=TITLE_LENGTH),
    AfterValidator(label),
    Described(description="What is to be done.", json_schema_extra={"pattern": LABEL_PATTERN}),
    FREE_TEXT,
]
Description = Annotated[
    str,
    StringConstraints(max_length=DESCRIPTION_LENGTH),
    AfterValidator(some_lines),
    Described(description="Details.", json_schema_extra={"pattern": LINES_PATTERN}),
    FREE_TEXT,
]
Due = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=40),
    Described(
        description='"2026-12-31", "2026-12-31T15:00" (user\'s timezone) or with an offset.',
        json_schema_extra={"format": "date-or-date-time"},
    ),
]
Priority = Literal["low", "medium", "high"]
Tag = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=TAG_LENGTH),
    AfterValidator(label),
    Described(json_schema_extra={"pattern": LABEL_PATTERN}),
]
Tags = Annotated[list[Tag], Described(max_length=TAG_COUNT), AfterValidator(_without_duplicates)]
TaskId = Annotated[int, Described(ge=1, le=LARGEST)]
Version = Annotated[int, Described(ge=1, le=LARGEST)]
Status = Literal["pending", "completed", "deleted"]

PRIORITIES: dict[str | None, int] = {None: 0, "low": 1, "medium": 2, "high": 3}
PRIORITY_NAMES = {rank: name for name, rank in PRIORITIES.items()}


class TaskFields(Closed):
    """The fields that a caller can give a task. Each tool and route adds its own arguments."""

    title: Title = ABSENT
    description: Description = ABSENT
    due: Due = ABSENT
    priority: Priority = ABSENT
    tags: Tags = ABSENT


def values_of(request: Closed, clear: Collection[str] = ()) -> dict[str, Any]:
    """The given fields of a request by name. None empties a field, as does its name in `clear`.

    Raises Invalid if a field has a value and is in `clear`.
    """
    given = request.given(TaskFields)
    if both := sorted(name for name in clear if given.get(name) is not None):
        raise Invalid("given_and_cleared", fields=both)
    return given | dict.fromkeys(clear)


CLEARABLE = tuple(name for name in TaskFields.model_fields if name != "title")
"""The fields that can be empty."""

if TYPE_CHECKING:
    ClearableField = str
else:
    ClearableField = Literal[CLEARABLE]

Clear = Annotated[list[ClearableField], Described(description="Fields to empty.")]
NewStatus = Annotated[
    Literal["pending", "completed"], Described(description="pending reopens or restores.")
]


PENDING, COMPLETED, DELETED = range(3)
"""The values of the column `status`."""

_STATUS = (
    f"CASE WHEN deleted_at IS NOT NULL THEN {DELETED} "
    f"WHEN completed_at IS NOT NULL THEN {COMPLETED} ELSE {PENDING} END"
)


def _derived(expression: str, kind: Any) -> Any:
    """A generated column, for an index on an expression (decision 0013)."""
    return Field(sa_type=kind, sa_column_args=[Computed(expression, persisted=True)])


class Task(UserTable, table=True):
    """One task.

    `due_on` is the day on which it is due, and `due_time` the wall time, if any. That time is in
    `due_zone`, or in the user's time zone if `due_zone` is NULL. `due_at` is the resulting instant.
    `version` is the id of the task's last event.
    """

    __table_args__ = (
        CheckConstraint("id > 0", name="task_id_check"),
        CheckConstraint(
            f"char_length(title) BETWEEN 1 AND {TITLE_LENGTH}", name="task_title_check"
        ),
        CheckConstraint(
            f"char_length(description) BETWEEN 1 AND {DESCRIPTION_LENGTH}",
            name="task_description_check",
        ),
        CheckConstraint("priority BETWEEN 0 AND 3", name="task_priority_check"),
        CheckConstraint(f"cardinality(tags) <= {TAG_COUNT}", name="task_tags_check"),
        CheckConstraint(
            "(due_on IS NULL) = (due_at IS NULL) AND (due_on IS NOT NULL OR due_time IS NULL) "
            "AND (due_time IS NOT NULL OR due_zone IS NULL)",
            name="task_due_check",
        ),
        Index("task_by_id", "user_id", "status", "id"),
        Index("task_by_due", "user_id", "status", "sort_due", "id"),
        Index("task_by_priority", "user_id", "status", "sort_priority", "id"),
        Index("task_by_title", "user_id", "status", "sort_title", "id"),
        Index("task_by_version", "user_id", "status", "version", unique=True),
        Index(
            "task_in_trash",
            "user_id",
            "deleted_at",
            postgresql_where=text("deleted_at IS NOT NULL"),
        ),
    )

    id: int = Field(primary_key=True, sa_type=BigInteger)
    title: str = Field(sa_type=Text)
    description: str | None = Field(default=None, sa_type=Text)
    priority: int = Field(default=0, sa_type=SmallInteger)
    due_on: date | None = None
    due_time: time | None = None
    due_zone: str | None = Field(default=None, sa_type=Text)
    due_at: datetime | None = Field(default=None, sa_type=INSTANT)
    tags: list[str] = Field(sa_type=ARRAY(Text))
    sort_title: str = Field(sa_type=Text(collation="C"))
    search_text: str = Field(sa_type=Text)
    search_tags: list[str] = Field(sa_type=ARRAY(Text))
    completed_at: datetime | None = Field(default=None, sa_type=INSTANT)
    deleted_at: datetime | None = Field(default=None, sa_type=INSTANT)
    status: int = _derived(_STATUS, SmallInteger)
    sort_due: datetime = _derived("coalesce(due_at, 'infinity'::timestamptz)", INSTANT)
    sort_priority: int = _derived(f"{max(PRIORITIES.values())} - priority", SmallInteger)
    version: int = Field(sa_type=BigInteger)
    created_at: datetime = Field(sa_type=INSTANT)
    updated_at: datetime = Field(sa_type=INSTANT)


DERIVED = FOLDED | {"status", "sort_due", "sort_priority"}
"""Columns for sorting and searching, which only PostgreSQL reads."""


def status_of(task: Row) -> Status:
    """The status of a task, from its timestamps."""
    if task["deleted_at"]:
        return "deleted"
    return "completed" if task["completed_at"] else "pending"
