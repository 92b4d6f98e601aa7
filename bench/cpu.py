"""What a call costs: CPU time of the server's process, beside a plain program in the same run.

Run by `make bench`. Rounds of the contestants are interleaved; the ratio is what to read.
"""

import asyncio
import os
import socket
import subprocess
import sys
import tempfile
from collections.abc import AsyncGenerator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import TypeAlias

import orjson
import psutil

from surelist.auth import AGENT_SCOPES, sign_token
from surelist.config import Settings
from surelist.database import migrate
from surelist.embedded import OWNER_ROLE, postgres

ROUNDS = 7
CALLS = 1000
CONNECTIONS = 4
ROWS = 20
SECRET = "a secret for the bench, of no use anywhere"

OLD, NEW = "2025-11-25", "2026-07-28"

Bodies = Callable[[int], bytes]
Served: TypeAlias = tuple[psutil.Process, int]
"""A server's process and its port."""


@dataclass
class Contestant:
    """One way of making a call, and the CPU microseconds that each round of it took per call."""

    name: str
    request: Bodies
    process: psutil.Process
    port: int
    costs: list[float] = field(default_factory=list)

    async def round(self, number: int) -> None:
        """Make CALLS calls on CONNECTIONS connections and note what they cost."""
        before = cpu_seconds(self.process)
        share = CALLS // CONNECTIONS
        starts = range(number * CALLS, (number + 1) * CALLS, share)
        await asyncio.gather(*(self.calls(start, share) for start in starts))
        self.costs.append((cpu_seconds(self.process) - before) / CALLS * 1e6)

    async def calls(self, start: int, calls: int) -> None:
        """Make calls one after the other on a connection of their own."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        for number in range(start, start + calls):
            writer.write(self.request(number))
            head = await reader.readuntil(b"\r\n\r\n")
            length = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
            body = await reader.readexactly(length)
            if not head.startswith(b"HTTP/1.1 20") or b"isError" in body:
                raise RuntimeError((head + body).decode())
        writer.close()


def cpu_seconds(process: psutil.Process) -> float:
    """The CPU time of a process so far, its own and the kernel's for it."""
    times = process.cpu_times()
    return times.user + times.system


