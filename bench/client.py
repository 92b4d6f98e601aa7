"""The load generator's end of a connection: HTTP/1.1, one call at a time, every answer checked.

It is no bottleneck: what it takes is printed beside what the servers take. wrk would take less, but
sends no call at the moment it is due, never two different ones, and does not see a tool's refusal,
whose status is 200.
"""

import asyncio
from collections.abc import Callable
from typing import cast

HEAD_ENDS = b"\r\n\r\n"
LENGTH = b"content-length:"
SUCCEEDED = ord("2")
REFUSALS = (b'"isError":true', b'"error":{')
"""A tool's refusal, and a JSON-RPC error: both come with status 200."""


class Refused(Exception):
    """An answer that is not the one that was asked for."""


class Connection(asyncio.Protocol):
    """One connection, as one agent has it."""

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
        """Whether a request can be sent: a server hangs up on a client that is silent for long."""
        return self._transport is not None and not self._transport.is_closing()

    def send(self, request: bytes, answered: Callable[[bytes], None]) -> None:
        """Send a whole request; `answered` gets the whole answer, or b"" when there is none."""
        if self._transport is None:
            raise Refused("the connection is not open")
        self._answered = answered
        self._transport.write(request)

    async def call(self, request: bytes) -> bytes:
        """The answer to a request, its head included. Raises Refused."""
        answer: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()
        self.send(request, answer.set_result)
        return accepted(await answer)

    def close(self) -> None:
        """Hang up."""
        if self._transport:
            self._transport.close()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Remember where to write; asyncio calls this."""
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        """Hand out the answer when it is whole; asyncio calls this."""
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
        """Say that there will be no answer; asyncio calls this."""
        del exc
        self._answer(b"")

    def _answer(self, answer: bytes) -> None:
        answered, self._answered = self._answered, None
        if answered:
            answered(answer)


async def connect(port: int) -> Connection:
    """A connection to a server of this machine."""
    _, connection = await asyncio.get_running_loop().create_connection(
        Connection, "127.0.0.1", port
    )
    return connection


def succeeded(answer: bytes) -> bool:
    """Whether an answer, head included, says that the call was done."""
    return len(answer) > 9 and answer[9] == SUCCEEDED and not any(no in answer for no in REFUSALS)


def accepted(answer: bytes) -> bytes:
    """`answer`, when the call was done; else raises Refused."""
    if not succeeded(answer):
        raise Refused(answer.decode(errors="replace") or "the connection was closed")
    return answer


def _length(received: bytes) -> int:
    """The bytes of an answer whose head is there; 0 until it is."""
    end = received.find(HEAD_ENDS)
    if end < 0:
        return 0
    head = received[:end].lower()
    at = head.find(LENGTH)
    body = int(head[at + len(LENGTH) :].split(b"\r\n", 1)[0]) if at >= 0 else 0
    if at < 0 and head[9:12] != b"204":
        raise Refused(f"an answer without a length: {received.decode()}")
    return end + len(HEAD_ENDS) + body
