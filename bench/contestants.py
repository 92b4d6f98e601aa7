"""The contestants of a comparison: each is an endpoint of a program, with its own agents."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from time import perf_counter

from bench.calls import NEW, OLD, Arguments, Door, mcp, rest
from bench.client import Connection, Refused, connect
from bench.servers import FASTMCP, OFFICIAL, PLAIN, SURELIST, Served
from bench.stage import Stage

READER = "reader"
ROWS = 20
PATIENCE = 300.0

VERBS = ("list_tasks", "add_task", "complete_task", "update_task", "delete_task")
"""In the order of a task's life, because each write needs the result of the previous ones."""

DOORS: Mapping[str, tuple[tuple[str, Door], ...]] = {
    PLAIN: (("FastAPI + asyncpg", rest("/tasks")),),
    SURELIST: (
        (f"Surelist, MCP {NEW}", mcp(NEW)),
        (f"Surelist, MCP {OLD}", mcp(OLD)),
        ("Surelist, REST", rest("/api/me/tasks")),
    ),
    OFFICIAL: (
        (f"MCPServer + SQLModel, {NEW}", mcp(NEW)),
        (f"MCPServer + SQLModel, {OLD}", mcp(OLD)),
    ),
    FASTMCP: (
        (f"FastMCP 4 + SQLModel, {NEW}", mcp(NEW)),
        (f"FastMCP 4 + SQLModel, {OLD}", mcp(OLD)),
    ),
}


Calls = Callable[[str, range], Awaitable[list[float]]]
"""Lets each agent make these calls of a verb. Returns the seconds of each call. Raises Refused."""


@dataclass(frozen=True)
class Contestant:
    """An endpoint of a program, and the tokens of its concurrent agents."""

    name: str
    server: Served
    door: Door
    tokens: list[str]
    reader_token: str

    @asynccontextmanager
    async def connected(self) -> AsyncGenerator[Calls]:
        """Gives each agent a new connection, because servers close idle ones after seconds."""
        connections = [await connect(self.server.port) for _ in self.tokens]

        async def calls(verb: str, numbers: range) -> list[float]:
            pairs = zip(connections, self.tokens, strict=True)
            each = (self._calls(connection, token, verb, numbers) for connection, token in pairs)
            try:
                async with asyncio.timeout(PATIENCE):
                    took = await asyncio.gather(*each)
            except (Refused, TimeoutError) as error:
                error.add_note(f"{self.name} did not do {verb}")
                raise
            return [seconds for each in took for seconds in each]

        yield calls
        for connection in connections:
            connection.close()

    async def _calls(
        self, connection: Connection, token: str, verb: str, numbers: range
    ) -> list[float]:
        """One agent's calls, one after the other."""
        took: list[float] = []
        bearer = self.reader_token if verb == "list_tasks" else token
        for number in numbers:
            request = self.door(bearer, verb, arguments(verb, number))
            started = perf_counter()
            await connection.call(request)
            took.append(perf_counter() - started)
        return took


def contestants(stage: Stage, servers: list[Served], agents: int) -> list[Contestant]:
    """A contestant for each endpoint of these programs, with new users."""
    reader = stage.token(READER)
    made: list[Contestant] = []
    for server in servers:
        for name, door in DOORS[server.name]:
            users = [f"{name}.{server.port}.{n}".translate(IN_AN_ID) for n in range(agents)]
            tokens = [stage.token(user) for user in users]
            made.append(Contestant(name, server, door, tokens, reader))
    return made


async def fill_readers_list(stage: Stage, servers: list[Served]) -> None:
    """Adds the tasks of the reader, whose list all contestants read."""
    server = next(one for one in servers if one.name == SURELIST)
    connection, door, token = await connect(server.port), mcp(NEW), stage.token(READER)
    for number in range(1, ROWS + 1):
        await connection.call(door(token, "add_task", arguments("add_task", number)))
    connection.close()


def arguments(verb: str, number: int) -> Arguments:
    """The arguments of the `number`th call of a verb; the first task of a user is number 1."""
    if verb == "list_tasks":
        return {"limit": ROWS}
    if verb == "add_task":
        return {"title": f"Task number {number}"}
    if verb == "update_task":
        return {"task_id": number, "title": f"Task number {number}, changed"}
    return {"task_id": number}


IN_AN_ID = str.maketrans({" ": "_", "+": "_", ",": "_"})
