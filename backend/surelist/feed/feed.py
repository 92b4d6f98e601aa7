"""The live feed of a worker: wakes the streams of users that changed, here or at another worker.

A stream keeps only the id of the last event that it has read, and reads what it missed through
the usual transactions of its user. So a wake-up that is lost delays events, and loses none.
"""

import asyncio
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from itertools import islice

from surelist.access.auth import Principal
from surelist.config import Settings
from surelist.data.isolation import Database
from surelist.doors.event_stream import KEEPALIVE_SECONDS
from surelist.errors import Unavailable
from surelist.feed.bounds import make_room
from surelist.feed.listeners import LOOK_SECONDS_POLLING, Listener, Listeners
from surelist.feed.peers import Peers
from surelist.observability.metrics import STREAM_WAKES

POLL_SECONDS = 2.0
"""How often the worker looks for changes of users with streams, while it hears nothing."""

USERS_POLLED = 250
"""Users in one statement of the poll."""

POLL_PAUSE_SECONDS = 0.1
"""The pause between two such statements."""

STOPPING = "server_stopping"


class Feed:
    """The open streams of one worker, and what wakes and ends them."""

    def __init__(self, settings: Settings) -> None:
        self._maximum = settings.max_streams
        self._listeners = Listeners()
        self._peers = Peers(settings, self._wake_notified, self._listeners.wake_all)
        self._tasks: list[asyncio.Task[None]] = []
        self._seen: dict[str, int | None] = {}
        self._stopping = False
        self.reads = asyncio.Semaphore(max(1, settings.pool_size // 4))
        """Streams read with a quarter of the connections, so that calls find one."""

    def start(self, database: Database) -> None:
        """Start to listen to the other workers."""
        self._stopping = False
        self._tasks = [
            asyncio.create_task(self._peers.run()),
            asyncio.create_task(self._poll(database)),
        ]

    def stop(self) -> None:
        """End every stream, and each that opens from now on: the worker stops."""
        self._stopping = True
        self._listeners.end_all(STOPPING)

    async def close(self) -> None:
        """Stop listening to the other workers."""
        self.stop()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def changed(self, user_id: str) -> None:
        """Wake the streams of a user, here and at the other workers. Call it after the COMMIT."""
        if self._listeners.wake(user_id):
            STREAM_WAKES.labels("worker").inc()
        self._peers.changed(user_id)

    @contextmanager
    def opening(self, principal: Principal) -> Generator[Listener]:
        """A listener for one more stream. `leave` removes it, and so does an error in the block.

        Raises TooManyRequests and Unavailable if there are too many streams.
        """
        make_room(self._listeners, principal, self._maximum)
        listener = Listener(principal)
        self._listeners.add(listener)
        self._peers.have_streams(any_open=True)
        if self._stopping:
            listener.end(STOPPING)
        try:
            yield listener
        except BaseException:
            self.leave(listener)
            raise

    def leave(self, listener: Listener) -> None:
        """Remove a listener."""
        self._listeners.remove(listener)
        self._peers.have_streams(any_open=self._listeners.count > 0)

    @property
    def look_seconds(self) -> float:
        """The time after which a stream looks for changes, and at its credential, by itself."""
        return KEEPALIVE_SECONDS if self._peers.listening else LOOK_SECONDS_POLLING

    def _wake_notified(self, user_id: str) -> None:
        if self._listeners.wake(user_id):
            STREAM_WAKES.labels("notification").inc()

    async def _poll(self, database: Database) -> None:
        """While the worker hears nothing, wake the users whose last event is another one."""
        while True:
            await asyncio.sleep(POLL_SECONDS)
            if self._peers.listening:
                self._seen = {}
                continue
            seen: dict[str, int | None] = {}
            users = iter([*self._listeners.users])
            while some := [*islice(users, USERS_POLLED)]:
                seen |= await self._look_at(database, some)
                await asyncio.sleep(POLL_PAUSE_SECONDS)
            self._seen = seen

    async def _look_at(self, database: Database, users: list[str]) -> Mapping[str, int | None]:
        try:
            found = await database.last_events(users)
        except Unavailable:
            return {}
        for user_id, last in found.items():
            # None is the number of a user who ever erased their list: any change may be missed.
            if (last is None or self._seen.get(user_id) != last) and self._listeners.wake(user_id):
                STREAM_WAKES.labels("poll").inc()
        return found
