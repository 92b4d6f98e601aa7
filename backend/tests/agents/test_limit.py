"""The limit on agents, and which agents are deleted to stay below it."""

from collections.abc import Callable

import pytest

from surelist.agents import limit
from tests.agents.test_keys import Agent, agents, make_key
from tests.support.person import Person, RefusedByTool
from tests.support.records import Records

FEW = 3
ALLOWED = {"name": "Claude", "scopes": ["tasks:read"]}
NEW = {"name": "Robot", "scopes": ["tasks:read"], "days": 1}


@pytest.fixture
def owner(newcomer: Callable[..., Person], monkeypatch: pytest.MonkeyPatch) -> Person:
    """A person in their own session, with a low limit on agents."""
    monkeypatch.setattr(limit, "MAX_AGENTS", FEW)
    return newcomer("web", owner=True)


async def fill(owner: Person) -> None:
    for number in range(FEW):
        answer = await owner.rest("PUT", f"/agents/client-{number}", json=ALLOWED)
        assert answer.status_code == 200


async def ids(owner: Person) -> set[str]:
    return {agent["client_id"] for agent in await agents(owner)}


async def revoke(records: Records, owner: Person, client: str, days: int) -> None:
    """Set the time of an agent's revocation to that many days ago."""
    await records.run(
        "UPDATE agent SET revoked_at = now() - $3 * interval '1 day' "
        "WHERE user_id = $1 AND client_id = $2",
        owner.user_id,
        client,
        float(days),
    )


def test_the_limit_is_a_thousand() -> None:
    assert limit.MAX_AGENTS == 1000


async def test_an_agent_above_the_limit_is_refused_on_every_way_to_create_one(
    owner: Person,
) -> None:
    await fill(owner)
    last_event = (await owner.rest("GET")).json()["last_event"]
    for refusal in (
        await owner.rest("PUT", "/agents/another", json=ALLOWED),
        await owner.rest("POST", "/keys", json=NEW),
        await owner.through("another").rest("GET", "/tasks"),
    ):
        assert (refusal.status_code, refusal.json()["type"]) == (409, "urn:surelist:conflict")
        assert refusal.json()["code"] == "agent_limit"
    with pytest.raises(RefusedByTool) as refused:
        await owner.through("another").call("add_task", title="One")
    assert refused.value.code == "agent_limit"
    assert await ids(owner) == {"client-0", "client-1", "client-2"}
    assert (await owner.rest("GET")).json()["last_event"] == last_event


async def test_at_the_limit_existing_agents_work_and_can_be_restricted_and_revoked(
    owner: Person,
) -> None:
    await fill(owner)
    assert (await owner.rest("PUT", "/agents/client-0", json=ALLOWED)).status_code == 200
    assert (await owner.through("client-1").rest("GET", "/tasks")).status_code == 200
    assert (await owner.rest("DELETE", "/agents/client-2")).status_code == 204
    assert (await owner.rest("PUT", "/agents/client-2", json=ALLOWED)).status_code == 200


async def test_a_revoked_key_makes_room_and_stays_refused(owner: Person) -> None:
    first, second, _ = [await make_key(owner, name=f"Robot {one}") for one in range(FEW)]
    for key in (second, first):
        await owner.rest("DELETE", f"/agents/{key['client_id']}")
    assert (await owner.rest("POST", "/keys", json=NEW)).status_code == 201
    left = await ids(owner)
    assert len(left) == FEW
    assert second["client_id"] not in left  # it was revoked first
    owner.database._gate._cache.clear()
    assert (await Agent(owner, second).rest("GET", "/tasks")).status_code == 401
    assert await ids(owner) == left


async def test_an_expired_key_makes_room(owner: Person, records: Records) -> None:
    await fill(owner)
    key = "key-0123456789abcdef"
    await records.run(
        "UPDATE agent SET client_id = $2, expires_at = now() - interval '1 second' "
        "WHERE user_id = $1 AND client_id = 'client-1'",
        owner.user_id,
        key,
    )
    assert (await owner.rest("POST", "/keys", json=NEW)).status_code == 201
    assert key not in await ids(owner)


async def test_a_revoked_client_makes_room_once_all_its_tokens_have_expired(
    owner: Person, records: Records
) -> None:
    await fill(owner)
    await revoke(records, owner, "client-1", 399)
    assert (await owner.rest("POST", "/keys", json=NEW)).status_code == 409
    await revoke(records, owner, "client-1", 401)
    assert (await owner.rest("POST", "/keys", json=NEW)).status_code == 201
    assert "client-1" not in await ids(owner)


async def test_keys_are_deleted_before_clients(owner: Person, records: Records) -> None:
    key = await make_key(owner)
    for client in ("client-0", "client-1"):
        await owner.rest("PUT", f"/agents/{client}", json=ALLOWED)
    await revoke(records, owner, "client-0", 500)
    await owner.rest("DELETE", f"/agents/{key['client_id']}")
    assert (await owner.rest("PUT", "/agents/another", json=ALLOWED)).status_code == 200
    assert await ids(owner) == {"client-0", "client-1", "another"}


async def test_no_agent_is_deleted_below_the_limit(owner: Person) -> None:
    key = await make_key(owner)
    await owner.rest("DELETE", f"/agents/{key['client_id']}")
    await make_key(owner)
    assert key["client_id"] in await ids(owner)


async def test_the_agents_of_others_are_not_counted(
    owner: Person, newcomer: Callable[..., Person]
) -> None:
    await fill(owner)
    other = newcomer("web", owner=True)
    assert (await other.rest("PUT", "/agents/mine", json=ALLOWED)).status_code == 200
