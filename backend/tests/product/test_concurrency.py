"""Concurrent calls: on the pool of one worker, and on two real workers."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from itertools import count, cycle
from typing import Any

import asyncpg
import httpx
import psutil
import pytest

from surelist.account.erasing import remove_some
from surelist.agents.credential_check import CredentialCheck
from surelist.config import Settings
from surelist.data.database import Statement, open_pool
from surelist.data.isolation import Database, UserTransaction
from surelist.errors import Unavailable, VersionMismatch
from surelist.postgres.embedded import Cluster
from surelist.tasks import service
from tests.support.person import ERAS, Person, RefusedByTool
from tests.support.server import RunningServer, serving
from tests.support.soundness import rows, sound_ledger

WORKERS = 2
CONNECTIONS = 8

People = Callable[..., Person]


# One database, many writers


@asynccontextmanager
async def workers(settings: Settings, number: int) -> AsyncIterator[list[Database]]:
    """The databases of several workers, each with its own pool."""
    pools = [
        await open_pool(settings.model_copy(update={"pool_size": 3, "lock_timeout_ms": 60_000}))
        for _ in range(number)
    ]
    yield [Database(pool, settings, CredentialCheck(), remove_some) for pool in pools]
    for pool in pools:
        await pool.close()


class ThrownAway(Exception):
    """An intended error inside a transaction."""


async def fails_in_python(tx: UserTransaction) -> None:
    raise ThrownAway


async def fails_in_sql(tx: UserTransaction) -> None:
    await tx.execute(Statement("SELECT 1 / 0", (), {}))


async def is_cancelled(tx: UserTransaction) -> None:
    task = asyncio.current_task()
    assert task
    task.cancel()
    await asyncio.sleep(0)


async def loses_its_connection(tx: UserTransaction) -> None:
    await tx.execute(Statement("SELECT pg_terminate_backend(pg_backend_pid())", (), {}))


THROWN: dict[Any, type[BaseException]] = {
    fails_in_python: ThrownAway,
    fails_in_sql: asyncpg.DivisionByZeroError,
    is_cancelled: asyncio.CancelledError,
    loses_its_connection: Unavailable,
}
ENDS = [end for thrown in THROWN for end in (None, thrown)]


async def test_event_ids_have_no_gap_with_sixteen_writers_and_rollbacks(
    newcomer: People, app_settings: Settings, cluster: Cluster
) -> None:
    people = [newcomer(), newcomer()]
    acknowledged: dict[str, list[int]] = {person.user_id: [] for person in people}
    broken_snapshots: list[Any] = []
    running = True

    async def writer(number: int, database: Database) -> None:
        person = people[number % 2]
        for turn in range(16):
            end = ENDS[(number + turn) % len(ENDS)]

            async def work(
                tx: UserTransaction, end: Any = end, title: str = f"{number} {turn}"
            ) -> Any:
                outcome = await service.add(tx, {"title": title}, title)
                if end:
                    await end(tx)
                return outcome

            call = asyncio.create_task(database.write(person.principal, work, "tasks:write"))
            if end is None:
                acknowledged[person.user_id].append((await call).row["version"])
            else:
                with pytest.raises(THROWN[end]):
                    await call

    async def watcher(person: Person) -> None:
        statement = Statement(
            "SELECT count(*), coalesce(max(id), 0), coalesce(min(id), 1), "
            "coalesce((SELECT last_event FROM account WHERE user_id = $1), 0), "
            "coalesce(bool_and(at >= earlier), true) "
            "FROM (SELECT id, at, lag(at, 1, at) OVER (ORDER BY id) AS earlier FROM event "
            "WHERE user_id = $1) AS seen",
            ("user_id",),
            {},
        )
        while running:
            seen = await person.read(lambda tx: tx.fetch_one(statement))
            number, highest, lowest, last, in_time = seen.values()
            if not (number == highest == last and lowest == 1 and in_time):
                broken_snapshots.append(tuple(seen.values()))

    async with workers(app_settings, 8) as databases:
        watching = [asyncio.create_task(watcher(person)) for person in people]
        writing = [writer(n, database) for n, database in enumerate(databases * 2)]
        await asyncio.gather(*writing)
        running = False
        await asyncio.gather(*watching)

    assert broken_snapshots == []
    for person in people:
        events = await sound_ledger(cluster, person.user_id)
        assert [event["id"] for event in events] == sorted(acknowledged[person.user_id])
        assert len(events) == 64


async def test_one_of_eight_updates_of_one_version_succeeds_even_on_two_workers(
    newcomer: People, app_settings: Settings, cluster: Cluster
) -> None:
    ann = newcomer()
    await ann.call("add_task", title="Old")

    async def rename(database: Database, title: str) -> Any:
        return await database.write(
            ann.principal,
            lambda tx: service.update(tx, 1, {"title": title}, if_version=1),
            "tasks:write",
        )

    async with workers(app_settings, 8) as databases:
        answers = await asyncio.gather(
            *(rename(database, f"New {n}") for n, database in enumerate(databases)),
            return_exceptions=True,
        )
    won = [answer for answer in answers if not isinstance(answer, BaseException)]
    lost = [answer for answer in answers if isinstance(answer, VersionMismatch)]
    assert (len(won), len(lost)) == (1, 7)
    assert {answer.current["title"] for answer in lost} == {won[0].row["title"]}
    assert len(await sound_ledger(cluster, ann.user_id)) == 2


# Two real workers on one port


@pytest.fixture(scope="module")
def server(
    cluster: Cluster, app_settings: Settings, tmp_path_factory: Any
) -> Iterator[RunningServer]:
    """`surelist serve --workers 2` on the tests' own PostgreSQL."""
    with serving(
        tmp_path_factory.mktemp("two") / "data",
        workers=WORKERS,
        DATABASE_URL=cluster.url(),
        BETTER_AUTH_SECRET=app_settings.secret,
    ) as server:
        yield server


