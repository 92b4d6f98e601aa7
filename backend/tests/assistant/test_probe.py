"""What `surelist doctor` finds out about the chat's model."""

from typing import Any

import pytest

from surelist.assistant.probe import probe
from surelist.config import Settings
from tests.assistant.conftest import on
from tests.support.scripted import Cut, Fault, Model, Silence


async def test_a_model_that_answers_is_in_order(
    settings: Settings, model: Model, dialect: str
) -> None:
    model.says("Yes.")
    assert await probe(on(settings, model, dialect)) == ""


@pytest.mark.parametrize(
    ("step", "advice"),
    [
        (Fault(401), "SURELIST_MODEL_KEY"),
        (Fault(404), "is there such a model"),
        (Fault(429, {"Retry-After": "0"}), "quota"),
        (Fault(500), "has a fault"),
        (Silence(), "no answer in time"),
        (Cut(), "has a fault"),
    ],
    ids=lambda one: str(one)[:20],
)
async def test_what_is_wrong_is_said_with_what_to_do(
    settings: Settings, model: Model, dialect: str, step: Any, advice: str
) -> None:
    model.always = step
    said = await probe(on(settings, model, dialect, chat_seconds=2))
    assert advice in said
    assert "sk-scripted" not in said
