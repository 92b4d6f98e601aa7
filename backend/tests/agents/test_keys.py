import asyncio
import re
from typing import Any

import httpx
import jwt
import pytest

from surelist.access.auth import AGENT_SCOPES, OWNER_SCOPE, Caller, Principal
from surelist.account.erasing import remove_some
from surelist.agents.credential_check import CredentialCheck
from surelist.data.isolation import Database
from surelist.errors import Unauthenticated
from tests.support.person import Person
from tests.support.records import Records

NEW = {"name": "Grocery robot", "scopes": ["tasks:read", "tasks:write"], "days": 30}


class Agent(Person):
    """A client with the token of a key."""

    def __init__(self, maker: Person, key: dict[str, Any]) -> None:
        super().__init__(
            maker.http, maker.settings, maker.database, maker.user_id, key["client_id"]
        )
        self._token = key["token"]

    def token(self, scopes: Any = None) -> str:
        return self._token


@pytest.fixture
def owner(newcomer: Any) -> Person:
    """A person in their own session."""
    return newcomer("web", owner=True)


async def make_key(owner: Person, **changes: Any) -> dict[str, Any]:
    response = await owner.rest("POST", "/keys", json=NEW | changes)
    assert response.status_code == 201, response.text
    assert response.headers["Cache-Control"] == "no-store"
    return response.json()


async def agents(owner: Person) -> list[dict[str, Any]]:
    return (await owner.rest("GET", "/agents")).json()["agents"]


async def test_a_new_key_is_answered_with_its_token_name_scopes_and_expiry(owner: Person) -> None:
    key = await make_key(owner)
    assert re.fullmatch(r"key-[0-9a-f]{16}", key["client_id"])
    assert {name: key[name] for name in ("name", "scopes")} == {
        "name": "Grocery robot",
        "scopes": ["tasks:read", "tasks:write"],
    }
    assert key.keys() == {"client_id", "name", "scopes", "token", "expires_at"}
    (agent,) = await agents(owner)
    assert key["token"] not in str(agent)
    assert agent.keys() == {"client_id", "name", "scopes", "created_at", "expires_at"}
    assert agent["expires_at"] == key["expires_at"]


async def test_the_token_of_a_key_is_not_stored(owner: Person) -> None:
    key = await make_key(owner)
    pool = owner.database._pool
    async with pool.acquire() as connection, connection.transaction():
        await connection.execute(f"SET LOCAL app.user_id = '{owner.user_id}'")
        rows = await connection.fetch("SELECT * FROM agent")
    assert len(rows) == 1
    assert key["token"].rsplit(".", 1)[1] not in str(rows)


async def test_a_key_works_over_rest_and_mcp_and_is_named_in_the_ledger(owner: Person) -> None:
    robot = Agent(owner, await make_key(owner))
    await robot.call("add_task", title="Buy milk")
    assert (await robot.rest("GET", "/tasks/1")).status_code == 200
    event, _ = (await owner.rest("GET", "/events")).json()["events"]
    assert (event["actor"], event["client_id"], event["client_name"]) == (
        "agent",
        robot.client,
        "Grocery robot",
    )


async def test_a_key_allows_exactly_its_scopes(owner: Person) -> None:
    reader = Agent(owner, await make_key(owner, scopes=["tasks:read"]))
    assert (await reader.rest("GET", "/tasks")).status_code == 200
    assert (await reader.rest("POST", "/tasks", json={"title": "Buy milk"})).status_code == 403


@pytest.mark.parametrize(
    "changes",
    [
        {"name": ""},
        {"name": "   "},
        {"name": "two\nlines"},
        {"name": "two\u2028lines"},
        {"name": "nul\x00"},
        {"name": "x" * 101},
        {"name": None},
        {"name": 5},
        {"scopes": []},
        {"scopes": "tasks:read"},
        {"scopes": ["tasks:delete"]},
        {"scopes": [5]},
        {"scopes": None},
        {"days": 0},
        {"days": 401},
        {"days": -1},
        {"days": 1.5},
        {"days": "30"},
        {"days": True},
        {"user_id": "somebody"},
        {"client_id": "claude"},
    ],
    ids=str,
)
async def test_a_key_out_of_bounds_is_refused(owner: Person, changes: dict[str, Any]) -> None:
    response = await owner.rest("POST", "/keys", json=NEW | changes)
    assert response.status_code == 422
    assert next(iter(changes)) in response.json()["detail"]
    assert await agents(owner) == []


