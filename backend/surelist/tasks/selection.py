"""The statements that list tasks: each shape compiled once, each made so that its cost is bounded.

A list without filters walks the index of its status and order and stops at the page's end. One with
filters is a scan of the user's own tasks, which stops early where many pass (docs/decisions/0013).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any, Literal

from sqlalchemy import (
    ARRAY,
    BigInteger,
    DateTime,
    FromClause,
    Select,
    SmallInteger,
    Subquery,
    Text,
    bindparam,
    func,
    literal_column,
    or_,
    select,
    true,
    tuple_,
    union_all,
)
from sqlalchemy.sql.elements import ColumnElement

from surelist.data.database import Statement, compiled
from surelist.data.isolation import user_rows
from surelist.ledger.models import Account
from surelist.tasks import purge
from surelist.tasks.models import COMPLETED, DELETED, DERIVED, PENDING, Task
from surelist.tasks.representation import DESCRIPTION_SHOWN

COUNTED = 1000
"""How far matches are counted."""

LONGEST = 200
"""Tasks of a page, at most."""

Sort = Literal["created", "due", "priority", "title", "updated"]
Condition = ColumnElement[bool]


@dataclass(frozen=True, slots=True)
class Shape:
    """What decides the text of the statement; `filters` are the names of their arguments."""

    status: Literal["all", "pending", "completed", "deleted"]
    sort: Sort
    filters: frozenset[str]
    continued: bool


_STATUSES = {
    "all": (PENDING, COMPLETED),
    "pending": (PENDING,),
    "completed": (COMPLETED,),
    "deleted": (DELETED,),
}
_FOREVER = literal_column("'infinity'::timestamptz", DateTime(timezone=True))
_ROWS = bindparam("rows", type_=BigInteger, required=True)
_account = user_rows(Account)
_task = user_rows(Task)
_LEFT_OUT = DERIVED | {"created_at", "updated_at"}  # a row of a list does not tell them
_SHOWN = [
    func.left(column, DESCRIPTION_SHOWN + 1).label("description")
    if column.name == "description"
    else column
    for column in _task.c
    if column.name not in _LEFT_OUT
]


@lru_cache(maxsize=1024)
def page(shape: Shape) -> Statement:
    """A row for each task of a page, with `timezone` and `total`; without a task when none is left.

    `total` is COUNTED + 1 when more match. Arguments: `rows`; of the page before, `last_key` and
    `last_id`; of filters, `patterns`, one for each word; `tags`, folded; `sort_priority`;
    `due_before`; `due_after`, and `due_after_day`, when that day begins.
    """
    if shape.filters or shape.status == "deleted":
        found, total = _filtered(shape)
    else:
        found, total = _whole(shape)
    order = _order(shape, found.c.sort_key, found.c.id)
    return compiled(
        select(_account.c.timezone, total.label("total"), *found.c)
        .select_from(_account.outerjoin(found, true()))
        .order_by(*order)
    )


def _whole(shape: Shape) -> tuple[Subquery, ColumnElement[int]]:
    """A page of all that have the status, and how many the account counts."""
    counts = {"pending": _account.c.pending_count, "completed": _account.c.completed_count}
    return _merged(shape, _walks(shape, _key(shape, _task))), counts.get(
        shape.status, _account.c.pending_count + _account.c.completed_count
    )


def _filtered(shape: Shape) -> tuple[Subquery, ColumnElement[int]]:
    """A page of those that pass the filters, and how many do, counted to COUNTED + 1.

    So many are looked for in any order. When that finds all, they are sorted; else matches are so
    common that a page of them is met soon in the order.
    """
    key, passing = _key(shape, _task), _passing(shape)
    found = (
        select(*_SHOWN, key.label("sort_key"))
        .where(_task.c.status.in_(_statuses(shape)), *passing)
        .limit(_constant(COUNTED + 1))
        .cte("found")
    )
    total = select(func.count()).select_from(found).scalar_subquery()
    all_found = total <= _constant(COUNTED)
    ways: list[Select[*tuple[Any, ...]]] = [
        select(*found.c)
        .where(all_found, *_beyond(shape, found.c.sort_key, found.c.id))
        .order_by(*_order(shape, found.c.sort_key, found.c.id)),
        *_walks(shape, key, ~all_found, *passing),
    ]
    return _merged(shape, ways), total


def _walks(
    shape: Shape, key: ColumnElement[Any], *conditions: Condition
) -> list[Select[*tuple[Any, ...]]]:
    """What fulfils the conditions behind the page before, for each status by its index in order."""
    return [
        select(*_SHOWN, key.label("sort_key"))
        .where(_task.c.status == status, *conditions, *_beyond(shape, key, _task.c.id))
        .order_by(*_order(shape, key, _task.c.id))
        for status in _statuses(shape)
    ]


def _merged(shape: Shape, ways: Sequence[Select[*tuple[Any, ...]]]) -> Subquery:
    """The first rows of several ways, each in order.

    Each has the longest page for its own limit: PostgreSQL would take an argument for a tenth of
    the table, and sort rather than walk.
    """
    each = union_all(*(way.limit(_constant(LONGEST + 1)) for way in ways)).subquery("each")
    order = _order(shape, each.c.sort_key, each.c.id)
    return select(each).order_by(*order).limit(_ROWS).subquery("page")


def _key(shape: Shape, task: FromClause) -> ColumnElement[Any]:
    keys = {
        "created": task.c.id,
        "due": task.c.sort_due,
        "priority": task.c.sort_priority,
        "title": task.c.sort_title,
        "updated": task.c.version,
    }
    return keys[shape.sort]


def _order(shape: Shape, key: ColumnElement[Any], task_id: ColumnElement[int]) -> list[Any]:
    """By the key, ties by id; two of the keys have no ties."""
    if shape.sort == "updated":
        return [key.desc()]
    return [key] if shape.sort == "created" else [key, task_id]


def _beyond(shape: Shape, key: ColumnElement[Any], task_id: ColumnElement[int]) -> list[Condition]:
    """What is behind the last row of the page before, in a form that an index leads to."""
    if not shape.continued:
        return []
    last_key = bindparam("last_key", type_=key.type, required=True)
    if shape.sort == "updated":
        return [key < last_key]
    if shape.sort == "created":
        return [key > last_key]
    last_id = bindparam("last_id", type_=BigInteger, required=True)
    return [tuple_(key, task_id) > tuple_(last_key, last_id)]


def _statuses(shape: Shape) -> list[ColumnElement[int]]:
    return [_constant(one) for one in _STATUSES[shape.status]]


def _passing(shape: Shape) -> list[Condition]:
    """Whether a task passes all filters."""
    conditions = _within_due(shape)
    if shape.status == "deleted":
        conditions.append(purge.kept_in_trash(_task))
    if "sort_priority" in shape.filters:
        priority = bindparam("sort_priority", type_=SmallInteger, required=True)
        conditions.append(_task.c.sort_priority == priority)
    if "tags" in shape.filters:
        tags = bindparam("tags", type_=ARRAY(Text), required=True)
        conditions.append(_task.c.search_tags.bool_op("@>")(tags))
    if "patterns" in shape.filters:
        patterns = bindparam("patterns", type_=ARRAY(Text), required=True)
        conditions.append(_task.c.search_text.like(func.all(patterns)))
    return conditions


def _within_due(shape: Shape) -> list[Condition]:
    due, conditions = _task.c.sort_due, list[Condition]()
    if "due_before" in shape.filters:
        conditions.append(due < _instant("due_before"))
    if "due_after" in shape.filters:
        in_day = or_(due >= _instant("due_after"), _task.c.due_time.is_(None))
        conditions += [due >= _instant("due_after_day"), due < _FOREVER, in_day]
    return conditions


def _instant(name: str) -> ColumnElement[datetime]:
    return bindparam(name, type_=DateTime(timezone=True), required=True)


def _constant(value: int) -> ColumnElement[int]:
    """A number that PostgreSQL plans with: it is in the text, and no argument."""
    return literal_column(str(value), BigInteger)
