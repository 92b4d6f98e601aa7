"""Eight concurrent calls on two workers, of undo and of each write for the person only.

As in test_concurrency, event 2 renamed task 1 before.
"""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import pytest

from surelist.postgres.embedded import Cluster
from tests.product.test_concurrency import People, renamed, told
from tests.product.test_concurrency import connections as connections
from tests.product.test_concurrency import guest as guest
from tests.product.test_concurrency import server as server
from tests.support.person import ERAS, Person
from tests.support.soundness import rows, sound_ledger

TIMES = 8
LONG_AGO = "2020-01-01T00:00:00Z"
ZONES = ["Asia/Karachi", "Europe/Berlin", "America/New_York", "Asia/Tokyo"] * 2

Call = Callable[[int], Awaitable[httpx.Response]]


async def at_once(call: Call) -> list[httpx.Response]:
    return await asyncio.gather(*(call(number) for number in range(TIMES)))


def statuses(answers: list[httpx.Response]) -> Counter[int]:
    return Counter(answer.status_code for answer in answers)


@pytest.mark.parametrize("key", [{}, {"Idempotency-Key": "a-key"}])
async def test_a_task_is_purged_once(guest: People, cluster: Cluster, key: dict[str, str]) -> None:
    ann = await renamed(guest, owner=True)
    await ann.call("delete_task", task_id=1)
    answers = await at_once(lambda _: ann.rest("DELETE", "/tasks/1/permanently", headers=key))
    assert statuses(answers) == ({204: 8} if key else {204: 1, 404: 7})
    events = await sound_ledger(cluster, ann.user_id)
    assert [event["kind"] for event in events] == ["created", "updated", "deleted", "purged"]


