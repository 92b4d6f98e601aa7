"""Tells the other workers which users changed, and hears the same from them.

A worker with open streams announces itself every few seconds. The others notify only while they
have heard such an announcement, so that a write costs nothing where nobody else listens. No
message is needed for correctness: each stream also looks by itself (specs/rest.md).
"""

import asyncio
import logging
import time
from collections.abc import Callable
from secrets import token_hex

from surelist.config import Settings
from surelist.data.notifications import PAYLOAD_BYTES, Channel, NotDelivered, listening
from surelist.errors import ConfigurationError, Unavailable
from surelist.observability.metrics import FEED_LISTENING

BATCH_SECONDS = 0.01
"""The pause between two notifications of a worker. Users that change meanwhile share the next."""

ANNOUNCE_SECONDS = 5.0
PEER_SECONDS = 15.0
"""A peer listens for this time after its last announcement."""

USERS_AT_ONCE = 1000
"""If more users wait to be sent, all listeners are woken instead."""

PEERS_KNOWN = 1000
FIRST_PAUSE, LONGEST_PAUSE = 0.1, 5.0
UNDELIVERED_PAUSE = 60.0
"""The pause before a pooler is tried again that accepted LISTEN and delivered nothing."""

EVERYBODY = "*"
GREETING = "?"
"""Asks the workers with streams to announce themselves."""

NEVER = float("inf")

_log = logging.getLogger(__name__)


class Peers:
    """The connection of one worker to the others.

    It is opened at the first change or stream, and opened again after a loss only while there is
    something to send or to hear, so that an idle worker does not keep a database awake.
    """

    def __init__(
        self, settings: Settings, wake: Callable[[str], object], wake_all: Callable[[], None]
    ) -> None:
        self._settings = settings
        self._wake = wake
        self._wake_all = wake_all
        self._worker = token_hex(8)
        self._needed = asyncio.Event()
        self._signal = asyncio.Event()
        self._outgoing: set[str] = set()
        self._directed: set[str] = set()
        self._known: dict[str, float] = {}
        self._peers_until = NEVER
        """Until then, a peer may listen: all the time before the first connection."""
        self._announce_at = NEVER
        self._greet = False
        self._told_of_loss = False
        self.listening = False
        """Whether the worker hears the others now."""

    def changed(self, user_id: str) -> None:
        """Tell the others, soon, that this user changed."""
        if self._peers_until < time.monotonic():
            return
        self._outgoing.add(user_id)
        if len(self._outgoing) > USERS_AT_ONCE:
            self._outgoing = {EVERYBODY}
        self._needed.set()
        self._signal.set()

    def have_streams(self, *, any_open: bool) -> None:
        """Begin or stop to announce that this worker has streams."""
        if any_open == self._announces:
            return
        self._announce_at = 0.0 if any_open else NEVER
        self._needed.set()
        self._signal.set()

    async def run(self) -> None:
        """Keep the connection open while it is needed, until cancelled."""
        pause = FIRST_PAUSE
        while True:
            await self._needed.wait()
            try:
                async with listening(self._settings, self._hear, self._signal.set) as channel:
                    pause = FIRST_PAUSE
                    await self._serve(channel)
            except (Unavailable, ConfigurationError) as fault:
                delivers = not isinstance(fault, NotDelivered)
                self._tell_of_loss(delivers=delivers)
                pause = min(pause * 2, LONGEST_PAUSE) if delivers else UNDELIVERED_PAUSE
            finally:
                self._set_listening(now=False)
                self._peers_until = NEVER  # others may begin to listen unheard
            if not self._outgoing and not self._announces:
                self._needed.clear()
            await asyncio.sleep(pause)

    async def _serve(self, channel: Channel) -> None:
        """Send what is to be sent. Returns when the connection is lost."""
        self._set_listening(now=True)
        self._told_of_loss = False
        self._peers_until = 0.0
        self._known = {}
        self._greet = True
        self._announce_at = 0.0 if self._announces else NEVER
        self._wake_all()  # what happened since the connection was lost was not heard
        while not channel.is_lost:
            payloads, users = self._payloads(), self._outgoing
            self._outgoing, self._directed = set(), set()
            try:
                if payloads:
                    await channel.send(payloads)
            except BaseException:
                self._outgoing |= users
                raise
            await asyncio.sleep(BATCH_SECONDS)
            seconds = self._announce_at - time.monotonic() if self._announces else None
            try:
                async with asyncio.timeout(seconds):
                    await self._signal.wait()
            except TimeoutError:
                pass
            self._signal.clear()

    @property
    def _announces(self) -> bool:
        return self._announce_at < NEVER

    def _payloads(self) -> list[str]:
        payloads = [f"{self._worker} {EVERYBODY} {peer}" for peer in self._directed]
        users = [EVERYBODY] if EVERYBODY in self._outgoing else sorted(self._outgoing)
        payloads += _joined(self._worker, users)
        if self._greet:
            self._greet = False
            payloads.append(f"{self._worker} {GREETING}")
        if self._announce_at <= time.monotonic():
            self._announce_at = time.monotonic() + ANNOUNCE_SECONDS
            payloads.append(self._worker)
        return payloads

    def _hear(self, payload: str) -> None:
        """Act on a payload: a worker alone, which announces itself, or a worker and a message."""
        sender, *users = payload.split(" ")
        if sender == self._worker:
            return
        if not users:
            self._meet(sender)
        elif users == [GREETING]:
            self._announce_at = 0.0 if self._announces else NEVER
            self._signal.set()
        elif users[0] != EVERYBODY:
            for user_id in users:
                self._wake(user_id)
        elif users[1:] in ([], [self._worker]):
            self._wake_all()

    def _meet(self, peer: str) -> None:
        """Note that a peer listens. One that was not known may have missed changes."""
        now = time.monotonic()
        if self._known.get(peer, 0.0) < now and len(self._directed) < PEERS_KNOWN:
            self._directed.add(peer)
            self._signal.set()
        if len(self._known) >= PEERS_KNOWN:
            self._known = {one: until for one, until in self._known.items() if until >= now}
        if len(self._known) < PEERS_KNOWN:
            self._known[peer] = now + PEER_SECONDS
        self._peers_until = now + PEER_SECONDS

    def _tell_of_loss(self, *, delivers: bool) -> None:
        if self._told_of_loss:
            return
        self._told_of_loss = True
        if delivers:
            _log.warning("The worker cannot listen to the database. Streams poll until it can.")
        else:
            _log.warning(
                "DATABASE_URL_DIRECT delivers no notifications, so streams poll. It must not go "
                "through a pooler."
            )

    def _set_listening(self, *, now: bool) -> None:
        if self.listening != now:
            FEED_LISTENING.inc(1 if now else -1)
        self.listening = now


def _joined(worker: str, users: list[str]) -> list[str]:
    """The users in payloads of at most PAYLOAD_BYTES."""
    payloads: list[str] = []
    size = PAYLOAD_BYTES
    for user_id in users:
        size += len(user_id) + 1
        if size > PAYLOAD_BYTES:
            payloads.append(worker)
            size = len(worker) + len(user_id) + 1
        payloads[-1] += f" {user_id}"
    return payloads
