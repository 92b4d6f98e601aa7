"""Listing: filters, order and pages, each shape of query compiled once."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Annotated, Any, Literal

import orjson
from pydantic import Field as Described
from sqlalchemy import (
    ARRAY,
    BigInteger,
    DateTime,
    SmallInteger,
    Text,
    any_,
    bindparam,
    cast,
    func,
    literal_column,
    or_,
    select,
    true,
)
from sqlalchemy.sql.elements import ColumnElement

from surelist.arguments import ABSENT, Closed
from surelist.database import Statement, compiled
from surelist.errors import Invalid
from surelist.isolation import UserDatabase, mine
from surelist.ledger.models import Account
from surelist.tasks import purge
from surelist.tasks.due import Moment, day_after, read_moment, start_of, zone
from surelist.tasks.models import PRIORITIES, Due, Priority, Row, Tag, Task
from surelist.tasks.representation import DESCRIPTION_SHOWN
from surelist.tasks.words import search_patterns

COUNTED = 1000
"""How far matches are counted."""

Sort = Literal["created", "due", "priority", "title", "updated"]

Bound = Annotated[Due, Described(description='As "due"; inclusive.')]


class Filters(Closed):
    """Which tasks are listed, and in which order."""

    status: Literal["all", "pending", "completed", "deleted"] = "all"
    search: Annotated[str, Described(min_length=1, max_length=200)] = ABSENT
    tag: Tag = ABSENT
    priority: Priority = ABSENT
    due_before: Bound = ABSENT
    due_after: Bound = ABSENT
    sort: Sort = "created"


class Page(Closed):
    """Which part of the list is wanted."""

    limit: Annotated[int, Described(ge=1, le=200)] = 50
    cursor: Annotated[str, Described(min_length=1, max_length=1000)] = ABSENT


@dataclass(frozen=True, slots=True)
class Listing:
    """A page of tasks; `total` is None beyond COUNTED; `cursor` leads to the next page."""

    tasks: list[Row]
    total: int | None
    cursor: str | None
    timezone: str


@dataclass(frozen=True, slots=True)
class _Shape:
    """What decides the text of the statement; the values are its arguments."""

    status: str
    sort: Sort
    filters: frozenset[str]
    continued: bool


_account = mine(Account)
_task = mine(Task)
_DUE = func.coalesce(
    _task.c.due_at, literal_column("'infinity'::timestamptz", DateTime(timezone=True))
)
_ORDERS: dict[Sort, tuple[ColumnElement[Any], bool]] = {
    "created": (_task.c.id, False),
    "due": (_DUE, False),
    "priority": (_task.c.priority, True),
    "title": (_task.c.sort_title, False),
    "updated": (_task.c.version, True),
}
"""For each order its key, and whether it descends; ties go by id."""

_SHOWN = [
    func.left(column, DESCRIPTION_SHOWN + 1).label("description")
    if column.name == "description"
    else column
    for column in _task.c
    if column.name not in ("sort_title", "search_text")
]
_TIMEZONE = compiled(select(_account.c.timezone))


async def list_tasks(database: UserDatabase, filters: Filters, page: Page) -> Listing:
    """One page of the tasks that pass `filters`. Raises Invalid on a cursor of another list."""
    given = filters.given(Filters)
    shape = _Shape(
        filters.status,
        filters.sort,
        frozenset(given) - {"status", "sort"},
        "cursor" in page.model_fields_set,
    )
    values = await _values(database, given) | {"rows": page.limit + 1}
    mark = _mark(filters)
    if shape.continued:
        values |= _unsealed(database, page.cursor, mark, filters.sort)
    found = await database.all(_page(shape), **values)
    if not found:
        return Listing([], 0, None, "UTC")
    tasks = [row for row in found if row["id"] is not None]
    cursor = None
    if len(tasks) > page.limit:
        tasks = tasks[: page.limit]
        cursor = _sealed(database, tasks[-1], mark)
    total = found[0]["total"]
    return Listing(tasks, total if total <= COUNTED else None, cursor, found[0]["timezone"])


@lru_cache(maxsize=1024)
def _page(shape: _Shape) -> Statement:
    key, descending = _ORDERS[shape.sort]
    passing = _conditions(shape)
    rows = (
        select(*_SHOWN, key.label("sort_key"))
        .where(*passing)
        .limit(bindparam("rows", type_=BigInteger, required=True))
    )
    if shape.continued:
        last_key = bindparam("last_key", type_=key.type, required=True)
        last_id = bindparam("last_id", type_=BigInteger, required=True)
        rows = rows.where(
            key <= last_key if descending else key >= last_key,
            or_(key < last_key if descending else key > last_key, _task.c.id > last_id),
        )
    order = [key.desc() if descending else key, _task.c.id]
    page = rows.order_by(*order).subquery("page")
    page_order = [page.c.sort_key.desc() if descending else page.c.sort_key, page.c.id]
    return compiled(
        select(_account.c.timezone, _total(shape, passing).label("total"), *page.c)
        .select_from(_account.outerjoin(page, true()))
        .order_by(*page_order)
    )


def _conditions(shape: _Shape) -> list[ColumnElement[bool]]:
    in_trash: ColumnElement[bool] = _task.c.deleted_at.is_not(None)
    done: ColumnElement[bool] = _task.c.completed_at.is_not(None)
    statuses: dict[str, list[ColumnElement[bool]]] = {
        "all": [~in_trash],
        "pending": [~in_trash, ~done],
        "completed": [~in_trash, done],
        "deleted": [in_trash, purge.restorable(_task)],
    }
    conditions = statuses[shape.status]
    if "search" in shape.filters:
        patterns = bindparam("patterns", type_=ARRAY(Text), required=True)
        conditions.append(_task.c.search_text.like(func.all(patterns)))
    if "tag" in shape.filters:
        tag = func.lower(bindparam("tag", type_=Text, required=True))
        tags = cast(func.lower(cast(_task.c.tags, Text)), ARRAY(Text))
        conditions.append(tag == any_(tags))
    if "priority" in shape.filters:
        conditions.append(_task.c.priority == bindparam("priority", type_=SmallInteger))
    if "due_before" in shape.filters:
        conditions.append(_instant("due_before") > _DUE)
    if "due_after" in shape.filters:
        in_day = or_(_instant("due_after") <= _DUE, _task.c.due_on.is_not(None))
        conditions += [_instant("due_after_day") <= _DUE, in_day, _task.c.due_at.is_not(None)]
    return conditions


def _instant(name: str) -> ColumnElement[datetime]:
    return bindparam(name, type_=DateTime(timezone=True), required=True)


def _total(shape: _Shape, passing: list[ColumnElement[bool]]) -> ColumnElement[int]:
    if not shape.filters and shape.status != "deleted":
        counts = {"pending": _account.c.pending_count, "completed": _account.c.completed_count}
        return counts.get(shape.status, _account.c.pending_count + _account.c.completed_count)
    counted = select(_task.c.id).where(*passing).limit(COUNTED + 1)
    return select(func.count()).select_from(counted.subquery("counted")).scalar_subquery()


async def _values(database: UserDatabase, given: Mapping[str, Any]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    if "search" in given:
        values["patterns"] = search_patterns(given["search"])
        if not values["patterns"]:
            raise Invalid(
                '"search" has no letter or digit to look for. Call again with a word of the task.'
            )
    if "tag" in given:
        values["tag"] = given["tag"]
    if "priority" in given:
        values["priority"] = PRIORITIES[given["priority"]]
    if {"due_before", "due_after"} & set(given):
        account = await database.one(_TIMEZONE)
        timezone = account["timezone"] if account else "UTC"
        if "due_before" in given:
            values["due_before"] = _end(
                read_moment(given["due_before"], timezone, "due_before"), timezone
            )
        if "due_after" in given:
            after = read_moment(given["due_after"], timezone, "due_after")
            values["due_after"] = after.at
            values["due_after_day"] = start_of(
                after.at.astimezone(zone(timezone)).date(), zone(timezone)
            )
    return values


def _end(moment: Moment, timezone: str) -> datetime:
    """The first instant that is no longer within `moment`."""
    if moment.on:
        return start_of(day_after(moment.on), zone(timezone))
    return moment.at + timedelta(microseconds=1)


def _mark(filters: Filters) -> str:
    meant = {**filters.given(Filters), "status": filters.status, "sort": filters.sort}
    return hashlib.sha256(orjson.dumps(meant, option=orjson.OPT_SORT_KEYS)).hexdigest()[:16]


def _sealed(database: UserDatabase, last: Row, mark: str) -> str:
    return database.seal(orjson.dumps([mark, last["sort_key"], last["id"]]))


def _unsealed(database: UserDatabase, cursor: str, mark: str, sort: Sort) -> dict[str, Any]:
    content = database.unseal(cursor)
    of, key, task_id = orjson.loads(content) if content else ("", "", 0)
    if of != mark:
        raise Invalid(
            '"cursor" does not belong to this list: pass next_cursor unchanged, with the same '
            "filters and sort. Call again without it to begin at the first page."
        )
    return {"last_key": datetime.fromisoformat(key) if sort == "due" else key, "last_id": task_id}
