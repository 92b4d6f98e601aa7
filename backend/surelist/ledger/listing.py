"""Lists the events of the ledger in pages."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Annotated

from pydantic import Field
from sqlalchemy import BigInteger, Text, bindparam, select, true

from surelist.data.database import Record, Statement, compiled
from surelist.data.isolation import UserTransaction, user_rows
from surelist.doors.arguments import ABSENT, LARGEST, PLAIN_DIGITS
from surelist.doors.cursors import Paged, cursor_to, cut, place_in
from surelist.ledger.models import Account, ClientId, Event
from surelist.ledger.subjects import subjects

EVENT = user_rows(Event)
_account = user_rows(Account)
_LIST = "events"
_HIDDEN = [name for name, subject in subjects().items() if subject.hidden]
"""The subjects with events that only the person sees."""


class EventQuery(Paged):
    """Filters of the event list. Newest first; with `after`, oldest first from that event on."""

    after: Annotated[int, Field(ge=0, le=LARGEST, strict=False), PLAIN_DIGITS] = ABSENT
    task_id: Annotated[int, Field(ge=1, le=LARGEST, strict=False), PLAIN_DIGITS] = ABSENT
    client_id: ClientId = ABSENT


@dataclass(frozen=True, slots=True)
class EventPage:
    """A page of events. `cursor` is None on the last page."""

    events: list[Record]
    cursor: str | None
    timezone: str


async def list_events(tx: UserTransaction, query: EventQuery) -> EventPage:
    """A page of events. Raises Invalid for a cursor of another list."""
    given = query.given()
    limit, cursor = given.pop("limit", 50), given.pop("cursor", None)
    values = given | {"rows": limit + 1}
    if cursor:
        [values["last_id"]] = place_in(tx, [_LIST, given], cursor)
    elif "after" in given:
        values["last_id"] = given["after"]
    statement = _page(frozenset(given), "last_id" in values, for_person=tx.caller.is_person)
    found = await tx.fetch_all(statement, **values)
    events = [row for row in found if row["id"] is not None]
    timezone = found[0]["timezone"] if found else "UTC"
    page = cut(events, limit, lambda last: cursor_to(tx, [_LIST, given], last["id"]))
    return EventPage(*page, timezone)


@dataclass(frozen=True, slots=True)
class Tail:
    """Events after another one, oldest first. `last_event` is the id of the account's last event.

    `last_event` may be the id of an event that the caller may not see.
    """

    events: list[Record]
    timezone: str
    last_event: int


async def events_after(tx: UserTransaction, event_id: int, limit: int) -> Tail:
    """The first `limit` events after `event_id`."""
    found = await tx.fetch_all(_TAIL[tx.caller.is_person], last_id=event_id, rows=limit)
    if not found:
        return Tail([], "UTC", 0)
    events = [row for row in found if row["id"] is not None]
    return Tail(events, found[0]["timezone"], found[0]["last_event"])


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


@lru_cache(maxsize=64)
def _page(given: frozenset[str], continued: bool, *, for_person: bool) -> Statement:  # noqa: FBT001
    oldest_first = "after" in given
    rows = select(*EVENT.c).limit(bindparam("rows", type_=BigInteger, required=True))
    if "task_id" in given:
        task_id = bindparam("task_id", type_=BigInteger, required=True)
        rows = rows.where(EVENT.c.subject_id == task_id, EVENT.c.subject == "task")
    if "client_id" in given:
        rows = rows.where(EVENT.c.client_id == bindparam("client_id", type_=Text, required=True))
    if not for_person:
        rows = rows.where(*(EVENT.c.subject != name for name in _HIDDEN))
    if continued:
        last = bindparam("last_id", type_=BigInteger, required=True)
        rows = rows.where(EVENT.c.id > last if oldest_first else EVENT.c.id < last)
    page = rows.order_by(EVENT.c.id if oldest_first else EVENT.c.id.desc()).subquery("page")
    return compiled(
        select(_account.c.timezone, *page.c)
        .select_from(_account.outerjoin(page, true()))
        .order_by(page.c.id if oldest_first else page.c.id.desc())
    )
