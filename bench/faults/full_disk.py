"""A disk without room: PostgreSQL panics, and is begun again until there is room for it."""

import asyncio
import subprocess
from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import Path

import asyncpg

from bench.faults.installation import PATIENCE_SECONDS, Served, embedded, superuser
from bench.faults.processes import only_asked_to_come_again, row
from bench.faults.report import Row
from bench.faults.traffic import traffic

MEBIBYTES = 256
ENDED = "PostgreSQL exited unexpectedly"
ATTEMPTS = 2
"""Times that PostgreSQL is seen to end before there is room again."""


@contextmanager
def small_disk(directory: Path) -> Generator[Path]:
    """A file system of its own, in memory; CalledProcessError for who may not mount one."""
    directory.mkdir()
    options = f"size={MEBIBYTES}m,mode=0700"
    mount = ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(directory)]
    subprocess.run(mount, check=True, capture_output=True)
    try:
        yield directory
    finally:
        subprocess.run(["umount", str(directory)], check=True)


async def disk_filled(scratch: Path, *, times: int, changes: int) -> Row:
    """The disk of the embedded PostgreSQL is full, its log ahead included, and has room again."""
    data = scratch / "data"  # and not the server's own log, beside it
    with small_disk(data) as disk:
        async with embedded(data) as surelist, traffic(surelist) as agents:
            for _ in range(times):
                await agents.tally.until(changes)
                ballast = await asyncio.to_thread(_fill, disk)
                await _panics(surelist)
                ballast.unlink()
            await agents.tally.until(changes)
            await agents.end()
            only_asked_to_come_again(agents)
            assert agents.tally.refused[503], "no call met the full disk"
            return await row("the disk is full, and has room again", times, agents)


def _fill(disk: Path) -> Path:
    ballast = disk / "ballast"
    with suppress(OSError), ballast.open("wb", buffering=0) as file:
        while True:
            file.write(bytes(4096))
    return ballast


async def _panics(surelist: Served) -> None:
    """Use up the log ahead, and wait until PostgreSQL has ended so many times more."""
    log = surelist.server.log
    wanted = log.read_text().count(ENDED) + ATTEMPTS
    async with asyncio.timeout(PATIENCE_SECONDS):
        while log.read_text().count(ENDED) < wanted:
            with suppress(OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
                async with superuser(surelist.cluster()) as connection:
                    await connection.execute("SELECT txid_current(), pg_switch_wal()")
            await asyncio.sleep(0.05)
