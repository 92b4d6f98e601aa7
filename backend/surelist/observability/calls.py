"""ASGI middleware that gives each call an id, and logs and counts it after its response."""

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
from surelist.observability.logs import FixedMessageLogger

if TYPE_CHECKING:
    from surelist.observability.spans import Spans
    from surelist.observability.transactions import Trace

logger = logging.getLogger("surelist.calls")
_log_call = FixedMessageLogger(logger, "call")

REQUEST_ID = re.compile(rb"[A-Za-z0-9_-]{1,64}")
METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}
UNKNOWN = "unknown"


@dataclass(slots=True)
class Call:
    """Facts about a call, filled in by the endpoints while they answer it."""

    request_id: str
    door: str
    user: str | None = None
    client: str | None = None
    method: str | None = None
    """The MCP method, if the MCP specification has it."""
    tool: str | None = None
    """The tool, if the server has it."""
    protocol: str | None = None
    """The MCP version, if the server supports it."""
    outcome: str | None = None
    mended: frozenset[str] = frozenset()
    """Kinds of corrections that the argument reader made."""
    trace: "Trace | None" = None
    """None if traces are not exported."""


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
    """Add facts to the current call, if there is one. Pass known names only, never client input."""
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
    """The call of this context, or None."""
    return _current.get()


class Calls:
    """The middleware around MCP, REST and the health endpoints."""

    def __init__(self, app: ASGIApp, spans: "Spans | None" = None) -> None:
        self._app = app
        self._spans = spans

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one call: assign its id, then log and count it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = perf_counter()
        call = Call(_request_id(scope), _door_of(scope["path"]))
        if self._spans:
            call.trace = self._spans.new_trace()
        request_id_header = (b"x-request-id", call.request_id.encode())
        status = 0

        async def send_with_id(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message.get("headers", ()), request_id_header]
            await send(message)

        reset = _current.set(call)
        try:
            await self._app(scope, receive, send_with_id)
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
        outcome = call.outcome = call.outcome or _outcome_of(status)
        metrics.count_call(call.door, operation, outcome, seconds)
        caller = {"user": call.user, "client": call.client} if call.user else {}
        if self._spans and (trace_id := self._spans.record(call, scope, status, started, ended)):
            caller["trace_id"] = trace_id
        _log_call(
            {
                "request_id": call.request_id,
                "door": call.door,
                "operation": operation,
                **caller,
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


_MCP_DOORS = {"/mcp": "mcp", "/conversations/mcp": "conversations"}


def _door_of(path: str) -> str:
    if path in _MCP_DOORS:
        return _MCP_DOORS[path]
    return "api" if path.startswith("/api/") else "other"


def route_of(scope: Scope) -> str:
    """The method and the route's template. The path itself may contain any client input."""
    template = getattr(scope.get("route"), "path", "")
    return f"{scope['method']} {template}" if template and scope["method"] in METHODS else UNKNOWN


@cache
def _outcome_of(status: int) -> str:
    if not status:
        return "disconnected"
    if status < HTTPStatus.BAD_REQUEST:
        return "ok"
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return "error"
    return HTTPStatus(status).name.lower()
