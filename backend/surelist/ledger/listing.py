"""Lists the events of the ledger in pages."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Annotated, Any

from pydantic import Field
from sqlalchemy import (
    ARRAY,
    BigInteger,
    ColumnElement,
    FromClause,
    Text,
    and_,
    any_,
    bindparam,
    func,
    literal_column,
    select,
    true,
)

from surelist.data.database import Record, Statement, compiled
from surelist.data.isolation import UserTransaction, user_rows
from surelist.doors.arguments import ABSENT, LARGEST, PLAIN_DIGITS
from surelist.doors.cursors import Paged, cursor_to, cut, place_in
from surelist.ledger.event_times import first_event_at
from surelist.ledger.models import EARLIER_KINDS, Account, Actor, ClientId, Event, EventKind
from surelist.ledger.subjects import subjects
from surelist.ledger.times import Instant

SEARCHED_AT_ONCE = 2000
"""The most events that one page with a filter by actor or kind reads."""

EVENT = user_rows(Event)
_UNDOING = user_rows(Event, "undoing")
_account = user_rows(Account)
_LIST = "events"
_HIDDEN = [name for name, subject in subjects().items() if subject.hidden]
"""The subjects with events that only the person sees."""


class EventQuery(Paged):
    """Filters of the event list. Newest first; with `after`, oldest first from that event on."""

    after: Annotated[int, Field(ge=0, le=LARGEST, strict=False), PLAIN_DIGITS] = ABSENT
    task_id: Annotated[int, Field(ge=1, le=LARGEST, strict=False), PLAIN_DIGITS] = ABSENT
    client_id: ClientId = ABSENT
    actor: Actor = ABSENT
    kind: EventKind = ABSENT
    since: Instant = ABSENT
    until: Instant = ABSENT


@dataclass(frozen=True, slots=True)
class EventPage:
    """A page of events. `cursor` is None on the last page."""

    events: list[Record]
    cursor: str | None
    timezone: str


async def list_events(tx: UserTransaction, query: EventQuery) -> EventPage:
    """A page of events. Raises Invalid for a cursor of another list.

    With a filter by actor or kind, a page may have fewer than `limit` events before the last one.
    """
    given = query.given()
    limit, cursor = given.pop("limit", 50), given.pop("cursor", None)
    of_list = [_LIST, {name: _as_json(value) for name, value in given.items()}]
    values: dict[str, Any] = given | {"rows": limit + 1}
    if cursor:
        [values["last_id"]] = place_in(tx, of_list, cursor)
    elif "after" in given:
        values["last_id"] = given["after"]
    for name in {"since", "until"} & given.keys():
        values[name] = await first_event_at(tx, given[name])
    if "kind" in given:
        values["kind"] = _stored_kinds(given["kind"])
    filters = frozenset(given | {"last_id": None} if "last_id" in values else given)
    found = await tx.fetch_all(_page(filters, for_person=tx.caller.is_person), **values)
    events = [row for row in found if row["id"] is not None]
    timezone = found[0]["timezone"] if found else "UTC"
    page, continued = cut(events, limit, lambda last: cursor_to(tx, of_list, last["id"]))
    if continued is None and _searches(filters):
        end = await tx.fetch_one(_end_of_search(filters), **values)
        continued = cursor_to(tx, of_list, end["id"]) if end else None
    return EventPage(page, continued, timezone)


@dataclass(frozen=True, slots=True)
class Tail:
    """The first events after another one, oldest first, and whether they are the last ones.

    `last_event` is the id of the account's last event, which the caller may not be allowed to see.
    The next events are those after `position`.
    """

    events: list[Record]
    timezone: str
    last_event: int
    position: int
    is_last: bool


async def events_after(tx: UserTransaction, event_id: int, limit: int) -> Tail:
    """The first `limit` events after `event_id`."""
    found = await tx.fetch_all(_TAIL[tx.caller.is_person], last_id=event_id, rows=limit)
    if not found:
        return Tail([], "UTC", 0, event_id, is_last=True)
    events = [row for row in found if row["id"] is not None]
    timezone, last_event = found[0]["timezone"], found[0]["last_event"]
    is_last = len(events) < limit
    position = max(event_id, last_event) if is_last else events[-1]["id"]
    return Tail(events, timezone, last_event, position, is_last)


def _tail(*, for_person: bool) -> Statement:
    rows = (
        select(*EVENT.c)
        .where(EVENT.c.id > bindparam("last_id", type_=BigInteger, required=True))
        .order_by(EVENT.c.id)
        .limit(bindparam("rows", type_=BigInteger, required=True))
    )
    if not for_person:
        rows = rows.where(*(EVENT.c.subject != name for name in _HIDDEN))
    page = rows.subquery("page")
    return compiled(
        select(_account.c.timezone, _account.c.last_event, *page.c)
        .select_from(_account.outerjoin(page, true()))
        .order_by(page.c.id)
    )


_TAIL = {for_person: _tail(for_person=for_person) for for_person in (True, False)}


def _as_json(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value


def _stored_kinds(kind: str) -> list[str]:
    return [kind, *(earlier for earlier, now in EARLIER_KINDS.items() if now == kind)]


def _searches(filters: Collection[str]) -> bool:
    """Whether the page reads events that do not match, because no index has the filter."""
    return "actor" in filters or "kind" in filters


@lru_cache(maxsize=256)
def _page(filters: frozenset[str], *, for_person: bool) -> Statement:
    rows: Any = select(*EVENT.c).where(*_indexed(filters))
    columns: Any = EVENT.c
    if _searches(filters):
        searched = _in_order(rows, filters).limit(_SEARCHED).subquery("searched")
        columns = searched.c
        rows = select(*columns).where(*_searched(columns, filters))
    if not for_person:
        rows = rows.where(*(columns.subject != name for name in _HIDDEN))
    rows = _in_order(rows, filters).limit(bindparam("rows", type_=BigInteger, required=True))
    page = rows.subquery("page")
    undone_by = select(_UNDOING.c.id).where(_UNDOING.c.undoes == page.c.id).scalar_subquery()
    listed = (
        select(
            _account.c.timezone,
            *page.c,
            undone_by.label("undone_by"),
            _title(page).label("title"),
        )
        .select_from(_account.outerjoin(page, true()))
        .order_by(page.c.id if "after" in filters else page.c.id.desc())
    )
    return compiled(listed)


@lru_cache(maxsize=256)
def _end_of_search(filters: frozenset[str]) -> Statement:
    """Select the last event that a full search has read. There is none if it read all events."""
    rows = _in_order(select(EVENT.c.id).where(*_indexed(filters)), filters)
    return compiled(rows.offset(literal_column(str(SEARCHED_AT_ONCE - 1), BigInteger)).limit(_ONE))


_ONE = literal_column("1", BigInteger)
_SEARCHED = literal_column(str(SEARCHED_AT_ONCE), BigInteger)


def _indexed(filters: Collection[str]) -> list[ColumnElement[bool]]:
    """The conditions that an index answers."""

    def number(name: str) -> ColumnElement[int]:
        return bindparam(name, type_=BigInteger, required=True)

    conditions: list[ColumnElement[bool]] = []
    if "task_id" in filters:
        conditions += [EVENT.c.subject_id == number("task_id"), EVENT.c.subject == "task"]
    if "client_id" in filters:
        client_id = bindparam("client_id", type_=Text, required=True)
        conditions.append(EVENT.c.client_id == client_id)
    if "since" in filters:
        conditions.append(EVENT.c.id >= number("since"))
    if "until" in filters:
        conditions.append(EVENT.c.id < number("until"))
    if "last_id" in filters:
        last = number("last_id")
        conditions.append(EVENT.c.id > last if "after" in filters else EVENT.c.id < last)
    return conditions


def _searched(columns: Any, filters: Collection[str]) -> list[ColumnElement[bool]]:
    """The conditions that no index answers."""
    conditions: list[ColumnElement[bool]] = []
    if "actor" in filters:
        conditions.append(columns.actor == bindparam("actor", type_=Text, required=True))
    if "kind" in filters:
        kinds = bindparam("kind", type_=ARRAY(Text), required=True)
        conditions.append(columns.kind == any_(kinds))
    return conditions


def _in_order(rows: Any, filters: Collection[str]) -> Any:
    [column] = [one for one in rows.selected_columns if one.name == "id"]
    return rows.order_by(column if "after" in filters else column.desc())


def _title(page: FromClause) -> ColumnElement[str | None]:
    """The current title of the row that an event changed, for subjects that have titles."""
    titles: list[ColumnElement[Any]] = []
    for subject in subjects().values():
        if subject.title is None or subject.key is None:
            continue
        key = subject.rows.c[subject.key]
        event_key = page.c.subject_key if isinstance(key.type, Text) else page.c.subject_id
        of_row = and_(page.c.subject == subject.name, key == event_key, subject.visible)
        titles.append(select(subject.title).where(of_row).scalar_subquery())
    return func.coalesce(*titles)
