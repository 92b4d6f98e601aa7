"""Who may come near the pool, so that one busy user does not hold up the others."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from surelist.errors import Unavailable
from surelist.observability.metrics import ADMISSION_WAITS

WRITES_AT_ONCE = 2
"""Writes of one user that a worker lets near the pool. More only wait for the same row lock, each
holding a connection: 200 took another user's read from 2 ms to 290 ms."""


class Turns:
    """Writes at once: `WRITES_AT_ONCE` per user and `writers` of all; others wait outside the pool.

    `writers` is fewer than the pool has connections. A COMMIT waits for the disk, and when that is
    slow, reads, which do not need it, would find every connection in the hands of a write. Who gets
    no connection in `patience` seconds is told so.
    """

    def __init__(self, writers: int, patience: float) -> None:
        self._writers = asyncio.Semaphore(writers)
        self._patience = patience
        self._gates: dict[str, tuple[asyncio.Semaphore, int]] = {}

    @asynccontextmanager
    async def of(self, user_id: str, patience: float) -> AsyncGenerator[None]:
        """Wait for a turn, `patience` seconds of it for `user_id`'s others; then Unavailable."""
        gate, users = self._gates.get(user_id) or (asyncio.Semaphore(WRITES_AT_ONCE), 0)
        self._gates[user_id] = gate, users + 1
        try:
            await _pass(gate, patience, "Too many changes to this list are waiting.")
            try:
                await _pass(self._writers, self._patience, "The server is busy.")
                try:
                    yield
                finally:
                    self._writers.release()
            finally:
                gate.release()
        finally:
            gate, users = self._gates[user_id]
            if users == 1:
                del self._gates[user_id]
            else:
                self._gates[user_id] = gate, users - 1


async def _pass(gate: asyncio.Semaphore, patience: float, why: str) -> None:
    if not gate.locked():
        await gate.acquire()
        return
    try:
        with ADMISSION_WAITS.time():
            async with asyncio.timeout(patience):
                await gate.acquire()
    except TimeoutError:
        raise Unavailable(f"{why} Nothing was changed. Try again in a second.") from None
