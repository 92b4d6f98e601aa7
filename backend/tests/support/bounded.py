"""Connections to an application behind the server's bounds, without the rest of a server."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

from uvicorn import Config
from uvicorn.server import ServerState

from surelist.server.connections import BoundedConnection
from surelist.server.serving import listen
from tests.support.sockets import closing

PATIENCE = 20
"""Seconds for what one test does with a connection."""

Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]
Connect = Callable[[], AbstractAsyncContextManager[Streams]]


@asynccontextmanager
async def bounded(app: Any, **options: Any) -> AsyncGenerator[Connect]:
    """Serves `app`; what is given opens connections to it. The options are uvicorn's."""
    config = Config(app, log_config=None, **options)
    config.load()
    listener = listen("127.0.0.1", 0)
    port = listener.getsockname()[1]
    server = await asyncio.get_running_loop().create_server(
        lambda: BoundedConnection(config, ServerState(), {}), sock=listener
    )

    @asynccontextmanager
    async def connect() -> AsyncIterator[Streams]:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        async with closing(writer), asyncio.timeout(PATIENCE):
            yield reader, writer

    async with server:
        yield connect
