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
    """At most `WRITES_AT_ONCE` writes per user at once; the others wait outside the pool."""

    def __init__(self) -> None:
        self._gates: dict[str, tuple[asyncio.Semaphore, int]] = {}

    @asynccontextmanager
    async def of(self, user_id: str, patience: float) -> AsyncGenerator[None]:
        """Wait for a turn of `user_id`'s, at most `patience` seconds; then raise Unavailable."""
        gate, users = self._gates.get(user_id) or (asyncio.Semaphore(WRITES_AT_ONCE), 0)
        self._gates[user_id] = gate, users + 1
        try:
            try:
                if gate.locked():
                    with ADMISSION_WAITS.time():
                        async with asyncio.timeout(patience):
                            await gate.acquire()
                else:
                    await gate.acquire()
            except TimeoutError:
                raise Unavailable(
                    "Too many changes to this list are waiting. Try again in a second."
                ) from None
            try:
                yield
            finally:
                gate.release()
        finally:
            gate, users = self._gates[user_id]
            if users == 1:
                del self._gates[user_id]
            else:
                self._gates[user_id] = gate, users - 1
