"""Streams of the live feed while workers and their listening connections are killed."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import httpx
import psutil

from bench.faults.installation import PATIENCE_SECONDS, Installation, Served, superuser
from bench.faults.processes import row
from bench.faults.report import Row
from bench.faults.traffic import PAUSE_SECONDS, traffic
from surelist.data.notifications import NAME
from tests.support.streams import Refused, opened

WRITERS, USERS = 16, 2
KILL_LISTENING = f"""
SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE application_name = '{NAME}'
"""
LAST_EVENT = "SELECT last_event FROM account WHERE user_id = $1"


@dataclass
class Follower:
    """A client of the feed that connects again, after the last event that it has read."""

    surelist: Served
    user_id: str
    ids: list[int] = field(default_factory=list[int])
    connections: int = 0
    _following: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Start to follow."""
        self._following = asyncio.create_task(self._follow())

    async def stop(self) -> None:
        """Stop following."""
        if self._following:
            self._following.cancel()
            await asyncio.gather(self._following, return_exceptions=True)

    async def _follow(self) -> None:
        while True:
            try:
                await self._once()
            except (httpx.TransportError, Refused, TimeoutError):
                await asyncio.sleep(PAUSE_SECONDS)

    async def _once(self) -> None:
        position = self.ids[-1] if self.ids else 0
        async with (
            self.surelist.person(self.user_id, "follower") as person,
            opened(person.http, person, after=position) as stream,
        ):
            self.connections += 1
            while (message := await stream.next_or_end()) and message.event == "change":
                self.ids.append(message.data["id"])

    async def until(self, last: int) -> None:
        """Wait until the event `last` has arrived. Raises what ended the follower before.

        Nothing is killed before each follower has its first event: else it need not connect again.
        """
        async with asyncio.timeout(PATIENCE_SECONDS):
            while not self.ids or self.ids[-1] < last:
                if self._following and self._following.done():
                    self._following.result()
                await asyncio.sleep(PAUSE_SECONDS)


async def followed(surelist: Installation, *, times: int, changes: int) -> Row:
    """8 agents write to each of two lists while workers and listening connections are killed.

    Each stream has every change once, in order. Raises AssertionError otherwise.
    """
    async with traffic(surelist, agents=WRITERS, users=USERS) as agents:
        async with _followers(surelist, agents.users) as followers:
            for _ in range(times):
                await agents.tally.until(changes // 2)
                await _kill_listening(surelist)
                await agents.tally.until(changes // 2)
                # The oldest, so that in two times each worker with a stream is killed.
                min(surelist.workers(), key=psutil.Process.create_time).kill()
            await agents.tally.until(changes)
            await agents.end()
            for follower in followers:
                last = await _last_event(surelist, follower.user_id)
                await follower.until(last)
                assert follower.ids == [*range(1, last + 1)], "events are missing or repeated"
        assert sum(follower.connections for follower in followers) > len(followers)
        name = "a worker, and each listening connection, is killed while streams are read"
        return await row(name, times, agents)


@asynccontextmanager
async def _followers(surelist: Served, users: list[str]) -> AsyncGenerator[list[Follower]]:
    followers = [Follower(surelist, user_id) for user_id in users]
    for follower in followers:
        follower.start()
    try:
        for follower in followers:
            await follower.until(1)
        yield followers
    finally:
        for follower in followers:
            await follower.stop()


async def _kill_listening(surelist: Served) -> None:
    async with superuser(surelist.cluster()) as connection:
        await connection.fetchval(KILL_LISTENING)


async def _last_event(surelist: Served, user_id: str) -> int:
    async with superuser(surelist.cluster()) as connection:
        return await connection.fetchval(LAST_EVENT, user_id)
