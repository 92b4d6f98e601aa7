"""SIGTERM under load: running calls are answered, new ones are refused, and the exit is clean."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from time import monotonic

import asyncpg

from bench.faults.installation import PATIENCE_SECONDS, Installation, installed, superuser
from bench.faults.report import Row
from surelist.server.serving import SECONDS_TO_FINISH
from tests.support.soundness import rows

CHANGES = "event IN SHARE MODE"
"""A lock that blocks every change and no read."""

TASKS = "task IN ACCESS EXCLUSIVE MODE"
"""A lock that blocks every call."""


async def drained(scratch: Path, *, workers: int, calls: int) -> Row:
    """SIGTERM while many writes wait in PostgreSQL. They continue after new calls have failed."""
    async with installed(scratch, workers) as surelist, AsyncExitStack() as stack:
        people = [
            await stack.enter_async_context(surelist.person(f"user-{number}"))
            for number in range(calls)
        ]
        async with held_up_at(surelist, CHANGES) as held_up:
            asked = [
                asyncio.create_task(one.rest("POST", "/tasks", json={"title": "Under way"}))
                for one in people
            ]
            await held_up(calls)
            surelist.server.process.terminate()
            began = monotonic()
            await _until_refused(surelist.server.port)
            refused_after = monotonic() - began
            assert not any(one.done() for one in asked), "a call was dropped"
        answers = await asyncio.gather(*asked)
        assert {answer.status_code for answer in answers} == {201}, f"answered: {answers}"
        status = await asyncio.to_thread(surelist.server.process.wait, PATIENCE_SECONDS)
        seconds = monotonic() - began
        assert status == 0, f"exit status {status}"
        assert seconds < SECONDS_TO_FINISH, f"the exit took {seconds:.1f} s"
        for person in people:
            [task] = await rows(surelist.cluster(), "task", person.user_id)
            assert task["title"] == "Under way"
    return Row(
        f"SIGTERM with {calls} writes under way, {workers} workers",
        calls,
        f"all answered; new connections refused after {refused_after:.1f} s, "
        f"exit status 0 after {seconds:.1f} s",
    )


@asynccontextmanager
async def held_up_at(
    surelist: Installation, lock: str
) -> AsyncGenerator[Callable[[int], Awaitable[None]]]:
    """Holds the lock in PostgreSQL. Yields a function that waits until that many calls block."""
    async with superuser(surelist.cluster()) as connection, connection.transaction():
        await connection.execute(f"LOCK TABLE {lock}")

        async def held_up(number: int) -> None:
            async with asyncio.timeout(PATIENCE_SECONDS):
                while await _waiting(connection) < number:
                    await asyncio.sleep(0.01)

        yield held_up


async def _waiting(connection: asyncpg.Connection) -> int:
    return await connection.fetchval("SELECT count(*) FROM pg_locks WHERE NOT granted")


async def _until_refused(port: int) -> None:
    async with asyncio.timeout(PATIENCE_SECONDS):
        while True:
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", port)
            except ConnectionRefusedError:
                return
            writer.close()
            await asyncio.sleep(0.05)
