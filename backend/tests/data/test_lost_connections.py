"""Connections to PostgreSQL that are lost, hang or are cut in the middle of an exchange."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import quote

import asyncpg
import pytest

from surelist.config import Settings
from surelist.data import database, isolation
from surelist.data.database import ConnectionLost, Statement, open_pool
from surelist.data.isolation import Database, UserTransaction
from surelist.errors import Unavailable
from surelist.postgres.embedded import APP_ROLE
from tests.support.citus_nodes import direct_url
from tests.support.copies import Copy, newcomers
from tests.support.person import Person
from tests.support.sockets import closing

END_MYSELF = Statement("SELECT pg_terminate_backend(pg_backend_pid())", (), {})
SLEEP = Statement("SELECT pg_sleep(60)", (), {})
END_THE_APPS = f"""
SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity
WHERE usename = '{APP_ROLE}' AND datname = current_database()
"""
WAITING = "SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
ADMIN_SHUTDOWN = b"57P01"


async def test_a_connection_lost_between_two_statements_raises_connection_lost(
    copy: Copy, settings: Settings
) -> None:
    async with newcomers(own(settings, copy.url())) as newcomer:
        ann = newcomer()

        async def goes_on(tx: UserTransaction) -> None:
            with pytest.raises(asyncpg.PostgresError):
                await tx.execute(END_MYSELF)
            await tx.execute(END_MYSELF)

        for _ in range(20):
            with pytest.raises(ConnectionLost):
                await ann.write(goes_on)
        assert (await ann.call("add_task", title="Still here"))["task_id"] == 1


async def test_a_connection_is_dropped_after_the_shutdown_message_of_postgresql(
    copy: Copy, settings: Settings, short_path: Path
) -> None:
    # asyncpg would reuse it, and the next call would fail (its issues 784 and 1069).
    async with never_hanging_up(copy, short_path) as url, newcomers(own(settings, url)) as newcomer:
        ann = newcomer()
        statuses = list[int]()
        for number in range(4):
            await ann.call("add_task", title=f"Kept {number}")
            await copy.run(END_THE_APPS)
            said = await ann.rest("POST", "/tasks", json={"title": f"Perhaps {number}"})
            statuses.append(said.status_code)
            assert said.status_code == 201 or said.headers["retry-after"] == "1"
        assert set(statuses) <= {201, 503}  # 201: a call in the background had noticed it before
        assert 503 in statuses
        assert (await ann.call("list_tasks"))["total"] == 4 + statuses.count(201)


async def test_a_connection_with_an_unfinished_statement_is_dropped(
    copy: Copy, settings: Settings
) -> None:
    async with newcomers(own(settings, copy.url())) as newcomer:

        async def leaves(tx: UserTransaction) -> None:
            left.append(asyncio.create_task(tx.execute(SLEEP)))
            await asyncio.sleep(0)
            raise ThrownAway

        for unit in (newcomer().read, newcomer().write):
            left: list[asyncio.Task[None]] = []
            with pytest.raises(ThrownAway):
                await unit(leaves)
            assert (await newcomer().rest("GET", "/tasks")).status_code == 200
            await asyncio.wait(left)
            assert isinstance(left[0].exception(), asyncpg.PostgresConnectionError)


class ThrownAway(Exception):
    """An intended error in a transaction."""


async def test_an_endless_statement_is_cancelled(
    copy: Copy, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with newcomers(own(settings, copy.url())) as newcomer:
        ann = newcomer()
        with monkeypatch.context() as hurried:
            hurried.setattr(isolation, "TRANSACTION_TIMEOUT", 0.2)
            for unit in (ann.read, ann.write):
                with pytest.raises(Unavailable):
                    await unit(lambda tx: tx.execute(SLEEP))
        assert (await ann.call("list_tasks"))["total"] == 0


async def test_a_hanging_postgresql_is_unavailable_and_recovers(
    copy: Copy, settings: Settings, short_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    impatient = settings.model_copy(update={"lock_timeout_ms": 200})
    async with that_can_hang(copy, impatient, short_path) as (ann, passes):
        with monkeypatch.context() as hurried:
            hurried.setattr(isolation, "TRANSACTION_TIMEOUT", 0.2)
            hurried.setattr(isolation, "ROLLBACK_TIMEOUT", 0.2)
            passes.clear()
            async with asyncio.timeout(60):
                answers = await asyncio.gather(*(ann.rest("GET", "/tasks") for _ in range(6)))
        assert {one.status_code for one in answers} == {503}
        passes.set()
        assert (await ann.rest("GET", "/tasks")).status_code == 200


Question = Callable[[Database], Awaitable[object]]
OWN_QUESTIONS: dict[str, tuple[Question, str]] = {
    "the last events of users with streams": (lambda it: it.last_events(["user-1"]), "account"),
    "the deliveries that are due": (lambda it: it.deliveries("", 10), "delivery"),
}
"""What a worker asks for itself, and a table that is read for it."""


@pytest.mark.parametrize("question", OWN_QUESTIONS)
async def test_a_question_of_the_server_itself_is_given_up_when_postgresql_hangs(
    copy: Copy,
    settings: Settings,
    short_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    question: str,
) -> None:
    async with that_can_hang(copy, settings, short_path) as (ann, passes):
        with monkeypatch.context() as hurried:
            hurried.setattr(isolation, "POOL_TIMEOUT", 0.2)
            passes.clear()
            async with asyncio.timeout(60):
                with pytest.raises(Unavailable):
                    await OWN_QUESTIONS[question][0](ann.database)
        passes.set()
        assert (await ann.rest("GET", "/tasks")).status_code == 200


@pytest.mark.parametrize("question", OWN_QUESTIONS)
async def test_a_question_of_the_server_itself_ends_with_its_connection(
    copy: Copy, settings: Settings, short_path: Path, question: str
) -> None:
    async with never_hanging_up(copy, short_path) as url, newcomers(own(settings, url)) as newcomer:
        ann = newcomer()
        await ann.call("add_task", title="First")
        await until_idle(ann)
        ask, table = OWN_QUESTIONS[question]
        async with copy.connection() as superuser, superuser.transaction():
            await superuser.execute(f"LOCK TABLE {table}")
            asking = asyncio.ensure_future(ask(ann.database))
            await until_one_waits(copy, asking)
            await copy.run(END_THE_APPS)
            async with asyncio.timeout(60):
                with pytest.raises(Unavailable):
                    await asking
        assert (await ann.rest("GET", "/tasks")).status_code == 200


@pytest.mark.parametrize("question", OWN_QUESTIONS)
async def test_a_question_of_the_server_itself_is_cancelled_when_postgresql_hangs(
    copy: Copy, settings: Settings, short_path: Path, question: str
) -> None:
    async with that_can_hang(copy, settings, short_path) as (ann, passes):
        ask, _ = OWN_QUESTIONS[question]
        passes.clear()
        asking = asyncio.ensure_future(ask(ann.database))
        await asyncio.sleep(0.1)
        asking.cancel()
        async with asyncio.timeout(60):
            with pytest.raises(asyncio.CancelledError):
                await asking
        passes.set()


async def test_a_read_does_not_wait_for_a_hanging_postgresql_beside_a_replica(
    copy: Copy, settings: Settings, short_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    replicated = settings.model_copy(update={"database_url_replica": copy.url()})
    async with that_can_hang(copy, replicated, short_path) as (ann, passes):
        assert (await ann.rest("GET", "/tasks")).status_code == 200
        await until_idle(ann)
        with monkeypatch.context() as hurried:
            hurried.setattr(isolation, "POOL_TIMEOUT", 0.2)
            hurried.setattr(isolation, "TRANSACTION_TIMEOUT", 0.2)
            passes.clear()
            async with asyncio.timeout(60):
                assert (await ann.rest("GET", "/tasks")).status_code == 503
        passes.set()
        assert (await ann.rest("GET", "/tasks")).status_code == 200


async def test_the_check_of_a_first_connection_is_given_up_when_postgresql_hangs(
    copy: Copy, settings: Settings, short_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "CONNECT_TIMEOUT", 1)
    passes = asyncio.Event()
    passes.set()
    async with never_hanging_up(copy, short_path, passes) as url:
        pool = await open_pool(own(settings, url), checked=False)
        async with copy.connection() as superuser, superuser.transaction():
            await superuser.execute("LOCK TABLE alembic_version")
            acquiring = asyncio.ensure_future(pool.acquire(timeout=2))
            await until_one_waits(copy, acquiring)
            passes.clear()
            async with asyncio.timeout(60):
                with pytest.raises((TimeoutError, asyncpg.InterfaceError)):
                    await acquiring
            passes.set()
        pool.terminate()


@asynccontextmanager
async def that_can_hang(
    copy: Copy, settings: Settings, directory: Path
) -> AsyncIterator[tuple[Person, asyncio.Event]]:
    """A person with a task, whose worker waits for PostgreSQL while the event is not set."""
    passes = asyncio.Event()
    passes.set()
    async with (
        never_hanging_up(copy, directory, passes) as url,
        newcomers(own(settings, url)) as newcomer,
    ):
        ann = newcomer()
        await ann.call("add_task", title="First")
        await until_idle(ann)
        yield ann, passes


async def until_one_waits(copy: Copy, work: asyncio.Future[Any]) -> None:
    """Wait until a statement waits for a lock, or the work has ended."""
    while not work.done() and not await copy.rows(WAITING):
        await asyncio.wait([work], timeout=0.01)


async def until_idle(person: Person) -> None:
    """Wait until no connection of the person's worker is used."""
    pool = person.database._pool
    async with asyncio.timeout(30):
        while pool.get_idle_size() < pool.get_size():  # noqa: ASYNC110
            await asyncio.sleep(0.01)


