"""A success response implies a commit, and a failed commit gives an error, over MCP and REST."""

import asyncio
import logging
import re
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import pytest

from surelist.config import Settings
from surelist.data import isolation
from surelist.data.database import ConnectionLost, Statement, migrate
from surelist.data.isolation import UserTransaction
from surelist.errors import Unavailable
from surelist.postgres.embedded import OWNER_ROLE, postgres
from surelist.tasks import service
from tests.support.copies import Copy, newcomers
from tests.support.person import ERAS, HANDSHAKE, MODERN, Person
from tests.support.soundness import sound_ledger

People = Callable[..., Person]
Call = Callable[[Person], Any]


def tool(name: str, version: str, **arguments: Any) -> Call:
    request = {"name": name, "arguments": arguments}
    return lambda ann: ann.rpc("tools/call", request, version=version)


def route(method: str, path: str, **request: Any) -> Call:
    return lambda ann: ann.rest(method, path, **request)


WRITES = {
    **{f"add_task {era}": tool("add_task", era, title="New") for era in ERAS},
    **{f"complete_task {era}": tool("complete_task", era, task_id=1) for era in ERAS},
    "delete_task": tool("delete_task", MODERN, task_id=1),
    "update_task": tool("update_task", HANDSHAKE, task_id=1, title="New"),
    "update_task with undo": tool("update_task", MODERN, task_id=1, undo=1),
    "POST": route("POST", "/tasks", json={"title": "New"}),
    "PUT": route("PUT", "/tasks/1", json={"title": "New"}),
    "PATCH": route("PATCH", "/tasks/1", json={"title": "New"}),
    "DELETE": route("DELETE", "/tasks/1"),
    "PATCH complete": route("PATCH", "/tasks/1/complete"),
}
READS = {
    **{f"list_tasks {era}": tool("list_tasks", era) for era in ERAS},
    "a resource": lambda ann: ann.rpc("resources/read", {"uri": "surelist://tasks"}),
    "a prompt": lambda ann: ann.rpc("prompts/get", {"name": "plan_my_day"}),
    "GET tasks": route("GET", "/tasks"),
    "GET task": route("GET", "/tasks/1"),
}


@asynccontextmanager
async def apart(copy: Copy, settings: Settings, **more: Any) -> AsyncIterator[People]:
    own = settings.model_copy(update={"database_url": copy.url(), **more})
    async with newcomers(own) as newcomer:
        yield newcomer


@asynccontextmanager
async def commit_that(copy: Copy, does: str) -> AsyncIterator[None]:
    """Make PostgreSQL do this at the COMMIT of an event."""
    await copy.run(
        f"""
        CREATE FUNCTION fault() RETURNS trigger LANGUAGE plpgsql AS
            $$ BEGIN {does} RETURN NULL; END $$;
        CREATE CONSTRAINT TRIGGER fault AFTER INSERT ON event DEFERRABLE INITIALLY DEFERRED
        FOR EACH ROW EXECUTE FUNCTION fault()
        """
    )
    yield
    await copy.run("DROP TRIGGER fault ON event; DROP FUNCTION fault()")


FAULTS = {
    "RAISE EXCEPTION 'the COMMIT fails';": 500,
    "RAISE EXCEPTION 'try again' USING ERRCODE = '40001';": 503,
    "RAISE EXCEPTION 'disk full' USING ERRCODE = '53100';": 503,
    "PERFORM pg_terminate_backend(pg_backend_pid());": 503,
}


@pytest.mark.parametrize("fault", FAULTS)
async def test_a_failing_commit_is_never_acknowledged(
    copy: Copy, settings: Settings, fault: str
) -> None:
    async with apart(copy, settings) as newcomer:
        ann = newcomer()
        await ann.call("add_task", title="First")
        async with commit_that(copy, fault):
            for name, write in WRITES.items():
                assert_failed(await write(ann), FAULTS[fault], name)
        assert len(await sound_ledger(copy.server, ann.user_id, copy.name)) == 1
        for name, write in WRITES.items():
            fresh = newcomer()
            await fresh.call("add_task", title="First")
            assert (await write(fresh)).is_success, name


def assert_failed(response: httpx.Response, status: int, name: str) -> None:
    assert response.status_code == status, name
    assert "fault" not in response.text
    assert "the COMMIT fails" not in response.text
    if "json" in response.headers.get("content-type", ""):
        assert "result" not in response.json()
        assert "version" not in response.text
    if status == 503:
        assert int(response.headers["retry-after"]) >= 1, name
        assert re.search(r"Wait 1 second|again in 1 second", response.text), name


async def test_a_call_with_a_failed_commit_can_be_repeated(copy: Copy, settings: Settings) -> None:
    async with apart(copy, settings) as newcomer:
        ann = newcomer()
        async with commit_that(copy, "PERFORM pg_terminate_backend(pg_backend_pid());"):
            failed = await tool("add_task", MODERN, title="New", idempotency_key="k")(ann)
            assert failed.status_code == 503
        made = await ann.call("add_task", title="New", idempotency_key="k")
        assert (made["task_id"], made["version"], made.get("repeated")) == (1, 1, None)