@pytest.mark.parametrize("name", ["x", "x" * 40, "  Käthes Röböter (2)  "])
@pytest.mark.parametrize("days", [1, 400])
async def test_a_key_within_bounds_works(owner: Person, name: str, days: int) -> None:
    robot = Agent(owner, await make_key(owner, name=name, scopes=list(AGENT_SCOPES), days=days))
    await robot.call("list_tasks")
    (agent,) = await agents(owner)
    assert agent["name"] == name.strip()


@pytest.mark.parametrize(
    "name", ["Käthes 🤖", "two  spaces", 'x" (checked by Surelist)', "\u3164", "q" + "\u0301" * 9]
)
async def test_a_name_that_is_not_plain_is_refused_with_the_rule(owner: Person, name: str) -> None:
    scopes = {"scopes": ["tasks:read"]}
    for answer in (
        await owner.rest("POST", "/keys", json=NEW | {"name": name}),
        await owner.rest("PUT", "/agents/claude", json=scopes | {"name": name}),
    ):
        assert answer.status_code == 422
        assert answer.json()["errors"] == [{"name": "body.name", "code": "not_plain_name"}]


async def test_account_manage_is_refused_by_name(owner: Person) -> None:
    response = await owner.rest("POST", "/keys", json=NEW | {"scopes": ["tasks:read", OWNER_SCOPE]})
    assert response.status_code == 422
    assert response.json()["errors"] == [{"name": "body.scopes.1", "code": "scope_not_grantable"}]


FOR_THE_PERSON_ONLY = [
    ("GET", "/agents", None),
    ("DELETE", "/agents/claude", None),
    ("POST", "/keys", NEW),
]


@pytest.mark.parametrize(("method", "path", "body"), FOR_THE_PERSON_ONLY)
async def test_a_key_can_neither_see_nor_make_nor_revoke_agents(
    owner: Person, method: str, path: str, body: Any
) -> None:
    robot = Agent(owner, await make_key(owner, scopes=list(AGENT_SCOPES)))
    for as_named in ({}, {"X-Forwarded-User": owner.user_id}):
        response = await robot.rest(method, path, json=body, headers=dict(as_named))
        assert response.status_code == 403
        assert f'scope="{OWNER_SCOPE}"' in response.headers["WWW-Authenticate"]
    assert [agent["client_id"] for agent in await agents(owner)] == [robot.client]


async def test_a_key_requested_with_a_token_from_before_an_erase_is_not_created(
    owner: Person,
) -> None:
    await make_key(owner)  # so that this worker lets the person in without asking
    assert (await owner.rest("DELETE", "")).status_code == 204
    assert (await owner.rest("POST", "/keys", json=NEW)).status_code == 401


async def refusal_of_name(owner: Person, name: str) -> str:
    refused = await owner.rest("POST", "/keys", json=NEW | {"name": name})
    assert refused.status_code == 409
    assert refused.json()["code"] == "key_name_in_use"
    return refused.json()["detail"]


async def test_two_valid_keys_never_have_one_name(
    owner: Person, newcomer: Any, records: Records
) -> None:
    first = await make_key(owner, name="Straße")
    assert "Straße" in await refusal_of_name(owner, "Straße")
    await refusal_of_name(owner, "STRASSE")
    assert len(await agents(owner)) == 1
    await make_key(newcomer("web", owner=True), name="Straße")
    await owner.rest("DELETE", f"/agents/{first['client_id']}")
    second = await make_key(owner, name="STRASSE")
    await refusal_of_name(owner, "Straße")
    await records.run(
        "UPDATE agent SET expires_at = now() WHERE user_id = $1 AND client_id = $2",
        owner.user_id,
        second["client_id"],
    )
    await make_key(owner, name="Straße")


