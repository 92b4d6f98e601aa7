"""Streams of one worker hear of changes at another, with and without notifications."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import quote

import pytest
from prometheus_client import REGISTRY

from surelist.config import Settings
from surelist.data.notifications import CHANNEL, NAME, listening_url
from surelist.feed import feed, following, peers
from surelist.postgres.embedded import DATABASE, OWNER_ROLE, Cluster
from tests.support.citus_nodes import direct_url
from tests.support.copies import Copy
from tests.support.person import Person
from tests.support.sockets import closing
from tests.support.streams import Worker, at, opened, until, worker

KILL = f"""
SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
WHERE application_name = '{NAME}' AND datname = current_database()
"""
AWAY = "postgresql://nobody@127.0.0.1:1/nowhere"

Workers = tuple[Worker, Worker]


@pytest.fixture(scope="module")
def listening(app_settings: Settings, cluster: Cluster) -> Settings:
    """Settings whose direct address is the owner's, past any pooler."""
    return app_settings.model_copy(update={"direct_url": direct_url(cluster, OWNER_ROLE, DATABASE)})


@pytest.fixture
def unhurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """No stream looks by itself: it is woken, or it finds nothing."""
    monkeypatch.setattr(feed, "KEEPALIVE_SECONDS", 3600)
    monkeypatch.setattr(feed, "LOOK_SECONDS_POLLING", 3600)
    monkeypatch.setattr(following, "FRESH_SECONDS", 0)


@pytest.fixture
async def two(listening: Settings) -> AsyncIterator[Workers]:
    """Two workers that hear each other."""
    async with worker(listening) as one, worker(listening) as other:
        yield one, other


def wakes(by: str) -> float:
    return REGISTRY.get_sample_value("surelist_stream_wakes_total", {"by": by}) or 0


async def add(person: Person, number: int = 1) -> None:
    for _ in range(number):
        answer = await person.rest("POST", "/tasks", json={"title": "Milk"})
        assert answer.status_code == 201, answer.text


async def test_a_change_at_one_worker_reaches_a_stream_at_another(
    two: Workers, ann: Person, unhurried: None
) -> None:
    here, there = two
    before = wakes("notification")
    async with opened(there.http, at(there, ann)) as stream:
        await until(lambda: there.feed._peers.listening)
        await add(at(here, ann), 30)
        assert await stream.changes(30) == [*range(1, 31)]
    assert wakes("notification") > before


async def test_a_change_made_while_a_stream_opens_elsewhere_is_not_missed(
    two: Workers, newcomer: Callable[..., Person], unhurried: None
) -> None:
    here, there = two
    for _ in range(10):
        person = newcomer()
        async with opened(there.http, at(there, person)) as stream:
            await add(at(here, person))
            assert await stream.changes(1) == [1]


async def test_the_end_of_a_session_at_one_worker_ends_a_stream_at_another(
    two: Workers, newcomer: Callable[..., Person], unhurried: None
) -> None:
    here, there = two
    person = newcomer("web", owner=True)
    async with opened(there.http, at(there, person, owner=True)) as stream:
        await until(lambda: there.feed._peers.listening)
        await at(here, person, owner=True).rest("POST", "/sessions/end", json={})
        assert await stream.end() == "session_ended"


async def test_a_forged_notification_shows_nobody_anything(
    two: Workers, newcomer: Callable[..., Person], cluster: Cluster, unhurried: None
) -> None:
    _, there = two
    ann, eve = newcomer(), newcomer()
    async with opened(there.http, at(there, eve)) as stream:
        await until(lambda: there.feed._peers.listening)
        before = wakes("notification")
        async with Copy(cluster, DATABASE).connection() as connection:
            for payload in (
                f"x {eve.user_id}",
                f"x {ann.user_id}",
                "x *",
                "x",
                "",
                "x ?",
                "? * \x7f",
            ):
                await connection.execute("SELECT pg_notify($1, $2)", CHANNEL, payload)
        await until(lambda: wakes("notification") == before + 1)
        await add(at(there, ann))
        await asyncio.sleep(0.3)
        assert stream.arrived.empty()
        await add(at(there, eve))
        assert await stream.changes(1) == [1]


async def test_nothing_is_missed_while_listening_connections_are_killed(
    two: Workers, ann: Person, cluster: Cluster, unhurried: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feed, "POLL_SECONDS", 3600)  # only the notifications are to be tested
    here, there = two
    killed = 0
    async with opened(there.http, at(there, ann)) as stream:
        writing = asyncio.gather(*(add(at(here, ann), 25) for _ in range(8)))
        while not writing.done():
            [row] = await Copy(cluster, DATABASE).rows(KILL)
            killed += row[0]
            await asyncio.sleep(0.05)
        await writing
        assert await stream.changes(200) == [*range(1, 201)]
        await asyncio.sleep(0.3)
        assert stream.arrived.empty()
    assert killed > 0


