"""A proxy between the conformance suite, which knows only servers like its own, and this one."""

import asyncio
from asyncio import FIRST_COMPLETED, StreamReader, StreamWriter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress

from tests.support.sockets import closing

HEAD_END = b"\r\n\r\n"
ITS_PROMPT = b'"test_prompt_with_arguments"'
OUR_PROMPT = b'"plan_my_day"'


@asynccontextmanager
async def signing(port: int, token: str) -> AsyncIterator[int]:
    """Listen on a port that passes each request on to `port` with the token."""

    async def serve(request: StreamReader, answer: StreamWriter) -> None:
        async with closing(answer):
            with suppress(asyncio.IncompleteReadError, ConnectionError):
                head = await request.readuntil(HEAD_END)
                server_answer, server_request = await asyncio.open_connection("127.0.0.1", port)
                async with closing(server_request):
                    own = answer.get_extra_info("sockname")[1]
                    server_request.write(signed(readdressed(head, own, port), token))
                    ways = copy(request, server_request, renamed), copy(server_answer, answer)
                    await asyncio.wait(map(asyncio.create_task, ways), return_when=FIRST_COMPLETED)

    async with await asyncio.start_server(serve, "127.0.0.1") as listener:
        yield listener.sockets[0].getsockname()[1]


def readdressed(head: bytes, own: int, port: int) -> bytes:
    """The head with Host and Origin of the server where they were ours; strange ones stay."""
    return head.replace(f"localhost:{own}".encode(), f"localhost:{port}".encode())


def signed(head: bytes, token: str) -> bytes:
    """The request head with the token, for a connection that carries this request alone."""
    headers = head.removesuffix(HEAD_END).split(b"\r\n")
    kept = [header for header in headers if not header.lower().startswith(b"connection:")]
    own = [f"Authorization: Bearer {token}".encode(), b"Connection: close"]
    return b"\r\n".join([*kept, *own]) + HEAD_END


def renamed(body: bytes) -> bytes:
    """The body with a prompt of this server where it names one of the suite's, no longer for it."""
    return body.replace(ITS_PROMPT, OUR_PROMPT.ljust(len(ITS_PROMPT)))


async def copy(
    source: StreamReader, target: StreamWriter, change: Callable[[bytes], bytes] = bytes
) -> None:
    with suppress(ConnectionError):
        while data := await source.read(65_536):
            target.write(change(data))
            await target.drain()
