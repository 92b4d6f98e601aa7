"""The worker's listening connection: LISTEN and NOTIFY of PostgreSQL, for the users' ids only."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Generator, Sequence
from contextlib import asynccontextmanager, contextmanager, suppress
from secrets import token_hex
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

import asyncpg

from surelist.config import Settings
from surelist.data.database import (
    CONNECT_TIMEOUT,
    Connection,
    connection_arguments,
)
from surelist.errors import Unavailable

CHANNEL = "surelist"
NAME = "surelist feed"
"""The name of the connection in `pg_stat_activity`."""

PAYLOAD_BYTES = 7900
"""PostgreSQL refuses payloads of 8000 bytes and more."""

PROOF_SECONDS = 5.0
"""Time in which the notification that proves a connection has to come back."""

SEND_TIMEOUT = 5.0
_FAULTS = (
    OSError,
    ValueError,
    asyncpg.PostgresError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
)
_PROOF = "?"
_ROLE = ("user", "password")
"""The parts of a role, which a URL may also have in its query."""

_SEND = "SELECT pg_notify($1, payload) FROM unnest($2::text[]) AS payload"


class NotDelivered(Unavailable):
    """The connection accepts LISTEN and delivers nothing, like a pooler in transaction mode."""


class Channel:
    """A proven connection that receives the notifications of all workers."""

    def __init__(self, connection: Connection, lost: Callable[[], None]) -> None:
        self._connection = connection
        connection.add_termination_listener(lambda _: lost())

    @property
    def is_lost(self) -> bool:
        """Whether the connection has ended."""
        return self._connection.is_closed()

    async def send(self, payloads: Sequence[str]) -> None:
        """Send the payloads in one transaction. Raises Unavailable."""
        with _faults_as_unavailable():
            await self._connection.execute(_SEND, CHANNEL, list(payloads), timeout=SEND_TIMEOUT)


@asynccontextmanager
async def listening(
    settings: Settings, heard: Callable[[str], None], lost: Callable[[], None]
) -> AsyncGenerator[Channel]:
    """The channel, once a notification has come back from it; `heard` gets each payload.

    `lost` is called when the connection ends. Raises Unavailable, or NotDelivered.
    """
    proof, proven, ended = f"{_PROOF}{token_hex(8)}", False, asyncio.Event()

    def receive(_connection: object, _pid: int, _channel: str, payload: object) -> None:
        nonlocal proven
        text = str(payload)
        if text == proof:
            proven = True
            ended.set()
        elif not text.startswith(_PROOF):
            heard(text)

    with _faults_as_unavailable():
        connection = await _connect(listening_url(settings))
    connection.add_termination_listener(lambda _: ended.set())
    try:
        with _faults_as_unavailable():
            async with asyncio.timeout(CONNECT_TIMEOUT):
                await connection.add_listener(CHANNEL, receive)
                # Losing a notification in a crash is acceptable: listeners look again.
                await connection.execute("SET synchronous_commit = off")
            await _send_from_elsewhere(settings, proof)
        with suppress(TimeoutError):
            async with asyncio.timeout(PROOF_SECONDS):
                await ended.wait()
        if connection.is_closed():
            raise Unavailable("database_unavailable")
        if not proven:
            raise NotDelivered("database_unavailable")
        # Only now is it known that this is no pooler's connection, which others use too.
        with _faults_as_unavailable():
            await connection.execute(f"SET application_name = '{NAME}'", timeout=SEND_TIMEOUT)
        yield Channel(connection, lost)
    finally:
        connection.terminate()


@contextmanager
def _faults_as_unavailable() -> Generator[None]:
    """Turn every error of this connection into Unavailable: the worker goes on without it."""
    try:
        yield
    except _FAULTS as fault:
        raise Unavailable("database_unavailable") from fault


async def _send_from_elsewhere(settings: Settings, payload: str) -> None:
    """Send a payload from another connection, as workers do.

    A pooler would deliver a notification that the listening client itself sends.
    """
    connection = await _connect(settings.database_url, statement_cache_size=0)
    try:
        async with asyncio.timeout(CONNECT_TIMEOUT):
            await connection.execute(_SEND, CHANNEL, [payload])
    finally:
        connection.terminate()


async def _connect(url: str, **options: Any) -> Connection:
    return await asyncpg.connect(**connection_arguments(url) | options, timeout=CONNECT_TIMEOUT)


def listening_url(settings: Settings) -> str:
    """The address of DATABASE_URL_DIRECT, with the role of DATABASE_URL.

    The role of DATABASE_URL_DIRECT owns the tables, and no server holds such a connection open.
    """
    app, direct = urlsplit(settings.database_url), urlsplit(settings.database_url_direct)
    role = {name: value for name, value in parse_qsl(app.query) if name in _ROLE}
    others = {name: value for name, value in parse_qsl(direct.query) if name not in _ROLE}
    credentials, _, _ = app.netloc.rpartition("@")
    _, _, host = direct.netloc.rpartition("@")
    netloc = f"{credentials}@{host}" if credentials else host
    return urlunsplit(direct._replace(netloc=netloc, query=urlencode(others | role)))
