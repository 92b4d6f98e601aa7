"""Isolation of users: at every tool and route, and with each layer alone."""

import ast
import asyncio
import json
import re
import subprocess
import sys
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime
from itertools import product
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from sqlmodel import SQLModel
from starlette.routing import BaseRoute

import surelist
from surelist.access.auth import Caller, Principal
from surelist.config import Settings
from surelist.conversations import listing as conversation_listing
from surelist.data import tables
from surelist.data.database import Statement, compiled
from surelist.data.isolation import Database, UserTransaction, user_rows
from surelist.data.tables import UserTable
from surelist.main import create_app
from surelist.mcp.conversations_toolset import CONVERSATIONS
from surelist.mcp.tasks_toolset import TASKS
from surelist.postgres.embedded import APP_ROLE
from surelist.tasks import selection, service
from surelist.tasks.models import Task
from surelist.tasks.tools import TOOLS
from tests.support import strangers, write_statements
from tests.support.copies import Copy, newcomers
from tests.support.person import Person, RefusedByTool
from tests.support.strangers import CONVERSATIONS_MCP, MCP, SECRET_WORD, Hers, make_list

ROOT = Path(__file__).parents[3]
RUFF = Path(sys.executable).with_name("ruff")
FILTER = re.compile(r"\b\w+\.user_id = \$\d+::\w+")


# Every tool and route


async def offered(ann: Person, method: str, of: str) -> list[dict[str, Any]]:
    return (await ann.rpc(method)).json()["result"][of]


async def test_every_tool_route_and_resource_has_a_test_with_a_stranger(
    ann: Person, settings: Settings
) -> None:
    tools = {tool["name"] for tool in await offered(ann, "tools/list", "tools")}
    assert tools == set(TOOLS) == set(strangers.TOOLS)

    listed = await offered(ann, "resources/list", "resources")
    templates = await offered(ann, "resources/templates/list", "resourceTemplates")
    uris = {one["uri"] for one in listed} | {one["uriTemplate"] for one in templates}
    assert uris == set(strangers.RESOURCES)

    prompts = await offered(ann, "prompts/list", "prompts")
    assert {prompt["name"] for prompt in prompts} == set(strangers.PROMPTS)

    variables = {
        (one["uriTemplate"], name)
        for one in templates
        for name in re.findall(r"{(\w+)}", one["uriTemplate"])
    } | {(prompt["name"], a["name"]) for prompt in prompts for a in prompt.get("arguments", [])}
    assert variables == set(strangers.COMPLETIONS)

    assert set(TASKS.methods) == strangers.MCP_METHODS | strangers.MCP_METHODS_OPEN_TO_ALL
    assert set(TASKS.streams) == strangers.MCP_STREAMS
    assert not CONVERSATIONS.streams

    assert set(CONVERSATIONS.tools) == set(strangers.CONVERSATION_TOOLS)
    assert set(CONVERSATIONS.methods) <= set(TASKS.methods)

    served = set(served_by(create_app(settings).routes))
    assert served == {*strangers.ROUTES, *strangers.OPEN_TO_ALL}
    document = (await ann.http.get("/openapi.json")).json()
    described = {
        (method.upper(), path) for path, item in document["paths"].items() for method in item
    }
    assert described == set(strangers.ROUTES)


def served_by(routes: list[BaseRoute]) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for route in routes:
        if hasattr(route, "routes"):
            found += served_by(route.routes)
        elif route.path not in (
            MCP,
            CONVERSATIONS_MCP,
        ):  # whose methods, tools and so on are enumerated by themselves
            path = getattr(route, "path_format", route.path)
            found += ((method, path) for method in set(route.methods) - {"HEAD"})
    return found


async def test_no_tool_has_a_user_in_its_schema(ann: Person) -> None:
    for path in (MCP, CONVERSATIONS_MCP):
        answer = await ann.rpc("tools/list", path=path)
        for tool in answer.json()["result"]["tools"]:
            assert "user_id" not in str(tool["inputSchema"])


