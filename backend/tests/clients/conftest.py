from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack

import pytest

from tests.clients.client import Client, connected
from tests.clients.programs import PROGRAMS
from tests.support.server import RunningServer, serving

Connect = Callable[[str], Awaitable[Client]]


@pytest.fixture(scope="session")
def running_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    """A server that no test may stop."""
    with serving(tmp_path_factory.mktemp("surelist") / "data") as server:
        yield server


@pytest.fixture(scope="session")
async def connect(running_server: RunningServer) -> AsyncIterator[Connect]:
    """Connects a client program by name, once; all of them work on one person's list."""
    clients: dict[str, Client] = {}
    async with AsyncExitStack() as stack:

        async def connect(name: str) -> Client:
            if name not in clients:
                token = running_server.token("mia", client=name)
                opening = connected(PROGRAMS[name].command(), running_server.mcp_url, token)
                clients[name] = await stack.enter_async_context(opening)
            return clients[name]

        yield connect
