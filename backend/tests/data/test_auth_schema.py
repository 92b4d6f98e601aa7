"""People and lists in one database, and nobody's role sees both."""

import json
from collections.abc import AsyncIterator

import asyncpg
import pytest

from surelist.data import auth_schema, tables
from surelist.errors import ConfigurationError
from surelist.postgres.embedded import APP_ROLE, SUPERUSER, Server
from tests.support.citus_nodes import direct_url
from tests.support.copies import Copy

PEOPLE = """
CREATE TABLE auth."user" (id text PRIMARY KEY, email text NOT NULL);
CREATE TABLE auth.verification (
    id text PRIMARY KEY, identifier text NOT NULL, value text NOT NULL,
    "expiresAt" timestamptz NOT NULL, "createdAt" timestamptz, "updatedAt" timestamptz
);
INSERT INTO auth."user" VALUES ('u1', 'ann@example.com');
"""
"""What the commands use of Better Auth's tables; the e2e run has the real ones."""


@pytest.fixture
async def people(cluster: Server) -> AsyncIterator[asyncpg.Connection]:
    """A connection as the role that Better Auth has, to the schema as it is made."""
    connection = await asyncpg.connect(await auth_schema.make(cluster))
    try:
        yield connection
    finally:
        superuser = await asyncpg.connect(cluster.url(SUPERUSER))
        await superuser.execute("DROP SCHEMA auth CASCADE")
        await superuser.close()
        await connection.close()


@pytest.mark.parametrize("table", tables.of_users())
async def test_better_auths_role_can_neither_read_nor_write_a_list(
    people: asyncpg.Connection, table: str
) -> None:
    for statement in (
        f"SELECT * FROM public.{table}",
        f"DELETE FROM public.{table}",
        f"INSERT INTO public.{table} (user_id) VALUES ('u1')",
        f"ALTER TABLE public.{table} DISABLE ROW LEVEL SECURITY",
    ):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await people.execute(statement)


async def test_better_auths_role_is_an_unprivileged_one(people: asyncpg.Connection) -> None:
    role = await people.fetchrow(
        "SELECT rolsuper, rolbypassrls, rolcreatedb, rolcreaterole, rolreplication "
        "FROM pg_roles WHERE rolname = current_user"
    )
    assert role is not None
    assert not any(role.values())
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await people.execute("CREATE SCHEMA another")
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await people.execute("CREATE TABLE public.another (id int)")


async def test_the_apps_role_can_neither_read_nor_write_people(
    people: asyncpg.Connection, cluster: Server
) -> None:
    await people.execute(PEOPLE)
    app = await asyncpg.connect(direct_url(cluster, APP_ROLE))
    try:
        for statement in (
            'SELECT * FROM auth."user"',
            'DELETE FROM auth."user"',
            "CREATE TABLE auth.another (id int)",
        ):
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await app.execute(statement)
    finally:
        await app.close()


async def test_the_tables_that_better_auth_makes_are_in_its_schema(
    people: asyncpg.Connection,
) -> None:
    await people.execute("CREATE TABLE made (id int)")
    assert await people.fetchval("SELECT to_regclass('auth.made') IS NOT NULL")


async def test_making_it_again_keeps_what_is_there_and_ends_the_old_password(
    people: asyncpg.Connection, cluster: Server
) -> None:
    await people.execute(PEOPLE)
    before = await auth_schema.make(cluster)
    after = await auth_schema.make(cluster)
    assert before != after
    with pytest.raises(asyncpg.InvalidPasswordError):
        await asyncpg.connect(before)
    again = await asyncpg.connect(after)
    assert await again.fetchval('SELECT count(*) FROM auth."user"') == 1
    await again.close()


async def test_a_reset_token_is_not_stored_as_it_is(
    people: asyncpg.Connection, cluster: Server
) -> None:
    await people.execute(PEOPLE)
    url = cluster.url(SUPERUSER)
    token = await auth_schema.make_reset_token(url, "Ann@Example.com")
    (row,) = await people.fetch("SELECT * FROM verification")
    assert token not in json.dumps(dict(row), default=str)
    assert row["value"] == "u1"


async def test_nobody_gets_a_token_for_an_address_that_has_not_signed_up(
    people: asyncpg.Connection, cluster: Server
) -> None:
    await people.execute(PEOPLE)
    with pytest.raises(ConfigurationError, match=r"Nobody has signed up with eve@example\.com"):
        await auth_schema.make_reset_token(cluster.url(SUPERUSER), "eve@example.com")


async def test_before_the_first_start_of_the_page_a_reset_says_what_to_do(copy: Copy) -> None:
    with pytest.raises(ConfigurationError, match="surelist up"):
        await auth_schema.make_reset_token(copy.url(SUPERUSER), "ann@example.com")
