"""Short runs of bench/faults: no acknowledged change is lost, and the service recovers."""

import os
import shutil
import signal
from collections.abc import AsyncIterator
from pathlib import Path

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
