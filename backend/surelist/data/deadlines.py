"""Deadlines for tasks, without a timer for each: a timer would cost 10 us a call."""

import asyncio
import time

LOOKED_AT_SECONDS = 1.0


class Deadlines:
    """Cancels each task after its deadline, and raises TimeoutError in it."""

    def __init__(self) -> None:
        self._inside: dict[asyncio.Task[object], float] = {}
        self._late: set[asyncio.Task[object]] = set()
        self._next_look: asyncio.TimerHandle | None = None

    def enter(self, seconds: float) -> None:
        """Set a deadline for the running task: in `seconds`, up to LOOKED_AT_SECONDS later."""
        self._inside[_running()] = time.monotonic() + seconds
        if self._next_look is None:
            self._look_later(min(seconds, LOOKED_AT_SECONDS))

    def leave(self) -> None:
        """Remove the running task's deadline. Raises TimeoutError if it has passed."""
        task = _running()
        del self._inside[task]
        if task in self._late:
            self._late.remove(task)
            task.uncancel()
            raise TimeoutError

    def _look_later(self, seconds: float) -> None:
        self._next_look = asyncio.get_running_loop().call_later(seconds, self._look)

    def _look(self) -> None:
        self._next_look = None
        now = time.monotonic()
        for task, end in self._inside.items():
            if end <= now and task not in self._late:
                self._late.add(task)
                task.cancel()
        if self._inside:
            self._look_later(LOOKED_AT_SECONDS)


def _running() -> asyncio.Task[object]:
    task = asyncio.current_task()
    if task is None:
        raise RuntimeError("no task is running")
    return task
