"""A database of a test's own, copied from a migrated one, and an app of its own on it."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from itertools import count
from typing import Any

import asyncpg
import httpx

from surelist.config import Settings
from surelist.main import create_app
from surelist.postgres.embedded import APP_ROLE, SUPERUSER, Cluster
from tests.support.citus_nodes import create, direct_url, drop
from tests.support.person import Person

PRISTINE = "pristine"
"""A migrated database that nobody is connected to, so that PostgreSQL can copy it."""

_numbers = count(1)


@dataclass(frozen=True)
class Copy:
    """A database that a test may break."""

    server: Cluster
    name: str

    def url(self, role: str = APP_ROLE) -> str:
        """Its address for one of the three roles."""
        return self.server.url(role, self.name)

    @asynccontextmanager
    async def connection(self, role: str = SUPERUSER) -> AsyncIterator[asyncpg.Connection]:
        """A bare connection, past any pooler, and past every wall for the superuser."""
        connection = await asyncpg.connect(direct_url(self.server, role, self.name))
        try:
            yield connection
        finally:
            await connection.close()

    async def rows(self, sql: str, *arguments: Any, role: str = SUPERUSER) -> list[asyncpg.Record]:
        """What one statement returns."""
        async with self.connection(role) as connection:
            return await connection.fetch(sql, *arguments)

    async def run(self, sql: str, role: str = SUPERUSER) -> None:
        """Run a script for its effect."""
        async with self.connection(role) as connection:
            await connection.execute(sql)


@asynccontextmanager
async def copied(server: Cluster, template: str = PRISTINE) -> AsyncIterator[Copy]:
    """A copy of `template`, dropped at the end."""
    name = f"copy_{next(_numbers)}"
    await create(server, name, template)
    try:
        yield Copy(server, name)
    finally:
        await drop(server, name)


@asynccontextmanager
async def newcomers(
    settings: Settings, prefix: str = "user"
) -> AsyncIterator[Callable[..., Person]]:
    """An app of its own with these settings, and what makes new people there."""
    app = create_app(settings)
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url=settings.url) as http,
    ):
        numbers = count(1)

        def make(client: str = "claude", *, owner: bool = False) -> Person:
            user_id = f"{prefix}-{next(numbers)}"
            return Person(http, settings, app.state.database, user_id, client, owner=owner)

        yield make
