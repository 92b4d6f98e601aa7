"""Health endpoints of a real server with two workers, and of an app whose database fails."""

import asyncio
import re
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import httpx
import psutil
import pytest

from surelist.config import Settings
from surelist.data.database import SCHEMA
from surelist.postgres.embedded import SUPERUSER
from surelist.server import health
from tests.conftest import SECRET, URL, running
from tests.support.copies import Copy
from tests.support.observing import Caller, tool_call
from tests.support.server import RunningServer, serving


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    with serving(tmp_path_factory.mktemp("health") / "data", workers=2) as server:
        yield server


def scraped(server: RunningServer) -> dict[str, float]:
    text = httpx.get(f"{server.url}/metrics", timeout=60).raise_for_status().text
    found = re.findall(r"^(surelist_\S+?(?:\{.*?\})?) (\S+)$", text, re.MULTILINE)
    return {name: float(value) for name, value in found}


def test_a_working_server_is_alive_and_ready(server: RunningServer) -> None:
    assert httpx.get(f"{server.url}/healthz").json() == {"status": "ok"}
    assert httpx.get(f"{server.url}/readyz").json() == {"status": "ready"}


def test_metrics_count_the_calls_of_all_workers(server: RunningServer) -> None:
    token = server.token("ann")

    def add(number: int) -> None:
        with Caller(server, token) as ann:  # one connection per call, so that both workers get some
            ann.mcp(tool_call("add_task", {"title": f"Number {number}"}))

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(add, range(40)))
    with Caller(server, token) as ann:
        ann.tool("complete_task", task_id=999)
    labels = 'door="mcp",operation="{}",outcome="{}"'
    seen = scraped(server)
    assert seen[f"surelist_calls_total{{{labels.format('add_task', 'ok')}}}"] == 40
    assert seen[f"surelist_calls_total{{{labels.format('complete_task', 'not_found')}}}"] == 1
    assert seen['surelist_call_seconds_count{door="mcp",operation="add_task"}'] == 40
    assert seen["surelist_pool_connections_in_use"] == 0
    assert seen["surelist_pool_connections_max"] == 20
    assert "surelist_admission_wait_seconds_count" in seen
    assert "Number" not in str(seen)


def test_dead_workers_leave_the_gauges_and_stay_in_the_counters(tmp_path: Path) -> None:
    with serving(tmp_path / "data", workers=2) as server:
        httpx.get(f"{server.url}/healthz")
        first = workers_of(server)
        assert len(first) == 2
        for worker in first:
            worker.kill()
        seen = scraped(server)  # by a replacement worker: no other process answers
    assert seen["surelist_pool_connections_max"] in (10, 20)
    labels = 'door="other",operation="GET /healthz",outcome="ok"'
    assert seen[f"surelist_calls_total{{{labels}}}"] == 1


def workers_of(server: RunningServer) -> list[psutil.Process]:
    """The worker processes of a server."""
    found = []
    for process in psutil.process_iter():
        with suppress(psutil.Error):
            is_worker = "spawn_main" in " ".join(process.cmdline())
            if is_worker and process.environ().get("SURELIST_DATA") == str(server.data):
                found.append(process)
    return found


@pytest.mark.parametrize(
    "headers",
    [
        {"X-Forwarded-For": "127.0.0.1"},
        {"Forwarded": "for=127.0.0.1"},
        {"X-Forwarded-Proto": "https"},
        {"Host": "tasks.example.com"},
    ],
)
def test_metrics_are_not_shown_through_a_proxy(
    server: RunningServer, headers: dict[str, str]
) -> None:
    assert httpx.get(f"{server.url}/metrics", headers=headers).status_code == 404


