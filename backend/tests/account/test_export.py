import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from surelist.account.export import PAGE
from tests.person import Person
from tests.tasks.asking import task
from tests.tasks.conftest import Records

WRITERS = 8


@pytest.fixture
def owner(newcomer: Callable[..., Person]) -> Person:
    """A person with a token of their own."""
    return newcomer("page", owner=True)


async def export(person: Person) -> dict[str, Any]:
    answer = await person.rest("GET", "/export")
    assert answer.status_code == 200
    return answer.json()


async def test_an_empty_list_is_exported(owner: Person) -> None:
    assert await export(owner) == {"as_of": 0, "timezone": "UTC", "tasks": [], "events": []}


async def test_everything_is_exported_as_it_is_shown_elsewhere(owner: Person) -> None:
    await owner.call("add_task", title="One", due="2026-11-23", tags=["home"])
    await owner.call("add_task", title="Two")
    await owner.call("delete_task", task_id=2)
    exported = await export(owner)
    assert exported["as_of"] == 3
    assert exported["tasks"] == [await task(owner, 1), await task(owner, 2)]
    events = (await owner.rest("GET", "/events?after=0")).json()["events"]
    assert exported["events"] == events


async def test_more_than_a_page_is_exported_whole(owner: Person, records: Records) -> None:
    await records.add_many(owner, PAGE * 2 + 1)
    exported = await export(owner)
    assert [one["id"] for one in exported["tasks"]] == list(range(1, PAGE * 2 + 2))


async def test_an_export_among_writers_is_as_of_one_event(owner: Person) -> None:
    """What the export shows is what its own events, replayed, add up to."""
    for number in range(PAGE + 50):
        await owner.call("add_task", title=f"Task {number}")
    halt = asyncio.Event()

    async def write(writer: int) -> None:
        turn = 0
        while not halt.is_set():
            turn += 1
            task_id = (writer * 31 + turn * 17) % (PAGE + 50) + 1
            await owner.call("update_task", task_id=task_id, title=f"by {writer}, {turn}")
            await owner.call("add_task", title=f"new {writer}, {turn}")

    writers = [asyncio.create_task(write(number)) for number in range(WRITERS)]
    try:
        exports = [await export(owner) for _ in range(3)]
    finally:
        halt.set()
        await asyncio.gather(*writers)
    for exported in exports:
        replayed = {
            event["task_id"]: (event["after"]["title"], event["id"]) for event in exported["events"]
        }
        assert [event["id"] for event in exported["events"]] == list(
            range(1, exported["as_of"] + 1)
        )
        shown = {one["id"]: (one["title"], one["version"]) for one in exported["tasks"]}
        assert shown == replayed
    assert exports[-1]["as_of"] > exports[0]["as_of"] >= PAGE + 50
