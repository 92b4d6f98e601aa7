"""Rates that all workers count together in a real Redis, also while it is unavailable."""

import asyncio
import logging
import re
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from itertools import count
from pathlib import Path
from typing import Any

import httpx
import pytest

from surelist.access import shared_rates
from surelist.access.allowances import MINUTE, REVOCATIONS
from tests.access.test_allowances import person_with as person_with
from tests.conftest import running
from tests.operations.test_doctor import SECRET, surelist
from tests.support.person import Person, RefusedByTool
from tests.support.redis_server import RedisServer, redis_server
from tests.support.server import serving

LOGGER = "surelist.shared_rates"
SECONDS_FOR_ANY_ANSWER = 20

Make = Callable[..., Any]
titles = map("Task {}".format, count(1))


@pytest.fixture
def redis() -> Iterator[RedisServer]:
    """A Redis of the test's own."""
    with redis_server() as server:
        yield server


@pytest.fixture
async def rates(redis: RedisServer) -> AsyncIterator[shared_rates.SharedRates]:
    """What one worker counts in that Redis."""
    rates = shared_rates.SharedRates(redis.url)
    yield rates
    await rates.close()


@pytest.fixture
def no_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    """Redis is asked again right after a fault."""
    monkeypatch.setattr(shared_rates, "RETRY_AFTER_FAULT", 0.0)


async def add(person: Person) -> int:
    async with asyncio.timeout(SECONDS_FOR_ANY_ANSWER):
        answer = await person.rest("POST", "/tasks", json={"title": next(titles)})
    return answer.status_code


async def two_workers(person_with: Make, **settings: Any) -> tuple[Person, Person]:
    """One person, at two workers."""
    first = await person_with(**settings)
    second = await person_with(**settings)
    second.user_id = first.user_id
    return first, second


async def test_two_workers_count_one_users_calls_together(
    person_with: Make, redis: RedisServer
) -> None:
    one, other = await two_workers(person_with, rate_writes=6, redis_url=redis.url)
    assert [await add(one), await add(other), await add(one)] == [201, 201, 201]
    with pytest.raises(RefusedByTool) as refused_tool:
        await other.call("add_task", title="Four")
    assert refused_tool.value.code == "rate_limit_agent"
    refused = await one.rest("POST", "/tasks", json={"title": "Four"})
    assert refused.status_code == 429
    assert 1 <= int(refused.headers["Retry-After"]) <= 2 * MINUTE
    assert (await other.rest("GET", "/tasks")).status_code == 200
    other.user_id = f"{one.user_id}-neighbour"
    assert await add(other) == 201


async def test_two_workers_count_agents_together_and_the_person_apart(
    person_with: Make, redis: RedisServer
) -> None:
    settings = {"rate_writes": 4, "redis_url": redis.url}
    one, other = await two_workers(person_with, owner=True, **settings)
    agents = [one.through("claude"), other.through("cursor"), one.through("cron")]
    assert [await add(agent) for agent in agents] == [201, 201, 201]
    assert [await add(agent) for agent in agents] == [201, 429, 429]
    assert [await add(person) for person in (one, other) * 3] == [201] * 4 + [429] * 2
    told = [(await person.rest("GET", "/agents")).status_code for person in (one, other) * 31]
    assert told == [200] * REVOCATIONS + [429] * 2


async def test_without_redis_each_worker_counts_for_itself(person_with: Make) -> None:
    one, other = await two_workers(person_with, rate_writes=1)
    assert [await add(one), await add(other), await add(one)] == [201, 201, 429]


async def test_without_a_reachable_redis_each_worker_counts_for_itself(person_with: Make) -> None:
    ann = await person_with(rate_writes=1, redis_url="redis://127.0.0.1:1/0")
    assert [await add(ann), await add(ann)] == [201, 429]


async def test_while_redis_is_unavailable_each_worker_counts_and_logs_it_once(
    person_with: Make,
    redis: RedisServer,
    no_rest: None,
    caplog: pytest.LogCaptureFixture,
) -> None:
    one, other = await two_workers(person_with, rate_writes=4, redis_url=redis.url)
    assert [await add(one), await add(other), await add(one)] == [201, 201, 429]
    faults = shared_rates.SHARED_RATE_FAULTS._value.get()
    redis.stop()
    with caplog.at_level(logging.WARNING, LOGGER):
        assert [await add(one), await add(one), await add(one)] == [201, 201, 429]
        assert caplog.messages == ["Redis is away: each worker counts rates for itself"]
        assert (
            shared_rates.SHARED_RATE_FAULTS._value.get() - faults == 5
        )  # two counts, or one refused
        redis.start()
        assert [await add(one), await add(other), await add(one)] == [201, 201, 429]
        assert caplog.messages[1:] == ["Redis is back: all workers count rates together"]


