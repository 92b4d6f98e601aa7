"""Server-sent events: the type, the headers and the messages of a stream (WHATWG HTML 9.2)."""

from collections.abc import Awaitable, Callable
from typing import Any

import orjson
from starlette.types import Message

from surelist.doors.web import media_type

MEDIA_TYPE = "text/event-stream"
HEADERS = {"X-Accel-Buffering": "no"}
"""Proxies that know this header, such as nginx, do not hold messages back."""

KEEPALIVE_SECONDS = 15
"""After this time without a message, the server sends a comment: proxies do not time out."""

COMMENT = b":\n\n"

STREAMED: dict[str, Any] = {MEDIA_TYPE: {"schema": {"type": "string"}}}
"""The content of a streamed response in the OpenAPI document."""


def is_accepted(accept: str) -> bool:
    """Whether an Accept header names this type, and not JSON beside it."""
    types = {media_type(one) for one in accept.split(",")}
    return MEDIA_TYPE in types and "application/json" not in types


def message(
    data: Any, *, event: str = "", event_id: int | None = None, retry: int | None = None
) -> bytes:
    """A message with `data` as JSON. `retry` is the client's pause in milliseconds."""
    fields = b"" if retry is None else b"retry: %d\n" % retry
    if event_id is not None:
        fields += b"id: %d\n" % event_id
    if event:
        fields += b"event: %s\n" % event.encode()
    return fields + b"data: " + orjson.dumps(data) + b"\n\n"


async def disconnected(receive: Callable[[], Awaitable[Message]]) -> None:
    """Wait until the client has disconnected."""
    while (await receive())["type"] != "http.disconnect":
        pass
