"""Subscriptions of 2026-07-28: a response that stays open and names the resources that change.

The SDK's handler honours any URI for any caller and replays nothing. This one reads the ledger of
the caller, as the live feed does (specs/tools.md).
"""

from collections.abc import AsyncGenerator, Iterator
from typing import Any

from surelist.access.allowances import Rate
from surelist.data.database import Record
from surelist.data.isolation import UserTransaction
from surelist.doors.arguments import LARGEST
from surelist.doors.event_stream import message
from surelist.errors import Invalid, NotFound
from surelist.feed.feed import Feed
from surelist.feed.following import EVENTS_AT_ONCE, Batch, follow
from surelist.feed.listeners import Listener
from surelist.feed.stream import LEFT, ListenerStream, kept_alive
from surelist.ledger.listing import Tail, events_after
from surelist.mcp.sdk import SUBSCRIPTION_ID_META_KEY
from surelist.mcp.server import Context, Params
from surelist.tasks.resources import LIST_URI, READ_SCOPE, task_id_of_uri

MAX_URIS = 100


async def listen(
    feed: Feed, context: Context, request_id: str | int, params: Params
) -> ListenerStream:
    """The response to `subscriptions/listen`, which lasts until one side ends it.

    Raises Forbidden, Invalid for too many URIs, and TooManyRequests or Unavailable if there are too
    many streams.
    """
    context.principal.require(READ_SCOPE)
    asked: list[str] = params["notifications"].get("resourceSubscriptions") or []
    if len(asked) > MAX_URIS:
        raise Invalid("too_many_subscriptions", limit=MAX_URIS)
    uris = dict.fromkeys(uri for uri in asked if _is_subscribable(uri))
    with feed.opening(context.principal) as listener:  # from here on, it is woken for later events
        position = (await _read(context, LARGEST, rate="reads", fresh=True)).last_event
        frames = _frames(feed, listener, context, request_id, uris, position)
        return ListenerStream(feed, listener, frames)


def _is_subscribable(uri: str) -> bool:
    """Whether the resource can change. A task need not exist yet."""
    try:
        return uri == LIST_URI or task_id_of_uri(uri) > 0
    except NotFound:
        return False


async def _read(context: Context, after: int, *, rate: Rate | None, fresh: bool) -> Tail:
    async def work(tx: UserTransaction) -> Tail:
        return await events_after(tx, after, EVENTS_AT_ONCE)

    return await context.database.read(context.principal, work, READ_SCOPE, rate=rate, fresh=fresh)


async def _frames(
    feed: Feed,
    listener: Listener,
    context: Context,
    request_id: str | int,
    uris: dict[str, None],
    position: int,
) -> AsyncGenerator[bytes]:
    """The messages of the stream: what is subscribed to, each change, and the end."""
    meta = {SUBSCRIPTION_ID_META_KEY: request_id}

    async def read(after: int, fresh: bool) -> Batch[Record]:  # noqa: FBT001
        tail = await _read(context, after, rate=None, fresh=fresh)
        return Batch(tail.events, tail.position, tail.is_last)

    def texts(batch: Batch[Record]) -> Iterator[bytes]:
        changed = dict.fromkeys(uri for event in batch.events for uri in _uris_of(event))
        for uri in changed:
            if uri in uris:
                yield _notification("resources/updated", {"uri": uri, "_meta": meta})

    honored = {"resourceSubscriptions": [*uris]} if uris else {}
    yield _notification("subscriptions/acknowledged", {"notifications": honored, "_meta": meta})
    first: Batch[Record] = Batch([], position, is_last=True)
    batches = follow(feed, listener, first, read)
    async for piece in kept_alive(batches, texts):
        yield piece
    if listener.code != LEFT:
        result = {"resultType": "complete", "_meta": meta}
        yield _frame({"id": request_id, "result": result})


def _uris_of(event: Record) -> Iterator[str]:
    """The resources that a change may have changed. The time zone is a part of every due date."""
    if event["subject"] == "task":
        yield f"{LIST_URI}/{event['subject_id']}"
    yield LIST_URI


def _notification(method: str, params: dict[str, Any]) -> bytes:
    return _frame({"method": f"notifications/{method}", "params": params})


def _frame(fields: dict[str, Any]) -> bytes:
    return message({"jsonrpc": "2.0", **fields}, event="message")
