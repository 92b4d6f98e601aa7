"""A task: its fields, each named once for the table, for REST and for the tools, and its table."""

import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, StringConstraints
from pydantic import Field as Described
from sqlalchemy import (
    ARRAY,
    BigInteger,
    CheckConstraint,
    Computed,
    ForeignKeyConstraint,
    Index,
    SmallInteger,
    Text,
    text,
)
from sqlmodel import Field, SQLModel

from surelist.doors.arguments import ABSENT, FREE_TEXT, LARGEST, Closed
from surelist.ledger.models import INSTANT, user_id_key

TITLE_LENGTH = 200
DESCRIPTION_LENGTH = 10_000
TAG_LENGTH = 50
TAG_COUNT = 20

Row = Mapping[str, Any]
"""A task as stored: its columns but `user_id`."""


_CONTROL = r"\x00-\x1f\x7f-\x9f\u2028\u2029"
_CONTROL_IN_LINES = r"\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f"
_NOT_IN_A_LINE = re.compile(f"[{_CONTROL}]")
_NOT_IN_LINES = re.compile(f"[{_CONTROL_IN_LINES}]")
_LINE_SCHEMA: Any = {"pattern": f"^[^{_CONTROL}]*[^{_CONTROL}\\s][^{_CONTROL}]*$"}
_LINES_SCHEMA: Any = {"pattern": f"^[^{_CONTROL_IN_LINES}]*$"}


def one_line(value: str) -> str:
    """`value`, when it is one line without control characters; else ValueError."""
    if _NOT_IN_A_LINE.search(value):
        raise ValueError("must be one line, without control characters")
    return value


def some_lines(value: str) -> str:
    """`value`, when it has no control characters but line breaks and tabs; else ValueError."""
    if _NOT_IN_LINES.search(value):
        raise ValueError("must not contain control characters other than line breaks and tabs")
    return value


def _each_once(tags: list[str]) -> list[str]:
    kept: dict[str, str] = {}
    for tag in tags:
        kept.setdefault(tag.casefold(), tag)
    return list(kept.values())


Title = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=TITLE_LENGTH),
    AfterValidator(one_line),
    Described(description="What is to be done.", json_schema_extra=_LINE_SCHEMA),
    FREE_TEXT,
]
Description = Annotated[
    str,
    StringConstraints(max_length=DESCRIPTION_LENGTH),
    AfterValidator(some_lines),
    Described(description="Details.", json_schema_extra=_LINES_SCHEMA),
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
    AfterValidator(one_line),
    Described(json_schema_extra=_LINE_SCHEMA),
]
Tags = Annotated[list[Tag], Described(max_length=TAG_COUNT), AfterValidator(_each_once)]
TaskId = Annotated[int, Described(ge=1, le=LARGEST)]
Version = Annotated[int, Described(ge=1, le=LARGEST)]
Status = Literal["pending", "completed", "deleted"]
ClearableField = Literal["description", "due", "priority", "tags"]

PRIORITIES: dict[str | None, int] = {None: 0, "low": 1, "medium": 2, "high": 3}
PRIORITY_NAMES = {rank: name for name, rank in PRIORITIES.items()}


class NewTask(Closed):
    """What a task is made from."""

    title: Title
    description: Description = ABSENT
    due: Due = ABSENT
    priority: Priority = ABSENT
    tags: Tags = ABSENT

    def meant(self) -> dict[str, Any]:
        """The fields that the task is to have: one given as empty is as one left out."""
        return {name: value for name, value in self.given(NewTask).items() if value}


class TaskChanges(Closed):
    """What a task is changed by: the fields that are given, and those in `clear`."""

    title: Title = ABSENT
    description: Description = ABSENT
    due: Due = ABSENT
    priority: Priority = ABSENT
    tags: Tags = ABSENT
    status: Annotated[
        Literal["pending", "completed"], Described(description="pending reopens or restores.")
    ] = ABSENT
    clear: Annotated[list[ClearableField], Described(description="Fields to empty.")] = ABSENT


PENDING, COMPLETED, DELETED = range(3)
"""The statuses, as the column `status` has them."""

_STATUS = (
    f"CASE WHEN deleted_at IS NOT NULL THEN {DELETED} "
    f"WHEN completed_at IS NOT NULL THEN {COMPLETED} ELSE {PENDING} END"
)


def _derived(expression: str, kind: Any) -> Any:
    """A column that PostgreSQL keeps: what an index needs a plain column for (decision 0013)."""
    return Field(sa_type=kind, sa_column_args=[Computed(expression, persisted=True)])


class Task(SQLModel, table=True):
    """One task.

    `due_at` is the instant it falls due; with `due_on`, only a date was given and `due_at` is the
    start of that day in the user's timezone. `version` is the id of the last event that touched it.
    """

    __table_args__ = (
        ForeignKeyConstraint(["user_id"], ["account.user_id"], name="task_account_fkey"),
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
        CheckConstraint("due_on IS NULL OR due_at IS NOT NULL", name="task_due_check"),
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

    user_id: str = user_id_key()
    id: int = Field(primary_key=True, sa_type=BigInteger)
    title: str = Field(sa_type=Text)
    description: str | None = Field(default=None, sa_type=Text)
    priority: int = Field(default=0, sa_type=SmallInteger)
    due_on: date | None = None
    due_at: datetime | None = Field(default=None, sa_type=INSTANT)
    tags: list[str] = Field(sa_type=ARRAY(Text))
    sort_title: str = Field(sa_type=Text(collation="C"))
    search_text: str = Field(sa_type=Text)
    completed_at: datetime | None = Field(default=None, sa_type=INSTANT)
    deleted_at: datetime | None = Field(default=None, sa_type=INSTANT)
    status: int = _derived(_STATUS, SmallInteger)
    sort_due: datetime = _derived("coalesce(due_at, 'infinity'::timestamptz)", INSTANT)
    sort_priority: int = _derived(f"{max(PRIORITIES.values())} - priority", SmallInteger)
    version: int = Field(sa_type=BigInteger)
    created_at: datetime = Field(sa_type=INSTANT)
    updated_at: datetime = Field(sa_type=INSTANT)


class Term(SQLModel, table=True):
    """One thing that a task can be found by: the beginning of a word of it, or a tag.

    In an order that PostgreSQL can search under row-level security, as it could no text index
    (docs/decisions/0013).
    """

    __table_args__ = (CheckConstraint("user_id <> ''", name="term_user_id_check"),)

    user_id: str = user_id_key()
    term: str = Field(primary_key=True, sa_type=Text(collation="C"))
    task_id: int = Field(primary_key=True, sa_type=BigInteger)


DERIVED = {"sort_title", "search_text", "status", "sort_due", "sort_priority"}
"""Columns that only PostgreSQL looks at."""


def status_of(task: Row) -> Status:
    """The status that the timestamps of `task` add up to."""
    if task["deleted_at"]:
        return "deleted"
    return "completed" if task["completed_at"] else "pending"
