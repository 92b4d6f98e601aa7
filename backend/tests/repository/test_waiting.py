"""A test that took too long shows where it waited: tests/support/waiting.py."""

import asyncio
from asyncio import Event

from tests.support.waiting import waiting_tasks


async def test_the_innermost_line_of_a_waiting_task_is_shown() -> None:
    async def outer(event: Event) -> None:
        await inner(event)

    async def inner(event: Event) -> None:
        await event.wait()

    event = Event()
    task = asyncio.create_task(outer(event), name="the task that waits")
    await asyncio.sleep(0)
    assert waiting_tasks().count("the task that waits") == 1
    shown = waiting_tasks().partition("the task that waits")[2].partition("\n\n")[0]
    lines = [line.rsplit(" ", 1)[1].rsplit(".", 1)[1] for line in shown.splitlines()[1:4]]
    assert lines == ["outer", "inner", "wait"]
    event.set()
    await task
    assert "the task that waits" not in waiting_tasks()
