"""REST for the ledger: its events, and taking them back."""

import re
from datetime import UTC, datetime
from typing import Annotated, NotRequired, cast

from fastapi import Path, Query, Response
from pydantic import AfterValidator, AwareDatetime, BeforeValidator, Field

from surelist.doors.arguments import ABSENT, PLAIN_DIGITS, Closed, ShownObject
from surelist.doors.problems import problems
from surelist.doors.routing import (
    IdempotencyKey,
    ReadDoor,
    WriteDoor,
    answer,
    user_router,
)
from surelist.errors import Conflict, Gone, NotFound, VersionMismatch
from surelist.ledger import listing, undo
from surelist.ledger.models import ClientId
from surelist.ledger.representation import OfSubject, ShownEvent, event, of_subject
from surelist.ledger.write import Idempotency
from surelist.tasks.models import Version
from surelist.tasks.representation import WholeTask
from surelist.tasks.routes import IfMatch, guards, task_answer
from surelist.tasks.subject import SUBJECT

_DATE = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_WHAT_IT_MUST_BE = "must be an ISO 8601 date and time with an offset"


def _written_out(value: object) -> object:
    """Else Pydantic takes a number for the seconds since 1970."""
    if not (isinstance(value, str) and _DATE.match(value)):
        raise ValueError(_WHAT_IT_MUST_BE)
    return value


def _in_utc(value: datetime) -> datetime:
    try:
        return value.astimezone(UTC)
    except OverflowError:
        raise ValueError(_WHAT_IT_MUST_BE) from None


class EventList(ShownObject):
    """A page of the ledger."""

    events: list[ShownEvent]
    next_cursor: NotRequired[str]


class UndoneEvent(OfSubject):
    """An event that was taken back; `version` is the event that did so.

    That is the version which its task has now.
    """

    event: int
    version: int


class LeftEvent(OfSubject):
    """An event that was left, and the fields that changed since.

    There are none when its task is gone, or when such a change cannot be undone.
    """

    event: int
    fields: list[str]


class UndoneEvents(ShownObject):
    """What was, or with `dry_run` would be, taken back, and what not."""

    undone: list[UndoneEvent]
    left: list[LeftEvent]
    dry_run: bool


class UndoAll(Closed):
    """Whose changes to take back, and since when."""

    client_id: ClientId
    since: Annotated[
        AwareDatetime, BeforeValidator(_written_out), AfterValidator(_in_utc), Field(strict=False)
    ]
    dry_run: bool = False


router = user_router("", "ledger")
EventPath = Annotated[Version, PLAIN_DIGITS, Path(strict=False)]
CallPath = EventPath


@router.get("/events", responses={200: {"model": EventList}})
async def list_events(door: ReadDoor, query: Annotated[listing.EventQuery, Query()]) -> Response:
    """The ledger, newest first; with `after`, oldest first from that event on."""
    page = await door.read(lambda tx: listing.list_events(tx, query))
    shown: EventList = {"events": [event(one, page.timezone) for one in page.events]}
    if page.cursor:
        shown["next_cursor"] = page.cursor
    return answer(shown)


@router.post(
    "/events/{event_id}/undo",
    responses={200: {"model": WholeTask | UndoneEvent}}
    | problems(NotFound, Conflict, Gone, VersionMismatch),
)
async def undo_event(
    door: WriteDoor, event_id: EventPath, if_match: IfMatch = ABSENT, key: IdempotencyKey = ABSENT
) -> Response:
    """Take one change back."""
    kept = guards(f"undo {event_id}", {}, if_match, key)
    outcome = await door.write(lambda tx: undo.undo_event(tx, event_id, **kept))
    if outcome.subject is SUBJECT:
        return task_answer(outcome)
    return answer(_undone_event(undo.Undo.of(event_id, outcome)))


@router.post(
    "/calls/{call}/undo",
    responses={200: {"model": UndoneEvents}} | problems(NotFound, Conflict, Gone),
)
async def undo_call(door: WriteDoor, call: CallPath, key: IdempotencyKey = ABSENT) -> Response:
    """Take back all that one call changed, but what others changed since."""
    idempotency = Idempotency.of(f"undo call {call}", {}, key) if key else None
    undone = await door.write(lambda tx: undo.undo_call(tx, call, idempotency=idempotency))
    return answer(_undone_events(undone, dry_run=False))


@router.post(
    "/undo",
    responses={200: {"model": UndoneEvents}} | problems(Conflict, Gone),
)
async def undo_events(door: WriteDoor, wanted: UndoAll, key: IdempotencyKey = ABSENT) -> Response:
    """Take back all that one client changed since a time, but what others changed since."""
    idempotency = Idempotency.of("undo all", wanted.given(), key) if key else None
    undone = await door.write(
        lambda tx: undo.undo_client(tx, wanted.client_id, wanted.since, idempotency=idempotency),
        keep=not wanted.dry_run,
    )
    return answer(_undone_events(undone, dry_run=wanted.dry_run))


def _undone_events(result: undo.UndoResult, *, dry_run: bool) -> UndoneEvents:
    return {
        "undone": [_undone_event(one) for one in result.events],
        "left": [
            cast(
                "LeftEvent",
                {"event": one.event, **of_subject(one.subject, one.key), "fields": one.fields},
            )
            for one in result.skipped
        ],
        "dry_run": dry_run,
    }


def _undone_event(one: undo.Undo) -> UndoneEvent:
    of = of_subject(one.subject, one.key)
    return cast("UndoneEvent", {"event": one.event, **of, "version": one.version})