@pytest.fixture(scope="module")
async def connections(server: RunningServer) -> AsyncIterator[list[httpx.AsyncClient]]:
    """Clients of the server. Some are connected to one worker, some to the other."""
    async with AsyncExitStack() as stack:
        clients: list[httpx.AsyncClient] = []
        while len(clients) < CONNECTIONS or len(workers_reached(server.port)) < WORKERS:
            assert len(clients) < 200, "the second worker is never reached"
            client = httpx.AsyncClient(base_url=server.url, timeout=60)
            clients.append(await stack.enter_async_context(client))
            await client.get("/.well-known/oauth-protected-resource")
        yield clients


def workers_reached(port: int) -> set[int | None]:
    return {
        one.pid
        for one in psutil.net_connections("tcp")
        if one.laddr and one.laddr.port == port and one.status == psutil.CONN_ESTABLISHED
    }


_numbers = count(1)


@pytest.fixture
def guest(
    server: RunningServer, app_settings: Settings, connections: list[httpx.AsyncClient]
) -> People:
    """Makes a person with alternating calls to the two workers."""
    there = app_settings.model_copy(update={"url": server.url, "issuer": ""})
    turns = cycle(connections)

    class Both(Person):
        @property
        def http(self) -> httpx.AsyncClient:
            return next(turns)

        @http.setter
        def http(self, _: Any) -> None: ...

    def make(client: str = "claude", *, owner: bool = False) -> Person:
        user_id = f"guest-{next(_numbers)}"
        return Both(connections[0], there, None, user_id, client, owner=owner)  # type: ignore[arg-type]

    return make


async def test_four_hundred_concurrent_calls_of_two_users_mix_no_data(
    guest: People, cluster: Cluster
) -> None:
    people = [guest(), guest()]

    async def call(person: Person, version: str, number: int) -> None:
        title = f"{person.user_id} {version} {number}"
        other = {"name": "list_tasks", "arguments": {"limit": 200}}
        add = {"name": "add_task", "arguments": {"title": title}}
        response = await person.rpc("tools/call", add if number % 2 else other, version=version)
        body = response.json()
        assert body["id"] == 1
        told = body["result"]["structuredContent"]
        titles = [told["title"]] if number % 2 else [task["title"] for task in told["tasks"]]
        assert all(one.startswith(f"{person.user_id} ") for one in titles)
        if number % 2:
            assert titles == [title]

    calls = [call(person, era, n) for n in range(100) for person in people for era in ERAS]
    assert len(calls) == 400
    await asyncio.gather(*calls)
    for person in people:
        assert len(await sound_ledger(cluster, person.user_id)) == 100