async def test_a_worker_polls_when_the_direct_address_is_away(
    app_settings: Settings, ann: Person, unhurried: None
) -> None:
    async with worker(app_settings.model_copy(update={"direct_url": AWAY})) as alone:
        await polled(alone, ann)


async def test_a_worker_polls_when_notifications_are_not_delivered(
    app_settings: Settings, cluster: Cluster, ann: Person, unhurried: None
) -> None:
    async with (
        pooling(cluster) as url,
        worker(app_settings.model_copy(update={"direct_url": url})) as alone,
    ):
        await polled(alone, ann)
        assert not alone.feed._peers.listening


async def polled(alone: Worker, ann: Person) -> None:
    """A change at another worker reaches a stream here, by polling alone."""
    before = wakes("poll")
    async with opened(alone.http, at(alone, ann)) as stream:
        await add(ann, 3)
        assert await stream.changes(3) == [1, 2, 3]
    assert wakes("poll") > before


@asynccontextmanager
async def pooling(cluster: Cluster) -> AsyncIterator[str]:
    """An address that passes everything to PostgreSQL and back, except notifications."""
    place = cluster.socket_directory / ".s.PGSQL.5432"

    async def requests(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(65_536):
            writer.write(data)
        writer.close()

    async def answers(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            head = await reader.readexactly(5)
            body = await reader.readexactly(int.from_bytes(head[1:]) - 4)
            if head[:1] != b"A":  # NotificationResponse
                writer.write(head + body)

    async def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_unix_connection(place)
        async with closing(back, writer):
            passing = [asyncio.create_task(requests(reader, back))]
            passing.append(asyncio.create_task(answers(there, writer)))
            await asyncio.wait(passing, return_when=asyncio.FIRST_COMPLETED)
            for task in passing:
                task.cancel()
            await asyncio.gather(*passing, return_exceptions=True)

    with TemporaryDirectory() as directory:  # the path of a socket has to be short
        path = Path(directory) / ".s.PGSQL.5432"
        async with await asyncio.start_unix_server(accept, path):
            host = quote(str(directory), safe="")
            yield f"postgresql://somebody@/{DATABASE}?host={host}&port=5432"


@pytest.mark.parametrize(
    ("app", "direct", "url"),
    [
        ("postgresql://app:a%40b@pooled/list", "postgresql://owner:x@direct:6/list?sslmode=require",
         "postgresql://app:a%40b@direct:6/list?sslmode=require"),
        ("postgresql://pooled/list?user=app&password=b", "postgresql://owner:x@direct/list",
         "postgresql://direct/list?user=app&password=b"),
        ("postgresql://app:b@/list?host=%2Ftmp&port=6432&pgbouncer=true",
         "postgresql://owner@/list?host=%2Frun&port=5432",
         "postgresql://app:b@/list?host=%2Frun&port=5432"),
        ("postgresql://app@one/list", "", "postgresql://app@one/list"),
    ],
)  # fmt: skip
def test_the_listening_connection_has_no_rights_of_the_owner(
    settings: Settings, app: str, direct: str, url: str
) -> None:
    given = settings.model_copy(update={"database_url": app, "direct_url": direct})
    assert listening_url(given) == url


async def test_an_idle_worker_opens_no_connection_to_listen(listening: Settings) -> None:
    async with worker(listening) as idle:
        await asyncio.sleep(0.3)
        assert not idle.feed._peers._needed.is_set()


async def test_a_worker_alone_notifies_nobody(listening: Settings, ann: Person) -> None:
    async with worker(listening) as alone:
        await add(at(alone, ann))
        await until(lambda: alone.feed._peers.listening and not alone.feed._peers._outgoing)
        await add(at(alone, ann))
        assert not alone.feed._peers._outgoing


def test_users_are_sent_in_payloads_that_postgresql_accepts() -> None:
    users = [f"{number:03}" + "u" * 125 for number in range(peers.USERS_AT_ONCE)]
    payloads = peers._joined("worker", users)
    assert [user for payload in payloads for user in payload.split(" ")[1:]] == users
    assert max(len(payload) for payload in payloads) < 8000


@pytest.fixture
def changes_of_many(listening: Settings) -> peers.Peers:
    return peers.Peers(listening, lambda _: None, lambda: None)


async def test_the_users_that_wait_to_be_sent_are_bounded(changes_of_many: peers.Peers) -> None:
    for number in range(3 * peers.USERS_AT_ONCE):
        changes_of_many.changed(f"user-{number}")
        assert len(changes_of_many._outgoing) <= peers.USERS_AT_ONCE
    assert changes_of_many._payloads() == [f"{changes_of_many._worker} *"]
