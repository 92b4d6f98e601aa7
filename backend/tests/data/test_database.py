"""Addresses, the checks before the app starts, migrations, and what the app's role may do."""

import asyncio
import ssl
from typing import Any

import asyncpg
import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import CheckConstraint
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool
from sqlmodel import SQLModel

from surelist.config import Settings
from surelist.data.database import (
    MIGRATIONS,
    SCHEMA,
    ConnectionLost,
    check,
    connection_arguments,
    faults_as_unavailable,
    migrate,
    open_pool,
)
from surelist.errors import ConfigurationError, Unavailable
from surelist.postgres.embedded import APP_ROLE, OWNER_ROLE, SUPERUSER
from tests.support.copies import Copy, newcomers

NO_RIGHT = "42501"
NO_SUCH_ROLE_FOR_YOU = "22023"
"""PostgreSQL's error for SET SESSION AUTHORIZATION without the right."""


@pytest.mark.parametrize(
    ("url", "arguments"),
    [
        (
            "postgresql://u:p@host/db",
            {"dsn": "postgresql://u:p@host/db"},
        ),
        (
            "postgres://u:p@host:6543/db",
            {"dsn": "postgresql://u:p@host:6543/db"},
        ),
        (
            "postgresql+asyncpg://u:p@host/db",
            {"dsn": "postgresql://u:p@host/db"},
        ),
        (
            "postgresql://u:p@ep-cool-1-pooler.eu-central-1.aws.neon.tech/neondb"
            "?sslmode=require&channel_binding=require",
            {
                "dsn": "postgresql://u:p@ep-cool-1-pooler.eu-central-1.aws.neon.tech/neondb",
                "ssl": "require",
            },
        ),
        (
            "postgresql://u:p%40%2F@/db?host=%2Ftmp%2Fsocket&port=5432&sslmode=disable",
            {
                "dsn": "postgresql://u:p%40%2F@/db?host=%2Ftmp%2Fsocket&port=5432",
                "ssl": "disable",
            },
        ),
        (
            "postgresql://u:p@host:6432/db?pgbouncer=true",
            {"dsn": "postgresql://u:p@host:6432/db", "statement_cache_size": 0},
        ),
    ],
)
def test_the_address_of_a_provider_is_accepted_unchanged(
    url: str, arguments: dict[str, Any]
) -> None:
    assert connection_arguments(url) == arguments


@pytest.mark.parametrize("mode", ["verify-ca", "verify-full"])
def test_an_address_that_asks_for_the_certificate_to_be_verified_gets_that(mode: str) -> None:
    context = connection_arguments(f"postgresql://u:p@host/db?sslmode={mode}")["ssl"]
    assert isinstance(context, ssl.SSLContext)
    assert context.verify_mode == ssl.CERT_REQUIRED


@pytest.mark.parametrize("url", ["", "host/db", "mysql://u:p@host/db", "sqlite:///x.db"])
def test_an_address_of_no_postgresql_is_refused(url: str) -> None:
    with pytest.raises(ConfigurationError, match="not a PostgreSQL address"):
        connection_arguments(url)


async def test_the_app_starts_on_a_migrated_database_as_an_unprivileged_role(copy: Copy) -> None:
    await check(copy.url())


@pytest.mark.parametrize(
    ("breakage", "words"),
    [
        (f"ALTER ROLE {APP_ROLE} SUPERUSER", "superuser or has BYPASSRLS"),
        (f"ALTER ROLE {APP_ROLE} BYPASSRLS", "superuser or has BYPASSRLS"),
        ("DROP TABLE alembic_version", "not made yet.*surelist migrate"),
        ("DELETE FROM alembic_version", "not made yet.*surelist migrate"),
        ("UPDATE alembic_version SET version_num = '0000'", "older.*surelist migrate"),
        ("UPDATE alembic_version SET version_num = '9999'", "newer.*newer version of Surelist"),
        (f"REVOKE ALL ON alembic_version FROM {APP_ROLE}", "no right.*surelist migrate"),
    ],
)
async def test_the_app_does_not_start_on_a_database_where_it_would_not_be_safe(
    copy: Copy, breakage: str, words: str
) -> None:
    async with copy.connection() as superuser:
        # All databases share the role, and other tests use it, so the change is never committed.
        own = f"app_of_{copy.name}"
        await superuser.execute(f"CREATE ROLE {own} LOGIN PASSWORD 'x' IN ROLE {APP_ROLE}")
        try:
            if breakage.startswith("ALTER ROLE"):
                await superuser.execute(breakage.replace(APP_ROLE, own))
            else:
                await superuser.execute(breakage)
            password = copy.server.passwords[APP_ROLE]
            url = copy.url().replace(f"{APP_ROLE}:{password}@", f"{own}:x@")
            with pytest.raises(ConfigurationError, match=words):
                await check(url)
        finally:
            await superuser.execute(f"DROP ROLE {own}")


