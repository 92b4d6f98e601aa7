"""A PostgreSQL that a fault can break, and `surelist serve` on it."""

import asyncio
import signal
import sys
from collections.abc import AsyncGenerator, Callable, Generator
from contextlib import (
    AbstractContextManager,
    ExitStack,
    asynccontextmanager,
    contextmanager,
    suppress,
)
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import asyncpg
import httpx
import psutil

from surelist.config import Settings
from surelist.data.database import migrate
from surelist.machine.data_directory import kept_secret
from surelist.postgres.embedded import (
    APP_ROLE,
    OWNER_ROLE,
    SUPERUSER,
    Cluster,
    already_running,
    postgres,
)
from tests.support.person import Person
from tests.support.server import RunningServer, serving

T = TypeVar("T")

PATIENCE_SECONDS = 120
"""The timeout of everything that should happen."""

SECRET = "a secret for faults, of no use anywhere"


class Postgres:
    """A durable PostgreSQL with its own directory, which can be ended in any way and restarted."""

    def __init__(self, data: Path) -> None:
        self._data = data
        self._stack = ExitStack()
        self.server = self._stack.enter_context(postgres(data))

    async def begin(self) -> None:
        """Starts it again. It recovers all commits."""
        self.server = await asyncio.to_thread(self._stack.enter_context, postgres(self._data))

    async def end(self, how: signal.Signals) -> None:
        """Ends it with a signal: SIGINT is a fast shutdown, SIGQUIT an immediate one (a crash)."""
        self.server.process.send_signal(how)
        await asyncio.to_thread(self.server.process.wait)
        await asyncio.to_thread(self._stack.close)

    def close(self) -> None:
        """Ends it permanently."""
        self._stack.close()

    def backends(self) -> list[psutil.Process]:
        """The backend processes of the app's connections."""
        return children_with(self.server.process.pid, APP_ROLE)


@contextmanager
def durable(scratch: Path) -> Generator[Postgres]:
    """A durable, migrated PostgreSQL."""
    database = Postgres(scratch / "postgres")
    try:
        migrate(database.server.url(OWNER_ROLE), database.server.url())
        yield database
    finally:
        database.close()


@dataclass(frozen=True)
class Served:
    """A running server, its database, and the settings that sign its tokens."""

    server: RunningServer
    settings: Settings
    cluster: Callable[[], Cluster]

    def workers(self) -> list[psutil.Process]:
        """The worker processes."""
        return children_with(self.server.process.pid, "spawn_main")

    @asynccontextmanager
    async def person(self, user_id: str, client: str = "agent") -> AsyncGenerator[Person]:
        """A person with their own connection."""
        async with httpx.AsyncClient(
            base_url=self.server.url, timeout=PATIENCE_SECONDS, verify=False
        ) as http:
            yield Person(http, self.settings, None, user_id, client)  # type: ignore[arg-type]


@dataclass(frozen=True)
class Installation(Served):
    """A server whose PostgreSQL a fault can break."""

    postgres: Postgres


@asynccontextmanager
async def installed(
    scratch: Path, workers: int = 2, **settings: str
) -> AsyncGenerator[Installation]:
    """`surelist serve` on its own PostgreSQL cluster."""
    async with in_thread(durable(scratch)) as postgres:
        url = postgres.server.url()
        told = {"DATABASE_URL": url, "BETTER_AUTH_SECRET": SECRET, **settings}
        async with in_thread(serving(scratch / "data", workers, **told)) as server:
            there = Settings.model_validate({**told, "SURELIST_URL": server.url})
            yield Installation(server, there, lambda: postgres.server, postgres)


@asynccontextmanager
async def embedded(data: Path, workers: int = 2) -> AsyncGenerator[Served]:
    """`surelist serve` with its embedded PostgreSQL."""
    async with in_thread(serving(data, workers)) as server:
        cluster = already_running(data)
        assert cluster, "the embedded PostgreSQL is not running"
        told = {"DATABASE_URL": cluster.url(), "BETTER_AUTH_SECRET": kept_secret(data)}
        there = Settings.model_validate({**told, "SURELIST_URL": server.url})
        yield Served(server, there, lambda: cluster)


@asynccontextmanager
async def in_thread(manager: AbstractContextManager[T]) -> AsyncGenerator[T]:
    """Enters and leaves a context in a thread, without blocking the event loop."""
    value = await asyncio.to_thread(manager.__enter__)
    try:
        yield value
    except BaseException:
        await asyncio.to_thread(manager.__exit__, *sys.exc_info())
        raise
    await asyncio.to_thread(manager.__exit__, None, None, None)


def children_with(pid: int, words: str) -> list[psutil.Process]:
    """The children of a process with this text in their command lines."""
    found: list[psutil.Process] = []
    for child in psutil.Process(pid).children():
        with suppress(psutil.NoSuchProcess):  # zombies are children too
            if words in " ".join(child.cmdline()):
                found.append(child)
    return found


@asynccontextmanager
async def superuser(cluster: Cluster) -> AsyncGenerator[asyncpg.Connection]:
    """A connection that bypasses row-level security."""
    connection = await asyncpg.connect(cluster.url(SUPERUSER))
    try:
        yield connection
    finally:
        await connection.close()
