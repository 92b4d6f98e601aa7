"""Connection limits: uvicorn's HTTP/1.1 protocol with limits on header size and request time.

Without them, a client that sent endless headers used 1.4 GB of memory before its token was checked,
and an idle client kept its file descriptor for ever.
"""

import socket
from asyncio import TimerHandle, Transport
from http import HTTPStatus
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from surelist.server.upgrades import RequestParser

MAX_HEAD_BYTES = 65_536
"""Limit of the request line and headers: eight times the largest token."""

REQUEST_TIMEOUT_SECONDS = 60.0
"""Time that a client has to send one request completely."""

TCP_USER_TIMEOUT_SECONDS = 60
"""Time that sent data may stay unacknowledged before the kernel closes the connection."""


class BoundedConnection(HttpToolsProtocol):
    """A connection that is closed when a request's head is too large or arrives too slowly."""

    _unparsed_bytes = 0
    """Bytes received since the parser last completed a head or a part of a body."""

    _timer: TimerHandle | None = None

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.parser = RequestParser(self)

    def connection_made(self, transport: Transport) -> None:  # pyright: ignore[reportIncompatibleMethodOverride]
        """Start the timer for the first request."""
        super().connection_made(transport)
        self._start_timer()

    def connection_lost(self, exc: Exception | None) -> None:
        """Cancel the timer."""
        self._cancel_timer()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Parse the data, then check the size limit and start or cancel the timer."""
        self._unparsed_bytes += len(data)
        super().data_received(data)
        if self._unparsed_bytes > MAX_HEAD_BYTES:
            self._close_with(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE)
        elif self._unparsed_bytes or ((cycle := self._latest_cycle) and cycle.more_body):
            self._start_timer()
        else:
            self._cancel_timer()

    def on_message_begin(self) -> None:
        """Give the application a way to close the connection of a client that does not read."""
        super().on_message_begin()
        self.scope.setdefault("state", {})["abort"] = self.transport.abort

    def shutdown(self) -> None:
        """Let the application end its streams, which would not end by themselves."""
        super().shutdown()
        if stop := self.app_state.get("stop"):
            stop()

    def on_headers_complete(self) -> None:
        """Reset the byte count: the head is complete."""
        self._unparsed_bytes = 0
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        """Reset the byte count: a part of the body is complete."""
        self._unparsed_bytes = 0
        super().on_body(body)

    def on_message_complete(self) -> None:
        """End the request, unless it asks for an upgrade: then its body follows."""
        if self.parser.should_upgrade():
            return
        self._unparsed_bytes = 0
        super().on_message_complete()

    @property
    def _latest_cycle(self) -> RequestResponseCycle | None:
        """The latest request with a complete head, and its response."""
        return self.cycle

    def _start_timer(self) -> None:
        if self._timer is None:
            timeout = HTTPStatus.REQUEST_TIMEOUT
            self._timer = self.loop.call_later(REQUEST_TIMEOUT_SECONDS, self._close_with, timeout)

    def _cancel_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _close_with(self, status: HTTPStatus) -> None:
        """Close the connection. Send `status` first if a request has begun and no response has."""
        cycle = self._latest_cycle
        idle = not (cycle or self._unparsed_bytes)
        responding = (
            cycle and cycle.response_started and (cycle.more_body or not cycle.response_complete)
        )
        if not (idle or responding or self.transport.is_closing()):
            head = f"HTTP/1.1 {status.value} {status.phrase}\r\n"
            self.transport.write(f"{head}Content-Length: 0\r\nConnection: close\r\n\r\n".encode())
        self.transport.close()


def set_tcp_user_timeout(listener: socket.socket) -> None:
    """Have the kernel close connections whose client does not acknowledge data (RFC 5482)."""
    if hasattr(socket, "TCP_USER_TIMEOUT"):  # Linux; accepted sockets inherit it
        milliseconds = TCP_USER_TIMEOUT_SECONDS * 1000
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, milliseconds)
