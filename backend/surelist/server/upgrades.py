"""HTTP/1.1 parser that ignores the Upgrade header, as RFC 9110 7.8 allows.

Java's HttpClient asks for an upgrade to `h2c` with its first request. httptools stops after the
head of such a request and does not parse its body.
"""

from typing import Any

import httptools

FRAMING = (b"content-length", b"transfer-encoding")
"""Headers that determine the length of a body."""


class RequestParser:
    """httptools' parser, which also parses the body of a request that asks for an upgrade."""

    def __init__(self, connection: Any) -> None:
        self._connection = connection
        self._parser = _parser(connection)

    def feed_data(self, data: bytes) -> None:
        """Parse `data`. Raises HttpParserError."""
        while data:
            try:
                self._parser.feed_data(data)
            except httptools.HttpParserUpgrade as upgrade:
                data = data[upgrade.args[0] :]
                self._read_body()
            else:
                return

    def _read_body(self) -> None:
        """Continue with a new parser, fed with the same framing headers and no Upgrade header."""
        self._parser = _parser(_BodyCallbacks(self._connection))
        framing = (header for header in self._connection.headers if header[0] in FRAMING)
        lines = b"".join(b"%s: %s\r\n" % header for header in framing)
        self._parser.feed_data(b"POST / HTTP/1.1\r\n%s\r\n" % lines)

    def get_http_version(self) -> str:
        """The HTTP version, such as `1.1`."""
        return self._parser.get_http_version()

    def get_method(self) -> bytes:
        """The method, such as `POST`."""
        return self._parser.get_method()

    def should_keep_alive(self) -> bool:
        """Whether the connection stays open after the response."""
        return self._parser.should_keep_alive()

    def should_upgrade(self) -> bool:
        """Whether the request asks for an upgrade: its body has not been parsed yet."""
        return self._parser.should_upgrade()


class _BodyCallbacks:
    """Forwards the parser's events to a connection, except those of the first head."""

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
    parser.set_dangerous_leniencies(lenient_data_after_close=True)  # as uvicorn does
    return parser
