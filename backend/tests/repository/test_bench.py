"""The bench, with few calls: that its parts still run, and what they verify, not how fast it is."""

import re
import subprocess
import sys
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[3]
VERBS = ("list_tasks", "add_task", "complete_task", "update_task", "delete_task")


@cache
def quick(part: str) -> str:
    """What a part prints; its log is the assertion's message when it fails."""
    command = [sys.executable, "-m", "bench", "--quick", part]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert run.returncode == 0, run.stderr
    return run.stdout


def rows(printed: str, first: str) -> list[list[str]]:
    """The cells of the rows of every table that begin with `first`."""
    lines = [line for line in printed.splitlines() if line.startswith(f"| {first}")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def test_each_tool_is_measured_through_each_door_beside_the_yardsticks():
    printed = quick("cpu")
    assert [rows(printed, verb)[0][0] for verb in VERBS] == list(VERBS)
    for name in (
        "FastAPI + asyncpg",
        "Surelist, MCP 2026-07-28",
        "Surelist, MCP 2025-11-25",
        "Surelist, REST",
        "MCPServer + SQLModel, 2026-07-28",
        "MCPServer + SQLModel, 2025-11-25",
        "pgbench",
    ):
        assert len([row for row in rows(printed, name) if len(row) == 10]) == len(VERBS)


def test_no_call_takes_more_than_three_round_trips_and_the_lock():
    printed = quick("cpu")
    round_trips = [int(row[-1]) for row in rows(printed, "Surelist, ") if len(row) == 10]
    assert max(round_trips[:3]) <= 3
    assert max(round_trips) <= 4


def test_every_acknowledged_write_of_many_agents_is_found_again():
    printed = quick("load")
    assert re.search(r"All [1-9]\d* acknowledged writes of the 20 users are in", printed)
    assert {row[5] for row in rows(printed, "4")} == {"0"}


def test_each_way_of_listing_is_measured_on_lists_of_every_length():
    printed = quick("growth")
    measured = rows(printed, "")[1:]
    assert len(measured) == 23
    assert all(float(cell) > 0 for row in measured for cell in row[1:7])


def test_open_streams_and_each_way_to_wake_them_are_measured():
    printed = quick("feed")
    assert [len(rows(printed, workers)[0]) for workers in "12"] == [8, 8]
    ways = ("no stream at another worker", "a stream at another worker", "NOTIFY in each")
    assert [len(rows(printed, way)[0]) for way in ways] == [7, 7, 7]


def test_each_distance_is_measured_through_each_door():
    printed = quick("distance")
    assert [len(row) for row in rows(printed, "Surelist, ")] == [7, 7, 7]
