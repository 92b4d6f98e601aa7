"""A task is cancelled after its deadline, and other tasks are not."""

import asyncio

import pytest

from surelist.data import deadlines
from surelist.data.deadlines import Deadlines

SOON, LATE = 0.05, 60.0


@pytest.fixture(autouse=True)
def _often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deadlines, "LOOKED_AT_SECONDS", 0.01)


async def inside(those: Deadlines, seconds: float, work: float) -> str:
    those.enter(seconds)
    try:
        await asyncio.sleep(work)
    finally:
        those.leave()
    return "done"


async def test_a_task_gets_a_timeout_error_at_its_deadline_and_can_continue() -> None:
    those = Deadlines()
    with pytest.raises(TimeoutError):
        await inside(those, SOON, LATE)
    task = asyncio.current_task()
    assert task
    assert task.cancelling() == 0
    assert await inside(those, LATE, SOON) == "done"


async def test_no_other_task_is_cancelled() -> None:
    those = Deadlines()
    late, well = await asyncio.gather(
        inside(those, SOON, LATE), inside(those, LATE, 4 * SOON), return_exceptions=True
    )
    assert isinstance(late, TimeoutError)
    assert well == "done"


async def test_a_task_that_something_else_cancels_gets_a_cancelled_error() -> None:
    those = Deadlines()
    task = asyncio.create_task(inside(those, LATE, LATE))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_the_timer_stops_when_no_task_has_a_deadline() -> None:
    those = Deadlines()
    await inside(those, LATE, 0)
    assert those._inside == {}
    while those._next_look:  # noqa: ASYNC110 (no event tells of it)
        await asyncio.sleep(0.01)
    with pytest.raises(TimeoutError):
        await inside(those, SOON, LATE)
    assert those._late == set()
