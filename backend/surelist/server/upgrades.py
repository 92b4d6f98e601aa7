"""Reads HTTP/1.1 requests and ignores upgrades, none of which is offered (RFC 9110, 7.8).

Java's HttpClient asks for `h2c` with its first request. httptools takes the body of such a request
for the protocol that was asked for, and reads none of it.
"""

from typing import Any

import httptools

FRAMING = (b"content-length", b"transfer-encoding")
"""What says where a body ends."""


class RequestParser:
    """httptools' parser, which reads on behind the head of a request that asks for an upgrade."""

    def __init__(self, connection: Any) -> None:
        self._connection = connection
        self._parser = _parser(connection)

    def feed_data(self, data: bytes) -> None:
        """Read what came. Raises HttpParserError."""
        while data:
            try:
                self._parser.feed_data(data)
            except httptools.HttpParserUpgrade as upgrade:
                data = data[upgrade.args[0] :]
                self._read_on()
            else:
                return

    def _read_on(self) -> None:
        """Read the body with a parser that is told how it is framed, and of no upgrade."""
        self._parser = _parser(_BehindHead(self._connection))
        framing = (one for one in self._connection.headers if one[0] in FRAMING)
        lines = b"".join(b"%s: %s\r\n" % one for one in framing)
        self._parser.feed_data(b"POST / HTTP/1.1\r\n%s\r\n" % lines)

    def get_http_version(self) -> str:
        """Such as `1.1`."""
        return self._parser.get_http_version()

    def get_method(self) -> bytes:
        """Such as `POST`."""
        return self._parser.get_method()

    def should_keep_alive(self) -> bool:
        """Whether the connection stays open behind the answer."""
        return self._parser.should_keep_alive()

    def should_upgrade(self) -> bool:
        """Whether the request asks for an upgrade, so that its body has not been read."""
        return self._parser.should_upgrade()


class _BehindHead:
    """Tells a connection what comes after a head that it knows."""

    def __init__(self, connection: Any) -> None:
        self._connection = connection
        self._in_head = True
        self.on_body = connection.on_body
        self.on_message_complete = connection.on_message_complete

    def on_message_begin(self) -> None:
        if not self._in_head:
            self._connection.on_message_begin()

    def on_url(self, url: bytes) -> None:
        if not self._in_head:
            self._connection.on_url(url)

    def on_header(self, name: bytes, value: bytes) -> None:
        if not self._in_head:
            self._connection.on_header(name, value)

    def on_headers_complete(self) -> None:
        if not self._in_head:
            self._connection.on_headers_complete()
        self._in_head = False


def _parser(protocol: Any) -> httptools.HttpRequestParser:
    parser = httptools.HttpRequestParser(protocol)
    parser.set_dangerous_leniencies(lenient_data_after_close=True)  # as uvicorn has it
    return parser
