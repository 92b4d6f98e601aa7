"""A response that streams what a listener is woken for, until the client or the server ends it."""

import asyncio
import time
from collections.abc import AsyncGenerator, Callable, Iterable
from contextlib import aclosing
from typing import TypeVar

from starlette.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

from surelist.doors import event_stream
from surelist.doors.event_stream import COMMENT, KEEPALIVE_SECONDS
from surelist.feed.feed import Feed
from surelist.feed.following import Batch
from surelist.feed.listeners import Listener
from surelist.observability.call import note, unrecorded

T = TypeVar("T")

LEFT = "disconnected"
"""The code of a listener whose client has left."""


class ListenerStream(StreamingResponse):
    """Server-sent events of one listener, in the request's task and one that awaits its end.

    Starlette's response would hold a task group more for each stream.
    """

    def __init__(self, feed: Feed, listener: Listener, pieces: AsyncGenerator[bytes]) -> None:
        super().__init__(pieces, headers=event_stream.HEADERS, media_type=event_stream.MEDIA_TYPE)
        self._feed = feed
        self._listener = listener
        self._pieces = pieces

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Stream, and remove the listener at the end."""
        listener = self._listener
        listener.abort = scope.get("state", {}).get("abort")
        leaving = asyncio.create_task(event_stream.disconnected(receive))
        leaving.add_done_callback(lambda _: listener.end(LEFT))
        start = {"type": "http.response.start", "status": 200, "headers": self.raw_headers}
        try:
            async with aclosing(self._pieces):
                await send(start)
                with unrecorded():
                    async for piece in self._pieces:
                        listener.sending(begins=True)
                        await send(_body(piece, more=True))
                        listener.sending(begins=False)
            note(outcome=None if listener.code == LEFT else listener.code)
            await send(_body(b"", more=False))
        finally:
            self._feed.leave(listener)
            leaving.cancel()


async def kept_alive(
    batches: AsyncGenerator[Batch[T]], texts: Callable[[Batch[T]], Iterable[bytes]]
) -> AsyncGenerator[bytes]:
    """The texts of batches, and a comment when there was none for a while."""
    sent_at = time.monotonic()
    async for batch in batches:
        pieces = [*texts(batch)]
        if not pieces and time.monotonic() - sent_at >= KEEPALIVE_SECONDS / 2:
            pieces = [COMMENT]
        for piece in pieces:
            yield piece
            sent_at = time.monotonic()


def _body(piece: bytes, *, more: bool) -> dict[str, object]:
    return {"type": "http.response.body", "body": piece, "more_body": more}
