"""The server ignores the Upgrade header."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Iterator
from http.client import HTTPResponse
from socket import create_connection
from typing import Any

import httptools
import pytest
from starlette.requests import Request
from starlette.responses import Response

from tests.support.bounded import PATIENCE, bounded
from tests.support.server import RunningServer, serving

JAVA = (
    b"Connection: Upgrade, HTTP2-Settings\r\n"
    b"HTTP2-Settings: AAEAAEAAAAIAAAABAAMAAABkAAQBAAAAAAUAAEAA\r\n"
    b"Upgrade: h2c\r\n"
    b"User-Agent: Java-http-client/21.0.2\r\n"
)
"""Headers that Java's HttpClient adds to its first request, unless it is set to HTTP/1.1."""

WEBSOCKET = b"Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
BODY = b'{"completed": false}'

Talk = Callable[..., Any]


async def echo(scope: Any, receive: Any, send: Any) -> None:
    request = Request(scope, receive)
    content = f"{request.method} {request.url.path} ".encode() + await request.body()
    await Response(content)(scope, receive, send)


@pytest.fixture
async def talk() -> AsyncIterator[Talk]:
    """Sends pieces over one connection and returns the bodies of `answers` responses."""
    async with bounded(echo, ws="none") as connect:

        async def talk(*pieces: bytes, answers: int = 1) -> list[bytes]:
            async with connect() as (reader, writer):
                for piece in pieces:
                    writer.write(piece)
                    await writer.drain()
                    await asyncio.sleep(0)
                return [await body(reader) for _ in range(answers)]

        yield talk


async def body(reader: asyncio.StreamReader) -> bytes:
    head = (await reader.readuntil(b"\r\n\r\n")).lower()
    assert head.startswith(b"http/1.1 200"), head
    return await reader.readexactly(int(head.partition(b"content-length: ")[2].split()[0]))


def request(head: bytes = JAVA, sent: bytes = BODY, path: bytes = b"/task") -> bytes:
    return b"PATCH %s HTTP/1.1\r\nHost: localhost\r\n%sContent-Length: %d\r\n\r\n%s" % (
        path,
        head,
        len(sent),
        sent,
    )


def chunked(head: bytes = JAVA) -> bytes:
    """A request with the chunked body that Java sends when the length is unknown."""
    pieces = b"5\r\n%s\r\nf\r\n%s\r\n0\r\n\r\n" % (BODY[:5], BODY[5:])
    head = b"PATCH /task HTTP/1.1\r\nHost: localhost\r\n%sTransfer-Encoding: chunked\r\n\r\n" % head
    return head + pieces


@pytest.mark.parametrize("asked", [JAVA, WEBSOCKET, b"Connection: upgrade\r\nUpgrade: x/1\r\n"])
@pytest.mark.parametrize("made", [request, chunked])
async def test_the_body_arrives_however_it_is_split(talk: Talk, asked: bytes, made: Any) -> None:
    whole, expected = made(asked), [b"PATCH /task " + BODY]
    head, end, rest = whole.partition(b"\r\n\r\n")
    assert await talk(whole) == expected
    assert await talk(head + end, rest) == expected
    assert await talk(head + end + rest[:3], rest[3:]) == expected
    assert await talk(*(whole[at : at + 1] for at in range(len(whole)))) == expected


async def test_a_request_without_a_body_is_answered(talk: Talk) -> None:
    get = b"GET /task HTTP/1.1\r\nHost: localhost\r\n%s\r\n" % JAVA
    assert await talk(get) == [b"GET /task "]
    assert await talk(request(sent=b"")) == [b"PATCH /task "]


async def test_later_requests_on_the_connection_are_read_too(talk: Talk) -> None:
    paths = [b"/1", b"/2", b"/3", b"/4"]
    asked = [JAVA, b"", JAVA, b""]
    sent = [request(head, BODY, path) for head, path in zip(asked, paths, strict=True)]
    expected = [b"PATCH %s %s" % (path, BODY) for path in paths]
    assert await talk(b"".join(sent), answers=4) == expected
    assert await talk(*sent, answers=4) == expected
    assert await talk(b"".join(sent)[:-1], b"".join(sent)[-1:], answers=4) == expected


async def test_a_large_body_arrives_complete(talk: Talk) -> None:
    large = b"x" * 900_000
    assert await talk(request(sent=large)) == [b"PATCH /task " + large]


@pytest.mark.parametrize(
    "framing",
    [
        b"Content-Length: 5\r\nContent-Length: 6\r\n",
        b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n",
        b"Content-Length: +5\r\n",
    ],
)
async def test_a_body_with_ambiguous_framing_is_refused(talk: Talk, framing: bytes) -> None:
    head = b"POST /task HTTP/1.1\r\nHost: localhost\r\n%s%s\r\n" % (JAVA, framing)
    with pytest.raises(AssertionError, match="400 bad request"):
        await talk(head + b"01234")


def test_httptools_still_does_not_parse_the_body_after_an_upgrade() -> None:
    """When it does, delete `surelist.server.upgrades`."""
    seen: list[bytes] = []

    class Protocol:
        def on_body(self, body: bytes) -> None:
            seen.append(body)

    with pytest.raises(httptools.HttpParserUpgrade):
        httptools.HttpRequestParser(Protocol()).feed_data(request())
    assert seen == []


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    with serving(tmp_path_factory.mktemp("upgrades") / "data", workers=1) as server:
        yield server


class Java:
    """The first request of Java's HttpClient, on a new connection each time."""

    def __init__(self, server: RunningServer) -> None:
        self.port = server.port
        self.token = server.token("ann").encode()

    def send(self, method: str, path: str, sent: Any = None) -> Any:
        content = b"" if sent is None else json.dumps(sent).encode()
        head = (
            f"{method} {path} HTTP/1.1\r\nHost: localhost:{self.port}\r\n"
            f"Content-Length: {len(content)}\r\nContent-Type: application/json\r\n"
            "Accept: application/json, text/event-stream\r\n"
        )
        with create_connection(("localhost", self.port), PATIENCE) as connection:
            authorization = b"Authorization: Bearer %s\r\n\r\n" % self.token
            connection.sendall(head.encode() + JAVA + authorization)
            connection.sendall(content)
            response = HTTPResponse(connection)
            response.begin()
            assert response.status in (200, 201), response.read()
            return json.loads(response.read())


def test_first_requests_of_java_are_served_by_mcp_and_rest(server: RunningServer) -> None:
    java = Java(server)
    call = {"name": "add_task", "arguments": {"title": "From Java"}}
    rpc = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": call}
    added = java.send("POST", "/mcp", rpc)["result"]["structuredContent"]
    assert added["title"] == "From Java"
    path = f"/api/me/tasks/{added['task_id']}/complete"
    assert java.send("PATCH", path, {"completed": False})["completed"] is False
    assert java.send("PATCH", path, {"completed": True})["completed"] is True
    assert java.send("PATCH", path, {"completed": True})["completed"] is True
    assert java.send("PATCH", path)["completed"] is False
