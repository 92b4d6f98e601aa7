"""Delivers events to webhooks: the work of each worker, beside its requests.

The ledger is the queue, and a row of `delivery` is a position in it. A worker that is killed leaves
a lease that ends, and another one continues there (decision 0037).
"""

import asyncio
import logging
from collections.abc import Coroutine
from secrets import token_hex
from typing import Any

from surelist.access.auth import Caller, Principal
from surelist.config import Settings
from surelist.data.isolation import Database
from surelist.errors import SurelistError, Unavailable
from surelist.observability.metrics import WEBHOOK_DELIVERIES
from surelist.webhooks.sending import Sender
from surelist.webhooks.steps import Batch, Recorded, record, take

SEARCH_SECONDS = 10.0
"""How often a worker searches for deliveries that are due."""

USERS_AT_ONCE = 250
"""Users in one statement of the search."""

SERVED_AT_ONCE = 50
"""Users whose webhooks a worker calls at the same time."""

_PERSON = Caller("person", "webhooks", "Surelist")
"""Webhooks belong to the person, so they get every event that the person sees."""

logger = logging.getLogger(__name__)


class Deliveries:
    """The deliveries of one worker."""

    def __init__(self, settings: Settings) -> None:
        self.sender = Sender(settings)
        self._known: set[str] = set()
        self._wanted: asyncio.Queue[str] = asyncio.Queue()
        self._again: dict[str, bool] = {}
        self._places = asyncio.Semaphore(SERVED_AT_ONCE)
        self._changes = asyncio.Event()
        self._tasks: set[asyncio.Task[None]] = set()

    def start(self, database: Database) -> None:
        """Start to deliver."""
        self._changes.set()
        self._begin(self._search(database))
        self._begin(self._serve_all(database))

    async def close(self) -> None:
        """Stop. The leases of open deliveries end by themselves."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self.sender.close()

    def changed(self, user_id: str) -> None:
        """Deliver what a write of this user has just committed, if there are webhooks."""
        self._changes.set()
        if user_id in self._known:
            self.look(user_id)

    def look(self, user_id: str) -> None:
        """Deliver what is due for this user."""
        self._known.add(user_id)
        if user_id in self._again:
            self._again[user_id] = True
        else:
            self._again[user_id] = False
            self._wanted.put_nowait(user_id)

    def _begin(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _search(self, database: Database) -> None:
        """Search for due deliveries: of webhooks that are new, that failed, or of a killed worker.

        A worker without webhooks and without changes does not keep a sleeping database awake.
        """
        while True:
            if not self._known:
                await self._changes.wait()
            self._changes.clear()
            try:
                await self._search_once(database)
            except Unavailable:
                self._changes.set()
            except Exception:
                logger.exception("the search for deliveries failed")
            await asyncio.sleep(SEARCH_SECONDS)

    async def _search_once(self, database: Database) -> None:
        known: set[str] = set()
        place = ""
        while found := await database.deliveries(place, USERS_AT_ONCE):
            known |= found.keys()
            due = {user: after for user, after in found.items() if after is not None}
            last = await database.last_events([*due])
            for user_id, unsent_after in due.items():
                last_event = last[user_id]
                # None is the number of a user who ever erased their list.
                if last_event is None or last_event > unsent_after:
                    self.look(user_id)
            place = max(found)
        self._known = known | self._again.keys()

    async def _serve_all(self, database: Database) -> None:
        while True:
            user_id = await self._wanted.get()
            await self._places.acquire()
            self._begin(self._serve(database, user_id))

    async def _serve(self, database: Database, user_id: str) -> None:
        more = False
        try:
            more = await self._deliver(database, user_id)
        except SurelistError:
            logger.debug("deliveries are postponed", exc_info=True)
        except Exception:  # the search finds what is left when its lease ends
            logger.exception("a delivery failed")
        finally:
            self._places.release()
            if self._again.pop(user_id) or more:
                self.look(user_id)

    async def _deliver(self, database: Database, user_id: str) -> bool:
        """Send what is due to all webhooks of a user. Return whether there may be more."""
        principal = Principal(user_id, user_id, frozenset(), _PERSON, 0, "token")
        claim = token_hex(8)
        batches = await database.deliver(principal, lambda tx: take(tx, claim))
        sending = (self._send(database, principal, batch) for batch in batches)
        ends = await asyncio.gather(*sending, return_exceptions=True)
        for end in ends:
            if isinstance(end, BaseException):
                raise end
        return any(ends)

    async def _send(self, database: Database, principal: Principal, batch: Batch) -> bool:
        """Send a batch in order. Return whether all of it was delivered."""
        user_id = principal.account_id
        for message in batch.messages:
            attempt = await self.sender.send(user_id, batch.webhook, message.id, message.content)
            recorded = await database.deliver(
                principal,
                lambda tx, message=message, attempt=attempt: record(tx, batch, message, attempt),
            )
            WEBHOOK_DELIVERIES.labels(_outcome(recorded, attempt.problem)).inc()
            if recorded.paused:
                logger.warning("A webhook was paused: %s.", recorded.paused)
            if not recorded.goes_on:
                if recorded.pause is not None and recorded.pause < SEARCH_SECONDS:
                    asyncio.get_running_loop().call_later(recorded.pause, self.look, user_id)
                return False
        return True


def _outcome(recorded: Recorded, problem: str | None) -> str:
    if recorded.given_up:
        return "given_up"
    if problem is None:
        return "delivered"
    return "gone" if problem == "gone" else "failed"
