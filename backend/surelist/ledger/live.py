"""The live feed of a user's events, as server-sent events (specs/rest.md)."""

from collections.abc import AsyncGenerator, Iterator

from surelist.doors.arguments import LARGEST
from surelist.doors.event_stream import message
from surelist.doors.routing import Door
from surelist.errors import Invalid
from surelist.feed.feed import Feed
from surelist.feed.following import EVENTS_AT_ONCE, Batch, follow
from surelist.feed.listeners import Listener
from surelist.feed.stream import LEFT, ListenerStream, kept_alive
from surelist.ledger.listing import Tail, events_after
from surelist.ledger.representation import ShownEvent, event
from surelist.observability.call import note

RETRY = 1000
"""Milliseconds that a client waits before it connects again."""

OPERATION = "GET /api/{user_id}/events (stream)"
PIECE_BYTES = 65_536


async def stream(feed: Feed, door: Door, after: int | None) -> ListenerStream:
    """The stream of the events after `after`, or from now on.

    Raises Invalid if the account has no such event yet, and TooManyRequests or Unavailable if there
    are too many streams.
    """
    note(operation=OPERATION)
    with feed.opening(door.principal) as listener:  # from here on, it is woken for later events
        first = await _first(door, after)
        position = first.position if after is None else after
        return ListenerStream(feed, listener, _pieces(feed, listener, door, first, position))


async def _first(door: Door, after: int | None) -> Batch[ShownEvent]:
    tail = await door.read(
        lambda tx: events_after(tx, LARGEST if after is None else after, EVENTS_AT_ONCE),
        fresh=True,
    )
    if after is None:
        return Batch([], tail.last_event, is_last=True)
    if after > tail.last_event:
        raise Invalid("event_not_yet", event_id=after, last_event=tail.last_event)
    return _batch(tail)


async def _pieces(
    feed: Feed, listener: Listener, door: Door, first: Batch[ShownEvent], position: int
) -> AsyncGenerator[bytes]:
    """The text of the stream."""

    async def read(after: int, fresh: bool) -> Batch[ShownEvent]:  # noqa: FBT001
        tail = await door.read(
            lambda tx: events_after(tx, after, EVENTS_AT_ONCE), rate=None, fresh=fresh
        )
        return _batch(tail)

    yield message({"last_event": position}, event="ready", event_id=position, retry=RETRY)
    for piece in _texts(first):
        yield piece
    async for piece in kept_alive(follow(feed, listener, first, read), _texts):
        yield piece
    if listener.code != LEFT:
        yield message({"code": listener.code}, event="end")


def _batch(tail: Tail) -> Batch[ShownEvent]:
    events = [event(one, tail.timezone) for one in tail.events]
    return Batch(events, tail.position, tail.is_last)


def _texts(batch: Batch[ShownEvent]) -> Iterator[bytes]:
    """The messages of a batch, joined up to PIECE_BYTES."""
    text = b""
    for one in batch.events:
        text += message(one, event="change", event_id=one["id"])
        if len(text) >= PIECE_BYTES:
            yield text
            text = b""
    if text:
        yield text
