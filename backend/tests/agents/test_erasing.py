"""Concurrency of agents: a first call during an erase, and two workers that record a use."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from surelist.account.erasing import remove_some, shut_out
from surelist.agents.credential_check import CredentialCheck
from surelist.agents.models import Agent
from surelist.config import Settings
from surelist.data.database import compiled
from surelist.data.isolation import Database, UserTransaction, user_rows
from surelist.errors import Unauthenticated, Unavailable
from tests.agents.test_agents import nothing
from tests.support.person import Person
from tests.support.records import Records

WAITING = (
    "SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock' "
    "AND query ~ 'account|agent' AND datname = current_database()"
)
_USED = compiled(select(user_rows(Agent).c.last_used_at))


@pytest.fixture
def owner(newcomer: Callable[..., Person]) -> Person:
    """A person in their own session."""
    return newcomer("web", owner=True)


async def until_one_waits(records: Records, other: "asyncio.Task[None]") -> None:
    """Wait until a call waits for the account's lock or has ended."""
    while not other.done() and not await records.all(WAITING):
        await asyncio.wait([other], timeout=0.01)


async def test_an_agents_first_read_waits_for_a_write_up_to_the_lock_timeout(
    owner: Person, app_settings: Settings
) -> None:
    hasty = app_settings.model_copy(update={"lock_timeout_ms": 100})
    worker = Database(owner.database._pool, hasty, CredentialCheck(), remove_some)

    async def busy(mine: UserTransaction) -> None:
        with pytest.raises(Unavailable):
            async with asyncio.timeout(20):
                await worker.read(owner.through("claude").principal, nothing, "tasks:read")

    await owner.write(busy)
    await worker.read(owner.through("claude").principal, nothing, "tasks:read")


async def agents_left(owner: Person, records: Records) -> int:
    rows = await records.all("SELECT * FROM agent WHERE user_id = $1", owner.user_id)
    return len(rows)


@pytest.mark.parametrize("known", [True, False])
async def test_an_agents_first_read_during_an_erase_leaves_no_row(
    owner: Person, records: Records, known: bool
) -> None:
    if known:
        await owner.call("add_task", title="One")
    reads: list[asyncio.Task[None]] = []

    async def erase(mine: UserTransaction) -> None:
        await shut_out(mine)
        reads.append(asyncio.create_task(claude.read(nothing)))
        await until_one_waits(records, reads[0])

    claude = owner.through("claude")
    await owner.write(erase)
    with pytest.raises(Unauthenticated, match="erased"):
        await reads[0]
    await owner.database.finish_erase(owner.principal)
    assert await agents_left(owner, records) == 0


@pytest.mark.parametrize("known", [True, False])
async def test_an_erase_during_an_agents_first_read_leaves_no_row(
    owner: Person, records: Records, known: bool
) -> None:
    if known:
        await owner.call("add_task", title="One")
    erasures: list[asyncio.Task[None]] = []

    async def look(mine: UserTransaction) -> None:
        erasures.append(asyncio.create_task(owner.write(shut_out)))
        await until_one_waits(records, erasures[0])

    await owner.through("claude").read(look)
    await erasures[0]
    await owner.database.finish_erase(owner.principal)
    assert await agents_left(owner, records) == 0


async def test_two_workers_that_record_the_same_use_write_it_once(
    owner: Person, records: Records, app_settings: Any
) -> None:
    used = "SELECT last_used_at FROM agent WHERE user_id = $1"
    claude = owner.through("claude")
    await claude.call("list_tasks")
    await records.run(
        "UPDATE agent SET last_used_at = now() - interval '1 hour' WHERE user_id = $1",
        owner.user_id,
    )
    first, second = (
        Database(owner.database._pool, app_settings, CredentialCheck(), remove_some)
        for _ in range(2)
    )
    others: list[asyncio.Task[None]] = []

    async def look(tx: UserTransaction) -> Any:
        others.append(asyncio.create_task(second.read(claude.principal, nothing, "tasks:read")))
        await until_one_waits(records, others[0])
        return await tx.fetch_one(_USED)

    noted = await first.read(claude.principal, look, "tasks:read")
    await others[0]
    assert await records.all(used, owner.user_id) == [dict(noted)]
