"""Fifty chats that wait for a slow model do not slow down other callers."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest

from surelist.config import Settings
from surelist.data.isolation import Database
from tests.assistant.conftest import on
from tests.assistant.test_chat import chat
from tests.support.copies import newcomers
from tests.support.person import Person
from tests.support.scripted import Model

CHATS = 50


@pytest.fixture
async def newcomer(app_settings: Settings, model: Model) -> AsyncIterator[Callable[..., Person]]:
    """Creates people in an app with few connections and a long time limit for turns."""
    few = on(app_settings, model, "openai", chat_seconds=60, pool_size=4)
    async with newcomers(few, f"load{time.time_ns()}") as newcomer:
        yield newcomer


def in_use(database: Database) -> int:
    """The connections that are not idle."""
    return database._pool.get_size() - database._pool.get_idle_size()


async def test_a_turn_holds_no_connection_while_it_waits_for_the_model(
    newcomer: Callable[..., Person], model: Model
) -> None:
    bystander = newcomer()
    await bystander.call("add_task", title="Milk")
    people = [newcomer("web", owner=True) for _ in range(CHATS)]
    thinking = asyncio.Event()
    model.waits_for = thinking
    chats: list[asyncio.Task[Any]] = []
    for person in people:
        chats.append(asyncio.create_task(chat(person, "Hello")))
        while len(model.asked) < len(chats):
            assert not chats[-1].done(), chats[-1].result()
            await asyncio.sleep(0.01)
    async with asyncio.timeout(30):
        while in_use(bystander.database):  # noqa: ASYNC110 (reads release theirs after the answer)
            await asyncio.sleep(0.01)
    for _ in range(20):
        assert (await bystander.call("list_tasks"))["total"] == 1
    thinking.set()
    answers = await asyncio.gather(*chats)
    assert {answer["response"] for answer in answers} == {"Done."}
    assert not any("failure" in answer for answer in answers)
