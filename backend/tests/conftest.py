"""A real PostgreSQL for each worker of a run, and a new user for each test."""

import asyncio
from collections.abc import AsyncIterator, Callable, Generator, Iterator
from contextlib import ExitStack, asynccontextmanager
from itertools import count
from typing import Any

import httpx
import hypothesis
import pytest
from starlette.applications import Starlette

from surelist.config import Settings
from surelist.data.isolation import Database
from surelist.main import create_app
from surelist.postgres.embedded import Cluster
from tests.support import kinds, page
from tests.support.citus_nodes import close_template, create, migrate_all
from tests.support.copies import PRISTINE, Copy, copied
from tests.support.other_postgres import any_postgres
from tests.support.person import Person
from tests.support.records import Records, records_of
from tests.support.waiting import waiting_tasks

URL = "http://localhost:8000"
SECRET = "a secret for tests, of no use anywhere"

hypothesis.settings.register_profile(
    "same every time", deadline=None, derandomize=True, max_examples=100
)
hypothesis.settings.load_profile("same every time")


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> kinds.Shares:
    return kinds.Shares(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    kinds.mark(items)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    with kinds.guarded(item):
        return (yield)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    call: pytest.CallInfo[None],
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if call.excinfo and "from pytest-timeout" in str(call.excinfo.value):
        report.sections.append(("What its tasks wait for", waiting_tasks()))
    return report


@pytest.fixture(scope="session")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """The PostgreSQL of this worker, whose database `surelist` is migrated."""
    with ExitStack() as stack:
        with kinds.postgres_for_tests():
            cluster = stack.enter_context(any_postgres(tmp_path_factory.mktemp("cluster")))
            migrate_all(cluster)
        yield cluster


@pytest.fixture(scope="session")
def issuer() -> Iterator[str]:
    """The issuer of the web page's tokens."""
    with page.published() as issuer:
        yield issuer


@pytest.fixture(scope="session")
def settings(issuer: str) -> Settings:
    """Settings as the app under test has them, but for the database: nothing is at its address."""
    return Settings(
        SURELIST_URL=URL,
        SURELIST_ISSUER=issuer,
        DATABASE_URL="postgresql://nobody@127.0.0.1:1/nowhere",
        BETTER_AUTH_SECRET=SECRET,
        SURELIST_RATE_READS=0,
        SURELIST_RATE_WRITES=0,
    )


@pytest.fixture(scope="session")
def app_settings(settings: Settings, cluster: Cluster) -> Settings:
    """The settings of the app under test."""
    return settings.model_copy(update={"database_url": cluster.url()})


@asynccontextmanager
async def running(settings: Settings) -> AsyncIterator[Starlette]:
    """The app, started; its Database is `app.state.database`."""
    app = create_app(settings)
    async with app.router.lifespan_context(app):
        yield app


@pytest.fixture(scope="session")
async def app(app_settings: Settings) -> AsyncIterator[Starlette]:
    """The app, for the whole run."""
    async with running(app_settings) as app:
        yield app


@pytest.fixture(scope="session")
def database(app: Starlette) -> Database:
    """The one door to the data."""
    return app.state.database


@pytest.fixture(scope="session")
async def http(app: Starlette) -> AsyncIterator[httpx.AsyncClient]:
    """An HTTP client of the app, without a token."""
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url=URL) as client:
        yield client


_numbers = count(1)


@pytest.fixture
def newcomer(
    http: httpx.AsyncClient, app_settings: Settings, database: Database
) -> Callable[..., Person]:
    """Makes a person whom nobody has seen before; each test's users are its own."""

    def make(client: str = "claude", *, owner: bool = False) -> Person:
        return Person(http, app_settings, database, f"user-{next(_numbers)}", client, owner=owner)

    return make


@pytest.fixture
def ann(newcomer: Callable[..., Person]) -> Person:
    """A person with an empty list."""
    return newcomer()


@pytest.fixture(scope="session")
async def records(cluster: Cluster) -> AsyncIterator[Records]:
    """The tables, as the superuser sees them."""
    async with records_of(cluster) as records:
        yield records


@pytest.fixture(scope="session")
def pristine(cluster: Cluster) -> str:
    """The name of a migrated database to copy from."""
    asyncio.run(create(cluster, PRISTINE))
    migrate_all(cluster, PRISTINE)
    asyncio.run(close_template(cluster, PRISTINE))
    return PRISTINE


@pytest.fixture
async def copy(cluster: Cluster, pristine: str) -> AsyncIterator[Copy]:
    """A database that this test may break."""
    async with copied(cluster, pristine) as copy:
        yield copy
