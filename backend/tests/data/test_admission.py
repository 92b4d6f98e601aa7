"""The queues in front of the pool: a busy user does not delay other users."""

import asyncio
from collections.abc import Callable

import asyncpg
import pytest

from surelist.config import Settings
from surelist.data.isolation import UserTransaction
from surelist.data.queues import WRITES_AT_ONCE, Turns
from surelist.errors import Unavailable
from surelist.postgres.embedded import SUPERUSER, Cluster
from tests.support.copies import newcomers
from tests.support.person import Person

PATIENCE = 60.0
MANY = 100


class Crowd:
    """Calls that each take a turn and keep it until they are released."""

    def __init__(self, turns: Turns, patience: float = PATIENCE) -> None:
        self.turns = turns
        self.patience = patience
        self.inside: list[str] = []
        self.go = asyncio.Event()

    async def writer(self, user_id: str, name: str, *, person: bool = False) -> None:
        async with self.turns.to_write(user_id, self.patience, person=person):
            self.inside.append(name)
            await self.go.wait()

    async def reader(self, user_id: str, name: str, *, person: bool = False) -> None:
        async with self.turns.to_read(user_id, person=person):
            self.inside.append(name)
            await self.go.wait()


async def settle() -> None:
    """Let everything run that can run."""
    for _ in range(20):
        await asyncio.sleep(0)


async def test_two_writes_of_one_user_are_admitted_and_the_others_wait_in_line() -> None:
    crowd = Crowd(Turns(MANY, PATIENCE))
    writers = [asyncio.create_task(crowd.writer("ann", str(n))) for n in range(5)]
    await settle()
    assert crowd.inside == ["0", "1"]
    assert WRITES_AT_ONCE == 2
    crowd.go.set()
    await asyncio.gather(*writers)
    assert crowd.inside == ["0", "1", "2", "3", "4"]


async def test_another_user_does_not_wait_for_them() -> None:
    crowd = Crowd(Turns(MANY, PATIENCE))
    writers = [asyncio.create_task(crowd.writer("ann", f"ann {n}")) for n in range(5)]
    await settle()
    writers.append(asyncio.create_task(crowd.writer("bob", "bob")))
    await settle()
    assert crowd.inside == ["ann 0", "ann 1", "bob"]
    crowd.go.set()
    await asyncio.gather(*writers)


async def test_a_write_without_a_turn_in_time_is_refused_with_retry_after() -> None:
    crowd = Crowd(Turns(MANY, PATIENCE), patience=0.01)
    writers = [asyncio.create_task(crowd.writer("ann", str(n))) for n in range(3)]
    done, waiting = await asyncio.wait(writers, return_when=asyncio.FIRST_COMPLETED)
    assert done == {writers[2]}
    with pytest.raises(Unavailable, match="agent_writes_waiting"):
        await writers[2]
    crowd.go.set()
    await asyncio.gather(*waiting)
    assert crowd.inside == ["0", "1"]


async def test_the_person_writes_while_agents_hold_both_of_their_turns() -> None:
    crowd = Crowd(Turns(MANY, PATIENCE))
    calls = [asyncio.create_task(crowd.writer("ann", f"agent {n}")) for n in range(5)]
    await settle()
    calls += [asyncio.create_task(crowd.writer("ann", f"{n}", person=True)) for n in range(3)]
    await settle()
    assert crowd.inside == ["agent 0", "agent 1", "0", "1"]
    crowd.go.set()
    await asyncio.gather(*calls)


@pytest.mark.parametrize(("connections", "half"), [(1, 1), (2, 1), (5, 2), (10, 5)])
async def test_agents_of_one_user_hold_at_most_half_of_the_connections(
    connections: int, half: int
) -> None:
    crowd = Crowd(Turns(connections, PATIENCE))
    calls = [asyncio.create_task(crowd.reader("ann", f"agent {n}")) for n in range(20)]
    await settle()
    assert len(crowd.inside) == half
    others = {"person": ("ann", True), "neighbour": ("bob", False)}
    for name, (user_id, person) in others.items():
        calls.append(asyncio.create_task(crowd.reader(user_id, name, person=person)))
    await settle()
    assert crowd.inside[half:] == [*others]
    crowd.go.set()
    await asyncio.gather(*calls)


async def test_the_limit_of_agents_counts_reads_and_writes_together() -> None:
    crowd = Crowd(Turns(6, 0.01))
    calls = [asyncio.create_task(crowd.writer("ann", f"write {n}")) for n in range(2)]
    calls += [asyncio.create_task(crowd.reader("ann", f"read {n}")) for n in range(2)]
    await asyncio.wait(calls, return_when=asyncio.FIRST_COMPLETED)
    with pytest.raises(Unavailable, match="agent_calls_waiting"):
        await calls[3]
    assert crowd.inside == ["write 0", "write 1", "read 0"]
    crowd.go.set()
    await asyncio.gather(*calls[:3])


