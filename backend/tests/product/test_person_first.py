"""Agents that use up their limits or connections do not block the person."""

import asyncio
import re
from collections.abc import Awaitable, Callable
from itertools import count, islice

import asyncpg
import httpx
import pytest

from surelist.access.allowances import REVOCATIONS
from surelist.data.queues import WRITES_AT_ONCE
from surelist.postgres.embedded import SUPERUSER, Cluster
from tests.access.test_allowances import person_with as person_with
from tests.access.test_shared_rates import two_workers
from tests.agents.test_keys import Agent, agents, make_key
from tests.data.test_admission import until_waiting
from tests.support.person import Person

Make = Callable[..., Awaitable[Person]]
Act = Callable[[Person], Awaitable[httpx.Response]]
DELETION = re.compile("delet|purg|trash|eras", re.IGNORECASE)
titles = map("Task {}".format, count(1))


async def read(person: Person) -> httpx.Response:
    return await person.rest("GET", "/tasks")


async def add(person: Person) -> httpx.Response:
    return await person.rest("POST", "/tasks", json={"title": next(titles)})


async def add_text(person: Person) -> httpx.Response:
    new = {"title": next(titles), "description": "x" * 500}
    return await person.rest("POST", "/tasks", json=new)


async def toggle(person: Person) -> httpx.Response:
    return await person.rest("PATCH", "/tasks/1/complete")


LIMITS: dict[str, tuple[dict[str, int], Act, str]] = {
    "reads": ({"rate_reads": 20}, read, "rate_limit_person"),
    "writes": ({"rate_writes": 20}, toggle, "rate_limit_person"),
    "changes a day": ({"max_events_a_day": 20}, toggle, "change_limit_person"),
    "tasks": ({"max_tasks": 20}, add, "task_limit_person"),
    "bytes": ({"max_bytes": 20_000}, add_text, "byte_limit_person"),
}


async def list_with_agents(owner: Person, number: int = 2) -> list[Agent]:
    """Add a task, and return `number` agents with keys."""
    assert (await add(owner)).status_code == 201
    return [Agent(owner, await make_key(owner, name=f"Robot {one}")) for one in range(number)]


async def use_up(agent: Person, act: Act) -> int:
    """Repeat a call until it is refused, and return the number of accepted calls."""
    for times in count():
        answer = await act(agent)
        if answer.status_code == 429:
            assert "Retry-After" in answer.headers
            assert not DELETION.search(answer.json()["detail"])
            return times
        assert answer.is_success, answer.text
    raise AssertionError


async def revoke_all(owner: Person, *robots: Agent) -> None:
    """As the person, list the agents, revoke them, and continue to work."""
    listed = await owner.rest("GET", "/agents")
    assert listed.status_code == 200, listed.text
    assert {one["client_id"] for one in listed.json()["agents"]} >= {one.client for one in robots}
    for robot in robots:
        revoked = await owner.rest("DELETE", f"/agents/{robot.client}")
        assert revoked.status_code == 204, revoked.text
    await assert_person_can_work(owner)


async def assert_person_can_work(owner: Person) -> None:
    for act, status in ((add, 201), (read, 200), (toggle, 200)):
        answer = await act(owner)
        assert answer.status_code == status, answer.text


@pytest.mark.parametrize("limit", LIMITS)
async def test_a_person_can_revoke_agents_that_reached_a_limit_and_continue(
    person_with: Make, limit: str
) -> None:
    settings, act, _ = LIMITS[limit]
    owner = await person_with("web", owner=True, **settings)
    robots = await list_with_agents(owner)
    spent = [await use_up(robot, act) for robot in robots]
    assert sum(spent) > 10
    await revoke_all(owner, *robots)


@pytest.mark.parametrize("limit", LIMITS)
async def test_calls_with_a_revoked_key_count_towards_no_limit(
    person_with: Make, limit: str
) -> None:
    settings, act, _ = LIMITS[limit]
    owner, elsewhere = await two_workers(person_with, client="web", owner=True, **settings)
    robot, other = await list_with_agents(owner)
    assert (await owner.rest("DELETE", f"/agents/{robot.client}")).status_code == 204
    robot.http, other.http = elsewhere.http, elsewhere.http
    answers = [(await act(robot)).status_code for _ in range(100)]
    assert answers == [401] * 100
    await assert_person_can_work(elsewhere)
    assert await use_up(other, act) >= 7
    await assert_person_can_work(elsewhere)


async def test_one_agent_can_use_half_of_the_limit_of_all_agents(
    person_with: Make,
) -> None:
    owner = await person_with("web", owner=True, rate_writes=20)
    one, other, third = await list_with_agents(owner, 3)
    assert [await use_up(robot, toggle) for robot in (one, one, other, third)] == [10, 0, 10, 0]
    codes = [(await toggle(robot)).json()["code"] for robot in (one, third)]
    assert codes == ["rate_limit_agent", "rate_limit_agents"]


