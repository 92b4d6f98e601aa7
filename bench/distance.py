"""The latency of a call when PostgreSQL is far away: each round trip takes longer."""

from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from statistics import median

from bench.contestants import contestants, fill_readers_list
from bench.proxy import Proxy, proxy
from bench.servers import OF_OURS, Served, serving
from bench.stage import Stage
from bench.table import markdown

VERBS = ("list_tasks", "add_task", "complete_task")
MILLI = 1e3
WARMING = 6


@dataclass(frozen=True)
class Size:
    """The additional seconds of a round trip, and the calls of each verb at each distance."""

    distances: tuple[float, ...] = (0.0, 0.010, 0.020)
    calls: int = 20
    programs: Sequence[str] = OF_OURS


async def measure(stage: Stage, size: Size) -> str:
    """The table of medians, in milliseconds."""
    async with AsyncExitStack() as stack:
        proxies: dict[str, Proxy] = {}
        servers: list[Served] = []
        for name in size.programs:
            proxies[name] = await stack.enter_async_context(proxy(stage.socket))
            url = proxies[name].url(stage.postgres.url())
            served = serving(name, stage, database_url=url)
            servers.append(await stack.enter_async_context(served))
        await fill_readers_list(stage, servers)
        rows: list[list[str]] = []
        for one in contestants(stage, servers, agents=1):
            there = proxies[one.server.name]
            there.delay = 0.0
            async with one.connected() as calls_of:
                for verb in VERBS:
                    await calls_of(verb, range(1, WARMING + 1))
                cells: list[str] = []
                for verb in VERBS:
                    for n, distance in enumerate(size.distances):
                        first = WARMING + 1 + n * size.calls
                        there.delay = distance / 2
                        took = await calls_of(verb, range(first, first + size.calls))
                        cells.append(f"{median(took) * MILLI:.1f}")
            rows.append([one.name, *cells])
    head = [f"{verb} {distance * MILLI:.0f} ms" for verb in VERBS for distance in size.distances]
    return markdown(["p50 ms, PostgreSQL at", *head], rows)