async def test_a_swallowed_error_in_a_transaction_fails_at_commit(
    ann: Person,
) -> None:
    async def swallows(mine: UserTransaction) -> str:
        await service.add(mine, {"title": "New"})
        with pytest.raises(asyncpg.DivisionByZeroError):
            await mine.execute(Statement("SELECT 1 / 0", (), {}))
        return "all is well"

    with pytest.raises(RuntimeError, match="rolled back"):
        await ann.write(swallows)
    assert (await ann.call("list_tasks"))["total"] == 0


async def test_an_error_in_a_transaction_stores_nothing(ann: Person) -> None:
    async def fails(mine: UserTransaction) -> None:
        await service.add(mine, {"title": "New"})
        raise LookupError

    with pytest.raises(LookupError):
        await ann.write(fails)
    assert (await ann.call("add_task", title="New"))["task_id"] == 1


async def test_a_list_locked_for_too_long_is_busy_at_both_doors(
    copy: Copy, settings: Settings
) -> None:
    async with apart(copy, settings, lock_timeout_ms=250) as newcomer:
        ann, bob = newcomer(), newcomer()
        await ann.call("add_task", title="First")
        async with copy.connection() as superuser, superuser.transaction():
            await superuser.execute(
                "SELECT FROM account WHERE user_id = $1 FOR UPDATE", ann.user_id
            )
            for name, write in WRITES.items():
                assert_failed(await write(ann), 503, name)
            for name, read in READS.items():
                assert (await read(ann)).is_success, name
            assert (await bob.call("add_task", title="Mine"))["task_id"] == 1
        assert len(await sound_ledger(copy.server, ann.user_id, copy.name)) == 1
        for name, write in list(WRITES.items())[:1]:
            assert (await write(ann)).is_success, name


async def test_an_unavailable_database_is_reported_at_both_doors_and_recovers(
    tmp_path: Path, settings: Settings
) -> None:
    data = tmp_path / "data"
    async with AsyncExitStack() as stack:
        with postgres(data, durable=False) as server:
            await asyncio.to_thread(migrate, server.url(OWNER_ROLE), server.url())
            own = settings.model_copy(update={"database_url": server.url()})
            newcomer = await stack.enter_async_context(newcomers(own))
            ann = newcomer()
            await ann.call("add_task", title="First")
        for name, call in {**WRITES, **READS}.items():
            assert_failed(await call(ann), 503, name)
        with postgres(data, durable=False):
            for name, read in READS.items():
                assert (await read(ann)).is_success, name
            for name, write in WRITES.items():
                fresh = newcomer()
                await fresh.call("add_task", title="First")
                assert (await write(fresh)).is_success, name
            await stack.aclose()


async def test_a_read_with_a_lost_connection_is_repeated_once(
    copy: Copy, settings: Settings
) -> None:
    async with apart(copy, settings, pool_size=1) as newcomer:
        ann = newcomer()
        await ann.call("add_task", title="First")
        lost = []

        async def read(mine: UserTransaction) -> str:
            if not lost:
                lost.append(True)
                await mine.execute(
                    Statement("SELECT pg_terminate_backend(pg_backend_pid())", (), {})
                )
            return "read"

        assert await ann.read(read) == "read"

        async def never(mine: UserTransaction) -> None:
            await mine.execute(Statement("SELECT pg_terminate_backend(pg_backend_pid())", (), {}))

        with pytest.raises(ConnectionLost):
            await ann.read(never)


async def test_a_write_with_a_lost_connection_is_not_repeated(
    copy: Copy, settings: Settings
) -> None:
    async with apart(copy, settings) as newcomer:
        ann = newcomer()
        runs = []

        async def write(mine: UserTransaction) -> None:
            runs.append(await service.add(mine, {"title": "New"}))
            await mine.execute(Statement("SELECT pg_terminate_backend(pg_backend_pid())", (), {}))

        with pytest.raises(Unavailable):
            await ann.write(write)
        assert len(runs) == 1
        assert (await ann.call("list_tasks"))["total"] == 0


async def test_an_exhausted_pool_is_reported_and_leaks_no_connection(
    copy: Copy, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(isolation, "POOL_TIMEOUT", 0.02)
    async with apart(copy, settings, pool_size=1) as newcomer:
        ann = newcomer()
        await ann.call("add_task", title="First")
        async with ann.database._pool.acquire():
            for name, call in {**WRITES, **READS}.items():
                assert_failed(await call(ann), 503, name)
        assert (await ann.call("list_tasks"))["total"] == 1


@pytest.mark.parametrize("name", READS)
async def test_a_read_is_answered_before_its_transaction_ends(
    copy: Copy, settings: Settings, caplog: pytest.LogCaptureFixture, name: str
) -> None:
    async with apart(copy, settings, pool_size=1) as newcomer:
        ann = newcomer()
        await ann.call("add_task", title="First")
        await READS[name](ann)  # the first of a minute is noted, and waits for its COMMIT
        caplog.clear()
        assert (await READS[name](ann)).status_code == 200
        assert len(ann.database._endings) == 1
        await asyncio.gather(*ann.database._endings)
        left = await copy.rows(
            "SELECT state FROM pg_stat_activity WHERE datname = current_database() "
            "AND usename = 'surelist_app'"
        )
        states = {row["state"] for row in left}
        assert "idle" in states
        assert states <= {"idle", "active"}, "a transaction is open"  # the feed may be active
        assert (await READS[name](ann)).status_code == 200
    # asyncpg logs an error when it rolls back a returned connection.
    assert [record for record in caplog.records if record.levelno >= logging.ERROR] == []
