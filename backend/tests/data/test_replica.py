"""Reads from a replica: they show every change that is committed, or come from the primary."""

import asyncio
import json
import shutil
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import ExitStack
from itertools import count
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from prometheus_client import REGISTRY

from surelist.config import Settings
from surelist.data.database import migrate
from surelist.postgres import embedded
from surelist.postgres.embedded import OWNER_ROLE, SUPERUSER, Cluster
from surelist.postgres.process import run_postmaster
from surelist.postgres.programs import make_directory
from tests.support.copies import newcomers
from tests.support.person import Person

STREAMING = (
    embedded.SETTINGS | embedded.NOT_DURABLE | {"wal_level": "replica", "max_wal_senders": "4"}
)
_numbers = count(1)


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Cluster, Cluster]]:
    """A primary and a replica that streams from it."""
    data = tmp_path_factory.mktemp("primary")
    with embedded.postgres(data, durable=False) as server:
        migrate(server.url(OWNER_ROLE), server.url())
    passwords = json.loads((data / "roles.json").read_text())
    pgdata, standby = data / "postgres", data / "standby"
    with (pgdata / "pg_hba.conf").open("a") as file:
        file.write("local replication all scram-sha-256\n")
    with run_postmaster(pgdata, STREAMING):  # from now on its WAL is enough for a replica
        pass
    make_directory(standby)
    shutil.copytree(pgdata, standby, dirs_exist_ok=True)
    for path in [pgdata, *standby.rglob("*")]:
        shutil.chown(path, *_owner(pgdata))
    (standby / "standby.signal").touch()
    with ExitStack() as stack:
        _, sockets = stack.enter_context(run_postmaster(pgdata, STREAMING))
        primary = Cluster(sockets, passwords)
        source = f"host='{sockets}' port=5432 user={SUPERUSER} password={passwords[SUPERUSER]}"
        following = STREAMING | {"primary_conninfo": source, "hot_standby": "on"}
        _, sockets = stack.enter_context(run_postmaster(standby, following))
        yield primary, Cluster(sockets, passwords)


def _owner(path: Path) -> tuple[int, int]:
    status = path.stat()
    return status.st_uid, status.st_gid


@pytest.fixture
async def newcomer(
    settings: Settings, pair: tuple[Cluster, Cluster]
) -> AsyncIterator[Callable[..., Person]]:
    urls = {"database_url": pair[0].url(), "database_url_replica": pair[1].url()}
    async with newcomers(settings.model_copy(update=urls), f"reader{next(_numbers)}") as newcomer:
        yield newcomer


class Replica:
    """The replica, which a test lets lag."""

    def __init__(self, primary: asyncpg.Connection, replica: asyncpg.Connection) -> None:
        self.primary = primary
        self.replica = replica

    async def pause(self) -> None:
        await self.caught_up()
        await self.replica.execute("SELECT pg_wal_replay_pause()")
        while await self.replica.fetchval("SELECT pg_get_wal_replay_pause_state()") != "paused":  # noqa: ASYNC110
            await asyncio.sleep(0.01)

    async def caught_up(self) -> None:
        await self.replica.execute("SELECT pg_wal_replay_resume()")
        written = await self.primary.fetchval("SELECT pg_current_wal_insert_lsn()::text")
        behind = "SELECT coalesce(pg_last_wal_replay_lsn() < $1::text::pg_lsn, true)"
        while await self.replica.fetchval(behind, written):  # noqa: ASYNC110
            await asyncio.sleep(0.01)


@pytest.fixture
async def replica(pair: tuple[Cluster, Cluster]) -> AsyncIterator[Replica]:
    primary, follower = [await asyncpg.connect(one.url(SUPERUSER)) for one in pair]
    yield Replica(primary, follower)
    await follower.execute("SELECT pg_wal_replay_resume()")
    await primary.close()
    await follower.close()


class Outcomes:
    """How often the replica has answered since, was behind, and was away."""

    def __init__(self) -> None:
        self.before = self._all()

    def now(self) -> dict[str, int]:
        return {
            name: int(count - self.before.get(name, 0))
            for name, count in self._all().items()
            if count > self.before.get(name, 0)
        }

    def _all(self) -> dict[str, float]:
        return {
            sample.labels["outcome"]: sample.value
            for metric in REGISTRY.collect()
            for sample in metric.samples
            if sample.name == "surelist_replica_reads_total"
        }


