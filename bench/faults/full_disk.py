"""A full disk: PostgreSQL panics, and is restarted until there is space again."""

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
ENDED = "PostgreSQL has ended by itself"
ATTEMPTS = 2
"""How often PostgreSQL ends before there is space again."""


@contextmanager
def small_disk(directory: Path) -> Generator[Path]:
    """A separate file system in memory. Raises CalledProcessError without the right to mount."""
    directory.mkdir()
    options = f"size={MEBIBYTES}m,mode=0700"
    mount = ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(directory)]
    subprocess.run(mount, check=True, capture_output=True)
    try:
        yield directory
    finally:
        subprocess.run(["umount", str(directory)], check=True)


async def disk_filled(scratch: Path, *, times: int, changes: int) -> Row:
    """The disk of the embedded PostgreSQL is full, WAL included, and then has space again."""
    data = scratch / "data"  # without the server's log next to it
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
    """Uses up the WAL, and waits until PostgreSQL has ended that many more times."""
    log = surelist.server.log
    wanted = log.read_text().count(ENDED) + ATTEMPTS
    async with asyncio.timeout(PATIENCE_SECONDS):
        while log.read_text().count(ENDED) < wanted:
            with suppress(OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
                async with superuser(surelist.cluster()) as connection:
                    await connection.execute("SELECT txid_current(), pg_switch_wal()")
            await asyncio.sleep(0.05)