# Repeated calls


async def asked(owner: Person, key: str = "once", **changes: Any) -> httpx.Response:
    return await owner.rest("POST", "/keys", json=NEW | changes, headers={"Idempotency-Key": key})


async def test_a_repeated_call_returns_the_same_key(owner: Person) -> None:
    first = await asked(owner)
    await asyncio.sleep(1.1)  # a token made anew would have another second in it
    again = await asked(owner, scopes=["tasks:write", "tasks:read", "tasks:read"])
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.json() == first.json()
    assert len(await agents(owner)) == 1
    await Agent(owner, again.json()).call("list_tasks")


async def test_without_an_idempotency_key_each_call_makes_a_key(owner: Person) -> None:
    first = await make_key(owner)
    await owner.rest("DELETE", f"/agents/{first['client_id']}")
    assert (await make_key(owner))["client_id"] != first["client_id"]


async def test_another_idempotency_key_client_or_user_makes_another_key(
    owner: Person, newcomer: Any
) -> None:
    page = newcomer("page", owner=True)
    page.user_id = owner.user_id
    other = newcomer("web", owner=True)
    made = [
        await asked(owner),
        await asked(owner, "twice", name="Second"),
        await asked(page, name="Third"),
    ]
    assert len({answer.json()["client_id"] for answer in made}) == 3
    hers = (await asked(other)).json()
    assert hers["token"] != made[0].json()["token"]
    await Agent(other, hers).call("add_task", title="Hers")
    assert (await owner.call("list_tasks"))["total"] == 0


@pytest.mark.parametrize(
    "changes", [{"name": "Other"}, {"scopes": ["tasks:read"]}, {"days": 31}], ids=str
)
async def test_an_idempotency_key_with_another_body_is_refused(
    owner: Person, changes: dict[str, Any]
) -> None:
    await asked(owner)
    refused = await asked(owner, **changes)
    assert (refused.status_code, refused.json()["type"]) == (409, "urn:surelist:conflict")
    assert "other arguments" in refused.json()["detail"]
    assert len(await agents(owner)) == 1


async def test_a_token_that_has_been_used_is_not_shown_again(owner: Person) -> None:
    key = (await asked(owner)).json()
    await Agent(owner, key).call("list_tasks")
    refused = await asked(owner)
    assert refused.status_code == 409
    assert refused.json()["code"] == "first_key_in_use"
    assert key["token"] not in refused.text


async def test_a_key_that_was_revoked_is_not_shown_again(owner: Person) -> None:
    key = (await asked(owner)).json()
    await owner.rest("DELETE", f"/agents/{key['client_id']}")
    assert (await asked(owner)).status_code == 410
    assert len(await agents(owner)) == 1


async def test_concurrent_calls_with_one_idempotency_key_make_one_key(owner: Person) -> None:
    told = await asyncio.gather(*(asked(owner) for _ in range(8)))
    assert len({answer.json()["token"] for answer in told}) == 1
    assert len(await agents(owner)) == 1


async def test_a_repeated_call_after_an_erase_does_not_revive_the_old_token(
    owner: Person, database: Database, settings: Any
) -> None:
    old = (await asked(owner)).json()
    await owner.rest("DELETE", "")
    await asyncio.sleep(1.1)  # a token is issued in a whole second
    new = (await asked(owner)).json()
    assert new["client_id"] == old["client_id"]
    worker = Database(database._pool, settings, CredentialCheck(), remove_some)
    for key, good in ((old, False), (new, True)):
        issued_at = jwt.decode(key["token"], options={"verify_signature": False})["iat"]
        caller = Caller("agent", key["client_id"], key["name"])
        principal = Principal(
            owner.user_id, owner.user_id, frozenset(AGENT_SCOPES), caller, issued_at, "key"
        )
        call = worker.read(principal, nothing, "tasks:read")
        if good:
            await call
        else:
            with pytest.raises(Unauthenticated, match="erased"):
                await call


async def nothing(mine: Any) -> None:
    """A unit of work."""
