"""The statements that list tasks: each shape compiled once, each made so that its cost is bounded.

A list without filters walks the index of its status and order and stops at the page's end. With
filters, the rarest is found at run time: each is asked for the first FEW tasks that pass it, and
the one with the fewest leads. When those are all it has, they are looked at; else so many pass that
walking the order meets a page of them soon (docs/decisions/0013).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache, reduce
from typing import Any, Literal

from sqlalchemy import (
    ARRAY,
    CTE,
    BigInteger,
    DateTime,
    FromClause,
    Lateral,
    Select,
    SmallInteger,
    Subquery,
    Text,
    and_,
    bindparam,
    case,
    false,
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
from surelist.tasks.models import COMPLETED, DELETED, DERIVED, PENDING, Task, Term
from surelist.tasks.representation import DESCRIPTION_SHOWN

COUNTED = 1000
"""How far matches are counted."""

FEW = 2000
"""Tasks that are looked at one by one: more than COUNTED, for some pass one filter only."""

LONGEST = 200
"""Tasks of a page, at most."""

Sort = Literal["created", "due", "priority", "title", "updated"]
Condition = ColumnElement[bool]


@dataclass(frozen=True, slots=True)
class Shape:
    """What decides the text of the statement; the values are its arguments."""

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
_PRIORITY = bindparam("sort_priority", type_=SmallInteger, required=True)
_account = user_rows(Account)
_term = user_rows(Term)
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
    `last_id`; of `search`, the `patterns`; of `tag`, its line; of either, the bounds of
    the terms that are sought, `lowest` and `highest`; `sort_priority`; `due_before`; `due_after`,
    and `due_after_day`, when that day begins.
    """
    if shape.filters or shape.status == "deleted":
        found, total = _narrowed(shape)
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
    key = _key(shape, _task)
    ways = [
        select(*_SHOWN, key.label("sort_key"))
        .where(status, *_beyond(shape, key, _task.c.id))
        .order_by(*_order(shape, key, _task.c.id))
        for status in _statuses(shape)
    ]
    counts = {"pending": _account.c.pending_count, "completed": _account.c.completed_count}
    return _merged(shape, ways), counts.get(
        shape.status, _account.c.pending_count + _account.c.completed_count
    )


def _narrowed(shape: Shape) -> tuple[Subquery, ColumnElement[int]]:
    """A page of those that pass the filters, and how many do."""
    rarest = _rarest(shape)
    all_known = func.cardinality(select(rarest.c.ids).scalar_subquery()) <= _constant(FEW)
    key, passing = _key(shape, _task), _passing(shape)
    one = select(func.unnest(rarest.c.ids).label("id")).distinct().subquery("one")
    candidate = _looked_up(one.c.id, _task.c.id, key.label("sort_key"), conditions=[passing])
    matching = (
        select(candidate.c.id, candidate.c.sort_key)
        .select_from(one.join(candidate, true()))
        .cte("matching")
        .prefix_with("MATERIALIZED")
    )
    ways: list[Select[Any, Any]] = [
        select(matching.c.id, matching.c.sort_key)
        .where(all_known, *_beyond(shape, matching.c.sort_key, matching.c.id))
        .order_by(*_order(shape, matching.c.sort_key, matching.c.id)),
        *(
            select(_task.c.id, key.label("sort_key"))
            .where(~all_known, status, *_beyond(shape, key, _task.c.id), passing)
            .order_by(*_order(shape, key, _task.c.id))
            for status in _statuses(shape)
        ),
    ]
    chosen = _merged(shape, ways, "chosen")
    shown = _looked_up(chosen.c.id, *_SHOWN)
    found = select(*shown.c, chosen.c.sort_key).select_from(chosen.join(shown, true()))
    known = _counted([select(matching.c.id)])
    walked = _counted(
        [select(_task.c.id).where(one, passing).order_by(_task.c.id) for one in _statuses(shape)]
    )
    total = case((or_(all_known, known > _constant(COUNTED)), known), else_=walked)
    return found.subquery("page"), total


