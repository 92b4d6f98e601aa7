"""Records the transactions of a call for its trace."""

from collections.abc import Awaitable, Callable, Generator, Mapping
from contextlib import contextmanager
from functools import wraps
from time import perf_counter_ns
from typing import Any, TypeVar, cast

from surelist.observability.call import Transaction, current_call

Class = TypeVar("Class", bound=type)

STATEMENTS = ("execute", "executemany", "fetch", "fetchrow", "fetchval")
"""The methods of a connection that are a round trip."""


def record_meta(message: Mapping[str, Any]) -> None:
    """Store the `_meta` of an MCP request if the call is traced."""
    call = current_call()
    if call is not None and call.trace is not None:
        meta = message.get("params", {}).get("_meta")
        call.trace.meta = cast("Mapping[str, Any]", meta) if isinstance(meta, dict) else {}


def traced_connections(connection_class: Class) -> Class:
    """A subclass of an asyncpg connection class that records each statement in the current call."""
    methods = {name: _traced_method(getattr(connection_class, name)) for name in STATEMENTS}
    return cast(
        "Class", type("TracedConnection", (connection_class,), {"__slots__": (), **methods})
    )


def _traced_method(run: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
    @wraps(run)
    async def traced(self: object, query: str, *arguments: Any, **options: Any) -> Any:
        with _statement(query):
            return await run(self, query, *arguments, **options)

    return traced


@contextmanager
def _statement(query: str) -> Generator[None]:
    call = current_call()
    if call is None or call.trace is None:
        yield
        return
    transactions, now = call.trace.transactions, perf_counter_ns()
    if query.startswith("BEGIN"):
        transactions.append(Transaction(now, now))
    last = transactions[-1] if transactions else None
    if last is None or not last.open or query == "ROLLBACK":
        if last:
            last.open = False
        yield  # also for statements that set up a new connection
        return
    last.round_trips += 1
    try:
        yield
        last.committed = query == "COMMIT"
    except BaseException as error:
        last.error = str(getattr(error, "sqlstate", None) or type(error).__name__)
        raise
    finally:
        last.open = not last.committed
        last.ended = perf_counter_ns()
