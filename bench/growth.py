"""The cost of a call on long lists and among many users."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from time import perf_counter

from bench.calls import Arguments
from bench.lists import RARE, Person, make_neighbours, people
from bench.plans import blocks, explaining
from bench.processes import Usage
from bench.servers import SURELIST, Served, serving
from bench.stage import Stage
from bench.table import markdown

PLANS = Path(__file__).parent / "plans"
LIMIT = 20
MICRO, MILLI = 1e6, 1e3
READS: Mapping[str, Arguments] = {
    "list": {},
    "list, page 2": {},
    "list, pending": {"status": "pending"},
    "list, completed": {"status": "completed"},
    "sort by due": {"sort": "due"},
    "sort by priority": {"sort": "priority"},
    "sort by title": {"sort": "title"},
    "sort by updated": {"sort": "updated"},
    "search, 1 in 10": {"search": "paint"},
    "search, 1 in 100": {"search": "paint bicycle"},
    "search, one": {"search": RARE},
    "search, none": {"search": "zeppelin"},
    "search and tag, by title": {"search": "paint", "tag": "garden", "sort": "title"},
    "tag, 1 in 10": {"tag": "garden"},
    "tag, one": {"tag": RARE},
    "priority, 1 in 4": {"priority": "high"},
    "due before": {"due_before": "2030-01-08"},
    "due after": {"due_after": "2030-12-24"},
    "due in a week, by due": {"due_after": "2030-03-01", "due_before": "2030-03-07", "sort": "due"},
    "one task": {"task_id": 3},
}
WRITES = ("add_task", "update_task", "complete_task")


@dataclass(frozen=True)
class Size:
    """Lists of 10, `middle`, and `times` times `middle` tasks, alone and then among `users` users.

    `warming` calls run first, because PostgreSQL can change the plan of a prepared statement at its
    sixth run (PREPARE, "Notes").
    """

    middle: int = 1000
    times: int = 100
    users: int = 100_000
    calls: int = 20
    warming: int = 7


@dataclass(frozen=True)
class Cost:
    """The cost of a call: PostgreSQL's CPU seconds, and the median seconds until the answer."""

    postgres: float
    took: float


Costs = dict[str, list[Cost]]
"""By case, for each person."""


async def measure(stage: Stage, size: Size) -> str:
    """The table. Writes the plans to PLANS."""
    async with serving(SURELIST, stage) as server:
        who = await people(stage, server, size.middle, size.times)
        alone = await _measured(stage, server, who, size)
        await make_neighbours(stage, server, size.users)
        among = await _measured(stage, server, who, size)
    read = await _explained(stage, who[1:], size)
    lengths = [f"{one.length:,}" for one in who]
    head = [
        "PostgreSQL us per call, list of",
        *(f"{length} alone" for length in lengths),
        *(f"{length} among {size.users:,}" for length in lengths),
        "grows",
        *(f"blocks, {length}" for length in lengths[1:]),
        f"p50 ms, {lengths[-1]}",
    ]
    rows = [_row(case, alone[case], among[case], read[case]) for case in alone]
    return f"{markdown(head, rows)}\n\nThe plans are in {PLANS.relative_to(Path.cwd())}."


def _row(case: str, alone: list[Cost], among: list[Cost], read: list[int]) -> list[str]:
    costs = [*alone, *among]
    return [
        case,
        *(f"{cost.postgres * MICRO:.0f}" for cost in costs),
        f"{among[-1].postgres / alone[1].postgres:.1f}",
        *(str(number) for number in read),
        f"{among[-1].took * MILLI:.1f}",
    ]


async def _measured(stage: Stage, server: Served, who: list[Person], size: Size) -> Costs:
    costs: Costs = {case: [] for case in (*READS, *WRITES)}
    for case in costs:
        for person in who:
            await person.reconnect(server.port)
            await _called(person, case, size.warming)
            postgres = Usage(stage.postgres_process)
            took = await _called(person, case, size.calls)
            costs[case].append(Cost(postgres.seconds() / size.calls, median(took)))
    return costs


async def _explained(stage: Stage, who: list[Person], size: Size) -> dict[str, list[int]]:
    """By case, the number of blocks that a call of each person reads. Writes the plans."""
    PLANS.mkdir(exist_ok=True)
    read: dict[str, list[int]] = {case: [] for case in (*READS, *WRITES)}
    async with explaining(stage) as explained, serving(SURELIST, stage) as server:
        for case in read:
            for person in who:
                await person.reconnect(server.port)
                await _called(person, case, size.warming)
                explained.plans()
                await _called(person, case, 1)
                plans = explained.plans()
                path = PLANS / f"{case.replace(', ', ' ').replace(' ', '_')}.{person.length}.txt"
                path.write_text("\n".join(plans))
                read[case].append(sum(map(blocks, plans)))
    return read


async def _called(person: Person, case: str, times: int) -> list[float]:
    """The seconds of each of that many calls."""
    arguments = dict(READS.get(case, {}))
    if case == "list, page 2":
        arguments["cursor"] = (await person.call("list_tasks", {"limit": 5}))["next_cursor"]
    took: list[float] = []
    for _ in range(times):
        tool = case if case in WRITES else "list_tasks"
        given = person.next_write(case) if case in WRITES else _limited(arguments)
        began = perf_counter()
        await person.call(tool, given)
        took.append(perf_counter() - began)
    return took


def _limited(arguments: Arguments) -> Arguments:
    return arguments if "task_id" in arguments else {"limit": LIMIT, **arguments}
