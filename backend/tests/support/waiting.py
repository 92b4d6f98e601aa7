"""Where the tasks of a test wait that took too long: a timeout's own traceback ends in the loop."""

import asyncio
import gc
from collections.abc import Iterator
from typing import Any

_INNER = ("cr_await", "ag_await", "gi_yieldfrom")
_FRAMES = ("cr_frame", "ag_frame", "gi_frame")


def waiting_tasks() -> str:
    """Each task of this process that is not done, with the lines in which it waits."""
    tasks = [one for one in gc.get_objects() if isinstance(one, asyncio.Task) and not one.done()]
    return "\n\n".join("\n".join((one.get_name(), *_lines(one.get_coro()))) for one in tasks)


def _lines(waiting: Any) -> Iterator[str]:
    while waiting is not None:
        frame = _first(waiting, _FRAMES)
        if frame is None:
            yield f"    waits for {waiting!r}"
        else:
            code = frame.f_code
            yield f"    {code.co_filename}:{frame.f_lineno} {code.co_qualname}"
        waiting = _first(waiting, _INNER)


def _first(waiting: Any, names: tuple[str, ...]) -> Any:
    values = (getattr(waiting, name, None) for name in names)
    return next((value for value in values if value is not None), None)
