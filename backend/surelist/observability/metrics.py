"""Prometheus metrics. specs/operation.md lists names and labels.

If PROMETHEUS_MULTIPROC_DIR is set when `prometheus_client` is first imported, it keeps values in
files, which are summed over all workers. Otherwise it keeps them in memory.
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

MULTIPROC_DIR = "PROMETHEUS_MULTIPROC_DIR"

CALLS = Counter("surelist_calls", "Calls answered.", ["door", "operation", "outcome"])
CALL_SECONDS = Histogram(
    "surelist_call_seconds",
    "Time to answer a call.",
    ["door", "operation"],
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)
ADMISSION_WAITS = Summary(
    "surelist_admission_wait_seconds", "Time that writes and agents' reads wait in the queue."
)
SHARED_RATE_FAULTS = Counter(
    "surelist_shared_rate_faults",
    "Failed calls to Redis, after which a worker counts by itself.",
)
ARGUMENTS_MENDED = Counter(
    "surelist_arguments_mended",
    "Tool calls with arguments that were corrected.",
    ["client", "kind"],
)
REPLICA_READS = Counter(
    "surelist_replica_reads",
    "Reads for which the replica was asked: answered, behind the primary, or away.",
    ["outcome"],
)
CONNECTIONS_IN_USE = Gauge(
    "surelist_pool_connections_in_use",
    "Connections to PostgreSQL in use.",
    multiprocess_mode="livesum",
)
CONNECTIONS_MAX = Gauge(
    "surelist_pool_connections_max",
    "Maximum number of connections to PostgreSQL.",
    multiprocess_mode="livesum",
)
STREAMS_OPEN = Gauge(
    "surelist_streams_open", "Open streams of the live feed.", multiprocess_mode="livesum"
)
STREAM_WAKES = Counter(
    "surelist_stream_wakes",
    "Users whose streams were woken: by the same worker, by a notification, or by a poll.",
    ["by"],
)
FEED_LISTENING = Gauge(
    "surelist_feed_listening",
    "Workers that hear the database's notifications. The others poll while they have streams.",
    multiprocess_mode="livesum",
)

WEBHOOK_DELIVERIES = Counter(
    "surelist_webhook_deliveries",
    "Attempts to deliver an event to a webhook: delivered, failed, gone (410), or given up.",
    ["outcome"],
)


def count_call(door: str, operation: str, outcome: str, seconds: float) -> None:
    """Count a call and observe its duration."""
    calls, call_seconds = _children(door, operation, outcome)
    calls.inc()
    call_seconds.observe(seconds)


@cache
def _children(door: str, operation: str, outcome: str) -> tuple[Counter, Histogram]:
    """The metrics with these labels, cached because `labels` takes a lock."""
    return CALLS.labels(door, operation, outcome), CALL_SECONDS.labels(door, operation)


@contextmanager
def shared_by_workers() -> Generator[None]:
    """Share metrics between the processes that the block starts."""
    with TemporaryDirectory(prefix="surelist-metrics-") as directory:
        os.environ[MULTIPROC_DIR] = directory
        try:
            yield
        finally:
            del os.environ[MULTIPROC_DIR]


def exposition() -> bytes:
    """The metrics of all workers in the Prometheus text format."""
    directory = os.environ.get(MULTIPROC_DIR)
    if not directory:
        return generate_latest(REGISTRY)
    _remove_gauges_of_dead_workers(Path(directory))
    registry = CollectorRegistry()
    MultiProcessCollector(registry, path=directory)
    return generate_latest(registry)


def _remove_gauges_of_dead_workers(directory: Path) -> None:
    for file in directory.glob("gauge_live*_*.db"):
        pid = int(file.stem.rpartition("_")[2])
        if not psutil.pid_exists(pid):
            file.unlink(missing_ok=True)