@asynccontextmanager
async def serving(factory: str, settings: Settings, *options: str) -> AsyncGenerator[Served]:
    """Serve an ASGI application in a process of its own, on a port of its own."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    environment = os.environ | {
        "DATABASE_URL": settings.database_url,
        "BETTER_AUTH_SECRET": SECRET,
        "SURELIST_URL": settings.url,
        "SURELIST_RATE_READS": "1000000000",
        "SURELIST_RATE_WRITES": "1000000000",
    }
    command = [sys.executable, "-m", "uvicorn", factory, "--port", str(port), "--no-access-log"]
    server = subprocess.Popen([*command, "--log-level", "warning", *options], env=environment)
    try:
        await answering(port)
        yield psutil.Process(server.pid), port
    finally:
        server.terminate()
        server.wait()


async def answering(port: int) -> None:
    """Wait until something listens on `port`."""
    while True:
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            await asyncio.sleep(0.05)
        else:
            writer.close()
            return


def http(method: str, path: str, token: str, body: bytes = b"", **headers: str) -> bytes:
    """A request as it goes over the wire."""
    head = f"{method} {path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {token}\r\n"
    head += "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in headers.items())
    if body:
        head += f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n"
    return head.encode() + b"\r\n" + body


def tool_call(token: str, version: str, tool: str, arguments: dict[str, object]) -> bytes:
    """A tool call as a client of that protocol version sends it."""
    params: dict[str, object] = {"name": tool, "arguments": arguments}
    headers = {"MCP_Protocol_Version": version, "Accept": "application/json, text/event-stream"}
    if version == "2026-07-28":
        headers |= {"Mcp_Method": "tools/call", "Mcp_Name": tool}
        params["_meta"] = {
            "io.modelcontextprotocol/protocolVersion": version,
            "io.modelcontextprotocol/clientInfo": {"name": "bench", "version": "1"},
            "io.modelcontextprotocol/clientCapabilities": {},
        }
    message = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params}
    return http("POST", "/mcp", token, orjson.dumps(message), **headers)


def title(number: int) -> dict[str, object]:
    """The arguments of an add that equals no other."""
    return {"title": f"Task number {number}"}


def contestants(plain: Served, ours: Served, settings: Settings) -> dict[str, list[Contestant]]:
    """For each verb the plain program first, then ours over REST and in both eras."""

    def token(user: str) -> str:
        return sign_token(settings, user, scopes=AGENT_SCOPES, days=1, client="bench")

    def adding(user: str, request: Callable[[str, int], bytes]) -> Bodies:
        return lambda number: request(token_of[user], number)

    token_of = {user: token(user) for user in ("reader", "plain", "rest", OLD, NEW)}
    reader = token_of["reader"]
    listing: dict[str, object] = {"limit": ROWS}
    query = f"tasks?limit={ROWS}"
    return {
        f"list_tasks of {ROWS}": [
            Contestant("FastAPI + asyncpg", lambda _: http("GET", f"/{query}", reader), *plain),
            Contestant("REST", lambda _: http("GET", f"/api/me/{query}", reader), *ours),
            *(
                Contestant(
                    f"MCP {era}",
                    lambda _, e=era: tool_call(reader, e, "list_tasks", listing),
                    *ours,
                )
                for era in (OLD, NEW)
            ),
        ],
        "add_task": [
            Contestant(
                "FastAPI + asyncpg",
                adding("plain", lambda t, n: http("POST", "/tasks", t, orjson.dumps(title(n)))),
                *plain,
            ),
            Contestant(
                "REST",
                adding(
                    "rest", lambda t, n: http("POST", "/api/me/tasks", t, orjson.dumps(title(n)))
                ),
                *ours,
            ),
            *(
                Contestant(
                    f"MCP {era}",
                    adding(era, lambda t, n, e=era: tool_call(t, e, "add_task", title(n))),
                    *ours,
                )
                for era in (OLD, NEW)
            ),
        ],
    }


async def compare(settings: Settings) -> None:
    """Run the contestants against each other and print the table."""
    async with AsyncExitStack() as stack:
        ours = await stack.enter_async_context(
            serving("surelist.main:create_app", settings, "--factory")
        )
        plain = await stack.enter_async_context(serving("bench.yardstick:app", settings))
        verbs = contestants(plain, ours, settings)
        token = sign_token(settings, "reader", scopes=AGENT_SCOPES, days=1, client="seed")
        seed = Contestant(
            "", lambda n: tool_call(token, "2025-11-25", "add_task", {"title": f"Row {n}"}), *ours
        )
        await seed.calls(0, ROWS)
        for verb, entries in verbs.items():
            for number in range(ROUNDS):
                for entry in entries:
                    await entry.round(number)
            print(f"\n{verb}: CPU microseconds of the server a call, median of {ROUNDS} x {CALLS}")
            yard = median(entries[0].costs[1:])
            for entry in entries:
                cost = median(entry.costs[1:])
                print(f"  {entry.name:20} {cost:7.0f}  x{cost / yard:.2f}")
        print(f"\nresident memory of a worker: {ours[0].memory_info().rss / 2**20:.0f} MiB")


def main() -> None:
    """Compare on a PostgreSQL of the bench's own, as durable as anybody's."""
    with tempfile.TemporaryDirectory() as scratch, postgres(Path(scratch) / "data") as server:
        migrate(server.url(OWNER_ROLE), server.url())
        asyncio.run(
            compare(
                Settings(
                    SURELIST_URL="http://localhost",
                    DATABASE_URL=server.url(),
                    BETTER_AUTH_SECRET=SECRET,
                )
            )
        )


if __name__ == "__main__":
    main()
