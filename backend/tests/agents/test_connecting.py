import time
from collections.abc import Callable
from typing import Any

import pytest

from surelist.access.auth import AGENT_SCOPES, Caller, Principal
from surelist.account.erasing import remove_some
from surelist.agents.credential_check import CredentialCheck
from surelist.data.isolation import Database, UserTransaction
from surelist.errors import InsufficientScope, Unauthenticated
from tests.agents.test_keys import agents, make_key
from tests.support.person import Person

CLAUDE = "/agents/nGzTkRPdVbWq"
ALLOWED = {"name": "Claude Code", "scopes": ["tasks:read", "tasks:write"]}


@pytest.fixture
def owner(newcomer: Callable[..., Person]) -> Person:
    """A person in their own session."""
    return newcomer("web", owner=True)


@pytest.fixture
def worker(database: Database, settings: Any) -> Database:
    """A worker with an empty cache of checked tokens."""
    return Database(
        database._pool, settings, CredentialCheck(lambda: time.monotonic() * 1e6), remove_some
    )


def claude(owner: Person, issued_at: int) -> Principal:
    """Claude Code, with a token issued at that second."""
    caller = Caller("agent", "nGzTkRPdVbWq", "Claude Code")
    return Principal(
        owner.user_id, owner.user_id, frozenset(AGENT_SCOPES), caller, issued_at, "access"
    )


async def nothing(mine: UserTransaction) -> None:
    """A unit of work."""


async def test_a_connected_agent_is_listed_before_its_first_call(owner: Person) -> None:
    answer = await owner.rest("PUT", CLAUDE, json=ALLOWED)
    assert answer.status_code == 200
    (agent,) = await agents(owner)
    assert answer.json() == agent
    assert agent | ALLOWED == agent
    assert "last_used_at" not in agent


async def test_a_revoked_agent_that_is_connected_again_works_only_with_new_tokens(
    owner: Person, worker: Database
) -> None:
    now = int(time.time())
    await owner.rest("PUT", CLAUDE, json=ALLOWED)
    await worker.read(claude(owner, now), nothing, "tasks:read")
    await owner.rest("DELETE", CLAUDE)
    with pytest.raises(Unauthenticated, match="agent_revoked"):
        await worker.read(claude(owner, now + 60), nothing, "tasks:read")
    await owner.rest("PUT", CLAUDE, json=ALLOWED)
    with pytest.raises(Unauthenticated, match="agent_tokens_ended"):
        await worker.read(claude(owner, now - 1), nothing, "tasks:read")
    await worker.read(claude(owner, int(time.time())), nothing, "tasks:read")


async def test_connecting_again_leaves_earlier_tokens_valid(
    owner: Person, worker: Database
) -> None:
    earlier = int(time.time()) - 600
    await owner.rest("PUT", CLAUDE, json=ALLOWED)
    await worker.read(claude(owner, earlier), nothing, "tasks:read")
    await owner.rest("PUT", CLAUDE, json=ALLOWED)
    await worker.read(claude(owner, earlier), nothing, "tasks:read")


async def test_an_oauth_client_without_consent_is_refused(owner: Person, worker: Database) -> None:
    with pytest.raises(Unauthenticated, match="agent_not_allowed"):
        await worker.read(claude(owner, int(time.time())), nothing, "tasks:read")
    assert await agents(owner) == []


async def test_new_scopes_restrict_tokens_that_were_issued_before(
    owner: Person, worker: Database
) -> None:
    before = claude(owner, int(time.time()))
    await owner.rest("PUT", CLAUDE, json=ALLOWED)
    await worker.write(before, nothing, "tasks:write")
    await owner.rest("PUT", CLAUDE, json=ALLOWED | {"scopes": ["tasks:read"]})
    await worker.read(before, nothing, "tasks:read")
    with pytest.raises(InsufficientScope, match="tasks:write"):
        await worker.write(before, nothing, "tasks:write")
    (agent,) = await agents(owner)
    assert agent["scopes"] == ["tasks:read"]  # using a token does not change them


async def test_a_revoked_key_cannot_be_connected(owner: Person) -> None:
    key = await make_key(owner)
    await owner.rest("DELETE", f"/agents/{key['client_id']}")
    answer = await owner.rest("PUT", f"/agents/{key['client_id']}", json=ALLOWED)
    assert answer.status_code == 409
    (agent,) = await agents(owner)
    assert agent["revoked_at"]


async def test_no_agent_can_connect_an_agent(owner: Person) -> None:
    robot = owner.through("robot")
    assert (await robot.rest("PUT", CLAUDE, json=ALLOWED)).status_code == 403


@pytest.mark.parametrize(
    "wrong",
    [{"scopes": ["account:manage"]}, {"scopes": []}, {"name": ""}, {"name": "a\nb"}, {"days": 1}],
)
async def test_a_scope_that_agents_cannot_have_is_refused(
    owner: Person, wrong: dict[str, Any]
) -> None:
    assert (await owner.rest("PUT", CLAUDE, json=ALLOWED | wrong)).status_code == 422
    assert await agents(owner) == []
