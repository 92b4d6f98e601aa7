"""The check of the chat's model in `surelist doctor`."""

from typing import Any

import pytest

from surelist.assistant.probe import probe
from surelist.config import Settings
from tests.assistant.conftest import on
from tests.support.scripted import Cut, Fault, Model, Silence


async def test_a_model_that_answers_passes(settings: Settings, model: Model, dialect: str) -> None:
    model.says("Yes.")
    assert await probe(on(settings, model, dialect)) == ""


@pytest.mark.parametrize(
    ("step", "advice"),
    [
        (Fault(401), "SURELIST_MODEL_KEY"),
        (Fault(404), "does the model exist"),
        (Fault(429, {"Retry-After": "0"}), "quota"),
        (Fault(500), "has a fault"),
        (Silence(), "no answer in time"),
        (Cut(), "has a fault"),
    ],
    ids=lambda one: str(one)[:20],
)
async def test_a_fault_is_reported_with_advice_and_without_the_key(
    settings: Settings, model: Model, dialect: str, step: Any, advice: str
) -> None:
    model.always = step
    said = await probe(on(settings, model, dialect, chat_seconds=2))
    assert advice in said
    assert "sk-scripted" not in said
