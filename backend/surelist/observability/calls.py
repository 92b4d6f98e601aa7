"""Each call is known by an id, and leaves one log line and its metrics when it was answered."""

import logging
import re
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cache
from http import HTTPStatus
from secrets import token_hex
from time import perf_counter

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from surelist.observability import metrics
from surelist.observability.logs import Teller

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
    operation: str | None = None
    outcome: str | None = None


_current: ContextVar[Call | None] = ContextVar("call", default=None)


def note(
    *,
    user: str | None = None,
    client: str | None = None,
    operation: str | None = None,
    outcome: str | None = None,
) -> None:
    """Add to what is known of the call that is being answered, if one is."""
    call = _current.get()
    if call is None:
        return
    call.user = user or call.user
    call.client = client or call.client
    call.operation = operation or call.operation
    call.outcome = outcome or call.outcome


class Calls:
    """The ASGI middleware around both doors."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a call under its id, log it and count it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = perf_counter()
        call = Call(_request_id(scope), _door(scope["path"]))
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
            _record(call, scope, status, perf_counter() - started)


def _record(call: Call, scope: Scope, status: int, seconds: float) -> None:
    operation = call.operation or _operation(scope)
    outcome = call.outcome or _outcome(status)
    metrics.count_call(call.door, operation, outcome, seconds)
    who = {"user": call.user, "client": call.client} if call.user else {}
    _tell(
        {
            "request_id": call.request_id,
            "door": call.door,
            "operation": operation,
            **who,
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


def _door(path: str) -> str:
    if path == "/mcp":
        return "mcp"
    return "api" if path.startswith("/api/") else "other"


def _operation(scope: Scope) -> str:
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
