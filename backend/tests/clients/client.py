"""A client program under test: a JSON line in for each call, a JSON line out for each answer."""

import asyncio
import json
import os
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

PATIENCE = 30


class RefusedError(Exception):
    """The server answered a call with a JSON-RPC error."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True)
class Answer:
    """A tool's result, as the client program saw it."""

    is_error: bool
    structured: dict[str, Any] | None
    text: str


class Client:
    """A connected client; `library`, `protocol` and `tools` are what it found on connecting."""

    library: str
    protocol: str
    tools: list[str]

    def __init__(self, process: Process) -> None:
        self._process = process

    async def call(self, tool: str, **arguments: Any) -> Answer:
        """Call a tool; raises RefusedError on a JSON-RPC error."""
        said = await self._say({"tool": tool, "arguments": arguments})
        if "code" in said:
            raise RefusedError(**said)
        return Answer(**said)

    async def do(self, tool: str, **arguments: Any) -> dict[str, Any]:
        """Call a tool that must succeed. Clients of 2025-03-26 have only its text to read."""
        answer = await self.call(tool, **arguments)
        assert not answer.is_error, answer.text
        return json.loads(answer.text) if answer.structured is None else answer.structured

    async def _say(self, message: object) -> dict[str, Any]:
        assert self._process.stdin
        self._process.stdin.write(json.dumps(message).encode() + b"\n")
        return await self._hear()

    async def _hear(self) -> dict[str, Any]:
        assert self._process.stdout
        async with asyncio.timeout(PATIENCE):
            line = await self._process.stdout.readline()
        assert line, "the client program ended; its last words are above"
        return json.loads(line)


@asynccontextmanager
async def connected(command: Sequence[str | Path], url: str, token: str) -> AsyncIterator[Client]:
    """Start a client program and let it connect; on leaving it must end well."""
    environment = os.environ | {"MCP_URL": url, "MCP_TOKEN": token}
    process = await asyncio.create_subprocess_exec(
        *command, env=environment, stdin=PIPE, stdout=PIPE
    )
    assert process.stdin
    try:
        client = Client(process)
        vars(client).update(await client._hear())
        yield client
    finally:
        process.stdin.close()
        async with asyncio.timeout(PATIENCE):
            assert await process.wait() == 0