async def test_calls_do_not_wait_for_a_redis_that_does_not_answer(
    person_with: Make, redis: RedisServer, no_rest: None
) -> None:
    one, other = await two_workers(person_with, rate_writes=80, redis_url=redis.url)
    await add(one)
    with redis.held():
        told = await asyncio.gather(*(add(person) for person in (one, other) for _ in range(10)))
        assert told == [201] * 20
    told = [await add(one) for _ in range(40)]
    assert (told[0], told[-1], await add(other)) == (201, 429, 429)


async def test_no_call_waits_long_for_redis(
    redis: RedisServer, rates: shared_rates.SharedRates
) -> None:
    assert await rates.hit(("reads", "ann"), 5) == 0
    with redis.held():
        async with asyncio.timeout(shared_rates.REDIS_TIMEOUT * 10):  # the client's own is 20 times
            assert await rates.hit(("reads", "ann"), 5) is None


async def test_after_a_fault_redis_is_not_called_for_a_while_and_then_by_one_call(
    redis: RedisServer, rates: shared_rates.SharedRates, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = 1000.0
    monkeypatch.setattr(shared_rates.time, "monotonic", lambda: now)
    faults = shared_rates.SHARED_RATE_FAULTS._value.get
    key = ("writes", "ann")
    redis.stop()
    before = faults()
    assert [await rates.hit(key, 5) for _ in range(10)] == [None] * 10
    assert faults() - before == 1
    now += shared_rates.RETRY_AFTER_FAULT + 0.1
    assert await asyncio.gather(*(rates.hit(key, 5) for _ in range(10))) == [None] * 10
    assert faults() - before == 2
    redis.start()
    assert await rates.hit(key, 5) is None
    now += shared_rates.RETRY_AFTER_FAULT + 0.1
    assert [await rates.hit(key, 2) for _ in range(2)] == [0, 0]
    assert 0 < (await rates.hit(key, 2) or 0) <= 2 * MINUTE


async def test_a_refused_hit_waits_also_in_the_millisecond_in_which_its_minute_began(
    rates: shared_rates.SharedRates,
) -> None:
    for number in range(300):
        key = ("writes", f"ann {number}")
        assert await rates.hit(key, 1) == 0
        assert (await rates.hit(key, 1) or 0) >= shared_rates.SHORTEST_WAIT


async def test_a_worker_that_ends_leaves_no_connection_to_redis(
    person_with: Make, redis: RedisServer
) -> None:
    ann = await person_with()
    settings = ann.settings.model_copy(update={"rate_writes": 9, "redis_url": redis.url})
    async with running(settings) as app:
        person = Person(ann.http, settings, app.state.database, ann.user_id, "claude")

        async def nothing(mine: object) -> None:
            pass

        await person.write(nothing)
        assert connections(redis) == 1
    assert connections(redis) == 0


def connections(redis: RedisServer) -> int:
    """How many there are besides the one that asks."""
    return len(re.findall(r"^id=", redis.ask("CLIENT LIST"), re.MULTILINE)) - 1


async def test_real_workers_share_a_rate(tmp_path: Path, redis: RedisServer) -> None:
    settings = {"SURELIST_RATE_READS": "20", "REDIS_URL": redis.url}
    with serving(tmp_path / "data", workers=2, **settings) as server:
        headers = {"Authorization": f"Bearer {server.token('ann')}"}
        told = []
        for _ in range(10):
            async with httpx.AsyncClient(headers=headers, timeout=20) as client:
                asked = [client.get(f"{server.url}/api/me/tasks") for _ in range(2)]
                told += [answer.status_code for answer in await asyncio.gather(*asked)]
    assert sorted(told) == [200] * 10 + [429] * 10


def test_the_doctor_sees_a_redis(redis: RedisServer, tmp_path: Path) -> None:
    found = surelist("doctor", "--data", tmp_path / "data", REDIS_URL=redis.url, **SECRET)
    assert "Redis answers at REDIS_URL." in found.stdout


def test_a_worker_without_redis_does_not_load_its_client() -> None:
    program = "import sys, surelist.main, surelist.cli; print({'redis', 'limits'} & {*sys.modules})"
    loaded = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)
    assert loaded.stdout.strip() == b"set()"
