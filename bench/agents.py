"""Many concurrent agents in an open loop: each calls at its scheduled times.

Latency is measured from the scheduled time of a call. A closed loop would make no calls while the
server stalls, and so miss the slowest latencies ("coordinated omission").
"""

import asyncio
import random
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from time import perf_counter

from bench.calls import NEW, OLD, Arguments, mcp
from bench.client import Connection, connect, succeeded

READ = 0.7
ROWS = 20
DRAINED_WITHIN = 120.0


@dataclass
class Lap:
    """The results of a period; latencies in seconds from the scheduled time of each call."""

    latencies: list[float] = field(default_factory=list[float])
    errors: list[bytes] = field(default_factory=list[bytes])


class Agent:
    """The only agent of a user: its token, its connection, and its acknowledged writes."""

    def __init__(self, user: str, token: str, port: int, *, modern: bool, tasks: int) -> None:
        self.user = user
        self.acknowledged = 0
        self.refused = 0
        self.titles: dict[int, str] = {}
        self._door = mcp(NEW if modern else OLD)
        self._token = token
        self._port = port
        self._random = random.Random(user)
        self._reading = self._door(token, "list_tasks", {"limit": ROWS})
        self._tasks = tasks
        self._writing = self._writes()
        self._connection = Connection()
        self._due: deque[float] = deque()
        self._connecting: asyncio.Task[None] | None = None

    @property
    def busy(self) -> bool:
        """Whether a call is due or running."""
        return bool(self._due) or self._connection.busy

    def call(self, due: float, lap: Lap) -> None:
        """Makes the next call, at the latest when the running one is answered."""
        self._due.append(due)
        self._go_on(lap)

    def _go_on(self, lap: Lap) -> None:
        if not self._due or self._connection.busy or self._connecting:
            return
        if self._connection.open:
            self._send(lap)
        else:
            self._connecting = asyncio.ensure_future(self._connect_and_send(lap))

    async def _connect_and_send(self, lap: Lap) -> None:
        self._connection = await connect(self._port)
        self._connecting = None
        self._send(lap)

    def _send(self, lap: Lap) -> None:
        due = self._due.popleft()
        write = None if self._random.random() < READ else next(self._writing)
        request = self._reading if write is None else self._door(self._token, *write)

        def answered(answer: bytes) -> None:
            lap.latencies.append(perf_counter() - due)
            done = succeeded(answer)
            if not done:
                lap.errors.append(answer)
            if write:
                self._note(*write, done=done)
            self._go_on(lap)

        self._connection.send(request, answered)

    def _note(self, tool: str, arguments: Arguments, *, done: bool) -> None:
        if not done:
            self.refused += 1
            return
        self.acknowledged += 1
        if tool == "add_task":
            self._tasks += 1
            self.titles[self._tasks] = arguments["title"]
        elif tool == "update_task":
            self.titles[arguments["task_id"]] = arguments["title"]

    def _writes(self) -> Iterator[tuple[str, Arguments]]:
        """Adds, updates and completions in turn. Each changes something, so each makes an event."""
        for task in count(1):
            yield "add_task", {"title": f"New task {task} of {self.user}"}
            yield "update_task", {"task_id": task, "title": f"Task {task}, changed"}
            yield "complete_task", {"task_id": task}


async def play(agents: list[Agent], a_second: float, seconds: float) -> Lap:
    """Lets the agents call in turn, evenly distributed, `a_second` calls in total."""
    lap = Lap()
    period = len(agents) / a_second
    chance = random.Random(0)
    moments = sorted(chance.uniform(0, period) for _ in agents)
    began = perf_counter()
    for turn in range(max(1, round(seconds / period))):
        for agent, moment in zip(agents, moments, strict=True):
            due = began + turn * period + moment
            if (early := due - perf_counter()) > 0:
                await asyncio.sleep(early)
            agent.call(due, lap)
    async with asyncio.timeout(DRAINED_WITHIN):
        while any(agent.busy for agent in agents):
            await asyncio.sleep(0.01)
    return lap
