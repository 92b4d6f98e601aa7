"""What one user may use of what all share: calls a minute, tasks and bytes, changes a day.

Agents and the person have amounts of their own (specs/operation.md, Limits).
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

Whose = Literal["client", "agents", "person"]
"""Whose amount a call spends: that of one agent, of all agents together, of the person."""

Rate = Literal["reads", "writes", "revocations"]
"""What is counted. Revocations are the calls with which a person ends access to the list: listing
agents, revoking one, ending sessions, erasing the list."""

DAY = timedelta(days=1)
MINUTE = 60

REVOCATIONS = 60
"""In a minute, for the person alone."""


@dataclass(frozen=True, slots=True)
class Quotas:
    """How much a list may hold before this caller's changes are refused; 0 is no limit."""

    tasks: int
    events_a_day: int
    bytes: int

    @classmethod
    def of_person(cls, settings: Settings) -> "Quotas":
        """Those of the person: all tasks and bytes, and twice a day's changes."""
        return cls(settings.max_tasks, 2 * settings.max_events_a_day, settings.max_bytes)

    @classmethod
    def of_agents(cls, settings: Settings) -> "Quotas":
        """Those of the agents, who leave a tenth of the room and a day's changes to the person."""
        return cls(
            nine_tenths(settings.max_tasks),
            settings.max_events_a_day,
            nine_tenths(settings.max_bytes),
        )


def nine_tenths(amount: int) -> int:
    """What agents may use of an amount; 0 is no limit."""
    return max(1, amount * 9 // 10) if amount else 0


class Rates:
    """Counts calls in a sliding minute, per worker or, by Redis, for all."""

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
        """Count one of `rate`; TooManyRequests when this minute's are spent.

        An agent spends from half of the amount first, then from what all agents have together, so
        that what is refused at its half costs the others nothing. A call that the person's page
        makes because the client `agent` asked it to is that agent's.
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

    async def _hit(self, whose: Whose, rate: Rate, spender: tuple[str, ...], amount: int) -> None:
        key = (whose, rate, *spender)
        wait = await self._shared.hit(key, amount) if self._shared else None
        if wait is None:
            wait = self._own.hit(key, amount)
        if wait:
            raise _too_many(whose, rate, amount, wait)

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


def _too_many(whose: Whose, rate: Rate, amount: int, wait: float) -> TooManyRequests:
    seconds = max(1, math.ceil(wait))
    if rate == "revocations":
        return TooManyRequests("rate_limit_revocations", limit=amount, retry_after=seconds)
    if whose == "client":
        return TooManyRequests("rate_limit_agent", limit=amount, rate=rate, retry_after=seconds)
    if whose == "agents":
        return TooManyRequests("rate_limit_agents", limit=amount, rate=rate, retry_after=seconds)
    return TooManyRequests("rate_limit_person", limit=amount, rate=rate, retry_after=seconds)
