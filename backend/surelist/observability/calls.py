"""Each call is known by an id, and leaves one log line and its metrics when it was answered."""

import logging
import re
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cache
from http import HTTPStatus
from secrets import token_hex
from time import perf_counter
from typing import TYPE_CHECKING

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from surelist.observability import metrics
from surelist.observability.logs import Teller

if TYPE_CHECKING:
    from surelist.observability.spans import Spans
    from surelist.observability.transactions import Trace

logger = logging.getLogger("surelist.calls")
_tell = Teller(logger, "call")

REQUEST_ID = re.compile(rb"[A-Za-z0-9_-]{1,64}")
METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}
UNKNOWN = "unknown"


@dataclass(slots=True)
class Call:
    """What is known of a call by the time it is answered; the doors fill it in."""

    request_id: str
    door: str
    user: str | None = None
    client: str | None = None
    method: str | None = None
    """Of MCP, where it is one that MCP has."""
    tool: str | None = None
    """Where it is one of ours."""
    protocol: str | None = None
    """The version of MCP, where it is one that is served."""
    outcome: str | None = None
    mended: frozenset[str] = frozenset()
    """Kinds of what the reader of arguments put right."""
    trace: "Trace | None" = None
    """None where no traces are exported."""


_current: ContextVar[Call | None] = ContextVar("call", default=None)


def note(
    *,
    user: str | None = None,
    client: str | None = None,
    method: str | None = None,
    tool: str | None = None,
    protocol: str | None = None,
    outcome: str | None = None,
    mended: frozenset[str] = frozenset(),
) -> None:
    """Add to what is known of the call that is being answered, if one is: names of ours only."""
    call = _current.get()
    if call is None:
        return
    call.user = user or call.user
    call.client = client or call.client
    call.method = method or call.method
    call.tool = tool or call.tool
    call.protocol = protocol or call.protocol
    call.outcome = outcome or call.outcome
    call.mended |= mended


def current_call() -> Call | None:
    """The call that is being answered, if one is."""
    return _current.get()


class Calls:
    """The ASGI middleware around both doors."""

    def __init__(self, app: ASGIApp, spans: "Spans | None" = None) -> None:
        self._app = app
        self._spans = spans

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a call under its id, log it and count it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = perf_counter()
        call = Call(_request_id(scope), _door(scope["path"]))
        if self._spans:
            call.trace = self._spans.begin()
        sent_id = (b"x-request-id", call.request_id.encode())
        status = 0

        async def answer(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message.get("headers", ()), sent_id]
            await send(message)

        reset = _current.set(call)
        try:
            await self._app(scope, receive, answer)
        except Exception:
            call.outcome = "error"
            logger.exception("a call failed", extra={"fields": {"request_id": call.request_id}})
            if not status:
                raise
        finally:
            _current.reset(reset)
            self._record(call, scope, status, started, perf_counter())

    def _record(self, call: Call, scope: Scope, status: int, started: float, ended: float) -> None:
        seconds = ended - started
        operation = call.tool or call.method or route_of(scope)
        outcome = call.outcome = call.outcome or _outcome(status)
        metrics.count_call(call.door, operation, outcome, seconds)
        more = {"user": call.user, "client": call.client} if call.user else {}
        if self._spans and (trace_id := self._spans.record(call, scope, status, started, ended)):
            more["trace_id"] = trace_id
        _tell(
            {
                "request_id": call.request_id,
                "door": call.door,
                "operation": operation,
                **more,
                "outcome": outcome,
                "status": status,
                "ms": round(seconds * 1000, 2),
            }
        )


def _request_id(scope: Scope) -> str:
    for name, value in scope["headers"]:
        if name == b"x-request-id" and REQUEST_ID.fullmatch(value):
            return value.decode()
    return token_hex(16)


_DOORS = {"/mcp": "mcp", "/conversations/mcp": "conversations"}


def _door(path: str) -> str:
    if path in _DOORS:
        return _DOORS[path]
    return "api" if path.startswith("/api/") else "other"


def route_of(scope: Scope) -> str:
    """The method and the route's template; a path or a method as it came could be anything."""
    template = getattr(scope.get("route"), "path", "")
    return f"{scope['method']} {template}" if template and scope["method"] in METHODS else UNKNOWN


@cache
def _outcome(status: int) -> str:
    if not status:
        return "disconnected"
    if status < HTTPStatus.BAD_REQUEST:
        return "ok"
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return "error"
    return HTTPStatus(status).name.lower()
