"""A receiver, and workers on a database of the test's own, which trust its certificate."""

import ssl
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from surelist.config import Settings
from surelist.webhooks import sending, steps
from tests.support.copies import Copy
from tests.support.person import Person
from tests.support.receiver import HOST, Receiver, make_certificate, receiving
from tests.support.streams import Worker, worker


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("certificate") / "receiver.pem"
    make_certificate(path)
    return path


@pytest.fixture
def trusted(certificate: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The receiver's certificate is trusted as those of the machine are."""
    context = ssl.create_default_context(cafile=certificate)
    monkeypatch.setattr(sending, "trusted_certificates", lambda: context)


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """Attempts follow each other at once."""
    monkeypatch.setattr(steps, "PAUSES", (0.01,) * len(steps.PAUSES))


@pytest.fixture
async def receiver(certificate: Path, trusted: None) -> AsyncIterator[Receiver]:
    async with receiving(certificate) as receiver:
        yield receiver


@pytest.fixture
def hook_settings(app_settings: Settings, copy: Copy) -> Settings:
    """Settings that allow webhooks to this machine."""
    return app_settings.model_copy(update={"database_url": copy.url(), "webhook_hosts": (HOST,)})


@pytest.fixture
async def here(hook_settings: Settings) -> AsyncIterator[Worker]:
    """A worker."""
    async with worker(hook_settings) as here:
        yield here


@pytest.fixture
def owner(here: Worker, hook_settings: Settings) -> Person:
    """The person, in a session at the worker."""
    database = here.app.state.database
    return Person(here.http, hook_settings, database, "ann", "web", owner=True)