@pytest.mark.parametrize("key", [None, "one-key"])
async def test_twenty_concurrent_equal_adds_add_one_task(
    guest: People, cluster: Cluster, key: str | None
) -> None:
    ann = guest()
    arguments = {"title": "Buy groceries", "due": "2026-12-24", "tags": ["home"]}
    keyed = arguments | ({"idempotency_key": key} if key else {})
    answers = await asyncio.gather(
        *(ann.call("add_task", version=era, **keyed) for _ in range(10) for era in ERAS)
    )
    assert sorted(answer.pop("repeated", False) for answer in answers) == [False] + [True] * 19
    assert all(answer == answers[0] for answer in answers)
    assert len(await sound_ledger(cluster, ann.user_id)) == 1


async def test_concurrent_equal_adds_of_two_clients_add_two_tasks(
    guest: People, cluster: Cluster
) -> None:
    ann = guest()
    cursor = guest()
    cursor.user_id, cursor.client = ann.user_id, "cursor"
    answers = await asyncio.gather(
        *(one.call("add_task", title="Buy", idempotency_key="k") for one in (ann, cursor) * 8)
    )
    assert {answer["task_id"] for answer in answers} == {1, 2}
    assert len(await sound_ledger(cluster, ann.user_id)) == 2


# Eight concurrent calls of every write, over MCP and REST. Event 2 renamed task 1, so that there is
# a change to undo.

Write = Callable[[Person, int], Awaitable[Any]]
NEW = {"title": "New"}


def tool(name: str, **arguments: Any) -> Write:
    return lambda ann, number: ann.call(name, version=ERAS[number % 2], **arguments)


def route(method: str, path: str, **request: Any) -> Write:
    return lambda ann, number: ann.rest(method, path, **request)


def either(tool: Write, route: Write) -> Write:
    return lambda ann, number: (tool if number % 2 else route)(ann, number)


KEY = {"Idempotency-Key": "a-key"}
HAPPEN_ONCE = {
    "add_task with a key": tool("add_task", title="New", idempotency_key="a-key"),
    "add_task within the window": tool("add_task", title="New"),
    "complete_task": tool("complete_task", task_id=1),
    "complete_task of a version": tool("complete_task", task_id=1, if_version=2),
    "delete_task": tool("delete_task", task_id=1),
    "delete_task of a version": tool("delete_task", task_id=1, if_version=2),
    "update_task": tool("update_task", task_id=1, title="New"),
    "update_task of a version": tool("update_task", task_id=1, title="New", if_version=2),
    "update_task with clear": tool("update_task", task_id=1, clear=["tags"]),
    "update_task with undo": tool("update_task", task_id=1, undo=2),
    "POST with a key": route("POST", "/tasks", json=NEW, headers=KEY),
    "PUT": route("PUT", "/tasks/1", json=NEW),
    "PATCH": route("PATCH", "/tasks/1", json=NEW),
    "PATCH with undo": route("PATCH", "/tasks/1", json={"undo": 2}),
    "DELETE": route("DELETE", "/tasks/1"),
    "PATCH complete": route("PATCH", "/tasks/1/complete", json={"completed": True}),
    "a toggle with a key": route("PATCH", "/tasks/1/complete", headers=KEY),
    "completing at both doors": either(
        tool("complete_task", task_id=1),
        route("PATCH", "/tasks/1/complete", json={"completed": True}),
    ),
    "deleting at both doors": either(tool("delete_task", task_id=1), route("DELETE", "/tasks/1")),
    "adding with a key at both doors": either(
        tool("add_task", title="New", idempotency_key="a-key"),
        route("POST", "/tasks", json=NEW, headers=KEY),
    ),
}


async def renamed(guest: People, *, owner: bool = False) -> Person:
    ann = guest(owner=owner)
    await ann.call("add_task", title="First", tags=["old"])
    await ann.call("update_task", task_id=1, title="Second")
    return ann


def told(answer: Any) -> Any:
    """The part of a response that is the same for all eight calls."""
    if isinstance(answer, httpx.Response):
        assert answer.status_code in (200, 201, 204), answer.text
        return answer.content, answer.headers.get("etag")
    return {name: answer[name] for name in answer if name not in ("repeated", "changed")}