@pytest.mark.parametrize(
    "url",
    ["postgresql://u:p@127.0.0.1:1/db", "postgresql://u:p@/db?host=%2Fnowhere", "postgresql://h:x"],
)
async def test_a_database_that_cannot_be_reached_stops_the_start_with_one_line(url: str) -> None:
    with pytest.raises(ConfigurationError, match="cannot be reached") as refusal:
        await check(url)
    assert "\n" not in str(refusal.value)


async def test_a_wrong_password_stops_the_start_and_is_not_repeated(copy: Copy) -> None:
    url = copy.url().replace(copy.server.passwords[APP_ROLE], "a-wrong-password")
    with pytest.raises(ConfigurationError, match="cannot be reached") as refusal:
        await check(url)
    assert "a-wrong-password" not in str(refusal.value)


def test_the_code_requires_the_last_migration() -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    assert ScriptDirectory.from_config(config).get_heads() == [SCHEMA]


async def test_the_tables_are_those_that_the_models_describe(copy: Copy) -> None:
    assert await differences(copy) == []


async def test_a_table_that_differs_from_its_model_is_seen(copy: Copy) -> None:
    await copy.run("ALTER TABLE task DROP COLUMN sort_title; DROP INDEX event_undoes")
    assert len(await differences(copy)) >= 2


async def differences(copy: Copy) -> list[Any]:
    engine = create_async_engine(
        "postgresql+asyncpg://",
        async_creator=lambda: asyncpg.connect(copy.url(OWNER_ROLE)),
        poolclass=NullPool,
    )
    options = {"compare_type": True, "compare_server_default": True}
    async with engine.connect() as connection:
        return await connection.run_sync(
            lambda sync: compare_metadata(
                MigrationContext.configure(sync, opts=options), SQLModel.metadata
            )
        )


async def test_checks_are_those_that_the_models_describe(copy: Copy) -> None:
    found = await copy.rows(
        "SELECT conname FROM pg_constraint "
        "WHERE contype = 'c' AND connamespace = 'public'::regnamespace"
    )
    described = {
        str(constraint.name)
        for table in SQLModel.metadata.tables.values()
        for constraint in table.constraints
        if isinstance(constraint, CheckConstraint)
    }
    assert {row["conname"] for row in found} == described


async def test_migrations_go_up_and_down_and_up_again_and_leave_nothing_between(
    copy: Copy,
) -> None:
    first = await schema(copy)
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["url"] = copy.url(OWNER_ROLE)
    await asyncio.to_thread(command.downgrade, config, "base")
    assert await schema(copy) == {("alembic_version", "r")}
    with pytest.raises(ConfigurationError, match="not made yet"):
        await check(copy.url())
    await asyncio.to_thread(migrate, copy.url(OWNER_ROLE), copy.url())
    assert await schema(copy) == first
    await check(copy.url())


async def test_migrating_a_migrated_database_changes_nothing(
    copy: Copy, settings: Settings
) -> None:
    async with newcomers(settings.model_copy(update={"database_url": copy.url()})) as newcomer:
        ann = newcomer()
        await ann.call("add_task", title="Stay")
        before = await schema(copy)
        await asyncio.to_thread(migrate, copy.url(OWNER_ROLE), copy.url())
        assert await schema(copy) == before
        assert (await ann.call("list_tasks"))["total"] == 1


async def schema(copy: Copy) -> set[tuple[str, str]]:
    rows = await copy.rows(
        "SELECT relname, relkind::text FROM pg_class WHERE relnamespace = 'public'::regnamespace "
        "AND relname <> 'alembic_version_pkc'"
    )
    return {(row["relname"], row["relkind"]) for row in rows}


NOT_FOR_THE_APP = [
    "CREATE TABLE mine (x int)",
    "CREATE SCHEMA mine",
    "CREATE ROLE mine",
    "CREATE DATABASE mine",
    "CREATE FUNCTION mine() RETURNS int LANGUAGE sql AS 'SELECT 1'",
    "CREATE EXTENSION citext",
    "ALTER TABLE task DISABLE ROW LEVEL SECURITY",
    "ALTER TABLE task NO FORCE ROW LEVEL SECURITY",
    "ALTER TABLE task ADD COLUMN x int",
    "ALTER TABLE task OWNER TO surelist_app",
    "CREATE POLICY everything ON task USING (true)",
    "DROP POLICY task_of_user ON task",
    "DROP TABLE task",
    "TRUNCATE task",
    "CREATE TRIGGER t BEFORE INSERT ON task EXECUTE FUNCTION suppress_redundant_updates_trigger()",
    "ALTER ROLE surelist_app BYPASSRLS",
    "ALTER ROLE surelist_app SUPERUSER",
    "SET ROLE surelist_owner",
    "SET ROLE postgres",
    "SET SESSION AUTHORIZATION postgres",
    "UPDATE alembic_version SET version_num = '0000'",
    "DELETE FROM alembic_version",
    "SELECT * FROM pg_authid",
    "SELECT * FROM pg_hba_file_rules",
    "SELECT pg_read_file('postgresql.conf')",
    "SELECT lo_import('/etc/passwd')",
    "COPY task TO '/tmp/task'",
    "COPY task FROM PROGRAM 'id'",
    "ALTER SYSTEM SET log_statement = 'all'",
]


