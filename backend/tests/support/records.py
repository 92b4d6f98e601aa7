"""The tables themselves, for what no door lets a test arrange or see."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import asyncpg

from surelist.postgres.embedded import SUPERUSER, Cluster
from tests.support.person import Person

DAY = 24 * 60 * 60


class Records:
    """What PostgreSQL holds, past every wall."""

    def __init__(self, connection: asyncpg.Connection) -> None:
        self.connection = connection

    async def run(self, statement: str, *values: Any) -> None:
        """Run one statement, `$1` being whatever comes first."""
        await self.connection.execute(statement, *values)

    async def all(self, statement: str, *values: Any) -> list[dict[str, Any]]:
        """The rows that one query gives."""
        return [dict(row) for row in await self.connection.fetch(statement, *values)]

    async def set_timezone(self, person: Person, timezone: str) -> None:
        """Give a person's account that timezone."""
        await self.run(
            "INSERT INTO account (user_id, timezone) VALUES ($1, $2) "
            "ON CONFLICT (user_id) DO UPDATE SET timezone = $2",
            person.user_id,
            timezone,
        )

    async def age_the_trash(self, person: Person, days: float) -> None:
        """Let everything in a person's trash have been deleted that much earlier."""
        await self.age(person, "task", "deleted_at", days * DAY)

    async def age_the_ledger(self, person: Person, seconds: float) -> None:
        """Let all of a person's events have happened that much earlier."""
        await self.age(person, "event", "at", seconds)

    async def age(self, person: Person, table: str, column: str, seconds: float) -> None:
        """Let the times in a column of a person's rows be that much earlier.

        Citus refuses an UPDATE that calculates with times, so it is done here.
        """
        times = await self.all(
            f"SELECT DISTINCT {column} AS at FROM {table} "
            f"WHERE user_id = $1 AND {column} IS NOT NULL ORDER BY 1",
            person.user_id,
        )
        for row in times:
            await self.run(
                f"UPDATE {table} SET {column} = $3 WHERE user_id = $1 AND {column} = $2",
                person.user_id,
                row["at"],
                row["at"] - timedelta(seconds=seconds),
            )

    async def events(self, person: Person) -> list[dict[str, Any]]:
        """A person's events, oldest first."""
        return await self.all("SELECT * FROM event WHERE user_id = $1 ORDER BY id", person.user_id)

    async def kinds(self, person: Person) -> list[str]:
        """The kinds of a person's events, oldest first."""
        return [event["kind"] for event in await self.events(person)]

    async def tasks(self, person: Person) -> list[dict[str, Any]]:
        """A person's tasks as stored, purged ones being gone."""
        return await self.all("SELECT * FROM task WHERE user_id = $1 ORDER BY id", person.user_id)

    async def account(self, person: Person) -> dict[str, Any]:
        """A person's account."""
        [account] = await self.all("SELECT * FROM account WHERE user_id = $1", person.user_id)
        return account

    async def add_many(self, person: Person, count: int) -> None:
        """Give a person without tasks `count` pending ones called `many 1`, `many 2` and so on."""
        await self.run(
            "INSERT INTO account (user_id, last_event, last_task, pending_count) "
            "VALUES ($1, $2, $2, $2)",
            person.user_id,
            count,
        )
        await self.run(
            "INSERT INTO task (user_id, id, title, priority, tags, sort_title, search_text, "
            "search_tags, version, created_at, updated_at) "
            "SELECT $1, n, 'many ' || n, 0, '{}', 'many ' || n, 'many ' || n || E'\\n', '{}', n, "
            "now(), now() FROM generate_series(1, $2::bigint) n",
            person.user_id,
            count,
        )


@asynccontextmanager
async def records_of(cluster: Cluster) -> AsyncIterator[Records]:
    """The tables of the database `surelist`, as the superuser sees them."""
    connection = await asyncpg.connect(cluster.url(SUPERUSER))
    await connection.set_type_codec(
        "jsonb", schema="pg_catalog", encoder=json.dumps, decoder=json.loads
    )
    try:
        yield Records(connection)
    finally:
        await connection.close()