@pytest.mark.parametrize("limit", LIMITS)
async def test_a_person_at_the_limit_can_still_revoke_an_agent(
    person_with: Make, limit: str
) -> None:
    settings, act, code = LIMITS[limit]
    owner = await person_with("web", owner=True, **settings)
    (robot,) = await list_with_agents(owner, 1)
    assert await use_up(owner, act) > 10
    refused = (await act(owner)).json()
    assert refused["code"] == code
    assert (await owner.rest("DELETE", f"/agents/{robot.client}")).status_code == 204


async def test_revocations_have_a_limit_of_their_own_for_the_person(person_with: Make) -> None:
    owner = await person_with("web", owner=True, rate_reads=2, rate_writes=2)
    (robot,) = await list_with_agents(owner, 1)
    for _ in range(REVOCATIONS + 1):
        assert (await robot.rest("GET", "/agents")).status_code == 403
        assert (await robot.rest("DELETE", f"/agents/{robot.client}")).status_code == 403
    assert await use_up(owner, lambda person: person.rest("GET", "/agents")) == REVOCATIONS
    assert (await read(owner)).status_code == 200
    assert (await owner.rest("DELETE")).status_code == 429


async def test_the_pages_requests_for_an_agents_token_count_for_the_agent(
    person_with: Make,
) -> None:
    owner = await person_with("web", owner=True, rate_reads=20)
    robot, other = await list_with_agents(owner)
    assert await use_up(owner, lambda page: page.rest("GET", f"/agents/{robot.client}")) == 10
    assert [await use_up(one, read) for one in (robot, other, owner)] == [0, 10, 20]


async def test_a_person_can_erase_the_list_when_all_limits_are_reached(
    person_with: Make,
) -> None:
    owner = await person_with("web", owner=True, rate_writes=10, max_events_a_day=10)
    for robot in await list_with_agents(owner):
        await use_up(robot, toggle)
    await use_up(owner, toggle)
    assert (await owner.rest("DELETE")).status_code == 204


async def test_tokens_of_the_person_are_counted_by_client(person_with: Make) -> None:
    owner = await person_with("web", owner=True, rate_writes=5)
    script = owner.through("script", owner=True)
    assert [await use_up(one, add) for one in (script, owner)] == [5, 5]


async def test_a_write_of_the_person_does_not_queue_behind_an_agents_writes(
    person_with: Make, cluster: Cluster
) -> None:
    owner = await person_with("web", owner=True, lock_timeout_ms=60_000)
    (robot,) = await list_with_agents(owner, 1)
    superuser = await asyncpg.connect(cluster.url(SUPERUSER))
    try:
        async with superuser.transaction():
            held = "SELECT FROM account WHERE user_id = $1 FOR UPDATE"
            await superuser.execute(held, owner.user_id)
            flood = [asyncio.create_task(add(robot)) for _ in range(40)]
            await until_waiting(superuser, WRITES_AT_ONCE)
            taking = asyncio.create_task(owner.rest("DELETE", f"/agents/{robot.client}"))
            await until_waiting(superuser, WRITES_AT_ONCE + 1)
            writing = asyncio.create_task(add(owner))
            await until_waiting(superuser, WRITES_AT_ONCE + 2)
        assert ((await taking).status_code, (await writing).status_code) == (204, 201)
        await asyncio.gather(*flood)
    finally:
        await superuser.close()


async def test_endless_reads_of_an_agent_leave_connections_to_the_person(
    person_with: Make, cluster: Cluster
) -> None:
    owner = await person_with("web", owner=True, pool_size=4)
    (robot,) = await list_with_agents(owner, 1)  # recording the use of its key locks its row
    superuser = await asyncpg.connect(cluster.url(SUPERUSER))
    try:
        async with superuser.transaction():
            await superuser.execute("LOCK TABLE task IN ACCESS EXCLUSIVE MODE")
            flood = [asyncio.create_task(robot.rest("GET", "/tasks")) for _ in range(20)]
            await until_waiting(superuser, 2)
            assert [one["client_id"] for one in await agents(owner)] == [robot.client]
            revoked = await owner.rest("DELETE", f"/agents/{robot.client}")
            told = await owner.rest("GET", "/conversations")
            assert (revoked.status_code, told.status_code) == (204, 200)
            refused = [await one for one in islice(asyncio.as_completed(flood), len(flood) - 2)]
            assert {answer.status_code for answer in refused} == {503}
            assert {one.json()["code"] for one in refused} == {"agent_calls_waiting"}
        answers = await asyncio.gather(*flood)
        assert sorted(answer.status_code for answer in answers) == [200] * 2 + [503] * 18
    finally:
        await superuser.close()
    await assert_person_can_work(owner)
