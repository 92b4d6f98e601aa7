"""Whether a call costs the same on a long list, and among many users."""

from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import count
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

import orjson

from bench.calls import NEW, Arguments, mcp
from bench.client import Connection, connect
from bench.plans import blocks, explaining
from bench.processes import Usage
from bench.seeding import copy_user, lengthen_list
from bench.servers import SURELIST, Served, serving
from bench.stage import Stage
from bench.table import markdown

PLANS = Path(__file__).parent / "plans"
LIMIT = 20
MICRO, MILLI = 1e6, 1e3
WARMING = 7
"""PostgreSQL may change a prepared statement's plan at its sixth run (PREPARE, "Notes")."""

WORDS = "call write read pay plan fix visit order paint clean"
THINGS = "mother letter report invoice garden bicycle dentist book kitchen window"
RARE = "xylophone"

READS: Mapping[str, Arguments] = {
    "list": {},
    "pending": {"status": "pending"},
    "completed": {"status": "completed"},
    "sort by due": {"sort": "due"},
    "sort by priority": {"sort": "priority"},
    "sort by title": {"sort": "title"},
    "sort by updated": {"sort": "updated"},
    "search, 1 in 10": {"search": "paint"},
    "search, 1 in 100": {"search": "paint bicycle"},
    "search, one": {"search": RARE},
    "search, none": {"search": "zeppelin"},
    "tag, 1 in 10": {"tag": "garden"},
    "tag, one": {"tag": RARE},
    "priority, 1 in 4": {"priority": "high"},
    "due before": {"due_before": "2030-01-08"},
    "due after": {"due_after": "2030-12-24"},
    "due within, by due": {"due_after": "2030-03-01", "due_before": "2030-03-07", "sort": "due"},
    "search and tag, by title": {"search": "paint", "tag": "garden", "sort": "title"},
    "page 2": {},
    "one task": {"task_id": 3},
}
WRITES = ("add_task", "update_task", "complete_task")


@dataclass(frozen=True)
class Size:
    """A list of 10, one of `middle`, one of `times` that; then the same among `users`."""

    middle: int = 1000
    times: int = 100
    users: int = 100_000
    calls: int = 20


@dataclass
class Person:
    """A user whose list is of some length."""

    name: str
    length: int
    next_task: int = 0


@dataclass(frozen=True)
class Cost:
    """Medians of a call: PostgreSQL's CPU, and from call to answer; in seconds."""

    postgres: float
    took: float


class Caller:
    """Calls as one person's agent does, on a connection that is made anew for each case."""

    def __init__(self, stage: Stage, server: Served, person: Person, connection: Connection) -> None:
        self._stage = stage
        self._token = stage.token(person.name)
        self._person = person
        self._connection = connection
        self._door = mcp(NEW)
        self._server = server

    async def call(self, tool: str, arguments: Arguments) -> Mapping[str, Any]:
        """What the tool tells."""
        answer = await self._connection.call(self._door(self._token, tool, arguments))
        body = orjson.loads(answer.partition(b"\r\n\r\n")[2])
        return body["result"]["structuredContent"]
