"""Subscriptions to resources, by the official client over HTTP."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import httpx2
import pytest
from mcp import Client, MCPError
from mcp.client.streamable_http import streamable_http_client
from mcp.client.subscriptions import ResourceUpdated, Subscription

from surelist.config import Settings
from surelist.feed import bounds, feed
from tests.support.person import HANDSHAKE, Person
from tests.support.streams import PATIENCE, Worker, at, worker

LIST = "surelist://tasks"


@pytest.fixture(scope="module")
async def here(app_settings: Settings) -> AsyncIterator[Worker]:
    async with worker(app_settings) as running:
        yield running


@pytest.fixture
def bob(here: Worker, newcomer: Callable[..., Person]) -> Person:
    return at(here, newcomer())


@pytest.fixture
def carol(here: Worker, newcomer: Callable[..., Person]) -> Person:
    return at(here, newcomer())


@pytest.fixture
def unhurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """No stream looks by itself: a change has to wake it."""
    monkeypatch.setattr(feed, "KEEPALIVE_SECONDS", 3600)
    monkeypatch.setattr(feed, "LOOK_SECONDS_POLLING", 3600)


@asynccontextmanager
async def connected(here: Worker, person: Person) -> AsyncGenerator[Client]:
    bearer = {"Authorization": f"Bearer {person.token()}"}
    async with httpx2.AsyncClient(headers=bearer, timeout=PATIENCE) as http:
        transport = streamable_http_client(f"http://127.0.0.1:{here.port}/mcp", http_client=http)
        async with Client(transport) as client:
            yield client


@asynccontextmanager
async def listening(here: Worker, person: Person, *uris: str) -> AsyncGenerator[Subscription]:
    async with (
        connected(here, person) as client,
        client.listen(resource_subscriptions=uris) as subscription,
    ):
        yield subscription


async def uri_of_next(subscription: Subscription) -> str:
    async with asyncio.timeout(PATIENCE):
        event = await anext(subscription)
    assert isinstance(event, ResourceUpdated)
    return event.uri


async def add(person: Person, title: str = "Milk") -> None:
    await person.call("add_task", title=title)


@pytest.mark.usefixtures("unhurried")
async def test_changes_reach_their_owner_and_nobody_else(
    here: Worker, bob: Person, carol: Person
) -> None:
    async with (
        listening(here, bob, LIST, f"{LIST}/1") as his,
        listening(here, carol, LIST, f"{LIST}/1") as hers,
    ):
        await add(bob)
        assert {await uri_of_next(his), await uri_of_next(his)} == {LIST, f"{LIST}/1"}
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.5):
                await anext(hers)
        await add(carol)
        assert await uri_of_next(hers) in {LIST, f"{LIST}/1"}


@pytest.mark.usefixtures("unhurried")
async def test_only_the_named_task_is_told(here: Worker, bob: Person) -> None:
    await add(bob, "Milk")
    await add(bob, "Bread")
    async with listening(here, bob, f"{LIST}/2") as subscription:
        await bob.call("complete_task", task_id=1)
        await bob.call("complete_task", task_id=2)
        assert await uri_of_next(subscription) == f"{LIST}/2"


async def test_changes_at_another_worker_are_told(
    here: Worker, bob: Person, app_settings: Settings
) -> None:
    async with worker(app_settings) as there, listening(there, bob, LIST) as subscription:
        await add(bob)
        assert await uri_of_next(subscription) == LIST


async def test_what_cannot_change_is_not_acknowledged(here: Worker, bob: Person) -> None:
    uris = [LIST, "surelist://tasks/0", "surelist://changes/1", "ui://surelist/board", "file:///"]
    async with (
        connected(here, bob) as client,
        client.listen(tools_list_changed=True, resource_subscriptions=uris) as subscription,
    ):
        assert subscription.honored.resource_subscriptions == [LIST]
        assert subscription.honored.tools_list_changed is None


async def test_a_subscription_ends_when_the_agent_is_revoked(
    here: Worker, bob: Person, newcomer: Callable[..., Person]
) -> None:
    await add(bob)
    owner = at(here, bob, "web", owner=True)
    async with listening(here, bob, LIST) as subscription:
        answer = await owner.rest("DELETE", f"/agents/{bob.client}")
        assert answer.status_code == 204
        async with asyncio.timeout(PATIENCE):
            assert [event async for event in subscription] == []


async def test_a_revoked_agent_may_not_listen(here: Worker, bob: Person) -> None:
    await add(bob)
    owner = at(here, bob, "web", owner=True)
    await owner.rest("DELETE", f"/agents/{bob.client}")
    malformed: dict[str, Any] = {"notifications": 1}
    too_many = {"notifications": {"resourceSubscriptions": [LIST] * 101}}
    for asked in ({"notifications": {"resourceSubscriptions": [LIST]}}, malformed, too_many):
        assert (await bob.rpc("subscriptions/listen", asked)).status_code == 401


async def test_subscriptions_and_their_resources_are_bounded(here: Worker, bob: Person) -> None:
    async with connected(here, bob) as client:
        uris = [f"{LIST}/{number}" for number in range(1, 102)]
        with pytest.raises(MCPError, match="at most 100"):
            async with client.listen(resource_subscriptions=uris):
                pass
        streams = [client.listen(resource_subscriptions=[LIST]) for _ in range(bounds.OF_AGENT)]
        for stream in streams:
            await stream.__aenter__()
        with pytest.raises(MCPError, match="Stream limit"):
            async with client.listen(resource_subscriptions=[LIST]):
                pass
        for stream in reversed(streams):
            await stream.__aexit__(None, None, None)


async def test_a_token_that_may_not_read_may_not_listen(bob: Person) -> None:
    bob.scopes = ("tasks:write",)
    asked = {"notifications": {"resourceSubscriptions": [LIST]}}
    assert (await bob.rpc("subscriptions/listen", asked)).status_code == 403


async def test_clients_of_2025_are_told_that_there_are_none(bob: Person) -> None:
    opening = {
        "protocolVersion": HANDSHAKE,
        "capabilities": {},
        "clientInfo": {"name": "a", "version": "1"},
    }
    offered = (await bob.rpc("initialize", opening, version=HANDSHAKE)).json()["result"]
    assert offered["capabilities"]["resources"]["subscribe"] is False
    asked = await bob.rpc("resources/subscribe", {"uri": LIST}, version=HANDSHAKE)
    assert asked.json()["error"]["code"] == -32601
    found = (await bob.rpc("server/discover")).json()["result"]
    assert found["capabilities"]["resources"]["subscribe"] is True
