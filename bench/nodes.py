"""What a call costs on Citus beside one PostgreSQL, and what users of each node meet in a fault.

    PYTHONPATH=.:backend .venv/bin/python -m bench.nodes --app URL --superuser URL \
        --at 20 "kill -9 PID" --at 40 "start it"

The addresses are of a database that `surelist distribute` has distributed; without --at only the
costs are measured. Prints Markdown.
"""

import argparse
import asyncio
import random
import subprocess
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median
from time import perf_counter

import asyncpg
import uvloop

from bench.agents import READ
from bench.calls import NEW, mcp, rest
from bench.client import Connection, connect, succeeded
from bench.contestants import ROWS, arguments
from bench.machine import machine
from bench.processes import Usage
from bench.seeding import copy_user
from bench.servers import SURELIST, Served, serving
from bench.stage import Stage, stage
from bench.table import markdown, percentile

ORIGINAL = "original"
VERBS = ("add_task", "list_tasks", "complete_task")
ROUNDS, CALLS = 3, 150
CONNECTIONS = 16
MILLI, MICRO = 1e3, 1e6
UNAVAILABLE = b" 503 "

_NODES = """
SELECT account.user_id, shard.nodename || ':' || shard.nodeport AS node
FROM account JOIN citus_shards AS shard
ON shard.shardid = get_shard_id_for_distribution_column('account', account.user_id)
WHERE account.user_id LIKE 'agent%'
"""


@dataclass
class Window:
    """The calls of the users of one node in some seconds."""

    outcomes: Counter[str] = field(default_factory=Counter[str])
    took: list[float] = field(default_factory=list[float])


async def measure(made: Stage, given: argparse.Namespace) -> str:
    """The tables."""
    said = [machine(), "", await _costs(made, given.app)]
    if given.at:
        said += ["", await _faults(made, given)]
    return "\n".join(said)


async def _costs(made: Stage, app: str) -> str:
    """The median time of a call, alone, and the CPU of the worker, in alternate rounds."""
    rows: dict[str, dict[str, list[tuple[float, float]]]] = {}
    async with (
        serving(SURELIST, made) as one,
        serving(SURELIST, made, database_url=app) as many,
    ):
        for number in range(ROUNDS + 1):
            for name, server in (("one PostgreSQL", one), ("Citus", many)):
                for verb in VERBS:
                    played = await _played(made, server, verb, number)
                    if number:
                        rows.setdefault(verb, {}).setdefault(name, []).append(played)
    table = [
        [verb, *_row(found["one PostgreSQL"]), *_row(found["Citus"]), _ratio(found)]
        for verb, found in rows.items()
    ]
    head = ["call", "one: p50 ms", "worker us", "Citus: p50 ms", "worker us", "ratio of the times"]
    return markdown(head, table)


def _row(rounds: Sequence[tuple[float, float]]) -> list[str]:
    return [
        f"{median(took for took, _ in rounds) * MILLI:.2f}",
        f"{median(cpu for _, cpu in rounds) * MICRO:.0f}",
    ]


def _ratio(found: Mapping[str, Sequence[tuple[float, float]]]) -> str:
    one, many = (median(took for took, _ in found[name]) for name in ("one PostgreSQL", "Citus"))
    return f"{many / one:.2f}"


async def _played(made: Stage, server: Served, verb: str, number: int) -> tuple[float, float]:
    """Seconds of a call, and of the worker's CPU."""
    door, connection = mcp(NEW), await connect(server.port)
    user = f"alone{number}"
    token = made.token(user)
    took: list[float] = []
    used = Usage(server.process)
    for task in range(1, CALLS + 1):
        began = perf_counter()
        await connection.call(door(token, verb, arguments(verb, task)))
        took.append(perf_counter() - began)
    connection.close()
    return median(took), used.seconds() / CALLS


