"""The client of the load generator: HTTP/1.1, one call at a time, every answer checked.

It is no bottleneck: its CPU time is printed next to that of the servers. wrk needs less, but cannot
schedule calls, send different ones, or detect a tool's refusal, whose status is 200.
"""

import asyncio
from collections.abc import Callable
from typing import cast

HEAD_ENDS = b"\r\n\r\n"
LENGTH = b"content-length:"
SUCCEEDED = ord("2")
REFUSALS = (b'"isError":true', b'"error":{')
"""A tool's refusal and a JSON-RPC error, which both have status 200."""


class Refused(Exception):
    """The call was refused, or not answered."""


class Connection(asyncio.Protocol):
    """The connection of one agent."""

    def __init__(self) -> None:
        self._transport: asyncio.Transport | None = None
        self._received = b""
        self._length = 0
        self._answered: Callable[[bytes], None] | None = None

    @property
    def busy(self) -> bool:
        """Whether a call is still unanswered."""
        return self._answered is not None

    @property
    def open(self) -> bool:
        """Whether the connection is open. Servers close idle connections."""
        return self._transport is not None and not self._transport.is_closing()

    def send(self, request: bytes, answered: Callable[[bytes], None]) -> None:
        """Sends a whole request. `answered` gets the whole answer, or b"" if there is none."""
        if self._transport is None:
            raise Refused("the connection is not open")
        self._answered = answered
        self._transport.write(request)

    async def call(self, request: bytes) -> bytes:
        """The answer to a request, with its head. Raises Refused."""
        answer: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()
        self.send(request, answer.set_result)
        return accepted(await answer)

    def close(self) -> None:
        """Closes the connection."""
        if self._transport:
            self._transport.close()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Stores the transport; asyncio calls this."""
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        """Passes the answer on when it is complete; asyncio calls this."""
        self._received += data
        if not self._length:
            try:
                self._length = _length(self._received)
            except Refused:
                self.close()
                raise
        if self._length and len(self._received) >= self._length:
            answer, self._received, self._length = self._received, b"", 0
            self._answer(answer)

    def connection_lost(self, exc: Exception | None) -> None:
        """Reports that there is no answer; asyncio calls this."""
        del exc
        self._answer(b"")

    def _answer(self, answer: bytes) -> None:
        answered, self._answered = self._answered, None
        if answered:
            answered(answer)


async def connect(port: int) -> Connection:
    """A connection to a server on this machine."""
    _, connection = await asyncio.get_running_loop().create_connection(
        Connection, "127.0.0.1", port
    )
    return connection


def succeeded(answer: bytes) -> bool:
    """Whether an answer with its head is a success."""
    return len(answer) > 9 and answer[9] == SUCCEEDED and not any(no in answer for no in REFUSALS)


def accepted(answer: bytes) -> bytes:
    """Returns `answer` if it is a success, else raises Refused."""
    if not succeeded(answer):
        raise Refused(answer.decode(errors="replace") or "the connection was closed")
    return answer


def _length(received: bytes) -> int:
    """The length of an answer, or 0 while its head is incomplete."""
    end = received.find(HEAD_ENDS)
    if end < 0:
        return 0
    head = received[:end].lower()
    at = head.find(LENGTH)
    body = int(head[at + len(LENGTH) :].split(b"\r\n", 1)[0]) if at >= 0 else 0
    if at < 0 and head[9:12] != b"204":
        raise Refused(f"an answer without a length: {received.decode()}")
    return end + len(HEAD_ENDS) + body