@pytest.mark.parametrize(
    ("setting", "peer", "status"),
    [
        ("local", "127.0.0.1", 200),
        ("local", "::1", 200),
        ("local", "192.0.2.1", 404),
        ("public", "192.0.2.1", 200),
        ("off", "127.0.0.1", 404),
    ],
)
async def test_surelist_metrics_decides_which_clients_see_metrics(
    app_settings: Settings, setting: str, peer: str, status: int
) -> None:
    async with running(app_settings.model_copy(update={"metrics": setting})) as app:
        transport = httpx.ASGITransport(app, client=(peer, 1))
        async with httpx.AsyncClient(transport=transport, base_url=URL) as http:
            assert (await http.get("/metrics")).status_code == status


WRONG = [
    ("UPDATE alembic_version SET version_num = '0000'", "schema is older than this code"),
    (
        "UPDATE alembic_version SET version_num = '9999'",
        f"(9999) is newer than this code ({SCHEMA}",
    ),
    ("DROP TABLE alembic_version", "schema is not made yet"),
    ("ALTER ROLE surelist_app BYPASSRLS", "is a superuser or has BYPASSRLS"),
    ("ALTER TABLE task DISABLE ROW LEVEL SECURITY", "table task does not keep users apart"),
]


@pytest.mark.parametrize(("change", "words"), WRONG)
async def test_an_unusable_database_is_not_ready_with_the_reason_in_one_line(
    copy: Copy, monkeypatch: pytest.MonkeyPatch, change: str, words: str
) -> None:
    monkeypatch.setattr(health, "CHECK_INTERVAL_SECONDS", 0)
    async with started(copy) as http:
        assert (await http.get("/readyz")).status_code == 200
        await copy.run(change)
        try:
            answer = await http.get("/readyz")
        finally:
            await copy.run("ALTER ROLE surelist_app NOBYPASSRLS")
        assert_not_ready(answer, words)
        assert (await http.get("/healthz")).status_code == 200


async def test_an_unreachable_database_is_not_ready_and_its_address_is_not_shown(
    copy: Copy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(health, "CHECK_INTERVAL_SECONDS", 0)
    async with started(copy) as http:
        superuser = Copy(copy.server, SUPERUSER)
        await superuser.run(
            f"ALTER DATABASE {copy.name} ALLOW_CONNECTIONS false;"
            f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{copy.name}'"
        )
        try:
            answer = await http.get("/readyz")
        finally:
            await superuser.run(f"ALTER DATABASE {copy.name} ALLOW_CONNECTIONS true")
        assert_not_ready(answer, "The database cannot be reached.")
        assert copy.name not in answer.text


async def test_a_database_that_accepts_a_connection_and_then_hangs_is_not_ready(
    copy: Copy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(health, "CHECK_INTERVAL_SECONDS", 0)
    monkeypatch.setattr(health, "READINESS_TIMEOUT", 0.5)
    async with started(copy) as http:
        async with copy.connection() as other, other.transaction():
            await other.execute("LOCK TABLE alembic_version")  # the check waits for this lock
            async with asyncio.timeout(30):
                assert_not_ready(await http.get("/readyz"), "The database cannot be reached.")
        assert (await http.get("/readyz")).status_code == 200


async def test_concurrent_requests_share_one_check_of_the_database(
    copy: Copy, monkeypatch: pytest.MonkeyPatch
) -> None:
    checks = []

    async def check(url: str, _seconds: float) -> None:
        checks.append(url)

    async with started(copy) as http:
        monkeypatch.setattr("surelist.data.database.check", check)
        await asyncio.gather(*(http.get("/readyz") for _ in range(20)))
    assert len(checks) == 1


@asynccontextmanager
async def started(copy: Copy) -> AsyncIterator[httpx.AsyncClient]:
    """A client of an app on `copy`."""
    settings = Settings(SURELIST_URL=URL, DATABASE_URL=copy.url(), BETTER_AUTH_SECRET=SECRET)
    async with (
        running(settings) as app,
        httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=URL) as http,
    ):
        yield http


def assert_not_ready(answer: httpx.Response, words: str) -> None:
    assert answer.status_code == 503
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.headers["Retry-After"] == "1"
    problem = answer.json()
    assert problem["type"] == "urn:surelist:not_ready"
    assert words in problem["detail"]
    assert "\n" not in problem["detail"]