async def _faults(made: Stage, given: argparse.Namespace) -> str:
    """A table of the calls of each node's users, by periods, and what became of what was told."""
    async with serving(SURELIST, made, database_url=given.app, workers=2) as server:
        connection, door = await connect(server.port), mcp(NEW)
        token = made.token(ORIGINAL)
        for number in range(1, ROWS + 1):
            await connection.call(door(token, "add_task", arguments("add_task", number)))
        connection.close()
        await copy_user(given.superuser, ORIGINAL, "agent", given.users)
        nodes = await _nodes(given.superuser)
        tokens = {user: made.token(user) for user in nodes}
        periods: list[dict[str, Window]] = []
        told: dict[str, list[str]] = {}
        ends = [*(float(seconds) for seconds, _ in given.at), given.seconds]
        commands = [*(command for _, command in given.at), ""]
        began = perf_counter()
        for end, command in zip(ends, commands, strict=True):
            windows: dict[str, Window] = {node: Window() for node in set(nodes.values())}
            periods.append(windows)
            until = began + end
            await asyncio.gather(
                *(
                    _client(server.port, n, tokens, nodes, windows, told, until)
                    for n in range(CONNECTIONS)
                )
            )
            if command:
                subprocess.Popen(command, shell=True)
    lost = await _lost(given.superuser, told)
    rows = [
        [f"until {end:.0f} s", node, *_outcomes(windows[node])]
        for end, windows in zip(ends, periods, strict=True)
        for node in sorted(windows)
    ]
    head = ["period", "node", "answered", "503, Retry-After", "else", "p50 ms", "p99 ms"]
    adds = sum(len(titles) for titles in told.values())
    return f"{markdown(head, rows)}\n\nOf {adds} acknowledged tasks, {lost} are missing."


def _outcomes(window: Window) -> list[str]:
    took = [seconds * MILLI for seconds in window.took] or [0.0]
    found = window.outcomes
    counts = [str(found[name]) for name in ("answered", "unavailable", "else")]
    return [*counts, *(f"{percentile(took, percent):.1f}" for percent in (50, 99))]


async def _client(
    port: int,
    number: int,
    tokens: Mapping[str, str],
    nodes: Mapping[str, str],
    windows: Mapping[str, Window],
    told: dict[str, list[str]],
    until: float,
) -> None:
    """Calls as one random user after the other, until the moment."""
    chance, users = random.Random(f"{number} {until}"), list(tokens)
    connection = Connection()
    while perf_counter() < until:
        user = chance.choice(users)
        window = windows[nodes[user]]
        title = f"New {chance.random()}"
        reads = chance.random() < READ
        asked = ("list_tasks", {"limit": ROWS}) if reads else ("add_task", {"title": title})
        if not connection.open:
            connection = await connect(port)
        answered: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()
        began = perf_counter()
        door = rest(f"/api/{user}/tasks")
        connection.send(door(tokens[user], *asked), answered.set_result)
        answer = await answered
        window.took.append(perf_counter() - began)
        if succeeded(answer):
            window.outcomes["answered"] += 1
            if not reads:
                told.setdefault(user, []).append(title)
        elif UNAVAILABLE in answer[:20] and b"retry-after" in answer.lower():
            window.outcomes["unavailable"] += 1
        else:
            window.outcomes["else"] += 1


async def _nodes(url: str) -> dict[str, str]:
    connection = await asyncpg.connect(url)
    try:
        return {row["user_id"]: row["node"] for row in await connection.fetch(_NODES)}
    finally:
        await connection.close()


async def _lost(url: str, told: Mapping[str, list[str]]) -> int:
    connection = await asyncpg.connect(url)
    try:
        found = await connection.fetch("SELECT user_id, title FROM task WHERE title LIKE 'New %'")
    finally:
        await connection.close()
    there = {(row["user_id"], row["title"]) for row in found}
    return sum((user, title) not in there for user, titles in told.items() for title in titles)


def main() -> None:
    """Measure what the arguments ask for."""
    parser = argparse.ArgumentParser(prog="python -m bench.nodes", description=__doc__)
    parser.add_argument("--app", required=True, help="the app's address of the coordinator")
    parser.add_argument("--superuser", required=True, help="the superuser's address of it")
    parser.add_argument("--users", type=int, default=10_000)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--at", nargs=2, action="append", metavar=("SECONDS", "COMMAND"))
    given = parser.parse_args()
    with stage(durable=True) as made:
        print(uvloop.run(measure(made, given)))


if __name__ == "__main__":
    main()
