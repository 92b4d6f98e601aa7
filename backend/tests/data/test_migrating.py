"""What migrations share, and what the migration of due dates makes of old lists."""

import asyncio
from datetime import UTC, date, datetime, time
from typing import Any

import asyncpg
import pytest
import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from surelist.config import Settings
from surelist.data import tables, wall
from surelist.data.database import MIGRATIONS, migrate
from surelist.data.migrating import create_user_table
from surelist.errors import ConfigurationError
from surelist.postgres.embedded import OWNER_ROLE
from tests.support.copies import Copy, newcomers

BEFORE = "0004"
"""A migration before the one that this is about."""


def make_thing(sync: sa.Connection) -> None:
    with Operations.context(MigrationContext.configure(sync)):
        create_user_table("thing", sa.Column("id", sa.BigInteger(), primary_key=True))


async def test_a_users_table_that_a_migration_makes_keeps_users_apart(
    copy: Copy, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = create_async_engine(
        "postgresql+asyncpg://",
        async_creator=lambda: asyncpg.connect(copy.url(OWNER_ROLE)),
        poolclass=NullPool,
    )
    async with engine.begin() as connection:
        await connection.run_sync(make_thing)
    named = (*tables.of_users(), "thing")
    monkeypatch.setattr(tables, "of_users", lambda: named)
    async with copy.connection() as connection:
        await wall.check(connection)
        with pytest.raises(asyncpg.ForeignKeyViolationError):
            await connection.execute("INSERT INTO thing (user_id, id) VALUES ('nobody', 1)")
        await connection.execute("ALTER TABLE thing NO FORCE ROW LEVEL SECURITY")
        with pytest.raises(ConfigurationError, match="thing"):
            await wall.check(connection)
    [keys] = await copy.rows(
        "SELECT array_agg(conname::text ORDER BY conname) FROM pg_constraint "
        "WHERE conrelid = 'thing'::regclass AND contype IN ('p', 'f')"
    )
    assert keys[0] == ["thing_account_fkey", "thing_pkey"]


OLD_LIST = """
INSERT INTO account (user_id, timezone, last_event, last_task, pending_count)
VALUES ('user-1', 'Europe/Berlin', 4, 3, 3);
INSERT INTO task (user_id, id, title, priority, due_on, due_at, tags, sort_title, search_text,
    version, created_at, updated_at)
SELECT 'user-1', id, 'call', 0, due_on::date, due_at::timestamptz, '{}', 'call', ' call', version,
    now(), now()
FROM (VALUES
    (1, NULL, '2026-11-23T14:00Z', 4),
    (2, '2026-11-23', '2026-11-22T23:00Z', 2),
    (3, NULL, NULL, 3)
) old (id, due_on, due_at, version);
INSERT INTO event (user_id, id, task_id, kind, actor, client_id, client_name, at, before, after)
SELECT 'user-1', id, task_id, kind, 'agent', 'claude', 'Claude', now(), before::jsonb, after::jsonb
FROM (VALUES
    (1, 1, 'created', NULL, '{"title": "call", "description": null, "priority": 0, "due_on": null,
        "due_at": "2026-12-24T17:30:00+00:00", "tags": [], "completed_at": null,
        "deleted_at": null}'),
    (2, 2, 'created', NULL, '{"title": "call", "description": null, "priority": 0,
        "due_on": "2026-11-23", "due_at": "2026-11-22T23:00:00+00:00", "tags": [],
        "completed_at": null, "deleted_at": null}'),
    (3, 3, 'created', NULL, '{"title": "call", "description": null, "priority": 0, "due_on": null,
        "due_at": null, "tags": [], "completed_at": null, "deleted_at": null}'),
    (4, 1, 'updated', '{"due_on": null, "due_at": "2026-12-24T17:30:00+00:00"}',
        '{"due_on": null, "due_at": "2026-11-23T14:00:00+00:00"}')
) old (id, task_id, kind, before, after);
"""
"""A list of before wall times: due at a time, which was changed once; on a day; and never."""


def alembic(copy: Copy) -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["url"] = copy.url(OWNER_ROLE)
    return config


async def test_what_was_due_before_wall_times_is_shown_and_undone_as_it_was(
    copy: Copy, settings: Settings
) -> None:
    await asyncio.to_thread(command.downgrade, alembic(copy), BEFORE)
    await copy.run(OLD_LIST)
    await asyncio.to_thread(migrate, copy.url(OWNER_ROLE), copy.url())
    assert [tuple(row) for row in await dues(copy)] == [
        (date(2026, 11, 23), time(14), "UTC", datetime(2026, 11, 23, 14, tzinfo=UTC)),
        (date(2026, 11, 23), None, None, datetime(2026, 11, 22, 23, tzinfo=UTC)),
        (None, None, None, None),
    ]
    async with newcomers(settings.model_copy(update={"database_url": copy.url()})) as newcomer:
        owner = newcomer(owner=True)
        shown = (await owner.call("list_tasks"))["tasks"]
        assert [task.get("due") for task in shown] == [
            "2026-11-23T15:00:00+01:00",
            "2026-11-23",
            None,
        ]
        events = (await owner.rest("GET", "/events", params={"after": 0})).json()["events"]
        assert [event["after"]["due"] for event in events] == [
            "2026-12-24T18:30:00+01:00",
            "2026-11-23",
            None,
            "2026-11-23T15:00:00+01:00",
        ]
        await owner.rest("PATCH", json={"timezone": "America/Bogota"})
        undone = await owner.call("update_task", task_id=1, undo=4)
        assert (undone["changed"], undone["due"]) == (["due"], "2026-12-24T12:30:00-05:00")
        assert (await owner.call("update_task", task_id=1, undo=undone["version"]))["due"] == (
            "2026-11-23T09:00:00-05:00"
        )
        assert (await owner.rest("GET", "/tasks/2")).json()["due"] == "2026-11-23"


async def test_a_downgrade_keeps_every_instant_and_every_day(copy: Copy) -> None:
    await asyncio.to_thread(command.downgrade, alembic(copy), BEFORE)
    await copy.run(OLD_LIST)
    old = await copy.rows("SELECT id, due_on, due_at FROM task ORDER BY id")
    await asyncio.to_thread(migrate, copy.url(OWNER_ROLE), copy.url())
    await asyncio.to_thread(command.downgrade, alembic(copy), BEFORE)
    assert await copy.rows("SELECT id, due_on, due_at FROM task ORDER BY id") == old


async def dues(copy: Copy) -> list[Any]:
    return await copy.rows("SELECT due_on, due_time, due_zone, due_at FROM task ORDER BY id")


@pytest.mark.parametrize(
    "columns",
    [
        "due_on = '2026-11-23', due_at = NULL",
        "due_on = NULL, due_at = now()",
        "due_on = NULL, due_at = NULL, due_time = '15:00'",
        "due_on = '2026-11-23', due_at = now(), due_zone = 'UTC'",
    ],
)
async def test_half_a_due_date_cannot_be_stored(copy: Copy, columns: str) -> None:
    await asyncio.to_thread(command.downgrade, alembic(copy), BEFORE)
    await copy.run(OLD_LIST)
    await asyncio.to_thread(migrate, copy.url(OWNER_ROLE), copy.url())
    with pytest.raises(asyncpg.CheckViolationError):
        await copy.run(f"UPDATE task SET {columns} WHERE id = 3")
