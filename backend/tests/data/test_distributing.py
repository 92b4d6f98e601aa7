"""The tables of users on a Citus cluster; `make check-citus` runs the tests that need one."""

import asyncio
from pathlib import Path

import asyncpg
import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from surelist.data import citus, distributing, tables
from surelist.data.database import check, migrate
from surelist.errors import ConfigurationError
from surelist.operations.backup import back_up
from surelist.operations.restoring import restore
from surelist.postgres.embedded import APP_ROLE, OWNER_ROLE, SUPERUSER, Cluster
from tests.data.test_migrating import make_thing
from tests.support.citus_nodes import Nodes, create, direct_url, drop
from tests.support.copies import Copy

ROWS = """
INSERT INTO account (user_id, last_event, last_task) SELECT 'user-' || n, 1, 1
FROM generate_series(1, 40) n;
INSERT INTO task (user_id, id, title, priority, tags, sort_title, search_text, search_tags, version,
    created_at, updated_at)
SELECT 'user-' || n, 1, 'call', 0, '{}', 'call', 'call', '{}', 1, now(), now()
FROM generate_series(1, 40) n;
"""


@pytest.fixture
def nodes(cluster: Cluster) -> Nodes:
    """The Citus cluster of CITUS_URL."""
    if not isinstance(cluster, Nodes):
        pytest.skip("CITUS_URL is not set")
    return cluster


async def test_a_postgresql_without_citus_is_refused_in_one_line(copy: Copy) -> None:
    if isinstance(copy.server, Nodes):
        pytest.skip("this PostgreSQL has Citus")
    with pytest.raises(ConfigurationError, match="has no Citus"):
        await distributing.distribute(direct_url(copy.server, OWNER_ROLE, copy.name))
    async with copy.connection(APP_ROLE) as connection:
        assert await citus.check(connection) is False


async def test_a_database_that_is_not_migrated_is_refused_in_one_line(nodes: Nodes) -> None:
    await create(nodes, "unmigrated")
    try:
        with pytest.raises(ConfigurationError, match="Run: surelist migrate"):
            await distributing.distribute(nodes.url(OWNER_ROLE, "unmigrated"))
    finally:
        await drop(nodes, "unmigrated")


async def test_lists_that_are_there_move_to_their_nodes_once(nodes: Nodes) -> None:
    await create(nodes, "moving")
    moving = Copy(nodes, "moving")
    owner = nodes.url(OWNER_ROLE, "moving")
    try:
        await asyncio.to_thread(migrate, owner, moving.url())
        await moving.run(ROWS)
        assert set(await distributing.distribute(owner)) == set(tables.of_users())
        assert await distributing.distribute(owner) == []
        await check(moving.url())
        for table in ("account", "task"):
            [[found]] = await moving.rows(f"SELECT count(*) FROM {table}")
            assert found == 40
            [[local]] = await moving.rows(f"SELECT pg_relation_size('{table}')")
            assert local == 0
        apart = await moving.rows(
            "SELECT nodeport, count(*) FROM citus_shards WHERE table_name = 'task'::regclass "
            "GROUP BY nodeport"
        )
        assert len(apart) == len(nodes.addresses) - 1
    finally:
        await drop(nodes, "moving")


async def test_a_node_shows_no_row_without_its_user(nodes: Nodes, copy: Copy) -> None:
    await copy.run(ROWS)
    async with copy.connection(APP_ROLE) as app:
        assert await app.fetchval("SELECT count(*) FROM task") == 0
        async with app.transaction():
            await app.execute("SET LOCAL app.user_id = 'user-7'")
            found = await app.fetch("SELECT user_id FROM task")
            assert [row["user_id"] for row in found] == ["user-7"]
            changed = await app.execute("UPDATE task SET title = 'x' WHERE user_id = 'user-8'")
            assert changed == "UPDATE 0"
        await app.execute("SET citus.propagate_set_commands = 'none'")
        with pytest.raises(ConfigurationError, match="propagate_set_commands is not"):
            await citus.check(app)
        async with app.transaction():
            await app.execute("SET LOCAL app.user_id = 'user-7'")
            assert await app.fetch("SELECT user_id FROM task") == []


async def test_a_table_of_a_later_migration_is_distributed_with_the_others(
    nodes: Nodes, copy: Copy, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = create_async_engine(
        "postgresql+asyncpg://",
        async_creator=lambda: asyncpg.connect(direct_url(nodes, OWNER_ROLE, copy.name)),
        poolclass=NullPool,
    )
    async with engine.begin() as connection:
        await connection.run_sync(make_thing)
        await connection.execute(sa.text("ALTER TABLE task ADD COLUMN more bigint"))
    named = (*tables.of_users(), "thing")
    monkeypatch.setattr(tables, "of_users", lambda: named)
    async with copy.connection() as connection:
        assert await citus.check(connection)
        await connection.execute("INSERT INTO account (user_id) VALUES ('ann')")
        await connection.execute("INSERT INTO thing (user_id, id) VALUES ('ann', 1)")
        with pytest.raises(asyncpg.ForeignKeyViolationError):
            await connection.execute("INSERT INTO thing (user_id, id) VALUES ('nobody', 1)")


async def test_a_table_that_is_not_distributed_is_named(nodes: Nodes, copy: Copy) -> None:
    await copy.run("SELECT undistribute_table('agent')")
    with pytest.raises(ConfigurationError, match=r"Missing: agent. Run: surelist distribute"):
        await check(copy.url())
    await distributing.distribute(direct_url(nodes, OWNER_ROLE, copy.name))
    await check(copy.url())


async def test_a_backup_is_restored_and_distributed_again(
    nodes: Nodes, copy: Copy, tmp_path: Path
) -> None:
    await copy.run(ROWS)
    path = tmp_path / "lists.backup"
    await asyncio.to_thread(back_up, direct_url(nodes, SUPERUSER, copy.name), path)
    await create(nodes, "restored")
    restored = Copy(nodes, "restored")
    owner = nodes.url(OWNER_ROLE, "restored")
    try:
        await asyncio.to_thread(migrate, owner, restored.url())
        await distributing.distribute(owner)
        seer = nodes.url(SUPERUSER, "restored")
        await asyncio.to_thread(
            lambda: restore(path, owner=owner, seer=seer, app=restored.url(), people=None)
        )
        await check(restored.url())
        assert len(await restored.rows("SELECT FROM task")) == 40
        async with restored.connection() as connection:
            assert set(await citus.distributed(connection)) == set(tables.of_users())
    finally:
        await drop(nodes, "restored")


async def test_writes_wait_while_a_backup_is_made(nodes: Nodes, copy: Copy) -> None:
    async with copy.connection(APP_ROLE) as app:

        def still() -> None:
            with distributing.blocking_writes(direct_url(nodes, SUPERUSER, copy.name)):
                asyncio.run_coroutine_threadsafe(refused(), loop).result(20)

        async def refused() -> None:
            with pytest.raises(asyncpg.LockNotAvailableError):
                await app.execute("BEGIN; SELECT hold_account('ann', 100)")
            await app.execute("ROLLBACK")

        loop = asyncio.get_running_loop()
        await asyncio.to_thread(still)
        await app.execute("BEGIN; SELECT hold_account('ann', 100)")
        await app.execute("COMMIT")