async def test_a_change_is_undone_once_at_both_doors(guest: People, cluster: Cluster) -> None:
    ann = await renamed(guest)

    async def undo(number: int) -> Any:
        if number % 2:
            return await ann.call("update_task", version=ERAS[number // 2 % 2], task_id=1, undo=2)
        answer = await ann.rest("POST", "/events/2/undo")
        assert answer.status_code == 200, answer.text
        return answer.json()

    answers = await asyncio.gather(*(undo(number) for number in range(TIMES)))
    assert {(answer["version"], answer["title"]) for answer in answers} == {(3, "First")}
    assert len(await sound_ledger(cluster, ann.user_id)) == 3


@pytest.mark.parametrize("key", [{}, {"Idempotency-Key": "a-key"}])
async def test_the_changes_of_a_client_are_undone_once(
    guest: People, cluster: Cluster, key: dict[str, str]
) -> None:
    ann = await renamed(guest)
    person = ann.through("page")
    for number in range(3):
        await ann.call("add_task", title=f"Spam {number}")
    what = {"client_id": ann.client, "since": LONG_AGO}
    answers = await at_once(
        lambda _: calls_of(ann, person, "POST", "/undo", json=what, headers=key)
    )
    assert statuses(answers) == {200: 8}
    undone = [one["event"] for answer in answers for one in answer.json()["undone"]]
    if key:
        assert all(told(answer) == told(answers[0]) for answer in answers)
        assert len(undone) == 8 * len(set(undone))
    assert sorted(set(undone)) == [1, 2, 3, 4, 5]
    assert key or len(undone) == 5
    assert len(await sound_ledger(cluster, ann.user_id)) == 10
    assert {bool(task["deleted_at"]) for task in await rows(cluster, "task", ann.user_id)} == {True}


async def calls_of(ann: Person, other: Person, *words: Any, **request: Any) -> httpx.Response:
    """A call of the same user through another client, on whichever worker is next."""
    headers = {"Authorization": f"Bearer {other.token()}"} | request.pop("headers", {})
    return await ann.rest(*words, headers=headers, **request)


async def test_the_last_time_zone_wins_and_all_due_dates_follow_it(
    guest: People, cluster: Cluster
) -> None:
    ann = await renamed(guest, owner=True)
    for number in range(4):
        await ann.call("add_task", title=f"Due {number}", due="2027-03-28")

    async def move_or_add(number: int) -> httpx.Response:
        if number % 2:
            new = {"title": "New", "due": "2027-03-28"}
            return await ann.rest("POST", "/tasks", json=new)
        return await ann.rest("PATCH", "", json={"timezone": ZONES[number]})

    answers = await at_once(move_or_add)
    assert statuses(answers) == {200: 4, 201: 4}
    events = await sound_ledger(cluster, ann.user_id)
    of_tasks = [event for event in events if event["subject_id"] is not None]
    assert len(of_tasks) == 10
    assert 1 <= len(events) - len(of_tasks) <= 4  # a move to where the list is already is none
    [account] = await rows(cluster, "account", ann.user_id)
    shown = (await ann.rest("GET", "")).json()
    assert shown["timezone"] == account["timezone"]
    assert account["timezone"] in ZONES


async def test_concurrent_keys_are_distinct_unless_they_share_an_idempotency_key(
    guest: People, cluster: Cluster
) -> None:
    ann = guest("web", owner=True)
    new = {"name": "Robot", "scopes": ["tasks:read"], "days": 1}
    apart = await at_once(
        lambda number: ann.rest("POST", "/keys", json=new | {"name": f"Robot {number}"})
    )
    once = {"Idempotency-Key": "a-key"}
    same = await at_once(lambda _: ann.rest("POST", "/keys", json=new, headers=once))
    assert statuses(apart + same) == {201: 16}
    assert len({answer.json()["token"] for answer in apart}) == 8
    assert len({answer.json()["token"] for answer in same}) == 1
    assert len(await rows_of_agents(cluster, ann)) == 9


async def test_one_of_eight_keys_of_one_name_is_made(guest: People, cluster: Cluster) -> None:
    ann = guest("web", owner=True)
    new = {"name": "Robot", "scopes": ["tasks:read"], "days": 1}
    answers = await at_once(lambda _: ann.rest("POST", "/keys", json=new))
    assert statuses(answers) == {201: 1, 409: 7}
    assert len(await rows_of_agents(cluster, ann)) == 1


async def test_an_agent_is_connected_once_and_revoked_once(guest: People, cluster: Cluster) -> None:
    ann = guest("web", owner=True)
    allowed = {"name": "Claude", "scopes": ["tasks:read", "tasks:write"]}
    connected = await at_once(lambda _: ann.rest("PUT", "/agents/claude", json=allowed))
    assert statuses(connected) == {200: 8}
    assert len({answer.text for answer in connected}) == 1
    revoked = await at_once(lambda _: ann.rest("DELETE", "/agents/claude"))
    assert statuses(revoked) == {204: 8}
    [agent] = await rows_of_agents(cluster, ann)
    assert agent["revoked_at"]


async def test_an_agent_connected_and_revoked_concurrently_has_one_of_both_states(
    guest: People, cluster: Cluster
) -> None:
    ann = guest("web", owner=True)
    allowed = {"name": "Claude", "scopes": ["tasks:read"]}
    await ann.rest("PUT", "/agents/claude", json=allowed)

    async def either(number: int) -> httpx.Response:
        if number % 2:
            return await ann.rest("PUT", "/agents/claude", json=allowed)
        return await ann.rest("DELETE", "/agents/claude")

    assert statuses(await at_once(either)) == {200: 4, 204: 4}
    assert len(await rows_of_agents(cluster, ann)) == 1


async def rows_of_agents(cluster: Cluster, person: Person) -> list[dict[str, Any]]:
    found = await rows(cluster, "agent", person.user_id)
    return [agent for agent in found if agent["client_id"] != person.client]


async def test_an_account_is_erased_once_and_no_task_is_left(
    guest: People, cluster: Cluster
) -> None:
    ann = await renamed(guest, owner=True)

    async def erase_or_add(number: int) -> httpx.Response:
        if number % 2:
            return await ann.rest("POST", "/tasks", json={"title": f"New {number}"})
        return await ann.rest("DELETE", "")

    answers = await at_once(erase_or_add)
    erased = statuses(answers[::2])
    assert erased.keys() <= {204, 401}
    assert erased[204] >= 1
    assert set(statuses(answers[1::2])) <= {201, 401}
    assert await sound_ledger(cluster, ann.user_id) == []
    assert await rows(cluster, "task", ann.user_id) == []