def with_one_token(person: Person) -> Person:
    """The same person with one token for all calls, which a worker then knows."""
    token = person.token()
    person.token = lambda scopes=None: token
    return person


async def titles(person: Person) -> list[Any]:
    return [task["title"] for task in (await person.call("list_tasks"))["tasks"]]


async def test_a_replica_that_has_the_last_change_answers(
    newcomer: Callable[..., Person], replica: Replica
) -> None:
    ann = with_one_token(newcomer())
    await ann.call("add_task", title="Milk")
    await replica.caught_up()
    outcomes = Outcomes()
    assert await titles(ann) == ["Milk"]
    assert outcomes.now() == {"answered": 1}


async def test_a_replica_that_lags_does_not_answer_users_with_a_change_that_it_lacks(
    newcomer: Callable[..., Person], replica: Replica
) -> None:
    ann, bob = with_one_token(newcomer()), with_one_token(newcomer())
    for person in (ann, bob):
        await person.call("add_task", title="Milk")
    await replica.pause()
    await ann.call("add_task", title="Bread")
    outcomes = Outcomes()
    assert await titles(ann) == ["Milk", "Bread"]
    assert await titles(bob) == ["Milk"]
    assert outcomes.now() == {"behind": 1, "answered": 1}
    await replica.caught_up()
    assert await titles(ann) == ["Milk", "Bread"]
    assert outcomes.now() == {"behind": 1, "answered": 2}


async def test_a_change_through_another_worker_is_seen_too(
    newcomer: Callable[..., Person], pair: tuple[Cluster, Cluster], replica: Replica
) -> None:
    ann = with_one_token(newcomer())
    await ann.call("add_task", title="Milk")
    await replica.pause()
    async with newcomers(ann.settings) as elsewhere:
        other = elsewhere("cursor")
        other.user_id = ann.user_id
        await other.call("add_task", title="Bread")
    assert await titles(ann) == ["Milk", "Bread"]


async def test_an_erased_list_is_not_shown_by_a_replica_that_lacks_the_erase(
    newcomer: Callable[..., Person], replica: Replica
) -> None:
    ann = newcomer("web", owner=True)
    await ann.call("add_task", title="Milk")
    await replica.pause()
    assert (await ann.rest("DELETE")).status_code == 204
    await asyncio.sleep(1.1)  # a token tells its time in seconds
    again = with_one_token(ann.through("web", owner=True))
    outcomes = Outcomes()
    assert [await titles(again), await titles(again)] == [[], []]
    assert "answered" not in outcomes.now()


async def test_a_credential_is_never_looked_at_on_the_replica(
    newcomer: Callable[..., Person], replica: Replica
) -> None:
    owner = newcomer("web", owner=True)
    agent = with_one_token(owner.through("claude"))
    await agent.call("add_task", title="Milk")
    await replica.pause()
    assert (await owner.rest("DELETE", "/agents/claude")).status_code == 204
    async with newcomers(owner.settings) as elsewhere:  # a worker that has not met the agent
        other = elsewhere("claude")
        other.user_id, other.token = agent.user_id, agent.token
        outcomes = Outcomes()
        answers = [await other.rest("GET", "/tasks") for _ in range(2)]
        assert [answer.status_code for answer in answers] == [401, 401]
        assert outcomes.now() == {}


async def test_a_replica_that_is_away_costs_nobody_an_answer(
    settings: Settings, pair: tuple[Cluster, Cluster]
) -> None:
    away = "postgresql://nobody@127.0.0.1:1/nowhere"
    urls = {"database_url": pair[0].url(), "database_url_replica": away}
    async with newcomers(settings.model_copy(update=urls), "away") as newcomer:
        ann = with_one_token(newcomer())
        await ann.call("add_task", title="Milk")
        outcomes = Outcomes()
        assert await titles(ann) == ["Milk"]
        assert outcomes.now() == {"away": 1}
