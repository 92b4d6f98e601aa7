"""ASGI middleware that gives each call an id, and logs and counts it after its response."""

import logging
import re
from functools import cache
from http import HTTPStatus
from secrets import token_hex
from time import perf_counter
from typing import TYPE_CHECKING

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from surelist.observability import metrics
from surelist.observability.call import Call, begin, end, route_of
from surelist.observability.logs import FixedMessageLogger

if TYPE_CHECKING:
    from surelist.observability.spans import Spans

logger = logging.getLogger("surelist.calls")
_log_call = FixedMessageLogger(logger, "call")

REQUEST_ID = re.compile(rb"[A-Za-z0-9_-]{1,64}")


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

        begun = begin(call)
        try:
            await self._app(scope, receive, send_with_id)
        except Exception:
            call.outcome = "error"
            logger.exception("a call failed", extra={"fields": {"request_id": call.request_id}})
            if not status:
                raise
        finally:
            end(begun)
            self._record(call, scope, status, started, perf_counter())

    def _record(self, call: Call, scope: Scope, status: int, started: float, ended: float) -> None:
        seconds = ended - started
        operation = call.operation or call.tool or call.method or route_of(scope)
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


@cache
def _outcome_of(status: int) -> str:
    if not status:
        return "disconnected"
    if status < HTTPStatus.BAD_REQUEST:
        return "ok"
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return "error"
    return HTTPStatus(status).name.lower()
