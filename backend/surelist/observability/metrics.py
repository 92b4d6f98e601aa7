"""What Prometheus reads; names and labels are in specs/operation.md.

`prometheus_client` chooses when it is first imported between memory and, when
PROMETHEUS_MULTIPROC_DIR is set, files that all workers' numbers are summed from.
"""

import os
from collections.abc import Generator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import psutil
from prometheus_client import REGISTRY, CollectorRegistry, Counter, Gauge, Histogram, Summary
from prometheus_client.exposition import generate_latest
from prometheus_client.multiprocess import MultiProcessCollector

SHARED = "PROMETHEUS_MULTIPROC_DIR"

CALLS = Counter("surelist_calls", "Calls answered.", ["door", "operation", "outcome"])
CALL_SECONDS = Histogram(
    "surelist_call_seconds",
    "Time to answer a call.",
    ["door", "operation"],
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)
ADMISSION_WAITS = Summary(
    "surelist_admission_wait_seconds", "Waits of writes and agents' reads for their turn."
)
SHARED_RATE_FAULTS = Counter(
    "surelist_shared_rate_faults",
    "Times that Redis did not answer, so that a worker counted alone.",
)
ARGUMENTS_MENDED = Counter(
    "surelist_arguments_mended",
    "Tool calls with arguments that were not in their strict form, and were understood.",
    ["client", "kind"],
)
CONNECTIONS_IN_USE = Gauge(
    "surelist_pool_connections_in_use",
    "Connections to PostgreSQL that work.",
    multiprocess_mode="livesum",
)
CONNECTIONS_MAX = Gauge(
    "surelist_pool_connections_max",
    "Connections to PostgreSQL that there may be.",
    multiprocess_mode="livesum",
)


def count_call(door: str, operation: str, outcome: str, seconds: float) -> None:
    """Count a call that took `seconds`."""
    calls, call_seconds = _children(door, operation, outcome)
    calls.inc()
    call_seconds.observe(seconds)


@cache
def _children(door: str, operation: str, outcome: str) -> tuple[Counter, Histogram]:
    """What counts such a call, found without the lock that `labels` takes."""
    return CALLS.labels(door, operation, outcome), CALL_SECONDS.labels(door, operation)


@contextmanager
def shared_by_workers() -> Generator[None]:
    """Have the processes that are started meanwhile count together."""
    with TemporaryDirectory(prefix="surelist-metrics-") as directory:
        os.environ[SHARED] = directory
        try:
            yield
        finally:
            del os.environ[SHARED]


def exposition() -> bytes:
    """Every metric of every worker, as Prometheus text."""
    directory = os.environ.get(SHARED)
    if not directory:
        return generate_latest(REGISTRY)
    _forget_the_dead(Path(directory))
    registry = CollectorRegistry()
    MultiProcessCollector(registry, path=directory)
    return generate_latest(registry)


def _forget_the_dead(directory: Path) -> None:
    for file in directory.glob("gauge_live*_*.db"):
        pid = int(file.stem.rpartition("_")[2])
        if not psutil.pid_exists(pid):
            file.unlink(missing_ok=True)