def own(settings: Settings, url: str) -> Settings:
    """Settings of an app with one connection to this database."""
    return settings.model_copy(update={"database_url": url, "pool_size": 1})


@pytest.fixture
def short_path() -> Iterator[Path]:
    """A directory with a path short enough for a Unix socket."""
    with TemporaryDirectory() as path:
        yield Path(path)


@asynccontextmanager
async def never_hanging_up(
    copy: Copy, directory: Path, passes: asyncio.Event | None = None
) -> AsyncIterator[str]:
    """The URL of a proxy that forwards everything except the close after a shutdown message.

    It forwards nothing while `passes` is not set.
    """
    socket = ".s.PGSQL.5432"

    async def passing(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        last = b""
        while piece := await reader.read(1 << 16):
            if passes:
                await passes.wait()
            writer.write(piece)
            last = piece
        if ADMIN_SHUTDOWN not in last:
            writer.close()

    async def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        server = await asyncio.open_unix_connection(copy.server.socket_directory / socket)
        async with closing(server[1], writer):
            await asyncio.gather(passing(reader, server[1]), passing(server[0], writer))

    async with await asyncio.start_unix_server(accept, directory / socket):
        here, there = (
            quote(str(one), safe="") for one in (directory, copy.server.socket_directory)
        )
        direct = direct_url(copy.server, database=copy.name)
        yield direct.replace(there, here)


async def test_a_hanging_postgresql_does_not_delay_a_stop(copy: Copy, settings: Settings) -> None:
    silent: list[int] = []
    try:
        async with asyncio.timeout(30):
            async with newcomers(settings.model_copy(update={"database_url": copy.url()})) as make:
                await make().call("list_tasks")
                silent += [
                    row["pid"]
                    for row in await copy.rows(
                        "SELECT pid FROM pg_stat_activity "
                        f"WHERE usename = '{APP_ROLE}' AND datname = current_database()"
                    )
                ]
                for pid in silent:
                    os.kill(pid, signal.SIGSTOP)
        assert silent
    finally:
        for pid in silent:
            os.kill(pid, signal.SIGCONT)
