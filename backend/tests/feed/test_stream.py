"""The live feed: its messages and their order, where a stream begins, and what ends it."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable

import jwt
import pytest

from surelist.access.auth import AGENT_SCOPES, CLOCK_SKEW_SECONDS, TOKEN_TYPE
from surelist.config import Settings
from surelist.doors import event_stream
from surelist.feed import bounds, feed, following, listeners
from surelist.feed import stream as response
from tests.support.person import Person
from tests.support.sockets import closing
from tests.support.streams import Stream, Worker, at, opened, until, worker


@pytest.fixture(scope="module")
async def here(app_settings: Settings) -> AsyncIterator[Worker]:
    async with worker(app_settings) as running:
        yield running


@pytest.fixture
def bob(here: Worker, newcomer: Callable[..., Person]) -> Person:
    """An agent of somebody, at this worker."""
    return at(here, newcomer())


@pytest.fixture
def owner(here: Worker, newcomer: Callable[..., Person]) -> Person:
    """The person on the web page, at this worker."""
    return at(here, newcomer("web", owner=True), owner=True)


@pytest.fixture
def unhurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """No stream looks by itself: a change has to wake it."""
    monkeypatch.setattr(feed, "KEEPALIVE_SECONDS", 3600)
    monkeypatch.setattr(feed, "LOOK_SECONDS_POLLING", 3600)


async def add(person: Person, number: int = 1) -> None:
    for _ in range(number):
        answer = await person.rest("POST", "/tasks", json={"title": "Milk"})
        assert answer.status_code == 201


async def silent(stream: Stream) -> None:
    """Fail if a message arrives that is on its way."""
    await asyncio.sleep(0.3)
    assert stream.arrived.empty()


async def refusal(person: Person, **request: object) -> tuple[int, str]:
    headers = {"Accept": "text/event-stream"} | request.pop("headers", {})  # type: ignore[operator]
    answer = await person.rest("GET", "/events", headers=headers, **request)
    return answer.status_code, answer.json()["code"]


async def test_a_stream_begins_now_and_sends_each_later_change(here: Worker, bob: Person) -> None:
    await add(bob, 3)
    async with opened(here.http, bob) as stream:
        head = stream.response.headers
        assert head["content-type"].startswith("text/event-stream")
        assert (head["cache-control"], head["x-accel-buffering"]) == ("no-store", "no")
        assert stream.position == 3
        await add(bob, 2)
        messages = [await stream.next() for _ in range(2)]
        listed = (await bob.rest("GET", "/events", params={"after": 3})).json()["events"]
        only_listed = {"title", "undone_by"}
        assert [message.data for message in messages] == [
            {name: one[name] for name in one.keys() - only_listed} for one in listed
        ]
        assert [(message.event, message.id) for message in messages] == [
            ("change", 4),
            ("change", 5),
        ]


async def test_the_first_message_sets_the_pause_before_a_reconnect(
    here: Worker, bob: Person
) -> None:
    headers = {"Authorization": f"Bearer {bob.token()}", "Accept": "text/event-stream"}
    async with here.http.stream("GET", "/api/me/events", headers=headers) as response:
        first = await anext(response.aiter_text())
    assert first == 'retry: 1000\nid: 0\nevent: ready\ndata: {"last_event":0}\n\n'


@pytest.mark.parametrize("number", [1, 19, 20, 21, 45])
async def test_a_stream_resumes_after_the_last_event_id(
    here: Worker, bob: Person, number: int
) -> None:
    await add(bob, number + 2)
    async with opened(here.http, bob, after=2) as stream:
        assert await stream.changes(number) == [*range(3, number + 3)]
        await add(bob)
        assert await stream.changes(1) == [number + 3]
        await silent(stream)


async def test_last_event_id_counts_more_than_after(here: Worker, bob: Person) -> None:
    await add(bob, 3)
    async with opened(here.http, bob, params={"after": 1}) as stream:
        assert await stream.changes(2) == [2, 3]
    async with opened(here.http, bob, after=0, params={"after": 2}) as stream:
        assert await stream.changes(3) == [1, 2, 3]


async def test_changes_of_concurrent_writers_arrive_in_order_once(
    here: Worker, bob: Person
) -> None:
    async with opened(here.http, bob) as stream:
        await asyncio.gather(*(add(bob, 10) for _ in range(8)))
        assert await stream.changes(80) == [*range(1, 81)]
        await silent(stream)


async def test_positions_that_cannot_be_are_refused(bob: Person) -> None:
    await add(bob)
    for value in ("2", "9007199254740991"):
        headers = {"Last-Event-ID": value}
        assert await refusal(bob, headers=headers) == (422, "event_not_yet")
    for value in ("-1", "1.0", "x", "01", "9007199254740992"):
        headers = {"Last-Event-ID": value}
        assert await refusal(bob, headers=headers) == (422, "invalid_arguments")
    assert await refusal(bob, params={"after": "x"}) == (422, "invalid_arguments")


@pytest.mark.parametrize("given", [{"limit": 5}, {"task_id": 1}, {"client_id": "claude"}])
async def test_a_stream_with_filters_is_refused(bob: Person, given: dict[str, object]) -> None:
    assert await refusal(bob, params=given) == (422, "stream_with_filters")


@pytest.mark.parametrize(
    "accept", ["*/*", "application/json", "application/json, text/event-stream"]
)
async def test_clients_that_accept_json_get_the_list(bob: Person, accept: str) -> None:
    answer = await bob.rest("GET", "/events", headers={"Accept": accept})
    assert answer.json() == {"events": []}


async def test_an_agent_does_not_see_hidden_events(here: Worker, owner: Person) -> None:
    agent = at(here, owner, "robot")
    body = {"name": "Robot", "scopes": ["tasks:read", "tasks:write"]}
    async with opened(here.http, agent) as of_agent, opened(here.http, owner) as of_person:
        await owner.rest("PUT", "/agents/another", json=body)
        await add(owner)
        assert await of_person.changes(2) == [1, 2]
        assert await of_agent.changes(1) == [2]


async def test_a_stream_of_another_user_stays_silent(
    here: Worker, bob: Person, newcomer: Callable[..., Person]
) -> None:
    eve = at(here, newcomer())
    async with opened(here.http, eve) as stream:
        await add(bob, 3)
        await silent(stream)
    path = f"/api/{bob.user_id}/events"
    headers = {"Authorization": f"Bearer {eve.token()}", "Accept": "text/event-stream"}
    answer = await here.http.get(path, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (403, "wrong_user")


async def test_heartbeats_arrive_without_changes(
    here: Worker, bob: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feed, "KEEPALIVE_SECONDS", 0.1)
    monkeypatch.setattr(response, "KEEPALIVE_SECONDS", 0.1)
    monkeypatch.setattr(following, "FRESH_SECONDS", 0.1)
    monkeypatch.setattr(feed, "LOOK_SECONDS_POLLING", 0.1)
    assert event_stream.KEEPALIVE_SECONDS == 15
    async with opened(here.http, bob) as stream, asyncio.timeout(30):
        while stream.comments < 2:  # noqa: ASYNC110
            await asyncio.sleep(0.1)


async def test_a_change_that_nobody_told_of_is_found_by_looking(
    here: Worker, bob: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feed, "KEEPALIVE_SECONDS", 0.5)
    monkeypatch.setattr(here.feed, "changed", lambda _: None)
    monkeypatch.setattr(bob.database, "_changed", lambda _: None)
    async with opened(here.http, bob) as stream:
        await add(bob)
        assert await stream.changes(1) == [1]


async def test_a_stream_ends_when_its_token_expires(here: Worker, bob: Person) -> None:
    expires = int(time.time()) - CLOCK_SKEW_SECONDS + 2
    token = token_until(here, bob, expires)
    bob.token = lambda scopes=None: token  # type: ignore[method-assign]
    async with opened(here.http, bob) as stream:
        assert await stream.end() == "token_expired"
    assert await refusal(bob) == (401, "token_expired")


def token_until(here: Worker, person: Person, expires: int) -> str:
    """A token as `surelist token` signs it, but with another end."""
    settings = person.settings
    claims = {
        "iss": settings.url,
        "sub": person.user_id,
        "aud": settings.api_url,
        "iat": expires - 86_400,
        "exp": expires,
        "scope": " ".join(AGENT_SCOPES),
        "client_id": person.client,
    }
    return jwt.encode(claims, settings.token_keys[0], "HS256", {"typ": TOKEN_TYPE})


async def test_a_stream_ends_when_its_agent_is_revoked(
    here: Worker, owner: Person, unhurried: None
) -> None:
    agent = at(here, owner, "robot")
    async with opened(here.http, agent) as stream, opened(here.http, owner) as of_person:
        assert (await owner.rest("DELETE", "/agents/robot")).status_code == 204
        assert await stream.end() == "agent_revoked"
        assert await of_person.changes(1) == [1]
        await silent(of_person)
    assert await refusal(agent) == (401, "agent_revoked")


async def test_a_stream_ends_when_its_agent_may_no_longer_read(
    here: Worker, owner: Person, unhurried: None
) -> None:
    agent = at(here, owner, "robot")
    body = {"name": "Robot", "scopes": ["tasks:write"]}
    async with opened(here.http, agent) as stream:
        await owner.rest("PUT", "/agents/robot", json=body)
        assert await stream.end() == "insufficient_scope"


async def test_a_stream_ends_with_its_session(here: Worker, owner: Person, unhurried: None) -> None:
    async with opened(here.http, owner) as stream:
        answer = await owner.rest("POST", "/sessions/end", json={})
        assert answer.status_code == 204
        assert await stream.end() == "session_ended"


async def test_a_stream_ends_when_the_list_is_erased(
    here: Worker, owner: Person, unhurried: None
) -> None:
    await add(owner)
    async with opened(here.http, owner) as stream:
        assert (await owner.rest("DELETE")).status_code == 204
        assert await stream.end() in ("account_erased", "account_being_erased")


async def test_the_persons_new_stream_ends_the_oldest(
    here: Worker, owner: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bounds, "OF_PERSON", 2)
    async with (
        opened(here.http, owner) as oldest,
        opened(here.http, owner) as second,
        opened(here.http, owner) as newest,
    ):
        assert await oldest.end() == "stream_replaced"
        await add(owner)
        assert [await one.changes(1) for one in (second, newest)] == [[1], [1]]


async def test_agents_have_a_limit_each_and_together_and_leave_the_person_room(
    here: Worker, owner: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bounds, "OF_AGENT", 1)
    monkeypatch.setattr(bounds, "OF_AGENTS", 2)
    first, second, third = (at(here, owner, name) for name in ("one", "two", "three"))
    async with opened(here.http, first), opened(here.http, second):
        assert await refusal(first) == (429, "stream_limit_agent")
        assert await refusal(third) == (429, "stream_limit_agents")
        answer = await third.rest("GET", "/events", headers={"Accept": "text/event-stream"})
        assert int(answer.headers["retry-after"]) > 0
        async with opened(here.http, owner):
            pass
    async with opened(here.http, third):
        pass


async def test_a_worker_has_a_limit_of_which_agents_leave_the_person_a_tenth(
    app_settings: Settings, newcomer: Callable[..., Person]
) -> None:
    async with worker(app_settings.model_copy(update={"max_streams": 2})) as small:
        owner = at(small, newcomer("web", owner=True), owner=True)
        agent, other = at(small, owner, "robot"), at(small, newcomer())
        async with opened(small.http, agent), opened(small.http, owner):
            assert await refusal(other) == (503, "streams_full")
            assert await refusal(owner) == (503, "streams_full")
        await until(lambda: small.feed._listeners.count == 0)
        async with opened(small.http, agent):
            assert await refusal(other) == (503, "streams_full")


async def test_a_refused_stream_takes_no_place(
    here: Worker, owner: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bounds, "OF_AGENT", 1)
    agent = at(here, owner, "robot")
    for _ in range(3):
        assert await refusal(agent, headers={"Last-Event-ID": "9"}) == (422, "event_not_yet")
    async with opened(here.http, agent):
        pass


async def test_a_client_that_reads_nothing_is_disconnected_and_holds_no_connection(
    here: Worker, bob: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listeners, "STALLED_SECONDS", 1)
    text = "x" * 9_000
    for _ in range(40):
        await bob.rest("POST", "/tasks", json={"title": "Milk", "description": text})
    await until(lambda: here.feed._listeners.count == 0)  # those of earlier tests have left
    _reader, writer = await asyncio.open_connection("127.0.0.1", here.port, limit=1)
    async with closing(writer):
        head = (
            f"GET /api/me/events?after=0 HTTP/1.1\r\nHost: localhost\r\n"
            f"Accept: text/event-stream\r\nAuthorization: Bearer {bob.token()}\r\n\r\n"
        )
        writer.write(head.encode())
        await until(lambda: here.feed._listeners.count == 1)
        for _ in range(400):  # more than the sockets hold
            if here.feed._listeners.count == 0:
                break
            await bob.rest("PATCH", "/tasks/1", json={"description": text + str(time.time_ns())})
        await until(lambda: here.feed._listeners.count == 0)
        assert bob.database._pool.get_idle_size() == bob.database._pool.get_size()


async def test_a_client_that_leaves_frees_its_place(here: Worker, bob: Person) -> None:
    await until(lambda: here.feed._listeners.count == 0)  # those of earlier tests have left
    async with opened(here.http, bob):
        assert here.feed._listeners.count == 1
    await until(lambda: here.feed._listeners.count == 0)


async def test_a_worker_that_stops_ends_its_streams_and_closes_their_connections(
    app_settings: Settings, newcomer: Callable[..., Person]
) -> None:
    async with worker(app_settings) as stopping:
        person = at(stopping, newcomer())
        async with opened(stopping.http, person) as stream:
            for connection in list(stopping.connections):
                connection.shutdown()
            assert await stream.end() == "server_stopping"
            await until(lambda: not stopping.connections)
