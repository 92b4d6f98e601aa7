"""Processes that end without warning: a worker, one of PostgreSQL's, all of PostgreSQL's."""

import asyncio
import signal

from bench.faults.installation import PATIENCE_SECONDS, Installation
from bench.faults.report import Row
from bench.faults.traffic import Traffic, traffic


async def worker_killed(surelist: Installation, *, times: int, changes: int) -> Row:
    """kill -9 of one of two workers under load: its calls are cut off and repeated."""
    async with traffic(surelist) as agents:
        for number in range(times):
            await agents.tally.until(changes)
            workers = surelist.workers()
            workers[number % len(workers)].kill()
        await agents.tally.until(changes)
        await agents.end()
        assert not agents.tally.refused, f"refused: {agents.tally.refused}"
        return await row("a worker is killed (kill -9)", times, agents)


async def postgres_restarted(
    surelist: Installation, *, how: signal.Signals, times: int, changes: int
) -> Row:
    """PostgreSQL is ended and restarted under load."""
    name = {
        signal.SIGINT: "PostgreSQL is restarted (fast)",
        signal.SIGQUIT: "PostgreSQL is restarted (immediate, as after a crash)",
    }[how]
    async with traffic(surelist) as agents:
        for _ in range(times):
            await agents.tally.until(changes)
            await surelist.postgres.end(how)
            await surelist.postgres.begin()
        await agents.tally.until(changes)
        await agents.end()
        only_asked_to_come_again(agents)
        return await row(name, times, agents)


async def backend_killed(surelist: Installation, *, times: int, changes: int) -> Row:
    """kill -9 of one of PostgreSQL's processes, like the kernel without free memory.

    PostgreSQL ends all others and recovers.
    """
    async with traffic(surelist) as agents:
        for _ in range(times):
            await agents.tally.until(changes)
            surelist.postgres.backends()[0].kill()
        await agents.tally.until(changes)
        await agents.end()
        only_asked_to_come_again(agents)
        return await row("a PostgreSQL process is killed (kill -9)", times, agents)


async def workers_killed_without_postgres(
    surelist: Installation, *, times: int, changes: int
) -> Row:
    """Every worker is killed while PostgreSQL is down: new ones start, and wait for it."""
    async with traffic(surelist) as agents:
        for _ in range(times):
            await agents.tally.until(changes)
            await surelist.postgres.end(signal.SIGQUIT)
            before = surelist.workers()
            for worker in before:
                worker.kill()
            await _until_others_refuse(surelist, {worker.pid for worker in before})
            await surelist.postgres.begin()
        await agents.tally.until(changes)
        await agents.end()
        only_asked_to_come_again(agents, but_cut=True)
        return await row("every worker is killed while PostgreSQL is away", times, agents)


async def _until_others_refuse(surelist: Installation, before: set[int]) -> None:
    """Waits until as many new workers run and calls are answered again, with 503."""
    async with asyncio.timeout(PATIENCE_SECONDS), surelist.person("nobody") as person:
        while len({worker.pid for worker in surelist.workers()} - before) < len(before):
            await asyncio.sleep(0.1)
        answer = await person.rest("GET", "/tasks")
        assert answer.status_code == 503, f"answered: {answer.status_code}"


def only_asked_to_come_again(agents: Traffic, *, but_cut: bool = False) -> None:
    tally = agents.tally
    assert set(tally.refused) <= {503}, f"refused: {tally.refused}"
    assert not tally.without_retry_after, f"{tally.without_retry_after} without Retry-After"
    assert but_cut or not tally.cut, f"{tally.cut} calls were cut off"


async def row(name: str, times: int, agents: Traffic) -> Row:
    lost = await agents.lost()
    assert not lost, f"acknowledged and lost: {lost}"
    return Row.of(f"{name}, {times} times" if times > 1 else name, agents.tally)
