"""Routes for the person only: every route, called with each kind of credential of an agent."""

from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest

from surelist.access.auth import AGENT_SCOPES, OWNER_SCOPE
from surelist.config import Settings
from tests.agents.test_keys import Agent, make_key
from tests.support import strangers
from tests.support.better_auth import better_auth, claims_of_client, ed25519_key
from tests.support.copies import newcomers
from tests.support.person import Person
from tests.support.strangers import make_list
from tests.support.write_openapi import openapi_document

FOR_THE_PERSON_ONLY = {
    (method.upper(), path)
    for path, item in openapi_document()["paths"].items()
    for method, operation in item.items()
    if {"HTTPBearer": [OWNER_SCOPE]} in operation["security"]
}
"""The routes that the OpenAPI document declares for the person only."""

KEY = ed25519_key()


@pytest.fixture
async def owner(app_settings: Settings, ann: Person) -> AsyncIterator[Person]:
    """A signed-in person of an app that also trusts tokens of Better Auth."""
    async with better_auth(KEY) as issuer:
        urls = {"issuer": issuer.issuer, "jwks_url": issuer.jwks_url}
        async with newcomers(app_settings.model_copy(update=urls), prefix=ann.user_id) as newcomer:
            yield newcomer("web", owner=True)


async def with_a_key(owner: Person) -> Person:
    return Agent(owner, await make_key(owner, scopes=list(AGENT_SCOPES)))


async def with_a_token_of_the_command_line(owner: Person) -> Person:
    return owner.through("claude")


async def as_an_oauth_client_that_asks_for_more(owner: Person) -> Person:
    scope = " ".join((*AGENT_SCOPES, OWNER_SCOPE))
    token = KEY.sign(
        claims_of_client(owner.settings, owner.user_id, scope=scope), {"typ": "at+jwt"}
    )
    client = owner.through("oauth")
    allowed = {"name": "OAuth", "scopes": list(AGENT_SCOPES)}
    await owner.rest("PUT", "/agents/nGzTkRPdVbWq", json=allowed)
    client.token = lambda scopes=None: token
    return client


@pytest.mark.parametrize(
    "working", [with_a_key, with_a_token_of_the_command_line, as_an_oauth_client_that_asks_for_more]
)
async def test_an_agent_is_refused_by_exactly_the_routes_for_the_person(
    owner: Person, working: Callable[[Person], Any]
) -> None:
    hers = await make_list(owner)
    agent = await working(owner)
    refused = set()
    for (method, path), requests in strangers.ROUTES.items():
        for request in requests(hers):
            _, attempt = strangers.rest_attempt(method, path, "me", request)
            answer = await attempt(agent)
            asked_for = answer.headers.get("WWW-Authenticate", "")
            assert answer.status_code != 401
            if answer.status_code == 403:
                assert f'scope="{OWNER_SCOPE}"' in asked_for
                refused.add((method, path))
            else:
                assert (method, path) not in FOR_THE_PERSON_ONLY
    assert refused == FOR_THE_PERSON_ONLY
    assert len(refused) >= 11
    account = (await owner.rest("GET")).json()
    assert (account["timezone"], account["last_event"] > hers.version) == ("UTC", True)
