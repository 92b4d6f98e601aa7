"""Lists of any length for the growth part, made through the API and then copied."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import orjson

from bench.calls import NEW, Arguments, mcp
from bench.client import Connection, connect
from bench.seeding import copy_user, lengthen_list
from bench.servers import Served
from bench.stage import Stage

RARE = "xylophone"
VERBS = ("call", "write", "read", "pay", "plan", "fix", "visit", "order", "paint", "clean")
THINGS = (
    *("mother", "letter", "report", "invoice", "garden"),
    *("bicycle", "dentist", "book", "kitchen", "window"),
)
PRIORITIES = ("low", "medium", "high")
NEIGHBOURS_TASKS = 2


@dataclass
class Person:
    """A user with that many initial tasks, and an agent."""

    name: str
    length: int
    token: str
    connection: Connection
    added: int = 0
    completed: int = 0

    async def call(self, tool: str, arguments: Arguments) -> dict[str, Any]:
        """The result of the tool. Raises Refused."""
        request = mcp(NEW)(self.token, tool, arguments)
        answer = await self.connection.call(request)
        return orjson.loads(answer.partition(b"\r\n\r\n")[2])["result"]["structuredContent"]

    def next_write(self, tool: str) -> Arguments:
        """Arguments of a write that changes something. Completes the oldest task first."""
        if tool == "complete_task":
            self.completed += 1
            return {"task_id": self.length + self.completed}
        self.added += 1
        title = {"title": f"Write {self.added} of {self.name}"}
        return title if tool == "add_task" else {"task_id": 4, **title}

    async def reconnect(self, port: int) -> None:
        """Opens a new connection for further calls."""
        self.connection = await connect(port)


async def people(stage: Stage, server: Served, middle: int, times: int) -> list[Person]:
    """Three people, with 10, `middle`, and `times` times `middle` tasks."""
    short, long = await _person(stage, server, 10), await _person(stage, server, middle)
    for one in (short, long):
        await _fill(one)
    longest = await _person(stage, server, middle * times)
    await lengthen_list(stage.superuser_url, long.name, longest.name, times)
    made = [short, long, longest]
    for one in made:
        await one.reconnect(server.port)
        await one.call("add_task", {"title": f"Play the {RARE}", "tags": [RARE]})
    return made


async def make_neighbours(stage: Stage, server: Served, users: int) -> None:
    """Creates that many other users, each with a short list."""
    first = await _person(stage, server, NEIGHBOURS_TASKS, name="neighbour")
    await _fill(first)
    await copy_user(stage.superuser_url, first.name, "neighbour", users)


async def _person(stage: Stage, server: Served, length: int, name: str = "") -> Person:
    name = name or f"with{length}"
    return Person(name, length, stage.token(name), await connect(server.port))


async def _fill(person: Person) -> None:
    for number in range(person.length):
        added = await person.call("add_task", _task(number))
        if number % 5 == 0:
            await person.call("complete_task", {"task_id": added["task_id"]})


def _task(number: int) -> dict[str, Any]:
    """The fields of a task. One task of ten has the same verb, and one of ten the same tag."""
    verb, thing = VERBS[number % 10], THINGS[number // 10 % 10]
    task: dict[str, Any] = {
        "title": f"{verb} the {thing} {number}".capitalize(),
        "tags": [THINGS[number // 10 % 10]],
        "due": str(date(2030, 1, 1) + timedelta(days=number % 365)),
    }
    if number % 4:
        task["priority"] = PRIORITIES[number % 4 - 1]
    if number % 3 == 0:
        task["description"] = f"Before {VERBS[(number + 3) % 10]}ing, as agreed. " * 5
    return task
