"""Rates that all workers count together in Redis. Imported only if Redis is configured."""

import asyncio
import logging
import time
from typing import Any

from limits import RateLimitItemPerMinute
from limits.aio.storage import RedisStorage
from limits.aio.strategies import SlidingWindowCounterRateLimiter
from redis.asyncio import BlockingConnectionPool
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from surelist.observability.metrics import SHARED_RATE_FAULTS

logger = logging.getLogger(__name__)

REDIS_TIMEOUT = 0.25
"""The timeout of Redis for one hit, in seconds."""

RETRY_AFTER_FAULT = 5.0
"""Seconds without calls to Redis after a fault."""

SHORTEST_WAIT = 1.0
"""The shortest wait for a refused hit, in seconds: `limits` returns 0 right after a minute has
begun, but here 0 means that the hit was counted."""

CONNECTIONS = 20
AWAY = (RedisError, OSError, TimeoutError)


class SharedRates:
    """A sliding minute in Redis. Calls do not wait while Redis is unavailable or slow.

    After a fault, Redis is not called for RETRY_AFTER_FAULT seconds. Then one call tries it, and
    the others use it again once that call succeeds.
    """

    def __init__(self, url: str) -> None:
        self._connections = BlockingConnectionPool.from_url(  # pyright: ignore[reportUnknownMemberType]
            url,
            max_connections=CONNECTIONS,
            retry=Retry(NoBackoff(), 1),  # once: a restarted Redis has closed the old connections
        )
        options: Any = {"connection_pool": self._connections}
        storage = RedisStorage(
            url, implementation="redispy", key_prefix="surelist", wrap_exceptions=False, **options
        )
        self._limiter = SlidingWindowCounterRateLimiter(storage)
        self._away = False
        self._rests_until = 0.0

    async def hit(self, key: tuple[str, ...], amount: int) -> float | None:
        """Count a hit and return 0; or return the seconds to wait when `amount` is reached.

        Returns None, within REDIS_TIMEOUT, when Redis does not answer.
        """
        now = time.monotonic()
        if self._away:
            if now < self._rests_until:
                return None
            self._rests_until = now + RETRY_AFTER_FAULT
        try:
            async with asyncio.timeout(REDIS_TIMEOUT):
                wait = await self._hit(RateLimitItemPerMinute(amount), key)
        except AWAY as fault:
            SHARED_RATE_FAULTS.inc()
            self._rests_until = time.monotonic() + RETRY_AFTER_FAULT
            if not self._away:
                self._away = True
                logger.warning("Redis is away: each worker counts rates for itself", exc_info=fault)
            return None
        if self._away:
            self._away = False
            logger.warning("Redis is back: all workers count rates together")
        return wait

    async def close(self) -> None:
        """Close the connections."""
        await self._connections.disconnect()

    async def _hit(self, item: RateLimitItemPerMinute, key: tuple[str, ...]) -> float:
        if await self._limiter.hit(item, *key):
            return 0
        stats = await self._limiter.get_window_stats(item, *key)
        return max(stats.reset_time - time.time(), SHORTEST_WAIT)