@pytest.mark.parametrize("name", HAPPEN_ONCE)
async def test_eight_concurrent_writes_take_effect_once(
    guest: People, cluster: Cluster, name: str
) -> None:
    ann = await renamed(guest)
    answers = await asyncio.gather(*(HAPPEN_ONCE[name](ann, n) for n in range(8)))
    assert len(await sound_ledger(cluster, ann.user_id)) == 3
    if "both doors" not in name:
        assert all(told(answer) == told(answers[0]) for answer in answers)


HAPPEN_EACH_TIME: dict[str, Write] = {
    "update_task": lambda ann, n: ann.call("update_task", task_id=1, title=f"New {n}"),
    "PUT": lambda ann, n: ann.rest("PUT", "/tasks/1", json={"title": f"New {n}"}),
    "PATCH": lambda ann, n: ann.rest("PATCH", "/tasks/1", json={"title": f"New {n}"}),
    "a toggle": lambda ann, n: ann.rest("PATCH", "/tasks/1/complete"),
    "POST": lambda ann, n: ann.rest("POST", "/tasks", json=NEW),
    "add_task": lambda ann, n: ann.call("add_task", title=f"New {n}"),
}


@pytest.mark.parametrize("name", HAPPEN_EACH_TIME)
async def test_eight_concurrent_writes_each_take_effect(
    guest: People, cluster: Cluster, name: str
) -> None:
    ann = await renamed(guest)
    answers = await asyncio.gather(*(HAPPEN_EACH_TIME[name](ann, n) for n in range(8)))
    bodies = [one.json() if isinstance(one, httpx.Response) else one for one in answers]
    assert sorted(body["version"] for body in bodies) == list(range(3, 11))
    assert len(await sound_ledger(cluster, ann.user_id)) == 10
    if name == "a toggle":
        assert sorted(body["completed"] for body in bodies) == [False] * 4 + [True] * 4


MATCH = {"If-Match": '"2"'}
HAVE_ONE_WINNER: dict[str, Write] = {
    "update_task": lambda ann, n: ann.call(
        "update_task", task_id=1, title=f"New {n}", if_version=2
    ),
    "PUT": lambda ann, n: ann.rest("PUT", "/tasks/1", json={"title": f"New {n}"}, headers=MATCH),
    "PATCH": lambda ann, n: ann.rest(
        "PATCH", "/tasks/1", json={"title": f"New {n}"}, headers=MATCH
    ),
    "both doors": lambda ann, n: (
        ann.call("update_task", task_id=1, title=f"New {n}", if_version=2)
        if n % 2
        else ann.rest("PATCH", "/tasks/1", json={"title": f"New {n}"}, headers=MATCH)
    ),
}


@pytest.mark.parametrize("name", HAVE_ONE_WINNER)
async def test_one_of_eight_different_writes_of_one_version_succeeds(
    guest: People, cluster: Cluster, name: str
) -> None:
    ann = await renamed(guest)
    answers = await asyncio.gather(
        *(HAVE_ONE_WINNER[name](ann, n) for n in range(8)), return_exceptions=True
    )
    won: list[str] = []
    shown_to_losers: list[str] = []
    for answer in answers:
        if isinstance(answer, RefusedByTool):
            assert answer.current
            shown_to_losers.append(answer.current["title"])
        elif isinstance(answer, httpx.Response) and answer.status_code == 412:
            shown_to_losers.append(answer.json()["task"]["title"])
        elif isinstance(answer, httpx.Response):
            assert answer.status_code == 200
            won.append(answer.json()["title"])
        else:
            assert not isinstance(answer, BaseException), answer
            won.append(answer["title"])
    assert len(won) == 1
    assert shown_to_losers == won * 7
    assert len(await sound_ledger(cluster, ann.user_id)) == 3
    [task] = await rows(cluster, "task", ann.user_id)
    assert task["title"] == won[0]


async def test_two_concurrent_calls_with_one_key_add_one_task(
    guest: People, cluster: Cluster
) -> None:
    ann = guest()
    made, refused = [], 0
    calls = [ann.call("add_task", title=f"Task {n % 2}", idempotency_key="k") for n in range(8)]
    for call in asyncio.as_completed(calls):
        with suppress(RefusedByTool):
            made.append((await call)["title"])
            continue
        refused += 1
    assert (len(made), refused) == (4, 4)
    assert len(set(made)) == 1
    assert len(await sound_ledger(cluster, ann.user_id)) == 1
