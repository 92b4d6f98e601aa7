import re
from typing import Any

import pytest

from surelist.auth import AGENT_SCOPES, OWNER_SCOPE
from tests.better_auth import better_auth, claims_of_client, ed25519_key
from tests.copies import newcomers
from tests.person import Person

NEW = {"name": "Grocery robot", "scopes": ["tasks:read", "tasks:write"], "days": 30}


class Agent(Person):
    """Whoever works with a key that somebody made."""

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


async def test_a_key_is_shown_once_with_all_that_it_is(owner: Person) -> None:
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


async def test_the_token_of_a_key_is_not_kept(owner: Person) -> None:
    key = await make_key(owner)
    pool = owner.database._pool
    async with pool.acquire() as connection, connection.transaction():
        await connection.execute(f"SET LOCAL app.user_id = '{owner.user_id}'")
        rows = await connection.fetch("SELECT * FROM agent")
    assert len(rows) == 1
    assert key["token"].rsplit(".", 1)[1] not in str(rows)


async def test_a_key_works_at_both_doors_and_is_named_in_the_ledger(owner: Person) -> None:
    robot = Agent(owner, await make_key(owner))
    await robot.call("add_task", title="Buy milk")
    assert (await robot.rest("GET", "/tasks/1")).status_code == 200
    (event,) = (await owner.rest("GET", "/events")).json()["events"]
    assert (event["actor"], event["client_id"], event["client_name"]) == (
        "agent",
        robot.client,
        "Grocery robot",
    )


async def test_a_key_allows_what_it_was_given_and_no_more(owner: Person) -> None:
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


@pytest.mark.parametrize("name", ["x", "x" * 100, "  Käthes Röböter 🤖  "])
@pytest.mark.parametrize("days", [1, 400])
async def test_a_key_within_bounds_works(owner: Person, name: str, days: int) -> None:
    robot = Agent(owner, await make_key(owner, name=name, scopes=list(AGENT_SCOPES), days=days))
    await robot.call("list_tasks")
    (agent,) = await agents(owner)
    assert agent["name"] == name.strip()


async def test_account_manage_is_refused_by_name(owner: Person) -> None:
    response = await owner.rest("POST", "/keys", json=NEW | {"scopes": ["tasks:read", OWNER_SCOPE]})
    assert response.status_code == 422
    assert "'account:manage' cannot be given to a key" in response.json()["detail"]


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


@pytest.mark.parametrize(("method", "path", "body"), FOR_THE_PERSON_ONLY)
async def test_an_oauth_client_can_neither_see_nor_make_nor_revoke_agents(
    settings: Any, method: str, path: str, body: Any
) -> None:
    key = ed25519_key()
    async with better_auth(key) as issuer:
        believing = settings.model_copy(
            update={"issuer": issuer.issuer, "jwks_url": issuer.jwks_url}
        )
        async with newcomers(believing) as newcomer:
            ann = newcomer()
            claims = claims_of_client(believing, ann.user_id, scope=f"tasks:read {OWNER_SCOPE}")
            ann.token = lambda scopes=None: key.sign(claims, {"typ": "at+jwt"})
            assert (await ann.rest("GET", "/tasks")).status_code == 200
            assert (await ann.rest(method, path, json=body)).status_code == 403


async def test_a_key_that_was_asked_for_before_an_erase_is_not_made_after_it(
    owner: Person,
) -> None:
    await make_key(owner)  # so that this worker lets the person in without asking
    assert (await owner.rest("DELETE", "")).status_code == 204
    assert (await owner.rest("POST", "/keys", json=NEW)).status_code == 401
