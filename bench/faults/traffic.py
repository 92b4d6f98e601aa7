"""Agents that write continuously, record acknowledged writes, and repeat the others."""

import asyncio
from collections import Counter
from collections.abc import AsyncGenerator, Callable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from itertools import count, cycle
from time import monotonic
from typing import Any

import httpx

from bench.faults.installation import PATIENCE_SECONDS, Served
from tests.support.person import ERAS, Person
from tests.support.soundness import sound_ledger

REST = "REST"
DOORS = (*ERAS, REST)
PAUSE_SECONDS = 0.05
"""The pause before a refused call is repeated: less than Retry-After, to keep up the load."""


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """An acknowledged change."""

    version: int
    task_id: int
    kind: str
    title: str


@dataclass(slots=True)
class Tally:
    """The answers to all agents so far."""

    acknowledged: int = 0
    refused: Counter[int] = field(default_factory=Counter)
    without_retry_after: int = 0
    cut: int = 0
    silences: list[float] = field(default_factory=list)
    """Seconds between an agent's last success before a failure and its next one."""

    wakened: asyncio.Event = field(default_factory=asyncio.Event)

    async def until(self, more: int) -> None:
        """Waits until that many more changes are acknowledged."""
        wanted = self.acknowledged + more
        async with asyncio.timeout(PATIENCE_SECONDS):
            while self.acknowledged < wanted:
                self.wakened.clear()
                await self.wakened.wait()


class Agent:
    """One client of one user with its own connection, which adds, completes and lists tasks."""

    def __init__(self, person: Person, name: str, tally: Tally) -> None:
        self.person = person
        self.acknowledged: list[Acknowledged] = []
        self.stopping = False
        self._name = name
        self._tally = tally
        self._since = monotonic()
        self._failed = False

    async def work(self) -> None:
        """Works until it is stopped, and waits for all answers."""
        for number, door in zip(count(), cycle(DOORS), strict=False):
            title = f"{self._name} {number}"
            task_id = await self._change("created", title, self._adding(door, title))
            await self._change("updated", title, self._completing(door, task_id))
            await self._answer(self._listing(door))
            if self.stopping:
                return

    async def _change(self, kind: str, title: str, call: Callable[[], Any]) -> int:
        told = await self._answer(call)
        task_id = told["task_id"] if "task_id" in told else told["id"]
        self.acknowledged.append(Acknowledged(told["version"], task_id, kind, title))
        self._tally.acknowledged += 1
        self._tally.wakened.set()
        return task_id

    async def _answer(self, call: Callable[[], Any]) -> dict[str, Any]:
        """The answer to a call, which is repeated with the same key until it succeeds."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            while True:
                with suppress(httpx.TransportError):
                    response = await call()
                    if response.is_success:
                        self._succeeded()
                        body = response.json()
                        return body["result"]["structuredContent"] if "result" in body else body
                    self._tally.refused[response.status_code] += 1
                    self._tally.without_retry_after += "retry-after" not in response.headers
                    self._failed = True
                    await asyncio.sleep(PAUSE_SECONDS)
                    continue
                self._tally.cut += 1
                self._failed = True
                await asyncio.sleep(PAUSE_SECONDS)

    def _succeeded(self) -> None:
        now = monotonic()
        if self._failed:
            self._tally.silences.append(now - self._since)
        self._failed, self._since = False, now

    def _adding(self, door: str, title: str) -> Callable[[], Any]:
        if door == REST:
            headers = {"Idempotency-Key": title}
            return lambda: self.person.rest(
                "POST", "/tasks", json={"title": title}, headers=headers
            )
        return self._tool(door, "add_task", title=title, idempotency_key=title)

    def _completing(self, door: str, task_id: int) -> Callable[[], Any]:
        if door == REST:
            path, done = f"/tasks/{task_id}/complete", {"completed": True}
            return lambda: self.person.rest("PATCH", path, json=done)
        return self._tool(door, "complete_task", task_id=task_id)

    def _listing(self, door: str) -> Callable[[], Any]:
        if door == REST:
            return lambda: self.person.rest("GET", "/tasks?limit=5&sort=updated")
        return self._tool(door, "list_tasks", limit=5, sort="updated")

    def _tool(self, version: str, name: str, **arguments: Any) -> Callable[[], Any]:
        request = {"name": name, "arguments": arguments}
        return lambda: self.person.rpc("tools/call", request, version=version)


class Traffic:
    """All agents and their results."""

    def __init__(self, agents: list[Agent], tally: Tally, surelist: Served) -> None:
        self._agents = agents
        self._surelist = surelist
        self.tally = tally
        self._running = [asyncio.create_task(agent.work()) for agent in agents]

    @property
    def users(self) -> list[str]:
        """The users whose lists are written."""
        return sorted({agent.person.user_id for agent in self._agents})

    async def end(self) -> None:
        """Lets every agent finish, with all of its calls answered."""
        for agent in self._agents:
            agent.stopping = True
        await asyncio.gather(*self._running)

    def give_up(self) -> None:
        """Stops immediately."""
        for running in self._running:
            running.cancel()

    async def lost(self) -> list[Acknowledged]:
        """The acknowledged changes that are not stored. AssertionError if a ledger is unsound.

        Each key must have made one task, however often its call was repeated.
        """
        cluster = self._surelist.cluster()
        lost: list[Acknowledged] = []
        by_user: dict[str, list[Acknowledged]] = {}
        for agent in self._agents:
            by_user.setdefault(agent.person.user_id, []).extend(agent.acknowledged)
        for user_id, acknowledged in by_user.items():
            events = {event["id"]: event for event in await sound_ledger(cluster, user_id)}
            titles = {
                e["subject_id"]: e["after"]["title"] for e in events.values() if e["before"] is None
            }
            stored = {
                Acknowledged(e["id"], e["subject_id"], e["kind"], titles[e["subject_id"]])
                for e in events.values()
            }
            lost += [one for one in acknowledged if one not in stored]
            added = [one for one in acknowledged if one.kind == "created"]
            assert len(added) == len(titles), f"{len(added)} keys made {len(titles)} tasks"
        return lost


_runs = count(1)


@asynccontextmanager
async def traffic(surelist: Served, agents: int = 12, users: int = 6) -> AsyncGenerator[Traffic]:
    """Runs agents of new users, the same number for each."""
    run, tally = next(_runs), Tally()
    async with AsyncExitStack() as stack:
        people: list[Agent] = []
        for number in range(agents):
            person = await stack.enter_async_context(
                surelist.person(f"user-{run}-{number % users}", f"agent-{number}")
            )
            people.append(Agent(person, f"{run} {number}", tally))
        traffic = Traffic(people, tally, surelist)
        try:
            yield traffic
        finally:
            traffic.give_up()
