"""A thousand concurrent agents, on the same cores as PostgreSQL, the server and the generator."""

import sys
from dataclasses import dataclass
from time import perf_counter, process_time

import asyncpg
import orjson

from bench.agents import Agent, Lap, play
from bench.calls import NEW, mcp
from bench.client import connect
from bench.contestants import ROWS, arguments
from bench.processes import Usage
from bench.seeding import copy_user
from bench.servers import SURELIST, Served, serving
from bench.stage import Stage
from bench.table import markdown, percentile

LIMIT = 0.2
"""The limit of the 95th percentile in seconds. A rate that exceeds it is too high."""

FASTER = 1.2
MILLI = 1e3
ORIGINAL = "original"


@dataclass(frozen=True)
class Size:
    """The size of a run: `a_second` calls for `seconds`, then faster steps of `step_seconds`."""

    agents: int = 1000
    workers: int = 2
    a_second: float = 500
    seconds: float = 60
    step_seconds: float = 10
    steps: int = 12


async def measure(stage: Stage, size: Size) -> str:
    """The table of the laps. Raises AssertionError if an acknowledged write is missing."""
    async with serving(SURELIST, stage, workers=size.workers) as server:
        await _fill(stage, server, size.agents)
        agents = [
            Agent(f"agent{n}", stage.token(f"agent{n}"), server.port, modern=n % 2 == 0, tasks=ROWS)
            for n in range(1, size.agents + 1)
        ]
        laps = await _laps(stage, server, agents, size)
    kept = await _verified(stage, agents)
    head = ["calls/s", "p50 ms", "p95 ms", "p99 ms", "slowest ms", "errors"]
    used = ["server cores", "PostgreSQL cores", "generator cores"]
    return f"{markdown([*head, *used], laps)}\n\n{kept}"


async def _fill(stage: Stage, server: Served, users: int) -> None:
    connection, door = await connect(server.port), mcp(NEW)
    token = stage.token(ORIGINAL)
    for number in range(1, ROWS + 1):
        await connection.call(door(token, "add_task", arguments("add_task", number)))
    connection.close()
    await copy_user(stage.superuser_url, ORIGINAL, "agent", users)


async def _laps(stage: Stage, server: Served, agents: list[Agent], size: Size) -> list[list[str]]:
    await play(agents, size.a_second, size.step_seconds)  # warm-up
    rows: list[list[str]] = []
    rate, seconds = size.a_second, size.seconds
    for _ in range(size.steps + 1):
        print(f"{rate:.0f} calls/s for {seconds:.0f} s", file=sys.stderr, flush=True)
        lap, row = await _lap(stage, server, agents, rate, seconds)
        rows.append([f"{rate:.0f}", *row])
        if lap.errors or percentile(lap.latencies, 95) > LIMIT:
            break
        rate, seconds = rate * FASTER, size.step_seconds
    return rows


async def _lap(
    stage: Stage, server: Served, agents: list[Agent], rate: float, seconds: float
) -> tuple[Lap, list[str]]:
    users = [Usage(server.process), Usage(stage.postgres_process)]
    began, generator = perf_counter(), process_time()
    lap = await play(agents, rate, seconds)
    used, took = process_time() - generator, perf_counter() - began
    latencies = [latency * MILLI for latency in lap.latencies]
    return lap, [
        *(f"{percentile(latencies, percent):.1f}" for percent in (50, 95, 99)),
        f"{max(latencies):.0f}",
        str(len(lap.errors)),
        *(f"{cpu / took:.2f}" for cpu in (*(user.seconds() for user in users), used)),
    ]


async def _verified(stage: Stage, agents: list[Agent]) -> str:
    """Reports the number of checked writes. AssertionError if an acknowledged one is lost."""
    connection = await asyncpg.connect(stage.superuser_url)
    try:
        found = await connection.fetch(
            "SELECT user_id, count(*) AS events, max(id) AS last, (SELECT jsonb_object_agg("
            "id, title) FROM task t WHERE t.user_id = e.user_id) AS titles "
            "FROM event e GROUP BY user_id"
        )
    finally:
        await connection.close()
    kept = {row["user_id"]: row for row in found}
    for agent in agents:
        row, least = kept[agent.user], ROWS + agent.acknowledged
        assert least <= row["events"] == row["last"] <= least + agent.refused, agent.user
        titles: dict[str, str] = orjson.loads(row["titles"])
        for task_id, title in agent.titles.items():
            assert titles[str(task_id)] == title, f"task {task_id} of {agent.user}"
    written = sum(agent.acknowledged for agent in agents)
    return f"All {written} acknowledged writes of the {len(agents)} users are in the database."
