"""An app whose chat runs on a scripted model, in the dialect of each kind of server."""

from collections.abc import AsyncIterator, Callable

import pytest

from surelist.config import Settings
from tests.support.copies import newcomers
from tests.support.person import Person
from tests.support.scripted import Model, scripted_model

MODELS = {"openai": ("openai:scripted", "/v1"), "anthropic": ("anthropic:scripted", "")}
SECONDS = 5
TOOL_CALLS = 8


def on(settings: Settings, model: Model, dialect: str, **more: object) -> Settings:
    """The settings of an app with `model` as the chat's model."""
    name, path = MODELS[dialect]
    limits = {"chat_seconds": SECONDS, "chat_tool_calls": TOOL_CALLS}
    told = {"model": name, "model_url": model.url + path}
    key = type(settings.model_key)("sk-scripted")
    return settings.model_copy(update={**told, **limits, "model_key": key, **more})


@pytest.fixture
async def model() -> AsyncIterator[Model]:
    """A model with scripted answers."""
    async with scripted_model() as model:
        yield model


@pytest.fixture(params=MODELS)
def dialect(request: pytest.FixtureRequest) -> str:
    """The kind of the model's server: a key of MODELS."""
    return request.param


_prefixes = iter(f"chat{number}" for number in range(1_000_000))


@pytest.fixture
async def newcomer(
    app_settings: Settings, model: Model, dialect: str
) -> AsyncIterator[Callable[..., Person]]:
    """Creates people in an app with `model` as the chat's model."""
    async with newcomers(on(app_settings, model, dialect), next(_prefixes)) as newcomer:
        yield newcomer


@pytest.fixture
def ann(newcomer: Callable[..., Person]) -> Person:
    """A person with an empty list, in their own session."""
    return newcomer("web", owner=True)
