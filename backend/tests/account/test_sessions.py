"""Ending the person's sessions, and what needs a recent sign-in."""

import time
from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import pytest

from surelist.errors import RECENT_SECONDS
from tests.agents.test_keys import Agent, agents, make_key
from tests.support import page
from tests.support.better_auth import claims_of_session
from tests.support.person import Person

NEW_KEY = {"name": "Robot", "scopes": ["tasks:read"], "days": 1}
MINUTE = 60


@pytest.fixture
def owner(newcomer: Callable[..., Person]) -> Person:
    """A person in their own session."""
    return newcomer("web", owner=True)


def session(owner: Person, **claims: Any) -> dict[str, str]:
    """The Authorization header of a session token with these claims."""
    whole = claims_of_session(owner.settings, owner.user_id, **claims)
    return {"Authorization": f"Bearer {page.KEY.sign(whole)}"}


async def end(owner: Person, headers: dict[str, str], **body: Any) -> None:
    answer = await owner.rest("POST", "/sessions/end", json=body, headers=headers)
    assert answer.status_code == 204


async def looks(owner: Person, issued_at: int) -> int:
    """The status of a read with a new session token that was issued at that second."""
    owner.database._gate._cache.clear()
    headers = session(owner, iat=issued_at, exp=issued_at + 3600)
    return (await owner.rest("GET", "/tasks", headers=headers)).status_code


async def test_sessions_up_to_the_callers_own_are_ended_by_their_own_clock(owner: Person) -> None:
    now = int(time.time()) - MINUTE  # a page whose clock is behind
    await end(owner, session(owner, iat=now, exp=now + 3600))
    assert [await looks(owner, now + later) for later in (-1, 0, 1)] == [401, 401, 200]
    await end(owner, session(owner, iat=now + 1, exp=now + 3600))
    assert [await looks(owner, now + later) for later in (0, 1, 2)] == [401, 401, 200]


async def test_ending_an_older_session_later_restores_no_session(owner: Person) -> None:
    now = int(time.time()) - MINUTE
    older = session(owner, iat=now - 10, exp=now + 3600)
    assert (await owner.rest("GET", "/tasks", headers=older)).status_code == 200
    await end(owner, session(owner, iat=now, exp=now + 3600))
    await end(owner, older)  # which this worker goes on with for some seconds
    assert await looks(owner, now) == 401


async def test_a_printed_token_ends_all_sessions_so_far(owner: Person) -> None:
    now = int(time.time())
    laptop = owner.through("laptop", owner=True)
    assert (await laptop.rest("POST", "/sessions/end", json={})).status_code == 204
    assert await looks(owner, now) == 401
    assert await looks(owner, int(time.time()) + 2) == 200


async def test_agents_go_on_unless_they_are_ended_too(owner: Person) -> None:
    robot = Agent(owner, await make_key(owner))
    await end(owner, session(owner))
    assert (await robot.rest("GET", "/tasks")).status_code == 200
    headers = session(owner, iat=int(time.time()) + 2)
    owner.database._gate._cache.clear()
    await end(owner, headers, agents=True)
    owner.database._gate._cache.clear()
    assert (await robot.rest("GET", "/tasks")).status_code == 401
    fresh = session(owner, iat=int(time.time()) + 4)
    listed = (await owner.rest("GET", "/agents", headers=fresh)).json()["agents"]
    assert all("revoked_at" in agent for agent in listed)


async def test_no_agent_ends_a_session(owner: Person) -> None:
    robot = owner.through("claude")
    assert (await robot.rest("POST", "/sessions/end", json={})).status_code == 403
    assert (await owner.rest("GET", "/agents")).status_code == 200


@pytest.mark.parametrize("body", [{"agents": "yes"}, {"agents": None}, {"user": "x"}, []])
async def test_an_invalid_request_to_end_sessions_is_refused(owner: Person, body: Any) -> None:
    assert (await owner.rest("POST", "/sessions/end", json=body)).status_code == 422
    assert (await owner.rest("GET", "/agents")).status_code == 200


# A recent sign-in


async def make_a_key(person: Person, headers: dict[str, str]) -> httpx.Response:
    return await person.rest("POST", "/keys", json=NEW_KEY, headers=headers)


async def erase(person: Person, headers: dict[str, str]) -> httpx.Response:
    return await person.rest("DELETE", headers=headers)


Guarded = Callable[[Person, dict[str, str]], Awaitable[httpx.Response]]
guarded = pytest.mark.parametrize("call", [make_a_key, erase])


@guarded
@pytest.mark.parametrize("age", [None, RECENT_SECONDS + 5, 30 * 86_400])
async def test_without_a_recent_sign_in_the_call_is_refused_and_asks_for_one(
    owner: Person, call: Guarded, age: int | None
) -> None:
    await owner.call("add_task", title="Kept")
    proof = {} if age is None else {"auth_time": int(time.time()) - age}
    answer = await call(owner, session(owner, **proof))
    assert answer.status_code == 401
    assert answer.json()["type"] == "urn:surelist:insufficient_user_authentication"
    challenge = answer.headers["WWW-Authenticate"]
    assert challenge.startswith(
        'Bearer error="insufficient_user_authentication", error_description="This needs a sign-in'
    )
    assert challenge.endswith(', max_age="600"')
    assert await agents(owner) == []
    assert (await owner.rest("GET")).json()["pending"] == 1


@guarded
async def test_with_a_recent_sign_in_the_call_succeeds(owner: Person, call: Guarded) -> None:
    recent = session(owner, auth_time=int(time.time()) - RECENT_SECONDS + 60)
    assert (await call(owner, recent)).is_success


@guarded
async def test_a_printed_token_of_the_owner_needs_no_sign_in(owner: Person, call: Guarded) -> None:
    assert (await call(owner.through("laptop", owner=True), {})).is_success


@guarded
async def test_an_agent_gets_insufficient_scope_and_no_request_to_sign_in(
    owner: Person, call: Guarded
) -> None:
    assert (await call(owner.through("claude"), {})).status_code == 403


@pytest.mark.parametrize("auth_time", ["1", 1.5, True, [1], {}])
async def test_a_session_with_an_invalid_time_of_sign_in_is_refused(
    owner: Person, auth_time: Any
) -> None:
    answer = await owner.rest("GET", "/tasks", headers=session(owner, auth_time=auth_time))
    assert answer.status_code == 401
    assert "whole seconds" in answer.json()["detail"]
