"""Lists tasks: filters, pages and cursors."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Any, Literal

import orjson
from pydantic import Field as Described
from sqlalchemy import select

from surelist.data.database import compiled
from surelist.data.isolation import UserTransaction, user_rows
from surelist.doors.arguments import ABSENT, Closed
from surelist.doors.cursors import Cursor, cursor_to, place_in
from surelist.ledger.models import Account
from surelist.ledger.times import zone
from surelist.tasks import selection
from surelist.tasks.due import Moment, day_after, read_moment, start_of
from surelist.tasks.models import PRIORITIES, Due, Priority, Row, Tag
from surelist.tasks.selection import COUNT_LIMIT, MAX_PAGE_SIZE, Shape, Sort
from surelist.tasks.words import fold, patterns, search_terms

Bound = Annotated[Due, Described(description='As "due"; inclusive.')]


class Filters(Closed):
    """The filters and the order of a list."""

    status: Literal["all", "pending", "completed", "deleted"] = "all"
    search: Annotated[str, Described(min_length=1, max_length=200)] = ABSENT
    tag: Tag = ABSENT
    priority: Priority = ABSENT
    due_before: Bound = ABSENT
    due_after: Bound = ABSENT
    sort: Sort = "created"


class Page(Closed):
    """The size and the position of a page."""

    limit: Annotated[int, Described(ge=1, le=MAX_PAGE_SIZE)] = 50
    cursor: Cursor = ABSENT


@dataclass(frozen=True, slots=True)
class Listing:
    """A page of tasks. `total` is None above COUNT_LIMIT, `cursor` is None on the last page."""

    tasks: list[Row]
    total: int | None
    cursor: str | None
    timezone: str


_TIMEZONE = compiled(select(user_rows(Account).c.timezone))


async def list_tasks(tx: UserTransaction, filters: Filters, page: Page) -> Listing:
    """A page of the tasks that match `filters`. Raises Invalid for a cursor of another list."""
    given = filters.given(Filters)
    values = await _parameters(tx, given)
    continued = "cursor" in page.model_fields_set
    shape = Shape(filters.status, filters.sort, frozenset(values), continued)
    position = _cursor_values(tx, page.cursor, filters) if continued else {}
    found = await tx.fetch_all(selection.page(shape), **values, **position, rows=page.limit + 1)
    if not found:
        return Listing([], 0, None, "UTC")
    tasks = [row for row in found if row["id"] is not None]
    cursor = None
    if len(tasks) > page.limit:
        tasks = tasks[: page.limit]
        cursor = cursor_after(tx, tasks[-1], filters)
    total = found[0]["total"]
    return Listing(tasks, total if total <= COUNT_LIMIT else None, cursor, found[0]["timezone"])


async def _parameters(tx: UserTransaction, given: Mapping[str, Any]) -> dict[str, Any]:
    words, tags = search_terms(given["search"]) if "search" in given else ([], [])
    if "tag" in given:
        tags.append(fold(given["tag"]))
    values: dict[str, Any] = {}
    if words:
        values["patterns"] = patterns(words)
    if tags:
        values["tags"] = tags
    if "priority" in given:
        values["sort_priority"] = PRIORITIES["high"] - PRIORITIES[given["priority"]]
    if "due_before" in given or "due_after" in given:
        account = await tx.fetch_one(_TIMEZONE)
        timezone = account["timezone"] if account else "UTC"
        if "due_before" in given:
            values["due_before"] = _end_of(
                read_moment(given["due_before"], timezone, "due_before"), timezone
            )
        if "due_after" in given:
            after = read_moment(given["due_after"], timezone, "due_after")
            values["due_after"] = after.at
            values["due_after_day"] = start_of(after.at.astimezone(zone(timezone)).date(), timezone)
    return values


def _end_of(moment: Moment, timezone: str) -> datetime:
    """The first instant after `moment`."""
    if moment.clock is None:
        return start_of(day_after(moment.on), timezone)
    return moment.at + timedelta(microseconds=1)


def _filters_hash(filters: Filters) -> str:
    canonical = {**filters.given(Filters), "status": filters.status, "sort": filters.sort}
    return hashlib.sha256(orjson.dumps(canonical, option=orjson.OPT_SORT_KEYS)).hexdigest()[:16]


def cursor_after(tx: UserTransaction, last: Row, filters: Filters) -> str:
    """The cursor to the tasks after `last` in the list with these filters."""
    return cursor_to(tx, _filters_hash(filters), last["sort_key"], last["id"])


def _cursor_values(tx: UserTransaction, cursor: str, filters: Filters) -> dict[str, Any]:
    key, task_id = place_in(tx, _filters_hash(filters), cursor)
    return {
        "last_key": datetime.fromisoformat(key) if filters.sort == "due" else key,
        "last_id": task_id,
    }
