"""A proxy in front of PostgreSQL that counts messages, and can add the delay of a distance."""

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

COMMAND_COMPLETE = ord("C")
MESSAGE_HEAD = 5
"""Type and length. The length includes itself but not the type (PostgreSQL, "Message Formats")."""


@dataclass
class Passed:
    """The counts: completed statements, and waits for an answer."""

    statements: int = 0
    round_trips: int = 0

    def since(self, before: "Passed") -> "Passed":
        """The counts since `before`."""
        return Passed(self.statements - before.statements, self.round_trips - before.round_trips)


class Proxy:
    """The proxy that clients connect to; it delays each direction by `delay` seconds."""

    def __init__(self, port: int, delay: float) -> None:
        self.port = port
        self.delay = delay
        self._passed = Passed()

    def url(self, url: str) -> str:
        """The address of a database on the socket, through this proxy."""
        parts = urlsplit(url)
        credentials = parts.netloc.rpartition("@")[0]
        there = f"{credentials}@127.0.0.1:{self.port}"
        return urlunsplit(parts._replace(netloc=there, query="sslmode=disable"))

    def passed(self) -> Passed:
        """The counts so far."""
        return Passed(self._passed.statements, self._passed.round_trips)

    async def carry(
        self, client: tuple[asyncio.StreamReader, asyncio.StreamWriter], socket: Path
    ) -> None:
        """Forwards one connection in both directions until either end closes it."""
        server = await asyncio.open_unix_connection(str(socket))
        waiting = False

        def asked(_chunk: bytes) -> None:
            nonlocal waiting
            self._passed.round_trips += not waiting
            waiting = True

        count_completed = self._completed_counter()

        def answered(chunk: bytes) -> None:
            nonlocal waiting
            waiting = False
            count_completed(chunk)

        ways = (
            asyncio.ensure_future(self._one_way(client[0], server[1], asked)),
            asyncio.ensure_future(self._one_way(server[0], client[1], answered)),
        )
        await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        for way, writer in zip(ways, (server[1], client[1]), strict=True):
            way.cancel()
            writer.close()

    async def _one_way(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        seen: Callable[[bytes], None],
    ) -> None:
        under_way: deque[bytes] = deque()
        loop = asyncio.get_running_loop()
        while chunk := await reader.read(2**16):
            seen(chunk)
            if self.delay:
                under_way.append(chunk)
                loop.call_later(self.delay, lambda: writer.write(under_way.popleft()))
            else:
                writer.write(chunk)

    def _completed_counter(self) -> Callable[[bytes], None]:
        rest = b""

        def count(chunk: bytes) -> None:
            nonlocal rest
            rest += chunk
            at = 0
            while len(rest) - at >= MESSAGE_HEAD:
                end = at + 1 + int.from_bytes(rest[at + 1 : at + MESSAGE_HEAD])
                if end > len(rest):
                    break
                self._passed.statements += rest[at] == COMMAND_COMPLETE
                at = end
            rest = rest[at:]

        return count


@asynccontextmanager
async def proxy(socket: Path, *, delay: float = 0.0) -> AsyncGenerator[Proxy]:
    """A proxy for the PostgreSQL at `socket`, on its own port, until the block ends."""

    async def carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await here.carry((reader, writer), socket)

    server = await asyncio.start_server(carry, "127.0.0.1", 0)
    here = Proxy(server.sockets[0].getsockname()[1], delay)
    try:
        yield here
    finally:
        server.close()
