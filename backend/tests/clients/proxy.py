"""A proxy that signs every request: the conformance suite cannot send a header of ours."""

import asyncio
from asyncio import FIRST_COMPLETED, StreamReader, StreamWriter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing, suppress

HEAD_END = b"\r\n\r\n"


@asynccontextmanager
async def signing(port: int, token: str) -> AsyncIterator[int]:
    """Listen on a port that passes each request, as it came but for the token, on to `port`."""

    async def serve(request: StreamReader, answer: StreamWriter) -> None:
        with closing(answer), suppress(asyncio.IncompleteReadError, ConnectionError):
            head = await request.readuntil(HEAD_END)
            server_answer, server_request = await asyncio.open_connection("127.0.0.1", port)
            with closing(server_request):
                server_request.write(signed(head, token))
                ways = copy(request, server_request), copy(server_answer, answer)
                await asyncio.wait(map(asyncio.create_task, ways), return_when=FIRST_COMPLETED)

    async with await asyncio.start_server(serve, "127.0.0.1") as listener:
        yield listener.sockets[0].getsockname()[1]


def signed(head: bytes, token: str) -> bytes:
    """The request head with the token, for a connection that carries this request alone."""
    headers = head.removesuffix(HEAD_END).split(b"\r\n")
    kept = [header for header in headers if not header.lower().startswith(b"connection:")]
    own = [f"Authorization: Bearer {token}".encode(), b"Connection: close"]
    return b"\r\n".join([*kept, *own]) + HEAD_END


async def copy(source: StreamReader, target: StreamWriter) -> None:
    with suppress(ConnectionError):
        while data := await source.read(65_536):
            target.write(data)
            await target.drain()
