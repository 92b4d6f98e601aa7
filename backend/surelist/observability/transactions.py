"""The transactions beneath a call, as its trace tells them."""

from collections.abc import Awaitable, Callable, Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import wraps
from time import perf_counter_ns
from typing import Any, TypeVar, cast

from surelist.observability.calls import current_call

Class = TypeVar("Class", bound=type)

STATEMENTS = ("execute", "executemany", "fetch", "fetchrow", "fetchval")
"""The methods of a connection that are a round trip."""


@dataclass(slots=True)
class Transaction:
    """What a call had done from a BEGIN to its COMMIT, or to the last statement before a ROLLBACK,
    for which nobody waits. Times are those of perf_counter_ns.
    """

    began: int
    ended: int
    round_trips: int = 0
    open: bool = True
    committed: bool = False
    error: str | None = None
    """The SQLSTATE or the class of what a statement raised."""


@dataclass(slots=True)
class Trace:
    """What only the spans of a call tell."""

    meta: Mapping[str, Any] = field(default_factory=dict[str, Any])
    """The `_meta` of an MCP request, where MCP clients put their trace context."""
    transactions: list[Transaction] = field(default_factory=list[Transaction])


def note_meta(message: Mapping[str, Any]) -> None:
    """Keep what an MCP request says of its trace, if anybody wants to know."""
    call = current_call()
    if call is not None and call.trace is not None:
        meta = message.get("params", {}).get("_meta")
        call.trace.meta = cast("Mapping[str, Any]", meta) if isinstance(meta, dict) else {}


def watching(connection_class: Class) -> Class:
    """The same class of asyncpg connections, telling the call they work for of each statement."""
    methods = {name: _watched(getattr(connection_class, name)) for name in STATEMENTS}
    return cast("Class", type("Watched", (connection_class,), {"__slots__": (), **methods}))


def _watched(run: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
    @wraps(run)
    async def watched(self: object, query: str, *arguments: Any, **options: Any) -> Any:
        with _statement(query):
            return await run(self, query, *arguments, **options)

    return watched


@contextmanager
def _statement(query: str) -> Generator[None]:
    call = current_call()
    if call is None or call.trace is None:
        yield
        return
    transactions, now = call.trace.transactions, perf_counter_ns()
    if query.startswith("BEGIN"):
        transactions.append(Transaction(now, now))
    one = transactions[-1] if transactions else None
    if one is None or not one.open or query == "ROLLBACK":
        if one:
            one.open = False
        yield  # also the setting up of a new connection
        return
    one.round_trips += 1
    try:
        yield
        one.committed = query == "COMMIT"
    except BaseException as error:
        one.error = str(getattr(error, "sqlstate", None) or type(error).__name__)
        raise
    finally:
        one.open = not one.committed
        one.ended = perf_counter_ns()