@pytest.mark.parametrize("method", sorted(strangers.MCP_METHODS_OPEN_TO_ALL - {"initialize"}))
async def test_public_methods_return_the_same_to_every_user(
    newcomer: Callable[..., Person], method: str
) -> None:
    ann, bob = newcomer(), newcomer()
    await make_list(ann)
    assert (await ann.rpc(method)).content == (await bob.rpc(method)).content


async def test_no_transaction_belongs_to_two_users(
    newcomer: Callable[..., Person], monkeypatch: pytest.MonkeyPatch
) -> None:
    begun: list[tuple[str, str]] = []
    run = Database._run

    async def watched(
        self: Database, principal: Principal, scope: str | None, begin: str, *rest: Any, **more: Any
    ) -> Any:
        begun.append((principal.account_id, begin))
        return await run(self, principal, scope, begin, *rest, **more)

    monkeypatch.setattr(Database, "_run", watched)
    ann = newcomer("web", owner=True)
    await make_list(ann)
    assert (await ann.rest("DELETE")).status_code == 204
    assert begun
    for user_id, begin in begun:
        named = re.findall(r"(?:SET LOCAL app\.user_id = |hold_account\()'(.*?)'", begin)
        assert named == [user_id]


# Each layer alone. The tests remove the filters by making their conditions true in statements, and
# the policies by disabling them in a copy of the database.


