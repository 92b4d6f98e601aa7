"""REST routes of the ledger: list events, and undo them."""

from typing import Annotated, NotRequired, cast

from fastapi import Header, Path, Query, Request, Response
from pydantic import Field

from surelist.doors import event_stream
from surelist.doors.arguments import ABSENT, LARGEST, PLAIN_DIGITS, Closed, ShownObject
from surelist.doors.problems import problems
from surelist.doors.routing import (
    IdempotencyKey,
    ReadDoor,
    WriteDoor,
    answer,
    user_router,
)
from surelist.errors import Conflict, Gone, Invalid, NotFound, VersionMismatch
from surelist.ledger import listing, live, undo
from surelist.ledger.models import ClientId
from surelist.ledger.representation import ListedEvent, OfSubject, listed_event, of_subject
from surelist.ledger.times import Instant
from surelist.ledger.write import Idempotency
from surelist.tasks.models import Version
from surelist.tasks.representation import WholeTask
from surelist.tasks.routes import IfMatch, preconditions, task_answer
from surelist.tasks.subject import SUBJECT

EventId = Annotated[int, Field(ge=1, le=LARGEST)]


class EventList(ShownObject):
    """A page of the ledger."""

    events: list[ListedEvent]
    next_cursor: NotRequired[str]


class UndoneEvent(OfSubject):
    """An undone event. `version` is the event that undid it, and the new version of the row."""

    event: int
    version: int


class LeftEvent(OfSubject):
    """An event that was not undone, and the fields that have changed since.

    `fields` is empty if the row is gone, or if events of this kind cannot be undone.
    """

    event: int
    fields: list[str]


class UndoneEvents(ShownObject):
    """The events that were undone, or with `dry_run` would be, and those that were left."""

    undone: list[UndoneEvent]
    left: list[LeftEvent]
    dry_run: bool


class UndoAll(Closed):
    """The client, and the time since which to undo its changes, or its first and last change."""

    client_id: ClientId
    since: Instant = ABSENT
    first: EventId = ABSENT
    last: EventId = ABSENT
    dry_run: bool = False


router = user_router("", "ledger")
LastEventId = Annotated[
    int, Field(ge=0, le=LARGEST, strict=False), PLAIN_DIGITS, Header(alias="Last-Event-ID")
]
EventPath = Annotated[Version, PLAIN_DIGITS, Path(strict=False)]
CallPath = EventPath


@router.get("/events", responses={200: {"model": EventList, "content": event_stream.STREAMED}})
async def list_events(
    request: Request,
    door: ReadDoor,
    query: Annotated[listing.EventQuery, Query()],
    last_event_id: LastEventId = ABSENT,
) -> Response:
    """List events, newest first; with `after`, oldest first from that event on.

    With `Accept: text/event-stream`, stream events as they happen, from `Last-Event-ID` or `after`
    on, by default from now on.
    """
    if event_stream.is_accepted(request.headers.get("accept", "")):
        given = query.given()
        after = given.pop("after", None)
        if given:
            raise Invalid("stream_with_filters", given=[*given])
        positions = (one for one in (last_event_id, after) if one is not ABSENT)
        return await live.stream(request.app.state.feed, door, next(positions, None))
    page = await door.read(lambda tx: listing.list_events(tx, query))
    shown: EventList = {"events": [listed_event(one, page.timezone) for one in page.events]}
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
    """Undo one event."""
    conditions = preconditions(f"undo {event_id}", {}, if_match, key)
    outcome = await door.write(lambda tx: undo.undo_event(tx, event_id, **conditions))
    if outcome.subject is SUBJECT:
        return task_answer(outcome)
    return answer(_undone_event(undo.Undo.of(event_id, outcome)))


@router.post(
    "/calls/{call}/undo",
    responses={200: {"model": UndoneEvents}} | problems(NotFound, Conflict, Gone),
)
async def undo_call(door: WriteDoor, call: CallPath, key: IdempotencyKey = ABSENT) -> Response:
    """Undo all changes of one call, except fields that others have changed since."""
    idempotency = Idempotency.of(f"undo call {call}", {}, key) if key else None
    undone = await door.write(lambda tx: undo.undo_call(tx, call, idempotency=idempotency))
    return answer(_undone_events(undone, dry_run=False))


@router.post(
    "/undo",
    responses={200: {"model": UndoneEvents}} | problems(Conflict, Gone),
)
async def undo_events(door: WriteDoor, wanted: UndoAll, key: IdempotencyKey = ABSENT) -> Response:
    """Undo all changes of one client since a time, or from one to another of them.

    Leaves fields that others have changed since.
    """
    given = wanted.given()
    idempotency = Idempotency.of("undo all", given, key) if key else None
    which = undo.Changes(**{name: given[name] for name in given.keys() - {"dry_run"}})
    undone = await door.write(
        lambda tx: undo.undo_client(tx, which, idempotency=idempotency), keep=not wanted.dry_run
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
    subject = of_subject(one.subject, one.key)
    return cast("UndoneEvent", {"event": one.event, **subject, "version": one.version})
