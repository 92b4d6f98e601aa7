"""Which credentials still count, asked of the database every few seconds."""

import time
from collections.abc import Callable
from dataclasses import replace
from typing import TypeAlias

from surelist.access.auth import OWNER_SCOPE, Principal
from surelist.agents.standing import admit
from surelist.data.isolation import UserTransaction
from surelist.errors import BeingErased, InsufficientScope, Unauthenticated

SECONDS_BETWEEN_CHECKS = 5
"""How long a worker may go on serving an agent that another worker has revoked."""

REMEMBERED = 10_000

Standing: TypeAlias = frozenset[str] | Unauthenticated
"""The scopes that count, or why none does."""

_UNKNOWN: tuple[float, Standing] = (0.0, frozenset())


class Admission:
    """The gate of the Database: `admit`, for each token once in SECONDS_BETWEEN_CHECKS."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._standings: dict[Principal, tuple[float, Standing]] = {}

    def at_the_door(self, principal: Principal, scope: str | None) -> bool:
        """Refuse what was found of this token a moment ago, before anything is spent on it.

        Whether anything was found. Raises Unauthenticated or InsufficientScope.
        """
        until, standing = self._standings.get(principal, _UNKNOWN)
        known = until > self._clock()
        if known:
            _hold(standing, scope)
        return known

    async def __call__(self, tx: UserTransaction, principal: Principal, scope: str | None) -> None:
        """Hold the token against its user's rows. Raises Unauthenticated or InsufficientScope."""
        now = self._clock()
        until, standing = self._standings.get(principal, _UNKNOWN)
        if until <= now:
            self._standings.pop(principal, None)
            standing = await _standing(tx, principal)
            if len(self._standings) >= REMEMBERED:
                self._standings.clear()
            self._standings[principal] = now + SECONDS_BETWEEN_CHECKS, standing
        if OWNER_SCOPE not in _hold(standing, scope) and tx.caller.actor == "person":
            tx.caller = replace(tx.caller, actor="agent")


async def _standing(tx: UserTransaction, principal: Principal) -> Standing:
    try:
        return await admit(tx, principal)
    except BeingErased:  # soon over, and each call helps (isolation.py)
        raise
    except Unauthenticated as refusal:
        return refusal


def _hold(standing: Standing, scope: str | None) -> frozenset[str]:
    """The scopes that count, `scope` among them if one is needed.

    Raises Unauthenticated or InsufficientScope.
    """
    if isinstance(standing, Unauthenticated):
        raise Unauthenticated(standing.code, details=standing.details, **standing.values)
    if scope and scope not in standing:
        raise InsufficientScope(scope)
    return standing
