"""A worker with real connections, and clients of its live feed."""

import asyncio
import json
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx
from starlette.applications import Starlette
from uvicorn import Config
from uvicorn.server import ServerState

from surelist.config import Settings
from surelist.feed.feed import Feed
from surelist.main import create_app
from surelist.server.connections import BoundedConnection
from surelist.server.serving import listen
from tests.support.person import Person

PATIENCE = 30
"""Seconds within which a message arrives."""


@dataclass(frozen=True)
class Message:
    """A server-sent event."""

    event: str
    id: int | None
    data: Any


class Stream:
    """A client of the feed. It reads messages into a queue."""

    def __init__(self, response: httpx.Response) -> None:
        self.response = response
        self.position: int | None = None
        self.comments = 0
        self.arrived = asyncio.Queue[Message | None]()

    async def read(self) -> None:
        try:
            fields: dict[str, str] = {}
            async for line in self.response.aiter_lines():
                name, _, value = line.partition(": ")
                if line.startswith(":"):
                    self.comments += 1
                elif line:
                    fields[name] = value
                elif fields:
                    self.arrived.put_nowait(self._message(fields))
                    fields = {}
        except httpx.HTTPError:
            pass
        self.arrived.put_nowait(None)

    def _message(self, fields: dict[str, str]) -> Message:
        if "id" in fields:
            self.position = int(fields["id"])
        event_id = int(fields["id"]) if "id" in fields else None
        return Message(fields["event"], event_id, json.loads(fields["data"]))

    async def next(self) -> Message:
        """The next message. Fails at the end of the stream."""
        message = await self.next_or_end()
        assert message is not None, "the stream ended"
        return message

    async def next_or_end(self) -> Message | None:
        """The next message, or None at the end of the stream."""
        async with asyncio.timeout(PATIENCE):
            return await self.arrived.get()

    async def changes(self, number: int) -> list[int]:
        """The ids of the next changes."""
        found: list[int] = []
        while len(found) < number:
            message = await self.next()
            assert message.event == "change", message
            assert message.id == message.data["id"]
            found.append(message.data["id"])
        return found

    async def end(self) -> str:
        """The code with which the stream ends, without changes before it."""
        message = await self.next()
        assert (message.event, message.id) == ("end", None), message
        assert await self.next_or_end() is None
        return message.data["code"]


class Refused(Exception):
    """A stream was answered with a problem."""


@asynccontextmanager
async def opened(
    http: httpx.AsyncClient, person: Person, after: int | None = None, **request: Any
) -> AsyncIterator[Stream]:
    """A stream of this person's. Fails unless it opens."""
    headers = {"Authorization": f"Bearer {person.token()}", "Accept": "text/event-stream"}
    if after is not None:
        headers["Last-Event-ID"] = str(after)
    headers |= request.pop("headers", {})
    path = f"/api/{person.user_id}/events"
    async with http.stream("GET", path, headers=headers, **request) as response:
        if response.status_code != 200:
            await response.aread()
            raise Refused(response.text)
        stream = Stream(response)
        reading = asyncio.create_task(stream.read())
        try:
            ready = await stream.next_or_end()
            if ready is None:
                raise Refused("the connection was lost")
            assert (ready.event, ready.id) == ("ready", ready.data["last_event"])
            yield stream
        finally:
            reading.cancel()


@dataclass(frozen=True)
class Worker:
    """A worker in this process: its application, and a client that connects to it."""

    app: Starlette
    port: int
    http: httpx.AsyncClient
    connections: set[Any]

    @property
    def feed(self) -> Feed:
        return self.app.state.feed


@asynccontextmanager
async def worker(settings: Settings) -> AsyncGenerator[Worker]:
    """A worker with an own pool, feed and port, in this process."""
    app = create_app(settings)
    config, state = Config(app, log_config=None), ServerState()
    config.load()
    async with app.router.lifespan_context(app) as given:
        listener = listen("127.0.0.1", 0)
        port = listener.getsockname()[1]
        server = await asyncio.get_running_loop().create_server(
            lambda: BoundedConnection(config, state, given), sock=listener
        )
        url = f"http://127.0.0.1:{port}"
        limits = httpx.Limits(max_connections=None)
        async with server, httpx.AsyncClient(base_url=url, limits=limits, timeout=PATIENCE) as http:
            yield Worker(app, port, http, state.connections)
            for connection in list(state.connections):
                connection.shutdown()


def at(worker: Worker, person: Person, client: str | None = None, *, owner: bool = False) -> Person:
    """The same user at another worker."""
    client = client or person.client
    database = worker.app.state.database
    return Person(worker.http, person.settings, database, person.user_id, client, owner=owner)


async def until(holds: Callable[[], bool]) -> None:
    """Wait until something holds."""
    async with asyncio.timeout(PATIENCE):
        while not holds():  # noqa: ASYNC110
            await asyncio.sleep(0.02)
