"""Who may work on a list, asked of the database every few seconds."""

import time
from collections.abc import Callable

from surelist.agents.service import admit
from surelist.auth import Principal
from surelist.isolation import UserDatabase

SECONDS_BETWEEN_CHECKS = 5
"""How long a worker may go on serving an agent that another worker has revoked."""

REMEMBERED = 10_000


class Admission:
    """The gate of the Database: `admit`, for each caller once in SECONDS_BETWEEN_CHECKS."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._good_until: dict[Principal, float] = {}

    def at_the_door(self, principal: Principal) -> None:
        """Raise Unauthenticated when this caller was refused a moment ago."""

    async def __call__(self, database: UserDatabase, principal: Principal, scope: str) -> None:
        """Raise Unauthenticated when the caller's token has been taken back."""
        del scope
        now = self._clock()
        if self._good_until.get(principal, 0.0) > now:
            return
        self._good_until.pop(principal, None)
        await admit(database, principal)
        if len(self._good_until) >= REMEMBERED:
            self._good_until.clear()
        self._good_until[principal] = now + SECONDS_BETWEEN_CHECKS
