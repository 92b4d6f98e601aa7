"""Undo of all that one client did since a time, but what others have changed since."""

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import (
    BigInteger,
    DateTime,
    LargeBinary,
    Text,
    bindparam,
    literal_column,
    select,
)

from surelist.data.database import Record, compiled
from surelist.data.isolation import UserTransaction, user_rows
from surelist.errors import Conflict, Gone, Invalid, NotFound
from surelist.ledger import service as ledger
from surelist.ledger.models import Event
from surelist.ledger.service import Retry
from surelist.tasks import purge
from surelist.tasks.changes import look_up
from surelist.tasks.undo import hindrance, undo

AT_ONCE = 500
"""Events that one call looks at."""

_event = user_rows(Event)
_undoing = user_rows(Event, "undoing")
_newest = (
    select(_event.c.id, _event.c.task_id, _event.c.undoes, _event.c.at)
    .where(
        _event.c.client_id == bindparam("by", type_=Text, required=True),
        _event.c.kind != "purged",
    )
    .order_by(_event.c.id.desc())
    .limit(literal_column(str(AT_ONCE + 1)))
    .subquery("newest")
)
_EVENTS = compiled(
    select(_newest.c.id, _newest.c.task_id, _newest.c.undoes, _undoing.c.id.label("undone_by"))
    .select_from(_newest.outerjoin(_undoing, _undoing.c.undoes == _newest.c.id))
    .where(_newest.c.at >= bindparam("since", type_=DateTime(timezone=True), required=True))
    .order_by(_newest.c.id.desc())
)

_first = bindparam("first", type_=BigInteger, required=True)
_end = bindparam("end", type_=BigInteger, required=True)
_UNDONE = compiled(
    select(_event.c.id, _event.c.task_id, _event.c.undoes, _event.c.idempotency_key)
    .where(
        _event.c.id >= _first,
        _event.c.id < _end,
        _event.c.client_id == bindparam("caller", type_=Text, required=True),
        _event.c.request_hash == bindparam("request_hash", type_=LargeBinary, required=True),
    )
    .order_by(_event.c.id)
)
_STANDING = compiled(select(*ledger.STANDING, purge.ANY_EXPIRED).select_from(ledger.STANDING_FROM))


@dataclass(frozen=True, slots=True)
class Left:
    """An event that was not taken back: others changed `fields` since; none, its task is gone."""

    event: int
    task_id: int
    fields: list[str]


@dataclass(slots=True)
class Undone:
    """What was taken back, as (event, task, new version), and what was left."""

    events: list[tuple[int, int, int]] = field(default_factory=list)
    left: list[Left] = field(default_factory=list)


async def undo_all(
    tx: UserTransaction, client_id: str, since: datetime, *, retry: Retry | None = None
) -> Undone:
    """Take back each effect of that client's changes since then that still stands.

    A repeated call changes nothing, and tells what the first one took back and what is left now.
    Raises Invalid when there are more than AT_ONCE events to look at.
    """
    if retry:
        standing = await look_up(tx, _STANDING, retry)
        if standing["first_event"]:
            return await _first_undone(tx, client_id, since, standing["first_event"], retry)
    else:
        await ledger.standing(tx, _STANDING, retry)
    undone = Undone()
    for event in _standing(await _events(tx, client_id, since)):
        event_id, task_id = event["id"], event["task_id"]
        try:
            outcome = await undo(tx, event_id, retry=retry)
        except Conflict as conflict:
            undone.left.append(Left(event_id, task_id, conflict.details["fields"]))
        except (Gone, NotFound):
            undone.left.append(Left(event_id, task_id, []))
        else:
            undone.events.append((event_id, task_id, outcome.task["version"]))
            retry = retry and Retry(retry.request_hash)  # the key is the first event's alone
    return undone


async def _events(tx: UserTransaction, client_id: str, since: datetime) -> list[Record]:
    events = await tx.fetch_all(_EVENTS, by=client_id, since=since)
    if len(events) > AT_ONCE:
        raise Invalid(
            f"This client made more than {AT_ONCE} changes since then. "
            f"Call again with a later time first."
        )
    return events


async def _first_undone(
    tx: UserTransaction, client_id: str, since: datetime, first: int, retry: Retry
) -> Undone:
    """What the call took back whose first undo is the event `first`, and what is left now."""
    undone = Undone()
    for event in await tx.fetch_all(
        _UNDONE,
        first=first,
        end=first + AT_ONCE * (1 + purge.SWEPT_AT_ONCE),
        caller=tx.caller.client_id,
        request_hash=retry.request_hash,
    ):
        if event["idempotency_key"] not in (None, retry.key):
            break  # of the same undo, asked for anew
        undone.events.append((event["undoes"], event["task_id"], event["id"]))
    for event in _standing(await _events(tx, client_id, since)):
        if event["id"] < first:
            fields = await hindrance(tx, event["id"])
            if fields is not None:
                undone.left.append(Left(event["id"], event["task_id"], fields))
    return undone


def _standing(events: list[Record]) -> list[Record]:
    """The events whose effect stands: an undo and what it took back cancel each other."""
    by_id = {event["id"]: event for event in events}
    standing: list[Record] = []
    for event in events:
        if event["undone_by"] is not None:
            continue
        links, tip = 1, event
        while tip["undoes"] in by_id:
            links, tip = links + 1, by_id[tip["undoes"]]
        if links % 2:
            standing.append(event)
    return standing
