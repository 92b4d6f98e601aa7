"""Every write, over MCP or REST, waits for the user's other writes before its first read."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from itertools import count
from typing import Any

import httpx
import pytest

from surelist.config import Settings
from surelist.postgres.embedded import DATABASE, Cluster
from tests.support.copies import Copy, newcomers
from tests.support.person import MODERN, Person
from tests.support.strangers import (
    CONVERSATION_TOOLS,
    CONVERSATIONS_MCP,
    MCP,
    ROUTES,
    TOOLS,
    Hers,
    make_list,
    rest_attempt,
)

READ_ONLY = {"list_tasks", "get_conversation_history", "list_user_conversations"}
TOOLSETS = {MCP: TOOLS, CONVERSATIONS_MCP: CONVERSATION_TOOLS}

WRITES = [
    *((path, name) for path, tools in TOOLSETS.items() for name in tools if name not in READ_ONLY),
    *(route for route in ROUTES if route[0] != "GET"),
]

LOCK = "SELECT FROM account WHERE user_id = $1 FOR NO KEY UPDATE"
_numbers = count(1)
WAITING = "SELECT query FROM pg_stat_activity WHERE $1 = ANY (pg_blocking_pids(pid))"


@pytest.fixture
async def newcomer(app_settings: Settings) -> AsyncIterator[Callable[..., Person]]:
    """Makes people of an app. The model of its chat is unavailable."""
    away = {"model": "openai:away", "model_url": "http://127.0.0.1:9/v1"}
    async with newcomers(
        app_settings.model_copy(update=away), f"writer{next(_numbers)}"
    ) as newcomer:
        yield newcomer


@pytest.mark.parametrize("write", WRITES, ids=str)
async def test_a_write_waits_for_the_lock_before_its_first_read(
    newcomer: Callable[..., Person], cluster: Cluster, write: Any
) -> None:
    ann = newcomer("web", owner=True)
    hers = await make_list(ann)
    await waits(Copy(cluster, DATABASE), ann, sent(write, ann, hers))


async def waits(database: Copy, person: Person, call: Coroutine[Any, Any, httpx.Response]) -> None:
    """Send a call during another write of this person, and assert that it waits."""
    async with database.connection() as watching, another_write(database, person) as other:
        sending = asyncio.create_task(call)
        waiting = None
        while waiting is None:
            done, _ = await asyncio.wait({sending}, timeout=0.005)
            assert not done, f"it waited for nobody: {sending.result().text}"
            waiting = await watching.fetchval(WAITING, other)
    assert waiting.startswith("BEGIN;")
    assert (await sending).status_code < 500


@asynccontextmanager
async def another_write(database: Copy, person: Person) -> AsyncIterator[int]:
    """Lock this person's account in the same way as a write, until the block ends."""
    async with database.connection() as connection, connection.transaction():
        assert await connection.execute(LOCK, person.user_id) == "SELECT 1"
        yield connection.get_server_pid()


async def sent(write: Any, ann: Person, hers: Hers) -> httpx.Response:
    if write[0] in TOOLSETS:
        path, name = write
        params = {"name": name, "arguments": TOOLSETS[path][name](hers)[0]}
        return await ann.rpc("tools/call", params, version=MODERN, path=path)
    _, send = rest_attempt(*write, "me", ROUTES[write](hers)[0])
    return await send(ann)
