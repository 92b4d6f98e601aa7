"""The check that a credential is not revoked: reads the database, and caches each result."""

import time
from collections.abc import Callable
from dataclasses import replace
from typing import TypeAlias

from surelist.access.auth import OWNER_SCOPE, Principal
from surelist.agents.status import admit
from surelist.data.isolation import UserTransaction
from surelist.errors import BeingErased, InsufficientScope, Unauthenticated, Unavailable

SECONDS_BETWEEN_CHECKS = 5
"""How long a result is cached, so how long a worker may serve an agent after its revocation."""

CACHED_TOKENS = 10_000

Verdict: TypeAlias = frozenset[str] | Unauthenticated
"""The allowed scopes of a credential, or the error that refuses it."""

_EXPIRED: tuple[float, Verdict] = (0.0, frozenset())


class CredentialCheck:
    """The gate of the Database. Calls `admit` for each token once in SECONDS_BETWEEN_CHECKS."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._cache: dict[Principal, tuple[float, Verdict]] = {}

    def at_the_door(self, principal: Principal, scope: str | None) -> bool:
        """Apply the cached verdict, before the call is counted. Return whether there is one.

        Raises Unauthenticated or InsufficientScope.
        """
        until, verdict = self._cache.get(principal, _EXPIRED)
        cached = until > self._clock()
        if cached:
            _allowed_scopes(verdict, scope)
        return cached

    async def __call__(
        self,
        tx: UserTransaction,
        principal: Principal,
        scope: str | None,
        *,
        cached: bool = False,
        fresh: bool = False,
    ) -> None:
        """Check the token, in the database if no verdict is cached.

        With `cached`, the last verdict counts even if it has expired; with `fresh`, no earlier
        verdict counts. A caller without the owner scope is recorded as an agent from here on.
        Raises Unauthenticated, InsufficientScope, or Unavailable when a `cached` verdict is gone.
        """
        now = self._clock()
        until, verdict = self._cache.get(principal, _EXPIRED)
        if cached and not until:
            raise Unavailable("database_unavailable")
        if (until <= now or fresh) and not cached:
            self._cache.pop(principal, None)
            verdict = await _verdict(tx, principal)
            if len(self._cache) >= CACHED_TOKENS:
                self._cache.clear()
            self._cache[principal] = now + SECONDS_BETWEEN_CHECKS, verdict
        if OWNER_SCOPE not in _allowed_scopes(verdict, scope) and tx.caller.actor == "person":
            tx.caller = replace(tx.caller, actor="agent")


async def _verdict(tx: UserTransaction, principal: Principal) -> Verdict:
    try:
        return await admit(tx, principal)
    except BeingErased:  # not cached: each call deletes more rows (isolation.py), so it ends soon
        raise
    except Unauthenticated as refusal:
        return refusal


def _allowed_scopes(verdict: Verdict, scope: str | None) -> frozenset[str]:
    """The scopes of a verdict, with `scope` among them unless it is None.

    Raises Unauthenticated or InsufficientScope.
    """
    if isinstance(verdict, Unauthenticated):
        raise Unauthenticated(verdict.code, details=verdict.details, **verdict.values)
    if scope and scope not in verdict:
        raise InsufficientScope(scope)
    return verdict