async def test_the_apps_role_can_change_rows_and_nothing_else(copy: Copy) -> None:
    allowed = []
    async with copy.connection(APP_ROLE) as app_role:
        for statement in NOT_FOR_THE_APP:
            try:
                await app_role.execute(statement)
                allowed.append(statement)
            except asyncpg.PostgresError as refusal:
                if refusal.sqlstate not in (NO_RIGHT, NO_SUCH_ROLE_FOR_YOU):
                    allowed.append(f"{statement}: {refusal}")
    assert allowed == []


async def test_the_apps_role_cannot_grant_its_rights(copy: Copy) -> None:
    async with copy.connection(APP_ROLE) as app_role:
        await app_role.execute("GRANT SELECT ON task TO PUBLIC")  # PostgreSQL warns, and does not
    grants = await copy.rows(
        "SELECT 1 FROM information_schema.role_table_grants WHERE grantee = 'PUBLIC' "
        "AND table_schema = 'public' AND table_name NOT LIKE 'citus%'"
    )
    assert grants == []


async def test_row_security_cannot_be_switched_off_by_the_apps_role(copy: Copy) -> None:
    async with copy.connection(APP_ROLE) as app_role:
        await app_role.execute("SET row_security = off")
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await app_role.fetch("SELECT * FROM task")


async def test_row_security_applies_to_the_owner_of_the_tables_too(
    copy: Copy, settings: Settings
) -> None:
    async with newcomers(settings.model_copy(update={"database_url": copy.url()})) as newcomer:
        await newcomer().call("add_task", title="Mine")
    assert await copy.rows("SELECT * FROM task", role=OWNER_ROLE) == []
    assert len(await copy.rows("SELECT * FROM task", role=SUPERUSER)) == 1


@pytest.mark.parametrize(
    ("fault", "answer"),
    [
        (OSError("refused"), ConnectionLost),
        (ConnectionRefusedError(), ConnectionLost),
        (asyncpg.ConnectionDoesNotExistError("gone"), ConnectionLost),
        (asyncpg.CannotConnectNowError("starting up"), ConnectionLost),
        (asyncpg.AdminShutdownError("shutdown"), ConnectionLost),
        (asyncpg.CrashShutdownError("crash"), ConnectionLost),
        (asyncpg.InterfaceError("connection is closed"), ConnectionLost),
        (asyncpg.InterfaceError("it has been released back to the pool"), ConnectionLost),
        (asyncpg.InternalClientError("another operation (2) is in progress"), ConnectionLost),
        (TimeoutError(), Unavailable),
        (asyncpg.LockNotAvailableError("lock timeout"), Unavailable),
        (asyncpg.TooManyConnectionsError("53300"), Unavailable),
        (asyncpg.DiskFullError("53100"), Unavailable),
        (asyncpg.QueryCanceledError("statement timeout"), Unavailable),
        (asyncpg.SerializationError("40001"), Unavailable),
        (asyncpg.DeadlockDetectedError("40P01"), Unavailable),
        (asyncpg.ReadOnlySQLTransactionError("25006"), Unavailable),
    ],
)
def test_a_temporary_fault_of_the_database_asks_to_repeat_the_call(
    fault: Exception, answer: type[Unavailable]
) -> None:
    with pytest.raises(answer) as refusal, faults_as_unavailable():
        raise fault
    assert type(refusal.value) is answer
    assert refusal.value.code == "database_unavailable"


@pytest.mark.parametrize(
    "fault",
    [
        asyncpg.UniqueViolationError("ours"),
        asyncpg.CheckViolationError("ours"),
        asyncpg.InsufficientPrivilegeError("ours"),
        asyncpg.InterfaceError("cannot perform operation: another operation is in progress"),
        ValueError("ours"),
    ],
)
def test_a_bug_is_not_reported_as_a_temporary_fault(fault: Exception) -> None:
    with pytest.raises(type(fault)), faults_as_unavailable():
        raise fault


@pytest.mark.parametrize("value", [None, {}, {"ünï": [1, 2.5, True, None, "\u2028"]}, "text", 7])
async def test_json_comes_back_as_it_was_stored(app_settings: Settings, value: Any) -> None:
    pool = await open_pool(app_settings)
    async with pool.acquire() as connection:
        assert await connection.fetchval("SELECT $1::jsonb", value) == value
    await pool.close()


async def test_no_connection_is_made_before_it_is_needed(app_settings: Settings) -> None:
    pool = await open_pool(app_settings)
    assert pool.get_size() == 0
    await pool.close()
