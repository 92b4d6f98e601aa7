"""Connection limits: uvicorn's HTTP/1.1 protocol with bounds of size and time.

Without them, endless headers took 1.4 GB of memory before any token was checked, and an idle client
kept its file descriptor for ever.
"""

import socket
from asyncio import TimerHandle, Transport
from http import HTTPStatus
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from surelist.server.upgrades import RequestParser

HEAD_BYTES = 65_536
"""A request's line and headers: eight times the largest token."""

SECONDS_TO_SEND = 60.0
"""From the first byte of a request to its last."""

SECONDS_TO_READ = 60
"""How long an answer is kept for a client that takes none of it."""


class BoundedConnection(HttpToolsProtocol):
    """A connection that is closed on a head too large and on a request too slow."""

    _unread = 0
    """Bytes since the last head or piece of a body was whole."""

    _late: TimerHandle | None = None

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.parser = RequestParser(self)

    def connection_made(self, transport: Transport) -> None:  # pyright: ignore[reportIncompatibleMethodOverride]
        """Wait for the first request."""
        super().connection_made(transport)
        self._await_the_rest()

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait for nothing any more."""
        self._stop_waiting()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Read what came, and see whether it was enough or too much."""
        self._unread += len(data)
        super().data_received(data)
        if self._unread > HEAD_BYTES:
            self._refuse(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE)
        elif self._unread or ((cycle := self._current) and cycle.more_body):
            self._await_the_rest()
        else:
            self._stop_waiting()

    def on_headers_complete(self) -> None:
        """The head is whole."""
        self._unread = 0
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        """A piece of the body is whole."""
        self._unread = 0
        super().on_body(body)

    def on_message_complete(self) -> None:
        """The request is whole, unless its head asked for an upgrade: its body is still to come."""
        if self.parser.should_upgrade():
            return
        self._unread = 0
        super().on_message_complete()

    @property
    def _current(self) -> RequestResponseCycle | None:
        """The last request whose head is whole, and its answer."""
        return self.cycle

    def _await_the_rest(self) -> None:
        if self._late is None:
            timeout = HTTPStatus.REQUEST_TIMEOUT
            self._late = self.loop.call_later(SECONDS_TO_SEND, self._refuse, timeout)

    def _stop_waiting(self) -> None:
        if self._late is not None:
            self._late.cancel()
            self._late = None

    def _refuse(self, status: HTTPStatus) -> None:
        """Close the connection; with this status, if that can be nothing but the answer."""
        cycle = self._current
        silent = not (cycle or self._unread)
        answering = (
            cycle and cycle.response_started and (cycle.more_body or not cycle.response_complete)
        )
        if not (silent or answering or self.transport.is_closing()):
            head = f"HTTP/1.1 {status.value} {status.phrase}\r\n"
            self.transport.write(f"{head}Content-Length: 0\r\nConnection: close\r\n\r\n".encode())
        self.transport.close()


def set_tcp_user_timeout(listener: socket.socket) -> None:
    """Let the kernel close connections whose client takes nothing that is sent to it."""
    if hasattr(socket, "TCP_USER_TIMEOUT"):  # Linux; what is accepted has its listener's options
        milliseconds = SECONDS_TO_READ * 1000
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, milliseconds)
