"""Short runs of bench/faults: no acknowledged change is lost, and the service recovers."""

import asyncio
import os
import shutil
import signal
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import quote

import asyncpg
import pytest

from bench.faults.crowds import exhausted_pool, hot_user
from bench.faults.draining import drained
from bench.faults.full_disk import disk_filled
from bench.faults.installation import Installation, installed
from bench.faults.live_feed import followed
from bench.faults.processes import (
    backend_killed,
    postgres_restarted,
    worker_killed,
    workers_killed_without_postgres,
)
from bench.faults.slow_clients import slow_clients
from surelist.config import Settings
from surelist.data import isolation
from surelist.data.database import ConnectionLost, Statement
from surelist.data.isolation import UserTransaction
from surelist.errors import Unavailable
from surelist.postgres.embedded import APP_ROLE
from tests.support.citus_nodes import direct_url
from tests.support.copies import Copy, newcomers
from tests.support.sockets import closing

END_MYSELF = Statement("SELECT pg_terminate_backend(pg_backend_pid())", (), {})
SLEEP = Statement("SELECT pg_sleep(60)", (), {})
END_THE_APPS = f"""
SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity
WHERE usename = '{APP_ROLE}' AND datname = current_database()
"""
ADMIN_SHUTDOWN = b"57P01"
CHANGES = 60


@pytest.fixture(scope="module")
async def surelist(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Installation]:
    """A server with two workers, shared by the fault tests."""
    async with installed(tmp_path_factory.mktemp("faults")) as surelist:
        yield surelist


async def test_a_killed_worker_loses_no_acknowledged_change(surelist: Installation) -> None:
    await worker_killed(surelist, times=1, changes=CHANGES)


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGQUIT])
async def test_calls_during_a_restart_of_postgresql_are_refused_with_retry_after(
    surelist: Installation, how: signal.Signals
) -> None:
    await postgres_restarted(surelist, how=how, times=1, changes=CHANGES)


async def test_surelist_recovers_from_a_killed_process_of_postgresql(
    surelist: Installation,
) -> None:
    await backend_killed(surelist, times=1, changes=CHANGES)


async def test_streams_have_each_change_once_while_workers_and_listening_connections_are_killed(
    surelist: Installation,
) -> None:
    await followed(surelist, times=2, changes=CHANGES)


async def test_slow_clients_hold_no_database_connection(
    surelist: Installation,
) -> None:
    await slow_clients(surelist, each=8)


@pytest.mark.parametrize("workers", [1, 2])
async def test_a_stopping_server_completes_running_calls_and_accepts_no_new_ones(
    tmp_path: Path, workers: int
) -> None:
    await drained(tmp_path, workers=workers, calls=4)


async def test_starting_workers_wait_for_postgresql(
    surelist: Installation,
) -> None:
    await workers_killed_without_postgres(surelist, times=1, changes=CHANGES)


async def test_a_call_without_a_free_connection_is_refused_with_retry_after(tmp_path: Path) -> None:
    await exhausted_pool(tmp_path, calls=8)


async def test_one_waiting_user_does_not_delay_others(tmp_path: Path) -> None:
    await hot_user(tmp_path, writes=60, rounds=4)


@pytest.mark.skipif(
    os.geteuid() != 0 or not shutil.which("mount"), reason="only root can mount a small disk"
)
async def test_a_full_disk_loses_no_data_and_surelist_recovers(tmp_path: Path) -> None:
    await disk_filled(tmp_path, times=1, changes=CHANGES)


# Lost connections in asyncpg


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
    passes = asyncio.Event()
    passes.set()
    async with (
        never_hanging_up(copy, short_path, passes) as url,
        newcomers(own(settings, url, lock_timeout_ms=200)) as newcomer,
    ):
        ann = newcomer()
        await ann.call("add_task", title="First")
        with monkeypatch.context() as hurried:
            hurried.setattr(isolation, "TRANSACTION_TIMEOUT", 0.2)
            hurried.setattr(isolation, "ROLLBACK_TIMEOUT", 0.2)
            passes.clear()
            async with asyncio.timeout(60):
                answers = await asyncio.gather(*(ann.rest("GET", "/tasks") for _ in range(6)))
        assert {one.status_code for one in answers} == {503}
        passes.set()
        assert (await ann.rest("GET", "/tasks")).status_code == 200


def own(settings: Settings, url: str, **more: int) -> Settings:
    """Settings of an app with one connection to this database."""
    return settings.model_copy(update={"database_url": url, "pool_size": 1, **more})


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
