"""What is known of the call that is being answered: for its log line, its metrics and its trace."""

from collections.abc import Generator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar, Token
from dataclasses import dataclass, field
from typing import Any

from starlette.types import Scope

METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}
UNKNOWN = "unknown"


@dataclass(slots=True)
class Transaction:
    """A transaction from BEGIN to COMMIT, or to the last statement before ROLLBACK.

    The response does not wait for a ROLLBACK. Times are values of perf_counter_ns.
    """

    began: int
    ended: int
    round_trips: int = 0
    open: bool = True
    committed: bool = False
    error: str | None = None
    """The SQLSTATE, or otherwise the class, of an exception that a statement raised."""


@dataclass(slots=True)
class Trace:
    """Facts about a call that only its spans contain."""

    meta: Mapping[str, Any] = field(default_factory=dict[str, Any])
    """The `_meta` of an MCP request. MCP clients send their trace context there."""
    transactions: list[Transaction] = field(default_factory=list[Transaction])


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
    operation: str | None = None
    """The operation, if it is neither a tool nor a method nor the route alone."""
    outcome: str | None = None
    mended: frozenset[str] = frozenset()
    """Kinds of corrections that the argument reader made."""
    trace: Trace | None = None
    """None if traces are not exported."""


_current: ContextVar[Call | None] = ContextVar("call", default=None)


def begin(call: Call) -> Token[Call | None]:
    """Make this the current call, until `end`."""
    return _current.set(call)


def end(begun: Token[Call | None]) -> None:
    """Leave the current call."""
    _current.reset(begun)


def note(
    *,
    user: str | None = None,
    client: str | None = None,
    method: str | None = None,
    tool: str | None = None,
    protocol: str | None = None,
    operation: str | None = None,
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
    call.operation = operation or call.operation
    call.outcome = outcome or call.outcome
    call.mended |= mended


@contextmanager
def unrecorded() -> Generator[None]:
    """Run the block outside the current call: a stream has no end to its transactions."""
    token = _current.set(None)
    try:
        yield
    finally:
        _current.reset(token)


def current_call() -> Call | None:
    """The call of this context, or None."""
    return _current.get()


def route_of(scope: Scope) -> str:
    """The method and the route's template. The path itself may contain any client input."""
    template = getattr(scope.get("route"), "path", "")
    return f"{scope['method']} {template}" if template and scope["method"] in METHODS else UNKNOWN
