"""Too many concurrent calls: of one user, who must not slow down others, and of all users."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from time import monotonic

import asyncpg
import httpx

from bench.faults.draining import TASKS, held_up_at
from bench.faults.installation import PATIENCE_SECONDS, Served, installed, superuser
from bench.faults.report import Row
from surelist.data.queues import WRITES_AT_ONCE
from tests.support.person import ERAS, Person
from tests.support.soundness import rows, sound_ledger

NEVER = {"SURELIST_LOCK_TIMEOUT_MS": str(2 * PATIENCE_SECONDS * 1000)}
"""Longer than this fault holds a lock, so that no waiting call times out."""


async def hot_user(scratch: Path, *, writes: int, rounds: int) -> Row:
    """Many writes of one user wait for the account's lock, and other users are not slowed down."""
    async with installed(scratch, 2, **NEVER) as surelist, AsyncExitStack() as stack:
        hot = [await stack.enter_async_context(surelist.person("hot")) for _ in range(writes)]
        others = [
            await stack.enter_async_context(surelist.person(f"other-{number}"))
            for number in range(8)
        ]
        alone = await _work(others, rounds)
        async with account_held(surelist, "hot") as waiting:
            asked = [
                asyncio.create_task(one.rest("POST", "/tasks", json={"title": f"Hot {number}"}))
                for number, one in enumerate(hot)
            ]
            await waiting(WRITES_AT_ONCE)
            beside = await _work(others, rounds)
            assert not any(one.done() for one in asked), "the hot user did not wait"
        answers = await asyncio.gather(*asked)
        assert {answer.status_code for answer in answers} == {201}, f"answered: {answers}"
        assert len(await sound_ledger(surelist.cluster(), "hot")) == writes
        for number in range(len(others)):
            stored = await rows(surelist.cluster(), "task", f"other-{number}")
            assert len(stored) == 2 * rounds * 3, f"{len(stored)} tasks of other-{number}"
    return Row(
        f"{writes} writes of one user wait for each other",
        writes + 2 * 3 * rounds * len(others),
        f"no call failed; other users' calls: median {alone * 1000:.0f} ms before, "
        f"{beside * 1000:.0f} ms during",
    )


async def _work(people: list[Person], rounds: int) -> float:
    """Adds and lists for each person at every endpoint. Returns the median seconds of a call."""
    seconds: list[float] = []

    async def timed(call: Awaitable[httpx.Response]) -> None:
        began = monotonic()
        answer = await call
        seconds.append(monotonic() - began)
        assert answer.is_success, f"answered: {answer.status_code} {answer.text}"

    async def work(person: Person) -> None:
        for number in range(rounds):
            await timed(person.rest("POST", "/tasks", json={"title": f"Task {number}"}))
            await timed(person.rest("GET", "/tasks"))
            for era in ERAS:
                add = {"title": f"Task {number} {era} {monotonic()}"}
                for name, arguments in (("add_task", add), ("list_tasks", {})):
                    request = {"name": name, "arguments": arguments}
                    await timed(person.rpc("tools/call", request, version=era))

    async with asyncio.timeout(PATIENCE_SECONDS):
        await asyncio.gather(*(work(person) for person in people))
    return sorted(seconds)[len(seconds) // 2]


@asynccontextmanager
async def account_held(
    surelist: Served, user_id: str
) -> AsyncGenerator[Callable[[int], Awaitable[None]]]:
    """Blocks that user's writes. Yields a function that waits until that many are blocked."""
    async with superuser(surelist.cluster()) as connection:
        await connection.execute("INSERT INTO account (user_id) VALUES ($1)", user_id)
        async with connection.transaction():
            await connection.execute("SELECT FROM account WHERE user_id = $1 FOR UPDATE", user_id)

            async def waiting(number: int) -> None:
                async with asyncio.timeout(PATIENCE_SECONDS):
                    while await _locks_waited_for(connection) < number:
                        await asyncio.sleep(0.01)

            yield waiting


async def _locks_waited_for(connection: asyncpg.Connection) -> int:
    return await connection.fetchval("SELECT count(*) FROM pg_locks WHERE NOT granted")


async def exhausted_pool(scratch: Path, *, calls: int) -> Row:
    """Every connection is in use: further calls are soon answered 503, at each endpoint."""
    size = 2
    told = {"SURELIST_POOL_SIZE": str(size), **NEVER}
    async with installed(scratch, 1, **told) as surelist, AsyncExitStack() as stack:
        people = [
            await stack.enter_async_context(surelist.person(f"user-{number}"))
            for number in range(size + calls)
        ]
        async with held_up_at(surelist, TASKS) as held_up:
            asked = [asyncio.create_task(one.rest("GET", "/tasks")) for one in people[:size]]
            await held_up(size)
            began = monotonic()
            async with asyncio.timeout(PATIENCE_SECONDS):
                refused = await asyncio.gather(
                    *(_any_call(one, number) for number, one in enumerate(people[size:]))
                )
            seconds = monotonic() - began
            assert not any(one.done() for one in asked), "the connections were not in use"
        for answer in refused:
            assert answer.status_code == 503, f"answered: {answer.status_code} {answer.text}"
            assert answer.headers.get("retry-after") == "1", "without Retry-After"
        answers = await asyncio.gather(*asked)
        assert {answer.status_code for answer in answers} == {200}, f"answered: {answers}"
        for one in people:
            assert await rows(surelist.cluster(), "task", one.user_id) == []
        again = await asyncio.gather(*(_any_call(one, n) for n, one in enumerate(people)))
        assert all(answer.is_success for answer in again), f"answered: {again}"
    return Row(
        f"all connections in use, {calls} more calls",
        sum(1 for number in range(len(again)) if number % 4),
        f"{calls} x 503 within {seconds:.1f} s",
    )


async def _any_call(person: Person, number: int) -> httpx.Response:
    match number % 4:
        case 0:
            return await person.rest("GET", "/tasks")
        case 1:
            return await person.rest("POST", "/tasks", json={"title": "New"})
        case _:
            request = {"name": "add_task", "arguments": {"title": "New"}}
            return await person.rpc("tools/call", request, version=ERAS[number % 2])
