"""What one user may use of what all share: calls a minute, tasks and bytes, changes a day."""

import logging
import math
import time
from collections.abc import Hashable
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from limits import RateLimitItemPerMinute
from limits.aio.storage import RedisStorage
from limits.aio.strategies import SlidingWindowCounterRateLimiter
from limits.errors import StorageError

from surelist.config import Settings
from surelist.errors import TooManyRequests

logger = logging.getLogger(__name__)

Kind = Literal["reads", "writes"]

DAY = timedelta(days=1)
MINUTE = 60
REDIS_PATIENCE = 0.25
REDIS_REST = 5.0
"""Seconds that a worker counts by itself before it asks Redis again."""


@dataclass(frozen=True, slots=True)
class Quotas:
    """How much of it one list may hold; 0 is no limit."""

    tasks: int
    events_a_day: int
    bytes: int


class Rates:
    """Counts each user's reads and writes in a sliding minute, per worker or, by Redis, for all."""

    def __init__(self, settings: Settings) -> None:
        amounts: dict[Kind, int] = {"reads": settings.rate_reads, "writes": settings.rate_writes}
        self._items = {kind: RateLimitItemPerMinute(n) for kind, n in amounts.items() if n}
        self._own = SlidingMinute()
        self._shared = _shared(settings.redis_url) if settings.redis_url else None
        self._redis_rests_until = 0.0

    async def spend(self, user_id: str, kind: Kind) -> None:
        """Count one of `kind`; TooManyRequests when this minute's are spent."""
        item = self._items.get(kind)
        if item is None:
            return
        key = (kind, user_id)
        if self._shared and time.monotonic() >= self._redis_rests_until:
            try:
                if not await self._shared.hit(item, *key):
                    reset = (await self._shared.get_window_stats(item, *key)).reset_time
                    raise _too_many(item.amount, kind, reset - time.time())
            except StorageError:
                logger.warning("Redis is away: rates are counted by each worker for itself")
                self._redis_rests_until = time.monotonic() + REDIS_REST
            else:
                return
        if wait := self._own.hit(key, item.amount):
            raise _too_many(item.amount, kind, wait)


class SlidingMinute:
    """Counts hits as the shared limiter does: this minute's, and the last one's as they slide out.

    `limits` has this in memory too, but starts a thread on a call to sweep; here a minute is
    forgotten whole.
    """

    def __init__(self) -> None:
        self._minute = 0
        self._hits: dict[Hashable, int] = {}
        self._before: dict[Hashable, int] = {}

    def hit(self, key: Hashable, amount: int) -> float:
        """Count a hit and return 0, or, when `amount` are spent, the seconds until one is free."""
        now = time.time()
        minute, past = divmod(now, MINUTE)
        if minute != self._minute:
            self._before = self._hits if minute == self._minute + 1 else {}
            self._minute, self._hits = int(minute), {}
        hits, before = self._hits.get(key, 0), self._before.get(key, 0)
        if hits + before * (1 - past / MINUTE) + 1 <= amount:
            self._hits[key] = hits + 1
            return 0
        if before and hits < amount:
            return MINUTE * (1 - (amount - 1 - hits) / before) - past
        return MINUTE * (2 - (amount - 1) / hits) - past


def _shared(url: str) -> SlidingWindowCounterRateLimiter:
    storage = RedisStorage(
        url,
        wrap_exceptions=True,
        implementation="redispy",
        key_prefix="surelist",
        socket_timeout=REDIS_PATIENCE,
        socket_connect_timeout=REDIS_PATIENCE,
    )
    return SlidingWindowCounterRateLimiter(storage)


def _too_many(amount: int, kind: Kind, wait: float) -> TooManyRequests:
    seconds = max(1, math.ceil(wait))
    return TooManyRequests(
        f"This list takes {amount} {kind} a minute, and they are spent. "
        f"Wait {seconds} second{'s' if seconds > 1 else ''}, then call again.",
        retry_after=seconds,
    )
