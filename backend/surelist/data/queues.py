"""Queues before the pool, so that one busy user, or a user's agents, do not hold up the others."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Hashable
from contextlib import asynccontextmanager
from typing import TypeAlias

from surelist.errors import Unavailable
from surelist.observability.metrics import ADMISSION_WAITS

WRITES_AT_ONCE = 2
"""Writes of a user's agents, and of the person, that a worker lets near the pool. More only wait
for the same row lock, each holding a connection: 200 took another user's read from 2 ms to
290 ms."""

Refusal: TypeAlias = Callable[[], Unavailable]
"""Creates the error for a call that has waited too long."""


def _writes_waiting() -> Unavailable:
    return Unavailable("writes_waiting")


def _agent_writes_waiting() -> Unavailable:
    return Unavailable("agent_writes_waiting")


def _agent_calls_waiting() -> Unavailable:
    return Unavailable("agent_calls_waiting")


def _server_busy() -> Unavailable:
    return Unavailable("server_busy")


class Turns:
    """Limits what each user holds of a worker's connections; calls beyond it wait in line.

    - Writes at once: `WRITES_AT_ONCE` of a user's agents, and as many of the person.
    - A user's agents hold at most half of the connections, with reads and writes together, so that
      the person finds one.
    - Writes of all users hold three quarters. A COMMIT waits for the disk, and when that is slow,
      reads, which do not need it, would find every connection in the hands of a write.

    A call waits at most `patience` seconds in each line but the first, whose patience each write
    brings with it, and then raises Unavailable.
    """

    def __init__(self, connections: int, patience: float) -> None:
        self._writes = _Gates(WRITES_AT_ONCE)
        self._of_agents = _Gates(max(1, connections // 2))
        self._writers = asyncio.Semaphore(max(1, connections * 3 // 4))
        self._patience = patience

    @asynccontextmanager
    async def to_read(self, user_id: str, *, person: bool) -> AsyncGenerator[None]:
        """Wait for a turn to read."""
        if person:
            yield
            return
        await self._of_agents.enter(user_id, self._patience, _agent_calls_waiting)
        try:
            yield
        finally:
            self._of_agents.leave(user_id)

    @asynccontextmanager
    async def to_write(
        self, user_id: str, patience: float, *, person: bool
    ) -> AsyncGenerator[None]:
        """Wait for a turn to write, up to `patience` seconds for writes of the same user."""
        waiting = _writes_waiting if person else _agent_writes_waiting
        await self._writes.enter((user_id, person), patience, waiting)
        try:
            async with self.to_read(user_id, person=person):
                await _pass(self._writers, self._patience, _server_busy)
                try:
                    yield
                finally:
                    self._writers.release()
        finally:
            self._writes.leave((user_id, person))


class _Gates:
    """A semaphore for each key, kept while it is in use."""

    def __init__(self, places: int) -> None:
        self._places = places
        self._gates: dict[Hashable, tuple[asyncio.Semaphore, int]] = {}

    def count(self, key: Hashable) -> int:
        """The number of tasks that wait for the key or hold it."""
        return self._gates[key][1] if key in self._gates else 0

    async def enter(self, key: Hashable, patience: float, refusal: Refusal) -> None:
        """Wait for a place. `leave` gives it back."""
        gate, calls = self._gates.get(key) or (asyncio.Semaphore(self._places), 0)
        self._gates[key] = gate, calls + 1
        try:
            await _pass(gate, patience, refusal)
        except BaseException:
            self._forget_one(key)
            raise

    def leave(self, key: Hashable) -> None:
        """Release a place."""
        self._gates[key][0].release()
        self._forget_one(key)

    def _forget_one(self, key: Hashable) -> None:
        gate, calls = self._gates[key]
        if calls == 1:
            del self._gates[key]
        else:
            self._gates[key] = gate, calls - 1


async def _pass(gate: asyncio.Semaphore, patience: float, refusal: Refusal) -> None:
    if not gate.locked():
        await gate.acquire()
        return
    try:
        with ADMISSION_WAITS.time():
            async with asyncio.timeout(patience):
                await gate.acquire()
    except TimeoutError:
        raise refusal() from None
