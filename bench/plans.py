"""The actual plans of the statements: of the app's role, under row-level security."""

import re
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

import asyncpg

from bench.stage import Stage
from surelist.postgres.embedded import APP_ROLE

_EXPLAINING = {
    "session_preload_libraries": "auto_explain",
    "auto_explain.log_min_duration": "0",
    "auto_explain.log_analyze": "on",
    "auto_explain.log_buffers": "on",
    "auto_explain.log_verbose": "off",
}
_PLAN = re.compile(r"duration: [0-9.]+ ms  plan:\n((?:\t.*\n)+)")
_BLOCKS = re.compile(r"Buffers: shared(?: hit=(\d+))?(?: read=(\d+))?")


@asynccontextmanager
async def explaining(stage: Stage) -> AsyncGenerator["Explained"]:
    """Lets every connection that is opened within the block log its plans."""
    connection = await asyncpg.connect(stage.superuser_url)
    try:
        for name, value in _EXPLAINING.items():
            await connection.execute(f"ALTER ROLE {APP_ROLE} SET {name} = '{value}'")
        yield Explained(stage.postgres_log)
        await connection.execute(f"ALTER ROLE {APP_ROLE} RESET ALL")
    finally:
        await connection.close()


class Explained:
    """Reads PostgreSQL's log from the last position."""

    def __init__(self, log: Path) -> None:
        self._log = log
        self._read = log.stat().st_size

    def plans(self) -> list[str]:
        """The plans since the last call, in order."""
        with self._log.open("rb") as log:
            log.seek(self._read)
            said = log.read()
        self._read += len(said)
        return _PLAN.findall(said.decode())


def blocks(plan: str) -> int:
    """The number of 8 KiB blocks that a statement read."""
    found = _BLOCKS.search(plan)
    return sum(int(count or 0) for count in found.groups()) if found else 0