async def test_writes_of_all_users_leave_connections_to_the_reads() -> None:
    crowd = Crowd(Turns(4, 0.01))
    writers = [asyncio.create_task(crowd.writer(f"user {n}", str(n))) for n in range(4)]
    await asyncio.wait(writers, return_when=asyncio.FIRST_COMPLETED)
    with pytest.raises(Unavailable, match="server_busy"):
        await writers[3]
    crowd.go.set()
    await asyncio.gather(*writers[:3])
    assert crowd.inside == ["0", "1", "2"]
    async with crowd.turns.to_write("user 3", 0.01, person=False):
        pass


async def test_a_read_does_not_wait_for_commits_on_a_slow_disk(
    cluster: Cluster, app_settings: Settings
) -> None:
    own = app_settings.model_copy(update={"pool_size": 4, "lock_timeout_ms": 60_000})
    async with newcomers(own, prefix="disk") as newcomer:
        people = [newcomer() for _ in range(8)]
        for person in people:
            await person.call("add_task", title="First")
        superuser = await asyncpg.connect(cluster.url(SUPERUSER))
        try:
            async with superuser.transaction():
                await superuser.execute("LOCK TABLE event IN SHARE MODE")  # no write gets on
                writes = [asyncio.create_task(one.call("add_task", title="Next")) for one in people]
                await until_waiting(superuser, 3)
                assert (await people[0].call("list_tasks"))["total"] == 1
                assert not any(write.done() for write in writes)
        finally:
            await superuser.close()
        assert [(await write)["task_id"] for write in writes] == [2] * len(people)


async def test_a_write_that_is_cancelled_while_it_waits_takes_no_turn() -> None:
    crowd = Crowd(Turns(MANY, PATIENCE))
    writers = [asyncio.create_task(crowd.writer("ann", str(n))) for n in range(4)]
    await settle()
    writers[2].cancel()
    await settle()
    crowd.go.set()
    await asyncio.wait(writers)
    assert crowd.inside == ["0", "1", "3"]


async def test_a_write_that_fails_gives_its_turn_back() -> None:
    turns = Turns(MANY, PATIENCE)
    for _ in range(WRITES_AT_ONCE + 1):
        with pytest.raises(LookupError):
            async with turns.to_write("ann", PATIENCE, person=False):
                raise LookupError
    async with turns.to_write("ann", 0.01, person=False):
        pass


async def test_no_semaphore_is_kept_after_a_users_last_call() -> None:
    crowd = Crowd(Turns(MANY, PATIENCE), patience=0.01)
    writers = [asyncio.create_task(crowd.writer(f"user {n % 3}", str(n))) for n in range(12)]
    await settle()
    assert len(crowd.turns._writes._gates) == len(crowd.turns._of_agents._gates) == 3
    writers[0].cancel()
    writers[-1].cancel()
    crowd.go.set()
    await asyncio.wait(writers)
    assert crowd.turns._writes._gates == crowd.turns._of_agents._gates == {}


async def test_a_hundred_writes_of_one_user_do_not_hold_up_another_users_read(
    cluster: Cluster, app_settings: Settings
) -> None:
    own = app_settings.model_copy(update={"pool_size": 4, "lock_timeout_ms": 60_000})
    async with newcomers(own, prefix="crowd") as newcomer:
        ann, bob = newcomer(), newcomer()
        await ann.call("add_task", title="First")
        await bob.call("add_task", title="Mine")
        superuser = await asyncpg.connect(cluster.url(SUPERUSER))
        try:
            async with superuser.transaction():
                await superuser.execute(
                    "SELECT FROM account WHERE user_id = $1 FOR UPDATE", ann.user_id
                )
                writes = [
                    asyncio.create_task(ann.call("add_task", title=f"Task {n}")) for n in range(100)
                ]
                await until_waiting(superuser, WRITES_AT_ONCE)
                assert queued(ann) == 100
                assert await waiting(superuser) == WRITES_AT_ONCE
                assert (await bob.call("list_tasks"))["total"] == 1
                assert (await bob.call("add_task", title="Another"))["task_id"] == 2
                assert not any(write.done() for write in writes)
            versions = [(await write)["version"] for write in writes]
        finally:
            await superuser.close()
        assert sorted(versions) == list(range(2, 102))
        assert queued(ann) == 0


def queued(person: Person) -> int:
    """The number of unanswered writes of that user's agents."""
    return person.database._turns._writes.count((person.user_id, False))


async def waiting(connection: asyncpg.Connection) -> int:
    """The number of transactions that wait for a lock."""
    return await connection.fetchval("SELECT count(*) FROM pg_locks WHERE NOT granted")


async def until_waiting(connection: asyncpg.Connection, number: int) -> None:
    async with asyncio.timeout(PATIENCE):
        while await waiting(connection) < number:  # noqa: ASYNC110 (no event tells of a lock)
            await asyncio.sleep(0)


async def test_reads_are_not_counted_among_the_writes(newcomer: Callable[..., Person]) -> None:
    ann = newcomer()
    reached, go = asyncio.Event(), asyncio.Event()

    async def wait(_: UserTransaction) -> None:
        reached.set()
        await go.wait()

    reading = asyncio.create_task(ann.read(wait))
    await reached.wait()
    assert queued(ann) == 0
    go.set()
    await reading