def _rarest(shape: Shape) -> CTE:
    """The ids of the filter that has the fewest; more than FEW when that has more."""
    filters: list[Select[Any]] = []
    if {"search", "tag"} & shape.filters:
        bounds = [
            bindparam(name, type_=ARRAY(Text), required=True) for name in ("lowest", "highest")
        ]
        sought = func.unnest(*bounds).table_valued("lowest", "highest", name="sought")
        sought = sought.render_derived()
        ids = (
            select(_term.c.task_id)
            .where(_term.c.term >= sought.c.lowest, _term.c.term <= sought.c.highest)
            .order_by(_term.c.term, _term.c.task_id)
        )
        filters.append(select(_first(ids).label("ids")).select_from(sought))
    if "priority" in shape.filters:
        key, priority = _task.c.sort_priority, _PRIORITY  # as bounds, for its index to be in order
        filters.append(_those(shape, [key, _task.c.id], key >= priority, key <= priority))
    if {"due_before", "due_after"} & shape.filters:
        filters.append(_those(shape, [_task.c.sort_due, _task.c.id], *_within_due(shape)))
    if shape.status == "deleted":
        filters.append(_those(shape, [_task.c.deleted_at], purge.kept_in_trash(_task)))
    elif shape.status != "all":
        filters.append(_those(shape, [_task.c.id]))
    each = union_all(*filters).cte("each_filter").prefix_with("MATERIALIZED")
    return (
        select(each.c.ids)
        .order_by(func.cardinality(each.c.ids))
        .limit(_constant(1))
        .cte("rarest")
        .prefix_with("MATERIALIZED")
    )


def _looked_up(
    task_id: ColumnElement[int], *columns: ColumnElement[Any], conditions: Sequence[Condition] = ()
) -> Lateral:
    """The task with that id, by its key."""
    found = select(*columns).where(_task.c.id == task_id, *conditions)
    return found.offset(_constant(0)).lateral("found")  # keeps it from being joined another way


def _those(shape: Shape, order: list[ColumnElement[Any]], *conditions: Condition) -> Select[Any]:
    """The ids of what fulfils the conditions, in the order of the index that leads to it."""
    first, *others = (
        _first(select(_task.c.id).where(status, *conditions).order_by(*order))
        for status in _statuses(shape)
    )
    return select(reduce(func.array_cat, others, first).label("ids"))


def _first(ids: Select[Any]) -> ColumnElement[Any]:
    return func.array(ids.limit(_constant(FEW + 1)).scalar_subquery(), type_=ARRAY(BigInteger))


def _counted(ways: list[Select[Any]]) -> ColumnElement[int]:
    """How many rows there are together, counted no further than COUNTED + 1."""
    most = _constant(COUNTED + 1)
    each = union_all(*(way.limit(most) for way in ways)).subquery("each")
    counted = select(each.c.id).limit(most).subquery("counted")
    return select(func.count()).select_from(counted).scalar_subquery()


def _merged(shape: Shape, ways: Sequence[Select[*tuple[Any, ...]]], name: str = "page") -> Subquery:
    """The first rows of several ways, each in order.

    Each has the longest page for its own limit: PostgreSQL would take an argument for a tenth of
    the table, and sort rather than walk.
    """
    each = union_all(*(way.limit(_constant(LONGEST + 1)) for way in ways)).subquery("each")
    order = _order(shape, each.c.sort_key, each.c.id)
    return select(each).order_by(*order).limit(_ROWS).subquery(name)


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


def _statuses(shape: Shape) -> list[Condition]:
    return [_task.c.status == _constant(one) for one in _STATUSES[shape.status]]


def _passing(shape: Shape) -> Condition:
    """Whether a task passes all filters.

    As a CASE it is no way into an index, and taken to be true of every other task: PostgreSQL could
    only guess how many pass, and would leave the order's index for another.
    """
    conditions: list[Condition] = [or_(*_statuses(shape))]
    if shape.status == "deleted":
        conditions.append(purge.kept_in_trash(_task))
    if "priority" in shape.filters:
        conditions.append(_task.c.sort_priority == _PRIORITY)
    conditions += _within_due(shape)
    if "tag" in shape.filters:
        tag = bindparam("tag", type_=Text, required=True)
        conditions.append(func.strpos(_task.c.search_text, tag) > _constant(0))
    if "search" in shape.filters:
        patterns = bindparam("patterns", type_=ARRAY(Text), required=True)
        conditions.append(_task.c.search_text.like(func.all(patterns)))
    return case((and_(*conditions), true()), else_=false())


def _within_due(shape: Shape) -> list[Condition]:
    due, conditions = _task.c.sort_due, list[Condition]()
    if "due_before" in shape.filters:
        conditions.append(due < _instant("due_before"))
    if "due_after" in shape.filters:
        in_day = or_(due >= _instant("due_after"), _task.c.due_on.is_not(None))
        conditions += [due >= _instant("due_after_day"), due < _FOREVER, in_day]
    return conditions


def _instant(name: str) -> ColumnElement[datetime]:
    return bindparam(name, type_=DateTime(timezone=True), required=True)


def _constant(value: int) -> ColumnElement[int]:
    """A number that PostgreSQL plans with: it is in the text, and no argument."""
    return literal_column(str(value), BigInteger)
