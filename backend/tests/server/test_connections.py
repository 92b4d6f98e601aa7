"""Connections that exceed the limits of size or time are closed."""

import asyncio
import errno
import resource
import socket
from collections.abc import AsyncIterator
from typing import Any

import pytest
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from surelist.server import connections, serving
from surelist.server.connections import MAX_HEAD_BYTES
from surelist.server.serving import listen
from tests.support.bounded import PATIENCE, Connect, bounded

GET = b"GET / HTTP/1.1\r\nHost: localhost\r\n"
POST = b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\n"


class Endpoint:
    """An application that reads the body, except at /unread, and responds late at /slow."""

    def __init__(self) -> None:
        self.disconnected = asyncio.Event()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        request = Request(scope, receive)
        if request.url.path == "/unread":
            await Response("no", 401)(scope, receive, send)
            return
        try:
            await request.body()
        except ClientDisconnect:
            self.disconnected.set()
            return
        if request.url.path == "/slow":
            await asyncio.sleep(3 * connections.REQUEST_TIMEOUT_SECONDS)
        await Response("well")(scope, receive, send)


@pytest.fixture
def endpoint() -> Endpoint:
    return Endpoint()


@pytest.fixture
async def connect(endpoint: Endpoint) -> AsyncIterator[Connect]:
    """Opens connections to the application."""
    async with bounded(endpoint) as connect:
        yield connect


@pytest.fixture
def short_timeout(monkeypatch: pytest.MonkeyPatch) -> None:
    """Give a client 0.2 seconds to send a request."""
    monkeypatch.setattr(connections, "REQUEST_TIMEOUT_SECONDS", 0.2)


async def status(reader: asyncio.StreamReader) -> int:
    """The status of the next response. Its body is read, too."""
    head = (await reader.readuntil(b"\r\n\r\n")).lower()
    length = int(head.partition(b"content-length: ")[2].partition(b"\r\n")[0])
    await reader.readexactly(length)
    return int(head.split()[1])


@pytest.mark.parametrize(
    "start",
    [
        b"GET /",
        GET + b"A: ",
        b"GET / HTTP/1.1\r\nA",
        POST.replace(b"Content-Length: 10", b"Transfer-Encoding: chunked") + b"1;x=",
        POST.replace(b"Content-Length: 10", b"Transfer-Encoding: chunked") + b"0\r\nA: ",
    ],
    ids=["path", "value", "name", "chunk", "trailer"],
)
async def test_an_endless_head_is_refused_with_431_while_it_arrives(
    connect: Connect, start: bytes
) -> None:
    async with connect() as (reader, writer):
        writer.write(start)
        sent = 0
        while not reader.at_eof() and not reader._buffer:
            assert sent < 100 * MAX_HEAD_BYTES, "the server reads without a limit"
            writer.write(b"a" * 4096)
            sent += 4096
            await asyncio.sleep(0)
        assert await status(reader) == 431
        with pytest.raises((asyncio.IncompleteReadError, ConnectionError)):
            await reader.readexactly(1)


async def test_an_endless_number_of_headers_is_refused_with_431(connect: Connect) -> None:
    async with connect() as (reader, writer):
        writer.write(GET)
        while not reader._buffer:
            writer.write(b"a: b\r\n" * 100)
            await asyncio.sleep(0)
        assert await status(reader) == 431


async def test_two_heads_of_the_maximum_size_are_read(connect: Connect) -> None:
    async with connect() as (reader, writer):
        for _ in range(2):
            head = GET + b"A: " + b"a" * (MAX_HEAD_BYTES - len(GET) - 7) + b"\r\n\r\n"
            for at in range(0, len(head), 1000):
                writer.write(head[at : at + 1000])
                await writer.drain()
            assert await status(reader) == 200


async def test_a_body_may_be_larger_than_the_head_limit(connect: Connect) -> None:
    async with connect() as (reader, writer):
        size = 4 * MAX_HEAD_BYTES
        writer.write(POST.replace(b"10", b"%d" % size))
        for _ in range(16):
            writer.write(b"a" * (size // 16))
            await writer.drain()
        assert await status(reader) == 200


@pytest.mark.parametrize("start", [b"G", GET, POST, POST + b"12345"])
@pytest.mark.usefixtures("short_timeout")
async def test_an_incomplete_request_times_out_with_408(connect: Connect, start: bytes) -> None:
    async with connect() as (reader, writer):
        writer.write(start)
        assert await status(reader) == 408
        assert await reader.read() == b""


@pytest.mark.usefixtures("short_timeout")
async def test_the_second_request_of_a_connection_times_out_too(connect: Connect) -> None:
    async with connect() as (reader, writer):
        writer.write(GET + b"\r\n")
        assert await status(reader) == 200
        writer.write(GET)
        assert await status(reader) == 408


@pytest.mark.usefixtures("short_timeout")
async def test_an_application_that_reads_a_timed_out_body_gets_a_disconnect(
    connect: Connect, endpoint: Endpoint
) -> None:
    async with connect() as (_, writer):
        writer.write(POST)
        await endpoint.disconnected.wait()


@pytest.mark.usefixtures("short_timeout")
async def test_an_idle_connection_is_closed_without_a_response(connect: Connect) -> None:
    async with connect() as (reader, _):
        assert await reader.read() == b""


@pytest.mark.usefixtures("short_timeout")
async def test_a_response_may_take_longer_than_the_request_timeout(connect: Connect) -> None:
    async with connect() as (reader, writer):
        writer.write(GET.replace(b"/ ", b"/slow ") + b"\r\n")
        assert await status(reader) == 200


@pytest.mark.usefixtures("short_timeout")
async def test_a_request_answered_before_its_body_arrived_gets_one_response(
    connect: Connect,
) -> None:
    async with connect() as (reader, writer):
        writer.write(POST.replace(b"/ ", b"/unread ") + b"12345")
        assert await status(reader) == 401
        assert await reader.read() == b""


on_linux = pytest.mark.skipif(
    not hasattr(socket, "TCP_USER_TIMEOUT"), reason="only Linux has TCP_USER_TIMEOUT"
)


@on_linux
def test_accepted_sockets_inherit_the_tcp_user_timeout() -> None:
    with listen("127.0.0.1", 0) as listener, socket.create_connection(listener.getsockname()):
        accepted, _ = listener.accept()
        with accepted:
            kept = accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT)
            assert kept == connections.TCP_USER_TIMEOUT_SECONDS * 1000


@on_linux
async def test_a_client_that_acknowledges_nothing_is_disconnected(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(connections, "TCP_USER_TIMEOUT_SECONDS", 1)
    loop = asyncio.get_running_loop()
    with listen("127.0.0.1", 0) as listener, socket.create_connection(listener.getsockname()):
        accepted, _ = listener.accept()
        with accepted:
            accepted.settimeout(0)
            with pytest.raises(TimeoutError) as raised:
                await asyncio.wait_for(loop.sock_sendall(accepted, bytes(1 << 26)), PATIENCE)
            assert raised.value.errno == errno.ETIMEDOUT


def test_the_open_file_limit_is_raised_to_the_hard_limit() -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(soft, 1024), hard))
        serving._raise_open_file_limit()
        assert resource.getrlimit(resource.RLIMIT_NOFILE) == (hard, hard)
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