def without_filters(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("fetch_all", "fetch_one", "execute"):
        method = getattr(UserTransaction, name)

        async def unfiltered(
            self: UserTransaction, statement: Statement, *, method: Any = method, **values: Any
        ) -> Any:
            sql, count = FILTER.subn(r"(\g<0> OR TRUE)", statement.sql)
            filtered = count or statement.sql.startswith("INSERT INTO")
            assert filtered, f"a statement that was never filtered: {statement.sql}"
            return await method(self, replace(statement, sql=sql), **values)

        monkeypatch.setattr(UserTransaction, name, unfiltered)


async def without_policies(copy: Copy) -> None:
    """Disable the policies after the app has verified them at its start."""
    for (table,) in await copy.rows("SELECT tablename FROM pg_tables WHERE schemaname = 'public'"):
        await copy.run(f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY")


@pytest.fixture(params=["all walls", "no filters", "no policies"])
def walls(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture
def apart(copy: Copy, settings: Settings) -> Settings:
    """Settings of an app on the database of this test. The model of its chat is unavailable."""
    away = {"model": "openai:away", "model_url": "http://127.0.0.1:9/v1"}
    return settings.model_copy(update={"database_url": copy.url(), **away})


async def test_a_stranger_gets_the_same_responses_for_existing_and_missing_rows(
    walls: str, copy: Copy, apart: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with newcomers(apart) as newcomer:
        if walls == "no filters":
            without_filters(monkeypatch)
        if walls == "no policies":
            await without_policies(copy)
        await stranger_learns_and_changes_nothing(copy, newcomer)


async def stranger_learns_and_changes_nothing(copy: Copy, newcomer: Callable[..., Person]) -> None:
    ann = newcomer()
    told_without = await strangers.answers(newcomer, Hers(ann.user_id))
    hers = await make_list(ann)
    before = await strangers.rows_of(copy, ann.user_id)
    assert len(before["event"]) == hers.versions
    assert len(before["task"]) == len(hers.tasks)
    told_with = await strangers.answers(newcomer, hers)
    assert await strangers.rows_of(copy, ann.user_id) == before
    # By index, since their names contain a cursor, which differs between strangers.
    for number, (name, answer) in enumerate(told_with.items()):
        assert answer == list(told_without.values())[number], name


async def test_without_filters_and_policies_a_stranger_can_read_and_change_everything(
    copy: Copy, apart: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with newcomers(apart) as newcomer:
        without_filters(monkeypatch)
        await without_policies(copy)
        ann = newcomer()
        hers = await make_list(ann)
        before = await strangers.rows_of(copy, ann.user_id)
        read = await newcomer().rpc("resources/read", {"uri": "surelist://tasks/1"})
        assert SECRET_WORD in read.text
        told = await strangers.answers(newcomer, hers, neighbours=False)
        assert any(status == 200 for name, (status, *_) in told.items() if "/tasks/1" in name)
        assert await strangers.rows_of(copy, ann.user_id) != before


async def test_rows_belong_to_the_account_and_not_to_the_person(
    newcomer: Callable[..., Person], database: Database
) -> None:
    ann, bob = newcomer(), newcomer()
    await ann.call("add_task", title="Hers")
    await bob.call("add_task", title="His")
    bob_at_hers = replace(ann.principal, person_id=bob.user_id)
    title = await database.read(bob_at_hers, first_title, "tasks:read")
    assert title == "Hers"


async def first_title(tx: UserTransaction) -> str:
    task, _ = await service.find(tx, 1)
    return task["title"]


async def test_the_token_alone_denies_a_stranger(
    newcomer: Callable[..., Person], monkeypatch: pytest.MonkeyPatch
) -> None:
    ann, bob = newcomer(), newcomer()
    hers = await make_list(ann)
    asked: list[str] = []
    for name in ("read", "write"):
        method = getattr(Database, name)

        async def anybodys(
            self: Database, principal: Principal, work: Any, scope: str, *, method: Any = method
        ) -> Any:
            asked.append(principal.account_id)
            return await method(self, ann.principal, work, scope)

        monkeypatch.setattr(Database, name, anybodys)

    assert SECRET_WORD in str(await bob.call("list_tasks"))  # so the other walls are away
    asked.clear()
    for (method, path), requests in strangers.ROUTES.items():
        for request in requests(hers):
            name, attempt = strangers.rest_attempt(method, path, ann.user_id, request)
            assert (await attempt(bob)).status_code == 403, name
    for tool, cases in strangers.TOOLS.items():
        for arguments in cases(hers):
            with pytest.raises(RefusedByTool, match="user_id"):
                await bob.call(tool, **arguments | {"user_id": ann.user_id})
    for tool, cases in strangers.CONVERSATION_TOOLS.items():
        for arguments in cases(hers):
            with pytest.raises(RefusedByTool, match="user_id"):
                await bob.call(tool, path=CONVERSATIONS_MCP, **arguments | {"user_id": ann.user_id})
    monkeypatch.setattr(Person, "token", lambda self, scopes=None: "not.a.token")
    for name, attempt in strangers.attempts(hers):
        assert (await attempt(bob)).status_code == 401, name
    assert asked == []


async def test_filters_alone_limit_a_service_to_the_rows_of_its_user(
    copy: Copy, apart: Settings
) -> None:
    async with newcomers(apart) as newcomer:
        await without_policies(copy)
        ann, bob = newcomer(), newcomer()
        await make_list(ann)
        await make_list(bob, "apricot")
        assert len(await copy.rows("SELECT * FROM task", role=APP_ROLE)) == 8
        for person, word in ((ann, SECRET_WORD), (bob, "apricot")):
            rows = await person.read(lambda tx: tx.fetch_all(compiled(_all_of(Task))))
            assert len(rows) == 4
            assert all(word in row["title"] for row in rows)


def _all_of(model: Any) -> Any:
    rows = user_rows(model)
    return rows.select()


async def test_policies_alone_limit_an_unfiltered_statement_to_the_rows_of_its_user(
    newcomer: Callable[..., Person],
) -> None:
    ann, bob = newcomer(), newcomer()
    await make_list(ann)
    await make_list(bob, "apricot")
    everything = Statement("SELECT title FROM task", (), {})
    overwrite = Statement("UPDATE task SET title = 'Overwritten'", (), {})
    rows = await bob.read(lambda tx: tx.fetch_all(everything))
    assert len(rows) == 4
    assert all("apricot" in row["title"] for row in rows)
    await bob.write(lambda tx: tx.execute(overwrite))
    rows = await ann.read(lambda tx: tx.fetch_all(everything))
    assert len(rows) == 4
    assert all(SECRET_WORD in row["title"] for row in rows)


CHECKED = {"kind": "'created'", "actor": "'agent'", "role": "'user'"}
"""Values for columns with a check constraint."""

BY_TYPE = {str: "'text'", int: "1", list: "'{{}}'", datetime: "now()", bytes: "''::bytea"}


def insert_into(model: type[UserTable]) -> str:
    """An INSERT of a row of `{user}` with the required columns only."""
    table = SQLModel.metadata.tables[model.__name__.lower()]
    values = {
        column.name: CHECKED.get(column.name) or BY_TYPE[column.type.python_type]
        for column in table.c
        if not (column.nullable or column.server_default or column.computed)
    } | {"user_id": "'{user}'"}
    return f"INSERT INTO {table} ({', '.join(values)}) VALUES ({', '.join(values.values())})"


ROWS = {model.__name__.lower(): insert_into(model) for model in tables.in_order()}


def deletes(name: str) -> str:
    """Statements that empty a table, after the tables that refer to it."""
    table = SQLModel.metadata.tables[name]
    referring = [
        other
        for other in reversed(SQLModel.metadata.sorted_tables)
        if any(key.referred_table is table for key in other.foreign_key_constraints)
    ]
    return "; ".join(f"DELETE FROM {one}" for one in [*referring, table])


REFUSED = {"42501": "by the policy", "23514": "by a check", "23503": "no such account"}


async def test_policies_alone_limit_raw_statements_on_every_table(copy: Copy) -> None:
    for user in ("ann", "bob"):
        await copy.run(";".join(insert.format(user=user) for insert in ROWS.values()))
    found = await copy.rows(
        "SELECT tablename FROM pg_tables WHERE schemaname = 'public' "
        "AND tablename <> 'alembic_version'"
    )
    assert {table for (table,) in found} == set(ROWS)
    async with copy.connection(APP_ROLE) as connection:
        for table, insert in ROWS.items():
            raw = Raw(connection, table)
            assert await raw.users_seen_by("ann") == ["ann"]
            assert await raw.users_seen_by("bob") == ["bob"]
            assert await raw.users_seen_by("ANN") == []
            assert await raw.users_seen_by("") == []
            assert await raw.users_seen_by(None) == []
            for user, touched in (("ann", 1), ("eve", 0), ("", 0), (None, 0)):
                assert await raw.does(user, f"UPDATE {table} SET user_id = user_id") == touched
                assert await raw.does(user, deletes(table)) == touched
            for user in ("ann", "", None):
                for statement in (
                    insert.format(user="eve"),
                    insert.format(user="bob") + " ON CONFLICT DO NOTHING",
                    insert.format(user=""),
                ):
                    with pytest.raises(asyncpg.PostgresError) as refusal:
                        await raw.does(user, statement)
                    assert refusal.value.sqlstate in REFUSED, statement
            with pytest.raises(MOVING_REFUSED, match=r"row-level security|partition value"):
                await raw.does("ann", f"UPDATE {table} SET user_id = 'bob'")


MOVING_REFUSED = (asyncpg.InsufficientPrivilegeError, asyncpg.FeatureNotSupportedError)
"""By the policy, or by Citus, which moves no row to another node."""


class Raw:
    """Direct access to a table as surelist_app. Rolls back every statement."""

    def __init__(self, connection: asyncpg.Connection, table: str) -> None:
        self.connection = connection
        self.table = table

    async def _as(self, user: str | None, work: Callable[[], Awaitable[Any]]) -> Any:
        transaction = self.connection.transaction()
        await transaction.start()
        try:
            if user is not None:
                await self.connection.execute(f"SET LOCAL app.user_id = '{user}'")
            return await work()
        finally:
            await transaction.rollback()

    async def users_seen_by(self, user: str | None) -> list[str]:
        rows = await self._as(
            user, lambda: self.connection.fetch(f"SELECT user_id FROM {self.table}")
        )
        return [row["user_id"] for row in rows]

    async def does(self, user: str | None, statement: str) -> int:
        status = await self._as(user, lambda: self.connection.execute(statement))
        return int(status.rsplit(" ", 1)[1])


async def test_a_returned_connection_has_no_user(copy: Copy, apart: Settings) -> None:
    async with newcomers(apart.model_copy(update={"pool_size": 1})) as newcomer:
        ann = newcomer()
        await make_list(ann)
        pool = ann.database._pool

        async def fails(tx: UserTransaction) -> None:
            raise LookupError("on purpose")

        async def waits(tx: UserTransaction) -> None:
            reached.set()
            await asyncio.Event().wait()

        for unit in (ann.read, ann.write):
            with pytest.raises(LookupError):
                await unit(fails)
            reached = asyncio.Event()
            waiting = asyncio.create_task(unit(waits))
            await reached.wait()
            waiting.cancel()
            with pytest.raises(asyncio.CancelledError):
                await waiting
            async with pool.acquire() as connection:
                assert not connection.is_in_transaction()
                assert await connection.fetchval("SELECT current_setting('app.user_id', true)") in (
                    None,
                    "",
                )
                assert await connection.fetch("SELECT * FROM task") == []


@pytest.mark.parametrize(
    "user_id",
    [
        "",
        "x' OR user_id <> '",
        "x'; SET row_security = off; --",
        "x\n",
        "x\\",
        "ünï",
        " x",
        "-x",
        "x" * 129,
    ],
)
async def test_an_invalid_user_id_never_reaches_postgresql(
    database: Database, user_id: str
) -> None:
    principal = Principal(
        user_id, user_id, frozenset({"tasks:read"}), Caller("agent", "claude", "Claude"), 0, "token"
    )

    async def work(tx: UserTransaction) -> None:
        raise AssertionError("a transaction was opened")

    for unit in (database.read, database.write):
        with pytest.raises(ValueError, match="not a user id"):
            await unit(principal, work, "tasks:read")


async def test_a_user_cannot_unseal_values_of_another_user(
    newcomer: Callable[..., Person],
) -> None:
    ann, bob = newcomer(), newcomer()

    async def seal(tx: UserTransaction) -> str:
        return tx.seal(b"a place in a list")

    sealed = await ann.read(seal)

    async def unseal(tx: UserTransaction) -> bytes | None:
        return tx.unseal(sealed)

    assert (
        await ann.read(unseal) == await ann.through("cursor").read(unseal) == b"a place in a list"
    )
    assert await bob.read(unseal) is None


# The catalogue: rules for every table, including future ones


POLICY = "(user_id = current_setting('app.user_id'::text, true))"
FOUND_BY_WORKERS = {
    "delivery": f"({POLICY} OR (current_setting('app.seeks_due'::text, true) = 'on'::text))"
}
"""The tables in which the function `deliveries_of_all` sees rows of all users."""


async def complaints(copy: Copy) -> list[str]:
    """The objects in schema public without complete row-level security."""
    found = []
    relations = await copy.rows(
        "SELECT oid, relname, relkind::text, relrowsecurity, relforcerowsecurity FROM pg_class "
        "WHERE relnamespace = 'public'::regnamespace "
        "AND relname NOT IN ('alembic_version', 'alembic_version_pkc') AND NOT EXISTS "
        "(SELECT FROM pg_depend WHERE objid = pg_class.oid AND deptype = 'e')"  # of an extension
    )
    for oid, name, kind, enabled, forced in relations:
        if kind == "i":
            continue
        if kind != "r":
            found.append(f"{name} is no plain table")
            continue
        if not (enabled and forced):
            found.append(f"{name} has no row-level security, or not for its owner")
        policies = await copy.rows(
            "SELECT polcmd::text, polpermissive, polroles, pg_get_expr(polqual, polrelid), "
            "pg_get_expr(polwithcheck, polrelid) FROM pg_policy WHERE polrelid = $1",
            oid,
        )
        seen = FOUND_BY_WORKERS.get(name, POLICY)
        if [tuple(policy) for policy in policies] != [("*", True, [0], seen, POLICY)]:
            found.append(f"{name} has another policy, or more than one")
    indexes = await copy.rows(
        "SELECT indexrelid::regclass::text, attname FROM pg_index "
        "JOIN pg_class ON pg_class.oid = indrelid "
        "LEFT JOIN pg_attribute ON attrelid = indrelid AND attnum = indkey[0] "
        "WHERE relnamespace = 'public'::regnamespace AND relname <> 'alembic_version'"
    )
    found += [f"{index} starts with {column}" for index, column in indexes if column != "user_id"]
    references = await copy.rows(
        "SELECT conname, here.attname, there.attname FROM pg_constraint "
        "JOIN pg_attribute here ON here.attrelid = conrelid AND here.attnum = conkey[1] "
        "JOIN pg_attribute there ON there.attrelid = confrelid AND there.attnum = confkey[1] "
        "WHERE contype = 'f' AND connamespace = 'public'::regnamespace"
    )
    found += [
        f"{name} refers by {here} to {there}"
        for name, here, there in references
        if (here, there) != ("user_id", "user_id")
    ]
    functions = await copy.rows(
        "SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace AND prosecdef"
    )
    return found + [f"{name}() runs as its owner" for (name,) in functions]


async def test_every_table_has_row_level_security(copy: Copy) -> None:
    assert await complaints(copy) == []


@pytest.mark.parametrize(
    "breakage",
    [
        "CREATE TABLE note (user_id text PRIMARY KEY)",
        "ALTER TABLE task DISABLE ROW LEVEL SECURITY",
        "ALTER TABLE message NO FORCE ROW LEVEL SECURITY",
        "DROP POLICY event_of_user ON event",
        "CREATE POLICY support ON task FOR SELECT USING (true)",
        "ALTER POLICY agent_of_user ON agent WITH CHECK (true)",
        "ALTER POLICY agent_of_user ON agent USING (user_id = current_setting('app.user_id', true) "
        "OR name = 'shared')",
        "ALTER POLICY account_of_user ON account TO surelist_app",
        "ALTER POLICY task_of_user ON task USING (user_id = current_setting('app.user_id', true) "
        "OR current_setting('app.seeks_due', true) = 'on')",
        "ALTER POLICY delivery_of_user ON delivery USING (true)",
        "CREATE INDEX ON task (title)",
        "CREATE UNIQUE INDEX ON event (idempotency_key)",
        "ALTER TABLE agent ADD UNIQUE (client_id, user_id)",
        "CREATE TABLE note (id int PRIMARY KEY)",
        "CREATE VIEW everything AS SELECT * FROM task",
        "CREATE MATERIALIZED VIEW everything AS SELECT * FROM task",
        "CREATE SEQUENCE shared",
        "CREATE FUNCTION everything() RETURNS SETOF task LANGUAGE sql SECURITY DEFINER "
        "AS 'SELECT * FROM task'",
    ],
)
async def test_a_table_without_row_level_security_is_found(copy: Copy, breakage: str) -> None:
    await copy.run(breakage)
    assert await complaints(copy) != []


# The code: only the isolation module accesses the data


def statements() -> dict[str, Statement]:
    """All statements of the app, with every shape of a list."""
    found = dict(write_statements.statements())
    every = {"patterns", "tags", "sort_priority", "due_before", "due_after"}
    for status, sort, filters, continued in product(
        ("all", "pending", "completed", "deleted"),
        ("created", "due", "priority", "title", "updated"),
        (frozenset[str](), frozenset(every), *(frozenset({one}) for one in every)),
        (False, True),
    ):
        shape = selection.Shape(status, sort, filters, continued)
        found[f"listing {shape}"] = selection.page(shape)
    for shape in product((False, True), repeat=3):
        found[f"conversations {shape}"] = conversation_listing._page(*shape)
    return found


def unbound(statement: Statement) -> list[str]:
    """The tables with fewer filters by user than occurrences in the statement."""
    tables = set(re.findall(r"\b(?:FROM|JOIN|UPDATE|INTO)\s+(\w+)", statement.sql))
    tables -= {"unnest", "LATERAL", "moved"}
    tables -= {*re.findall(r"\b(\w+)(?:\([\w, ]+\))? AS (?:MATERIALIZED )?\n\(", statement.sql)}
    return [
        table
        for table in tables
        if len(re.findall(rf"\b(?:FROM|JOIN|UPDATE)\s+{table}\b", statement.sql))
        != len(re.findall(rf"\b{table}\.user_id = \$\d+::", statement.sql))
        or len(re.findall(rf"\bINTO\s+{table}\b", statement.sql))
        != len(re.findall(rf"\bINTO\s+{table} \(user_id, [^)]*\) VALUES \(\$", statement.sql))
    ]


def test_every_statement_filters_each_of_its_tables_by_user() -> None:
    assert len(statements()) > 80
    assert {name: unbound(s) for name, s in statements().items() if unbound(s)} == {}


def test_a_statement_without_a_filter_by_user_is_found() -> None:
    for sql in (
        "SELECT id FROM task",
        "SELECT id FROM task WHERE task.id = $1::BIGINT",
        "SELECT 1 FROM task WHERE task.user_id = $1::VARCHAR AND EXISTS (SELECT 1 FROM event)",
        "UPDATE task SET title = $1::VARCHAR",
        "DELETE FROM task WHERE task.id = $1::BIGINT",
        "INSERT INTO task (id, title) VALUES ($1, $2)",
    ):
        assert unbound(Statement(sql, (), {})) != [], sql


PAST_THE_DOOR = [
    "import asyncpg",
    "from asyncpg import connect",
    "import psycopg",
    "from sqlalchemy import text",
    "from sqlalchemy import insert",
    "from sqlalchemy import update",
    "from sqlalchemy import delete",
    "import sqlalchemy; sqlalchemy.text('SELECT * FROM task')",
    "from sqlalchemy.dialects.postgresql import insert",
    "from sqlalchemy.orm import Session",
    "from sqlalchemy.ext.asyncio import create_async_engine",
    "from sqlalchemy import create_engine",
    "from sqlmodel import Session",
    "from sqlmodel import text",
    "from sqlmodel import insert, update, delete",
    "from sqlmodel.ext.asyncio.session import AsyncSession",
    "def leak(mine): return mine._connection",
    "def leak(database): return database._pool",
]


def test_the_linter_refuses_access_around_the_isolation_module() -> None:
    refused = lint("\n".join(PAST_THE_DOOR), "tasks/service.py")
    assert [line for row, line in enumerate(PAST_THE_DOOR, 1) if row not in refused] == []


def test_the_linter_allows_connections_in_the_isolation_module() -> None:
    for module in (
        "data/isolation.py",
        "data/database.py",
        "data/auth_schema.py",
        "postgres/embedded.py",
    ):
        assert lint("import asyncpg", module) == set()


def lint(code: str, module: str) -> set[int]:
    """The lines with a banned or private name, found by ruff."""
    path = f"backend/surelist/{module}"
    command = [RUFF, "check", "--output-format", "json", "--stdin-filename", path, "-"]
    result = subprocess.run(
        command, cwd=ROOT, input=code, capture_output=True, text=True, check=False
    )
    return {
        one["location"]["row"]
        for one in json.loads(result.stdout)
        if one["code"] in ("TID251", "SLF001")
    }


def test_only_the_isolation_module_begins_transactions_and_takes_connections() -> None:
    taking = {"acquire", "open_pool", "create_pool", "connect"}
    sources = Path(surelist.__file__).parent
    found = {
        (path.relative_to(sources).as_posix(), name)
        for path in sources.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call)
        and (name := getattr(node.func, "attr", getattr(node.func, "id", ""))) in taking
    }
    assert found == {
        ("data/queues.py", "acquire"),  # a semaphore
        ("webhooks/deliveries.py", "acquire"),  # a semaphore
        ("data/auth_schema.py", "connect"),  # where no list is
        ("data/isolation.py", "acquire"),
        ("data/database.py", "create_pool"),
        ("data/database.py", "connect"),  # before the app starts
        ("data/notifications.py", "connect"),  # for LISTEN and NOTIFY of users' ids alone
        ("operations/restoring.py", "connect"),  # while nothing is served
        ("main.py", "open_pool"),  # into the hands of isolation
    }
