"""The open streams of a worker: who listens, and when each has to look again."""

import asyncio
import time
from collections.abc import Callable, Iterable
from random import uniform

from surelist.access.auth import Principal
from surelist.observability.metrics import STREAMS_OPEN

TICK_SECONDS = 1.0
"""How often the timers of all streams are looked at. One timer for each would cost memory."""

LOOK_SECONDS_POLLING = 5.0
"""How often a stream checks its credential while the worker hears nothing from others."""

STALLED_SECONDS = 60.0
"""After this time in which a client reads nothing, its connection is closed."""

EXPIRED = "token_expired"


class Listener:
    """One open stream. It is woken when there may be something to read, or ended with a code."""

    __slots__ = ("_look_at", "_sending_since", "_waiter", "_woken", "abort", "code", "principal")

    def __init__(self, principal: Principal) -> None:
        self.principal = principal
        self.code: str | None = None
        """The reason for the end of the stream, once it has to end."""
        self.abort: Callable[[], None] | None = None
        """Closes the connection without waiting for the client."""
        self._woken = False
        self._waiter: asyncio.Future[None] | None = None
        self._sending_since: float | None = None
        self._look_at = 0.0

    def wake(self) -> None:
        """Let the stream look for changes."""
        self._woken = True
        if self._waiter and not self._waiter.done():
            self._waiter.set_result(None)

    def end(self, code: str) -> None:
        """End the stream. The first code counts."""
        self.code = self.code or code
        self.wake()

    async def woken(self, seconds: float) -> None:
        """Wait until the stream is woken: by a change, an end, or after about `seconds`."""
        self._look_at = time.monotonic() + seconds * uniform(0.8, 1.0)  # noqa: S311 (spreads reads)
        if not self._woken:
            self._waiter = asyncio.get_running_loop().create_future()
            try:
                await self._waiter
            finally:
                self._waiter = None
        self._woken = False

    def sending(self, *, begins: bool) -> None:
        """Note the begin or the end of a send, which lasts until the client has read enough."""
        self._sending_since = time.monotonic() if begins else None

    def tick(self, now: float, clock: float) -> None:
        """Act on timers that are due; `clock` is in seconds since 1970."""
        if self.principal.expires_at <= clock:
            self.end(EXPIRED)
        if self._sending_since is not None and now - self._sending_since > STALLED_SECONDS:
            self.end("stalled")
            if self.abort:
                self.abort()
        if self._look_at <= now:
            self.wake()


class Listeners:
    """The listeners of a worker, by user, the oldest first."""

    def __init__(self) -> None:
        self._by_user: dict[str, dict[Listener, None]] = {}
        self._tick: asyncio.TimerHandle | None = None
        self.count = 0
        self.agents = 0

    @property
    def users(self) -> Iterable[str]:
        """The users with listeners."""
        return self._by_user

    def of(self, user_id: str) -> list[Listener]:
        """The listeners of a user that are not about to end."""
        return [one for one in self._by_user.get(user_id, ()) if one.code is None]

    def add(self, listener: Listener) -> None:
        """Add a listener; `remove` takes it out."""
        self._by_user.setdefault(listener.principal.account_id, {})[listener] = None
        self._count(listener, 1)
        if self._tick is None:
            self._tick_later()

    def remove(self, listener: Listener) -> None:
        """Remove a listener. Does nothing if it has been removed."""
        user_id = listener.principal.account_id
        of_user = self._by_user.get(user_id, {})
        if listener in of_user:
            del of_user[listener]
            self._count(listener, -1)
            if not of_user:
                del self._by_user[user_id]

    def wake(self, user_id: str) -> bool:
        """Wake the listeners of a user. Return whether there are any."""
        of_user = self._by_user.get(user_id)
        if of_user is None:
            return False
        for listener in of_user:
            listener.wake()
        return True

    def wake_all(self) -> None:
        """Wake every listener."""
        for user_id in self._by_user:
            self.wake(user_id)

    def end_all(self, code: str) -> None:
        """End every stream."""
        for of_user in self._by_user.values():
            for listener in of_user:
                listener.end(code)

    def _count(self, listener: Listener, by: int) -> None:
        self.count += by
        STREAMS_OPEN.inc(by)
        if not listener.principal.caller.is_person:
            self.agents += by

    def _tick_later(self) -> None:
        self._tick = asyncio.get_running_loop().call_later(TICK_SECONDS, self._tick_all)

    def _tick_all(self) -> None:
        self._tick = None
        now, clock = time.monotonic(), time.time()
        for of_user in self._by_user.values():
            for listener in of_user:
                listener.tick(now, clock)
        if self._by_user:
            self._tick_later()
