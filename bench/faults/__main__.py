"""`python -m bench.faults`: runs all faults on a running Surelist and prints the results."""

import asyncio
import signal
import tempfile
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

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
from bench.faults.report import BEGINNING, Row
from bench.faults.slow_clients import slow_clients
from bench.machine import machine

TIMES, CHANGES = 3, 500

ON_ONE: list[Callable[[Installation], Awaitable[Row]]] = [
    lambda one: worker_killed(one, times=5, changes=CHANGES),
    lambda one: postgres_restarted(one, how=signal.SIGINT, times=TIMES, changes=CHANGES),
    lambda one: postgres_restarted(one, how=signal.SIGQUIT, times=TIMES, changes=CHANGES),
    lambda one: backend_killed(one, times=TIMES, changes=CHANGES),
    lambda one: workers_killed_without_postgres(one, times=TIMES, changes=CHANGES),
    lambda one: followed(one, times=5, changes=CHANGES),
    lambda one: slow_clients(one, each=100),
]
EACH_ON_ITS_OWN: list[Callable[[Path], Awaitable[Row]]] = [
    lambda scratch: drained(scratch, workers=2, calls=7),  # as many as one worker can run
    lambda scratch: exhausted_pool(scratch, calls=40),
    lambda scratch: hot_user(scratch, writes=200, rounds=20),
    lambda scratch: disk_filled(scratch, times=TIMES, changes=CHANGES),
]


async def main() -> None:
    """Prints the table. Raises AssertionError if a promise is broken."""
    print(f"{machine()}\n\n{BEGINNING}", flush=True)
    async with _somewhere() as scratch, installed(scratch) as surelist:
        for fault in ON_ONE:
            print(await fault(surelist), flush=True)
    for fault in EACH_ON_ITS_OWN:
        async with _somewhere() as scratch:
            print(await fault(scratch), flush=True)


@asynccontextmanager
async def _somewhere() -> AsyncGenerator[Path]:
    with tempfile.TemporaryDirectory(prefix="surelist-faults-") as directory:
        yield Path(directory)


if __name__ == "__main__":
    asyncio.run(main())
