"""The CPU time of a call, in the server and in PostgreSQL, compared with plain programs.

The contestants take turns in rounds, in a rotating order, so that other load on the machine affects
all of them equally. Compare the ratios.
"""

import sys
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from statistics import median
from time import perf_counter, process_time

from bench.contestants import VERBS, Contestant, contestants, fill_readers_list
from bench.counting import Cost, counted
from bench.floor import Floor
from bench.processes import Usage, memory
from bench.servers import Served, installed, serving
from bench.stage import Stage
from bench.table import markdown, percentile

MICRO, MILLI = 1e6, 1e3


@dataclass(frozen=True)
class Size:
    """The size of a run: each agent makes `calls` calls of each verb in each round."""

    rounds: int = 6
    agents: int = 4
    calls: int = 25
    programs: Sequence[str] = field(default_factory=installed)


@dataclass(frozen=True)
class Round:
    """One round of one verb: CPU seconds per call, calls per second, the seconds of each call."""

    server: float
    postgres: float
    generator: float
    a_second: float
    took: list[float]


Results = dict[str, dict[str, list[Round]]]
"""By verb and contestant, without the first round, which is a warm-up."""


async def measure(stage: Stage, size: Size) -> str:
    """The tables: one for each verb, and one for the programs."""
    for name in size.programs:
        async with serving(name, stage):
            pass  # compiles the bytecode, so that no measured start has to
    async with AsyncExitStack() as stack:
        servers = [await stack.enter_async_context(serving(name, stage)) for name in size.programs]
        await fill_readers_list(stage, servers)
        entered = contestants(stage, servers, size.agents)
        results = await _rounds(stage, entered, size)
        programs = _programs(servers)
    costs = await counted(stage, size.programs)
    floor = Floor(stage, size.agents, size.calls * size.rounds)
    verbs = [_verb(verb, results[verb], costs[verb], floor.row(verb)) for verb in VERBS]
    return "\n\n".join([*verbs, programs])


async def _rounds(stage: Stage, entered: list[Contestant], size: Size) -> Results:
    results: Results = {verb: {one.name: [] for one in entered} for verb in VERBS}
    for number in range(size.rounds + 1):
        numbers = range(number * size.calls + 1, (number + 1) * size.calls + 1)
        turned = number % len(entered)
        print(f"round {number} of {size.rounds}", file=sys.stderr, flush=True)
        for verb in VERBS:
            for one in entered[turned:] + entered[:turned]:
                played = await _round(stage, one, verb, numbers)
                if number:
                    results[verb][one.name].append(played)
    return results


async def _round(stage: Stage, one: Contestant, verb: str, numbers: range) -> Round:
    async with one.connected() as calls_of:
        server, postgres = Usage(one.server.process), Usage(stage.postgres_process)
        began, generator = perf_counter(), process_time()
        took = await calls_of(verb, numbers)
        generated, seconds, calls = process_time() - generator, perf_counter() - began, len(took)
        return Round(
            server.seconds() / calls,
            postgres.seconds() / calls,
            generated / calls,
            calls / seconds,
            took,
        )


def _verb(
    verb: str, results: dict[str, list[Round]], costs: dict[str, Cost], floor: list[str]
) -> str:
    plain = median(one.server for one in next(iter(results.values())))
    head = [verb, "CPU us", "ratio", "PostgreSQL us", "calls/s", "p50 ms", "p95 ms", "p99 ms"]
    rows = [_row(name, rounds, plain, costs[name]) for name, rounds in results.items()]
    generator = median(one.generator for rounds in results.values() for one in rounds)
    said = f"The load generator took {generator * MICRO:.0f} us per call."
    return f"{markdown([*head, 'statements', 'round trips'], [*rows, floor])}\n\n{said}"


def _row(name: str, rounds: list[Round], plain: float, cost: Cost) -> list[str]:
    server = median(one.server for one in rounds)
    took = [seconds * MILLI for one in rounds for seconds in one.took]
    return [
        name,
        f"{server * MICRO:.0f}",
        f"{server / plain:.2f}",
        f"{median(one.postgres for one in rounds) * MICRO:.0f}",
        f"{median(one.a_second for one in rounds):.0f}",
        *(f"{percentile(took, percent):.1f}" for percent in (50, 95, 99)),
        str(cost.statements),
        str(cost.round_trips),
    ]


def _programs(servers: list[Served]) -> str:
    head = ["a worker", "starts in s", "CPU s", "resident MiB", "own share MiB"]
    rows = [
        [
            server.name,
            f"{server.start_seconds:.2f}",
            f"{server.start_cpu:.2f}",
            *(f"{mebibytes:.0f}" for mebibytes in memory(server.process)),
        ]
        for server in servers
    ]
    return markdown(head, rows)
