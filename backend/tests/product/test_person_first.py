"""An agent that spends or holds all that it can get does not stand in its person's way."""

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


async def at_work(owner: Person, number: int = 2) -> list[Agent]:
    """The person's list with one task, and so many agents who work on it by keys."""
    assert (await add(owner)).status_code == 201
    return [Agent(owner, await make_key(owner)) for _ in range(number)]


async def spend(agent: Person, act: Act) -> int:
    """Let the agent act until it is refused; how often it was not."""
    for times in count():
        answer = await act(agent)
        if answer.status_code == 429:
            assert "Retry-After" in answer.headers
            assert not DELETION.search(answer.json()["detail"])
            return times
        assert answer.is_success, answer.text
    raise AssertionError


async def takes_over(owner: Person, *robots: Agent) -> None:
    """The person sees the agents, revokes them, and works on."""
    listed = await owner.rest("GET", "/agents")
    assert listed.status_code == 200, listed.text
    assert {one["client_id"] for one in listed.json()["agents"]} >= {one.client for one in robots}
    for robot in robots:
        revoked = await owner.rest("DELETE", f"/agents/{robot.client}")
        assert revoked.status_code == 204, revoked.text
    await works_on(owner)


async def works_on(owner: Person) -> None:
    for act, status in ((add, 201), (read, 200), (toggle, 200)):
        answer = await act(owner)
        assert answer.status_code == status, answer.text


@pytest.mark.parametrize("limit", LIMITS)
async def test_a_person_whose_agents_spend_all_of_a_limit_revokes_them_and_works_on(
    person_with: Make, limit: str
) -> None:
    settings, act, _ = LIMITS[limit]
    owner = await person_with("web", owner=True, **settings)
    robots = await at_work(owner)
    spent = [await spend(robot, act) for robot in robots]
    assert sum(spent) > 10
    await takes_over(owner, *robots)


@pytest.mark.parametrize("limit", LIMITS)
async def test_a_revoked_key_that_calls_on_costs_the_person_and_other_agents_nothing(
    person_with: Make, limit: str
) -> None:
    settings, act, _ = LIMITS[limit]
    owner, elsewhere = await two_workers(person_with, client="web", owner=True, **settings)
    robot, other = await at_work(owner)
    assert (await owner.rest("DELETE", f"/agents/{robot.client}")).status_code == 204
    robot.http, other.http = elsewhere.http, elsewhere.http
    answers = [(await act(robot)).status_code for _ in range(100)]
    assert answers == [401] * 100
    await works_on(elsewhere)
    assert await spend(other, act) >= 7
    await works_on(elsewhere)


async def test_an_agent_that_spends_its_share_leaves_the_other_agents_theirs(
    person_with: Make,
) -> None:
    owner = await person_with("web", owner=True, rate_writes=20)
    one, other, third = await at_work(owner, 3)
    assert [await spend(robot, toggle) for robot in (one, one, other, third)] == [10, 0, 10, 0]
    codes = [(await toggle(robot)).json()["code"] for robot in (one, third)]
    assert codes == ["rate_limit_agent", "rate_limit_agents"]


@pytest.mark.parametrize("limit", LIMITS)
async def test_a_person_who_has_spent_their_own_is_told_so_and_still_revokes(
    person_with: Make, limit: str
) -> None:
    settings, act, code = LIMITS[limit]
    owner = await person_with("web", owner=True, **settings)
    (robot,) = await at_work(owner, 1)
    assert await spend(owner, act) > 10
    refused = (await act(owner)).json()
    assert refused["code"] == code
    assert (await owner.rest("DELETE", f"/agents/{robot.client}")).status_code == 204


async def test_revocations_have_an_amount_that_only_the_person_spends(person_with: Make) -> None:
    owner = await person_with("web", owner=True, rate_reads=2, rate_writes=2)
    (robot,) = await at_work(owner, 1)
    for _ in range(REVOCATIONS + 1):
        assert (await robot.rest("GET", "/agents")).status_code == 403
        assert (await robot.rest("DELETE", f"/agents/{robot.client}")).status_code == 403
    assert await spend(owner, lambda person: person.rest("GET", "/agents")) == REVOCATIONS
    assert (await read(owner)).status_code == 200
    assert (await owner.rest("DELETE")).status_code == 429


async def test_what_the_page_asks_when_an_agent_wants_a_token_is_counted_for_the_agent(
    person_with: Make,
) -> None:
    owner = await person_with("web", owner=True, rate_reads=20)
    robot, other = await at_work(owner)
    assert await spend(owner, lambda page: page.rest("GET", f"/agents/{robot.client}")) == 10
    assert [await spend(one, read) for one in (robot, other, owner)] == [0, 10, 20]


async def test_a_person_erases_the_list_after_an_agent_has_spent_everything(
    person_with: Make,
) -> None:
    owner = await person_with("web", owner=True, rate_writes=10, max_events_a_day=10)
    for robot in await at_work(owner):
        await spend(robot, toggle)
    await spend(owner, toggle)
    assert (await owner.rest("DELETE")).status_code == 204


async def test_owner_tokens_are_each_counted_by_their_client(person_with: Make) -> None:
    owner = await person_with("web", owner=True, rate_writes=5)
    script = owner.through("script", owner=True)
    assert [await spend(one, add) for one in (script, owner)] == [5, 5]


async def test_the_persons_write_does_not_wait_in_line_behind_those_of_an_agent(
    person_with: Make, cluster: Cluster
) -> None:
    owner = await person_with("web", owner=True, lock_timeout_ms=60_000)
    (robot,) = await at_work(owner, 1)
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


async def test_an_agent_whose_reads_do_not_end_leaves_connections_to_the_person(
    person_with: Make, cluster: Cluster
) -> None:
    owner = await person_with("web", owner=True, pool_size=4)
    (robot,) = await at_work(owner, 1)  # its use is not written down yet: that locks its row
    superuser = await asyncpg.connect(cluster.url(SUPERUSER))
    try:
        async with superuser.transaction():
            await superuser.execute("LOCK TABLE task IN ACCESS EXCLUSIVE MODE")
            flood = [asyncio.create_task(robot.rest("GET", "/tasks")) for _ in range(20)]
            await until_waiting(superuser, 2)
            assert [one["client_id"] for one in await agents(owner)] == [robot.client]
            revoked = await owner.rest("DELETE", f"/agents/{robot.client}")
            told = await owner.rest("GET", "/events")
            assert (revoked.status_code, told.status_code) == (204, 200)
            refused = [await one for one in islice(asyncio.as_completed(flood), len(flood) - 2)]
            assert {answer.status_code for answer in refused} == {503}
            assert {one.json()["code"] for one in refused} == {"agent_calls_waiting"}
        answers = await asyncio.gather(*flood)
        assert sorted(answer.status_code for answer in answers) == [200] * 2 + [503] * 18
    finally:
        await superuser.close()
    await works_on(owner)
