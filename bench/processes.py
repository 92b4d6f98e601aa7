"""The resources of a process and its children: CPU time in nanosecond resolution, memory."""

import time
from contextlib import suppress

import psutil

MEBIBYTE = 2**20


class Usage:
    """The CPU time of a process tree since this object was created, including later children."""

    def __init__(self, process: psutil.Process) -> None:
        self._process = process
        self._before = _clocks(process)

    def seconds(self) -> float:
        """The seconds so far, user and system."""
        now = _clocks(self._process)
        return sum(seconds - self._before.get(pid, 0.0) for pid, seconds in now.items())


def memory(process: psutil.Process) -> tuple[float, float]:
    """The memory of a process in MiB: resident, and with its share of shared pages."""
    info = process.memory_full_info()
    return info.rss / MEBIBYTE, info.pss / MEBIBYTE


def memory_of_all(process: psutil.Process) -> float:
    """The resident memory of a process and its children in MiB."""
    return sum(memory(one)[0] for one in (process, *process.children(recursive=True)))


def _clocks(process: psutil.Process) -> dict[int, float]:
    clocks: dict[int, float] = {}
    for one in (process, *process.children(recursive=True)):
        with suppress(OSError):  # it has ended
            clocks[one.pid] = time.clock_gettime(~one.pid << 3 | 2)  # clock_getcpuclockid(3)
    return clocks
