"""Rate limits and quotas: calls a minute, tasks, bytes, and changes a day.

The person and the agents have separate limits (specs/operation.md, Limits).
"""

import math
import time
from collections.abc import Hashable
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from surelist.access.auth import Principal
from surelist.config import Settings
from surelist.errors import TooManyRequests

Bucket = Literal["client", "agents", "person"]
"""The limit that a call counts towards: of one agent, of all agents together, or of the person."""

Rate = Literal["reads", "writes", "revocations"]
"""The kind of calls that a limit counts. "revocations" are the calls that end access to the list:
listing agents, revoking one, ending sessions, erasing the list."""

DAY = timedelta(days=1)
MINUTE = 60

REVOCATIONS = 60
"""Revocations a minute. Only the person may make them."""


@dataclass(frozen=True, slots=True)
class Quotas:
    """The limits at which this caller's changes are refused. 0 means no limit."""

    tasks: int
    events_a_day: int
    bytes: int

    @classmethod
    def of_person(cls, settings: Settings) -> "Quotas":
        """The person's quotas: all tasks and bytes, and twice the daily changes."""
        return cls(settings.max_tasks, 2 * settings.max_events_a_day, settings.max_bytes)

    @classmethod
    def of_agents(cls, settings: Settings) -> "Quotas":
        """The agents' quotas: nine tenths of tasks and bytes, and the daily changes once.

        The rest is left to the person.
        """
        return cls(
            nine_tenths(settings.max_tasks),
            settings.max_events_a_day,
            nine_tenths(settings.max_bytes),
        )


def nine_tenths(amount: int) -> int:
    """The agents' share of a limit, at least 1. 0 means no limit."""
    return max(1, amount * 9 // 10) if amount else 0


class Rates:
    """Counts calls in a sliding minute: per worker, or for all workers with Redis."""

    def __init__(self, settings: Settings) -> None:
        self._amounts: dict[Rate, int] = {
            "reads": settings.rate_reads,
            "writes": settings.rate_writes,
            "revocations": REVOCATIONS,
        }
        self._own = SlidingMinute()
        self._shared = None
        if settings.redis_url:
            from surelist.access.shared_rates import (
                SharedRates,  # a worker without Redis starts sooner
            )

            self._shared = SharedRates(settings.redis_url)

    async def spend(self, principal: Principal, rate: Rate, agent: str | None = None) -> None:
        """Count one call. Raises TooManyRequests when a limit of `rate` is reached.

        An agent's call counts towards its own limit first, which is half of the agents' limit. If
        that refuses it, it does not count towards the limit of all agents. A call of the person's
        page on behalf of the client `agent` counts for that agent.
        """
        amount = self._amounts[rate]
        if not amount:
            return
        account_id, caller = principal.account_id, principal.caller
        if caller.is_person and agent is None:
            spender = (principal.person_id, principal.kind, caller.client_id)
            await self._hit("person", rate, spender, amount)
        else:
            await self._hit(
                "client", rate, (account_id, agent or caller.client_id), -(-amount // 2)
            )
            await self._hit("agents", rate, (account_id,), amount)

    async def _hit(self, bucket: Bucket, rate: Rate, spender: tuple[str, ...], amount: int) -> None:
        key = (bucket, rate, *spender)
        wait = await self._shared.hit(key, amount) if self._shared else None
        if wait is None:
            wait = self._own.hit(key, amount)
        if wait:
            raise _too_many(bucket, rate, amount, wait)

    async def close(self) -> None:
        """Close the connections to Redis."""
        if self._shared:
            await self._shared.close()


class SlidingMinute:
    """A sliding window counter in memory, with the same algorithm as the shared one.

    `limits` has one too, but it starts a thread to delete old keys. This one drops all keys of a
    minute together.
    """

    def __init__(self) -> None:
        self._minute = 0
        self._hits: dict[Hashable, int] = {}
        self._before: dict[Hashable, int] = {}

    def hit(self, key: Hashable, amount: int) -> float:
        """Count a hit and return 0; or return the seconds to wait when `amount` is reached."""
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


def _too_many(bucket: Bucket, rate: Rate, amount: int, wait: float) -> TooManyRequests:
    seconds = max(1, math.ceil(wait))
    if rate == "revocations":
        return TooManyRequests("rate_limit_revocations", limit=amount, retry_after=seconds)
    if bucket == "client":
        return TooManyRequests("rate_limit_agent", limit=amount, rate=rate, retry_after=seconds)
    if bucket == "agents":
        return TooManyRequests("rate_limit_agents", limit=amount, rate=rate, retry_after=seconds)
    return TooManyRequests("rate_limit_person", limit=amount, rate=rate, retry_after=seconds)
