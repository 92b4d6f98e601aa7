"""The SQL statements that list tasks. Each shape is compiled once, and each has a bounded cost.

A list without filters scans the index of its status and order up to the end of the page. A list
with filters scans the user's tasks, and stops early if many match (docs/decisions/0013).
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

COUNT_LIMIT = 1000
"""The largest exact total of a filtered list."""

MAX_PAGE_SIZE = 200
"""The largest number of tasks on a page."""

Sort = Literal["created", "due", "priority", "title", "updated"]
Condition = ColumnElement[bool]


@dataclass(frozen=True, slots=True)
class Shape:
    """Determines the text of a statement. `filters` has the names of its filter parameters."""

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
_NOT_IN_ROWS = DERIVED | {"created_at", "updated_at"}  # rows of a list do not have these
_COLUMNS = [
    func.left(column, DESCRIPTION_SHOWN + 1).label("description")
    if column.name == "description"
    else column
    for column in _task.c
    if column.name not in _NOT_IN_ROWS
]


@lru_cache(maxsize=1024)
def page(shape: Shape) -> Statement:
    """Select the tasks of a page, each with `timezone` and `total`, or one row without a task.

    `total` is COUNT_LIMIT + 1 if more tasks match. Parameters: `rows`; `last_key` and `last_id` of
    the previous page; for filters `patterns`, one for each word; folded `tags`; `sort_priority`;
    `due_before`; `due_after` and `due_after_day`, the start of that day.
    """
    if shape.filters or shape.status == "deleted":
        found, total = _filtered(shape)
    else:
        found, total = _unfiltered(shape)
    order = _order(shape, found.c.sort_key, found.c.id)
    return compiled(
        select(_account.c.timezone, total.label("total"), *found.c)
        .select_from(_account.outerjoin(found, true()))
        .order_by(*order)
    )


def _unfiltered(shape: Shape) -> tuple[Subquery, ColumnElement[int]]:
    """A page of all tasks with the status, and their number from the account's counters."""
    counts = {"pending": _account.c.pending_count, "completed": _account.c.completed_count}
    return _merged(shape, _index_scans(shape, _sort_key(shape, _task))), counts.get(
        shape.status, _account.c.pending_count + _account.c.completed_count
    )


def _filtered(shape: Shape) -> tuple[Subquery, ColumnElement[int]]:
    """A page of the tasks that match the filters, and their number up to COUNT_LIMIT + 1.

    First finds that many matches in any order. If these are all, it sorts them. Otherwise matches
    are common, so an index scan in the order of the list soon finds a page of them.
    """
    key, matches_filters = _sort_key(shape, _task), _filter_conditions(shape)
    found = (
        select(*_COLUMNS, key.label("sort_key"))
        .where(_task.c.status.in_(_statuses(shape)), *matches_filters)
        .limit(_constant(COUNT_LIMIT + 1))
        .cte("found")
    )
    total = select(func.count()).select_from(found).scalar_subquery()
    all_found = total <= _constant(COUNT_LIMIT)
    queries: list[Select[*tuple[Any, ...]]] = [
        select(*found.c)
        .where(all_found, *_after_cursor(shape, found.c.sort_key, found.c.id))
        .order_by(*_order(shape, found.c.sort_key, found.c.id)),
        *_index_scans(shape, key, ~all_found, *matches_filters),
    ]
    return _merged(shape, queries), total


def _index_scans(
    shape: Shape, key: ColumnElement[Any], *conditions: Condition
) -> list[Select[*tuple[Any, ...]]]:
    """For each status, select the matches after the previous page by an index, in order."""
    return [
        select(*_COLUMNS, key.label("sort_key"))
        .where(_task.c.status == status, *conditions, *_after_cursor(shape, key, _task.c.id))
        .order_by(*_order(shape, key, _task.c.id))
        for status in _statuses(shape)
    ]


def _merged(shape: Shape, queries: Sequence[Select[*tuple[Any, ...]]]) -> Subquery:
    """The first rows of several ordered queries.

    Each query has the constant limit of the largest page. For a parameter, PostgreSQL would assume
    a tenth of the table, and sort instead of scanning the index.
    """
    limited = [query.limit(_constant(MAX_PAGE_SIZE + 1)) for query in queries]
    each = union_all(*limited).subquery("each")
    order = _order(shape, each.c.sort_key, each.c.id)
    return select(each).order_by(*order).limit(_ROWS).subquery("page")


def _sort_key(shape: Shape, task: FromClause) -> ColumnElement[Any]:
    keys = {
        "created": task.c.id,
        "due": task.c.sort_due,
        "priority": task.c.sort_priority,
        "title": task.c.sort_title,
        "updated": task.c.version,
    }
    return keys[shape.sort]


def _order(shape: Shape, key: ColumnElement[Any], task_id: ColumnElement[int]) -> list[Any]:
    """Order by the key, then by id. Two of the keys are unique, and need no id."""
    if shape.sort == "updated":
        return [key.desc()]
    return [key] if shape.sort == "created" else [key, task_id]


def _after_cursor(
    shape: Shape, key: ColumnElement[Any], task_id: ColumnElement[int]
) -> list[Condition]:
    """The condition for rows after the previous page. It can use an index."""
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


def _filter_conditions(shape: Shape) -> list[Condition]:
    """The conditions of all filters."""
    conditions = _due_conditions(shape)
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


def _due_conditions(shape: Shape) -> list[Condition]:
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
    """A literal instead of a parameter, so that the planner can use its value."""
    return literal_column(str(value), BigInteger)
