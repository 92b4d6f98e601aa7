"""Follows a user's events: reads what happened since the last one, whenever the feed wakes it."""

import logging
import time
from collections.abc import AsyncGenerator, Awaitable, Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from surelist.errors import SurelistError, Unavailable
from surelist.feed.feed import Feed
from surelist.feed.listeners import Listener

T = TypeVar("T")

EVENTS_AT_ONCE = 20
"""Events in one read. A stream holds one batch, and reads the next when the client has read it."""

FRESH_SECONDS = 1.0
"""A woken stream checks its credential in the database, but not more often than this."""

FIRST_PAUSE, LONGEST_PAUSE = 0.25, 5.0
"""The pauses in seconds before an unavailable database is asked again."""

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Batch(Generic[T]):
    """Events after a position, the position after them, and whether they were the last."""

    events: list[T]
    position: int
    is_last: bool


Read = Callable[[int, bool], Awaitable[Batch[T]]]
"""Reads a batch after a position. The flag asks for a fresh check of the credential."""


async def follow(
    feed: Feed, listener: Listener, first: Batch[T], read: Read[T]
) -> AsyncGenerator[Batch[T]]:
    """The batches after `first`, until the listener ends; its code says why.

    `first` was read with a fresh check. A batch without events tells that some time has passed.
    While the database is unavailable, the stream waits, and continues where it was.
    """
    batch, checked_at = first, time.monotonic()
    wait, pause = feed.look_seconds, FIRST_PAUSE
    while True:
        if batch.is_last:
            await listener.woken(wait)
        if listener.code is not None:
            return
        fresh = time.monotonic() - checked_at >= FRESH_SECONDS
        try:
            async with feed.reads:
                batch = await read(batch.position, fresh)
        except Unavailable:
            batch: Batch[T] = Batch([], batch.position, is_last=True)
            wait, pause = pause, min(pause * 2, LONGEST_PAUSE)
        except SurelistError as refusal:
            listener.end(refusal.code)
            return
        except Exception:  # the response has begun: only the stream itself can tell
            logger.exception("a stream failed")
            listener.end("internal_server_error")
            return
        else:
            pause = FIRST_PAUSE
            checked_at = time.monotonic() if fresh else checked_at
            wait = feed.look_seconds if fresh else FRESH_SECONDS
        yield batch
