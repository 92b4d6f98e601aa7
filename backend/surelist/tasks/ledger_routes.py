"""REST for the ledger: its events, and taking them back."""

import re
from datetime import UTC, datetime
from typing import Annotated, NotRequired

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
from surelist.ledger import listing
from surelist.ledger.models import ClientId
from surelist.ledger.service import Retry
from surelist.tasks.event_representation import TaskEvent, event
from surelist.tasks.models import Version
from surelist.tasks.representation import WholeTask
from surelist.tasks.routes import IfMatch, guards, task_answer
from surelist.tasks.undo import undo
from surelist.tasks.undo_many import Undone, undo_all

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

    events: list[TaskEvent]
    next_cursor: NotRequired[str]


class UndoneEvent(ShownObject):
    """An event that was taken back, and the version that its task has now."""

    event: int
    task_id: int
    version: int


class LeftEvent(ShownObject):
    """An event that was left, and the fields that changed since; none when its task is gone."""

    event: int
    task_id: int
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
    responses={200: {"model": WholeTask}} | problems(NotFound, Conflict, Gone, VersionMismatch),
)
async def undo_event(
    door: WriteDoor, event_id: EventPath, if_match: IfMatch = ABSENT, key: IdempotencyKey = ABSENT
) -> Response:
    """Take one change back."""
    kept = guards(f"undo {event_id}", {}, if_match, key)
    return task_answer(await door.write(lambda tx: undo(tx, event_id, **kept)))


@router.post(
    "/undo",
    responses={200: {"model": UndoneEvents}} | problems(Conflict, Gone),
)
async def undo_events(door: WriteDoor, wanted: UndoAll, key: IdempotencyKey = ABSENT) -> Response:
    """Take back all that one client changed since a time, but what others changed since."""
    retry = Retry.of("undo all", wanted.given(), key) if key else None
    undone = await door.write(
        lambda tx: undo_all(tx, wanted.client_id, wanted.since, retry=retry),
        keep=not wanted.dry_run,
    )
    return answer(_undone(undone, dry_run=wanted.dry_run))


def _undone(undone: Undone, *, dry_run: bool) -> UndoneEvents:
    return {
        "undone": [
            {"event": event_id, "task_id": task_id, "version": version}
            for event_id, task_id, version in undone.events
        ],
        "left": [
            {"event": one.event, "task_id": one.task_id, "fields": one.fields}
            for one in undone.left
        ],
        "dry_run": dry_run,
    }
