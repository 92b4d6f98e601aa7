"""What a client may do to a connection, and what becomes of one that does more, or nothing."""

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
from surelist.server.connections import HEAD_BYTES
from surelist.server.serving import listen
from tests.support.bounded import PATIENCE, Connect, bounded

GET = b"GET / HTTP/1.1\r\nHost: localhost\r\n"
POST = b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\n"


class Endpoint:
    """An application that reads the body, or does not, and takes its time."""

    def __init__(self) -> None:
        self.left = asyncio.Event()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        request = Request(scope, receive)
        if request.url.path == "/unread":
            await Response("no", 401)(scope, receive, send)
            return
        try:
            await request.body()
        except ClientDisconnect:
            self.left.set()
            return
        if request.url.path == "/slow":
            await asyncio.sleep(3 * connections.SECONDS_TO_SEND)
        await Response("well")(scope, receive, send)


@pytest.fixture
def endpoint() -> Endpoint:
    return Endpoint()


@pytest.fixture
async def connect(endpoint: Endpoint) -> AsyncIterator[Connect]:
    """Opens connections to that application."""
    async with bounded(endpoint) as connect:
        yield connect


@pytest.fixture
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave a client little time to send."""
    monkeypatch.setattr(connections, "SECONDS_TO_SEND", 0.2)


async def status(reader: asyncio.StreamReader) -> int:
    """The status of the next answer, whose body is read too."""
    head = (await reader.readuntil(b"\r\n\r\n")).lower()
    length = int(head.partition(b"content-length: ")[2].partition(b"\r\n")[0])
    await reader.readexactly(length)
    return int(head.split()[1])


@pytest.mark.parametrize(
    "begins",
    [
        b"GET /",
        GET + b"A: ",
        b"GET / HTTP/1.1\r\nA",
        POST.replace(b"Content-Length: 10", b"Transfer-Encoding: chunked") + b"1;x=",
        POST.replace(b"Content-Length: 10", b"Transfer-Encoding: chunked") + b"0\r\nA: ",
    ],
    ids=["path", "value", "name", "chunk", "trailer"],
)
async def test_a_head_without_an_end_is_refused_while_it_comes(
    connect: Connect, begins: bytes
) -> None:
    async with connect() as (reader, writer):
        writer.write(begins)
        sent = 0
        while not reader.at_eof() and not reader._buffer:
            assert sent < 100 * HEAD_BYTES, "it is read on and on"
            writer.write(b"a" * 4096)
            sent += 4096
            await asyncio.sleep(0)
        assert await status(reader) == 431
        with pytest.raises((asyncio.IncompleteReadError, ConnectionError)):
            await reader.readexactly(1)


async def test_headers_without_an_end_are_refused_too(connect: Connect) -> None:
    async with connect() as (reader, writer):
        writer.write(GET)
        while not reader._buffer:
            writer.write(b"a: b\r\n" * 100)
            await asyncio.sleep(0)
        assert await status(reader) == 431


async def test_a_head_of_the_largest_size_is_read_and_so_is_what_follows(connect: Connect) -> None:
    async with connect() as (reader, writer):
        for _ in range(2):
            head = GET + b"A: " + b"a" * (HEAD_BYTES - len(GET) - 7) + b"\r\n\r\n"
            for start in range(0, len(head), 1000):
                writer.write(head[start : start + 1000])
                await writer.drain()
            assert await status(reader) == 200


async def test_a_body_in_pieces_may_be_larger_than_a_head(connect: Connect) -> None:
    async with connect() as (reader, writer):
        size = 4 * HEAD_BYTES
        writer.write(POST.replace(b"10", b"%d" % size))
        for _ in range(16):
            writer.write(b"a" * (size // 16))
            await writer.drain()
        assert await status(reader) == 200


@pytest.mark.parametrize("begins", [b"G", GET, POST, POST + b"12345"])
@pytest.mark.usefixtures("hurried")
async def test_a_request_whose_rest_does_not_come_is_given_up(
    connect: Connect, begins: bytes
) -> None:
    async with connect() as (reader, writer):
        writer.write(begins)
        assert await status(reader) == 408
        assert await reader.read() == b""


@pytest.mark.usefixtures("hurried")
async def test_the_second_request_of_a_connection_is_given_up_too(connect: Connect) -> None:
    async with connect() as (reader, writer):
        writer.write(GET + b"\r\n")
        assert await status(reader) == 200
        writer.write(GET)
        assert await status(reader) == 408


@pytest.mark.usefixtures("hurried")
async def test_an_application_that_waits_for_the_rest_is_told_that_nobody_is_there(
    connect: Connect, endpoint: Endpoint
) -> None:
    async with connect() as (_, writer):
        writer.write(POST)
        await endpoint.left.wait()


@pytest.mark.usefixtures("hurried")
async def test_who_says_nothing_is_hung_up_on_without_a_word(connect: Connect) -> None:
    async with connect() as (reader, _):
        assert await reader.read() == b""


@pytest.mark.usefixtures("hurried")
async def test_an_answer_may_take_longer_than_the_request(connect: Connect) -> None:
    async with connect() as (reader, writer):
        writer.write(GET.replace(b"/ ", b"/slow ") + b"\r\n")
        assert await status(reader) == 200


@pytest.mark.usefixtures("hurried")
async def test_what_was_answered_before_its_end_is_not_answered_again(connect: Connect) -> None:
    async with connect() as (reader, writer):
        writer.write(POST.replace(b"/ ", b"/unread ") + b"12345")
        assert await status(reader) == 401
        assert await reader.read() == b""


on_linux = pytest.mark.skipif(
    not hasattr(socket, "TCP_USER_TIMEOUT"), reason="only Linux has TCP_USER_TIMEOUT"
)


@on_linux
def test_what_is_accepted_is_closed_by_the_kernel_when_its_client_takes_nothing() -> None:
    with listen("127.0.0.1", 0) as listener, socket.create_connection(listener.getsockname()):
        accepted, _ = listener.accept()
        with accepted:
            kept = accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT)
            assert kept == connections.SECONDS_TO_READ * 1000


@on_linux
async def test_a_client_that_takes_nothing_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "SECONDS_TO_READ", 1)
    loop = asyncio.get_running_loop()
    with listen("127.0.0.1", 0) as listener, socket.create_connection(listener.getsockname()):
        accepted, _ = listener.accept()
        with accepted:
            accepted.settimeout(0)
            with pytest.raises(TimeoutError) as given_up:
                await asyncio.wait_for(loop.sock_sendall(accepted, bytes(1 << 26)), PATIENCE)
            assert given_up.value.errno == errno.ETIMEDOUT


def test_a_server_may_have_as_many_connections_as_the_system_grants() -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(soft, 1024), hard))
        serving._allow_many_connections()
        assert resource.getrlimit(resource.RLIMIT_NOFILE) == (hard, hard)
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
