"""What one user may use of what all share: calls a minute, tasks and bytes, changes a day."""

import math
import time
from collections.abc import Hashable
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from surelist.config import Settings
from surelist.errors import TooManyRequests

Kind = Literal["reads", "writes"]

DAY = timedelta(days=1)
MINUTE = 60


@dataclass(frozen=True, slots=True)
class Quotas:
    """How much of it one list may hold; 0 is no limit."""

    tasks: int
    events_a_day: int
    bytes: int


class Rates:
    """Counts each user's reads and writes in a sliding minute, per worker or, by Redis, for all."""

    def __init__(self, settings: Settings) -> None:
        self._amounts: dict[Kind, int] = {
            "reads": settings.rate_reads,
            "writes": settings.rate_writes,
        }
        self._own = SlidingMinute()
        self._shared = None
        if settings.redis_url:
            from surelist.shared_rates import SharedRates  # a worker without Redis starts sooner

            self._shared = SharedRates(settings.redis_url)

    async def spend(self, user_id: str, kind: Kind) -> None:
        """Count one of `kind`; TooManyRequests when this minute's are spent."""
        amount = self._amounts[kind]
        if not amount:
            return
        wait = await self._shared.hit((kind, user_id), amount) if self._shared else None
        if wait is None:
            wait = self._own.hit((kind, user_id), amount)
        if wait:
            raise _too_many(amount, kind, wait)

    async def close(self) -> None:
        """Let go of Redis."""
        if self._shared:
            await self._shared.close()


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


def _too_many(amount: int, kind: Kind, wait: float) -> TooManyRequests:
    seconds = max(1, math.ceil(wait))
    return TooManyRequests(
        f"This list takes {amount} {kind} a minute, and they are spent. "
        f"Wait {seconds} second{'s' if seconds > 1 else ''}, then call again.",
        retry_after=seconds,
    )
