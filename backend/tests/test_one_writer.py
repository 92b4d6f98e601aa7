"""Every write, at either door, waits for the user's other writes before it looks at anything."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

import asyncpg
import httpx
import pytest

from surelist.embedded import DATABASE, Cluster
from tests.copies import Copy
from tests.person import MODERN, Person
from tests.strangers import ROUTES, TOOLS, Hers, make_list, rest_attempt

READ_ONLY = "list_tasks"
CLAIM = "/api/{user_id}/claim"
HIS_LIST = "a list that is claimed"

WRITES = [
    *(name for name in TOOLS if name != READ_ONLY),
    *(route for route in ROUTES if route[0] != "GET"),
    HIS_LIST,
]

LOCK = "SELECT FROM account WHERE user_id = $1 FOR NO KEY UPDATE"
WAITING = "SELECT query FROM pg_stat_activity WHERE $1 = ANY (pg_blocking_pids(pid))"


@pytest.mark.parametrize("write", WRITES, ids=str)
async def test_a_write_waits_before_its_first_look(
    newcomer: Callable[..., Person], cluster: Cluster, write: Any
) -> None:
    ann, bob = newcomer("web", owner=True), newcomer("web", owner=True)
    hers = await make_list(ann)
    await bob.call("add_task", title="His")
    whose = bob if write == HIS_LIST else ann
    async with another_write(cluster, whose) as other, superuser(cluster) as watching:
        call = asyncio.create_task(sent(write, ann, bob, hers))
        waiting = None
        while waiting is None:
            done, _ = await asyncio.wait({call}, timeout=0.005)
            assert not done, f"it waited for nobody: {call.result().text}"
            waiting = await watching.fetchval(WAITING, other)
    assert waiting.startswith("BEGIN;")
    assert (await call).status_code < 500


@asynccontextmanager
async def another_write(cluster: Cluster, person: Person) -> AsyncIterator[int]:
    """A transaction that holds this person's account, as a write does, until the block is left."""
    async with superuser(cluster) as connection, connection.transaction():
        assert await connection.execute(LOCK, person.user_id) == "SELECT 1"
        yield connection.get_server_pid()


def superuser(cluster: Cluster) -> AbstractAsyncContextManager[asyncpg.Connection]:
    return Copy(cluster, DATABASE).connection()


async def sent(write: Any, ann: Person, bob: Person, hers: Hers) -> httpx.Response:
    if write in TOOLS:
        params = {"name": write, "arguments": TOOLS[write](hers)[0]}
        return await ann.rpc("tools/call", params, version=MODERN)
    if write == HIS_LIST or write[1] == CLAIM:
        return await ann.rest("POST", "/claim", json={"token": bob.token()})
    _, send = rest_attempt(*write, "me", ROUTES[write](hers)[0])
    return await send(ann)
