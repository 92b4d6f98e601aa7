"""A PostgreSQL that can be broken, and `surelist serve` on it."""

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
from surelist.machine.data_directory import read_secret
from surelist.postgres.embedded import (
    APP_ROLE,
    OWNER_ROLE,
    SUPERUSER,
    Cluster,
    postgres,
    running_cluster,
)
from tests.support.person import Person
from tests.support.server import RunningServer, serving

T = TypeVar("T")

PATIENCE_SECONDS = 120
"""After which something that should happen did not."""

SECRET = "a secret for faults, of no use anywhere"


class Postgres:
    """A durable PostgreSQL with a directory of its own, to be ended in any way and begun anew."""

    def __init__(self, data: Path) -> None:
        self._data = data
        self._stack = ExitStack()
        self.server = self._stack.enter_context(postgres(data))

    async def begin(self) -> None:
        """Start it again; what was committed is recovered."""
        self.server = await asyncio.to_thread(self._stack.enter_context, postgres(self._data))

    async def end(self, how: signal.Signals) -> None:
        """End it by a signal: SIGINT is the fast shutdown, SIGQUIT the immediate one, a crash."""
        self.server.process.send_signal(how)
        await asyncio.to_thread(self.server.process.wait)
        await asyncio.to_thread(self._stack.close)

    def close(self) -> None:
        """End it for good."""
        self._stack.close()

    def backends(self) -> list[psutil.Process]:
        """The processes that each serve one connection of the app's."""
        return children_with(self.server.process.pid, APP_ROLE)


@contextmanager
def durable(scratch: Path) -> Generator[Postgres]:
    """A migrated PostgreSQL that keeps what it acknowledged."""
    database = Postgres(scratch / "postgres")
    try:
        migrate(database.server.url(OWNER_ROLE), database.server.url())
        yield database
    finally:
        database.close()


@dataclass(frozen=True)
class Served:
    """A running server, where its database is, and the settings that its tokens are signed by."""

    server: RunningServer
    settings: Settings
    cluster: Callable[[], Cluster]

    def workers(self) -> list[psutil.Process]:
        """The processes that answer requests."""
        return children_with(self.server.process.pid, "spawn_main")

    @asynccontextmanager
    async def person(self, user_id: str, client: str = "agent") -> AsyncGenerator[Person]:
        """Somebody with a connection of their own."""
        async with httpx.AsyncClient(
            base_url=self.server.url, timeout=PATIENCE_SECONDS, verify=False
        ) as http:
            yield Person(http, self.settings, None, user_id, client)  # type: ignore[arg-type]


@dataclass(frozen=True)
class Installation(Served):
    """One whose PostgreSQL can be broken."""

    postgres: Postgres


@asynccontextmanager
async def installed(
    scratch: Path, workers: int = 2, **settings: str
) -> AsyncGenerator[Installation]:
    """`surelist serve` on a PostgreSQL of its own."""
    async with in_thread(durable(scratch)) as postgres:
        url = postgres.server.url()
        told = {"DATABASE_URL": url, "BETTER_AUTH_SECRET": SECRET, **settings}
        async with in_thread(serving(scratch / "data", workers, **told)) as server:
            there = Settings.model_validate({**told, "SURELIST_URL": server.url})
            yield Installation(server, there, lambda: postgres.server, postgres)


@asynccontextmanager
async def embedded(data: Path, workers: int = 2) -> AsyncGenerator[Served]:
    """`surelist serve` with the PostgreSQL that it brings."""
    async with in_thread(serving(data, workers)) as server:
        cluster = running_cluster(data)
        assert cluster, "the embedded PostgreSQL is not running"
        told = {"DATABASE_URL": cluster.url(), "BETTER_AUTH_SECRET": read_secret(data)}
        there = Settings.model_validate({**told, "SURELIST_URL": server.url})
        yield Served(server, there, lambda: cluster)


@asynccontextmanager
async def in_thread(manager: AbstractContextManager[T]) -> AsyncGenerator[T]:
    """A context that is entered and left without holding up anybody else."""
    value = await asyncio.to_thread(manager.__enter__)
    try:
        yield value
    except BaseException:
        await asyncio.to_thread(manager.__exit__, *sys.exc_info())
        raise
    await asyncio.to_thread(manager.__exit__, None, None, None)


def children_with(pid: int, words: str) -> list[psutil.Process]:
    """The children of a process that have these words in their command lines."""
    found: list[psutil.Process] = []
    for child in psutil.Process(pid).children():
        with suppress(psutil.NoSuchProcess):  # a zombie is one, too
            if words in " ".join(child.cmdline()):
                found.append(child)
    return found


@asynccontextmanager
async def superuser(cluster: Cluster) -> AsyncGenerator[asyncpg.Connection]:
    """A connection past all walls."""
    connection = await asyncpg.connect(cluster.url(SUPERUSER))
    try:
        yield connection
    finally:
        await connection.close()
