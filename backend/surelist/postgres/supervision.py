"""Restarts PostgreSQL when it exits unexpectedly, as it does on a full disk.

On a full disk it cannot write its WAL and panics. It recovers once there is space, with every
acknowledged commit. Until then, calls fail with 503.
"""

import logging
from collections.abc import Generator
from contextlib import contextmanager
from threading import Event, Thread
from time import monotonic

from surelist.errors import ConfigurationError
from surelist.postgres.process import Postmaster

INITIAL_BACKOFF_SECONDS = 0.5
"""Delay before the first restart. It doubles with each further restart."""

MAX_BACKOFF_SECONDS = 8.0
BACKOFF_RESET_SECONDS = 60.0
"""A run of this length resets the backoff."""

_log = logging.getLogger(__name__)


@contextmanager
def restart_on_exit(postmaster: Postmaster) -> Generator[None]:
    """Restart PostgreSQL whenever it exits, until the block ends."""
    stopping = Event()
    # The kernel stops PostgreSQL when the thread that started it ends (PR_SET_PDEATHSIG), so this
    # thread must outlive PostgreSQL.
    Thread(target=_supervise, args=(postmaster, stopping), daemon=True).start()
    try:
        yield
    finally:
        stopping.set()


def _supervise(postmaster: Postmaster, stopping: Event) -> None:
    backoff = INITIAL_BACKOFF_SECONDS
    while True:
        started = monotonic()
        postmaster.process.wait()
        if stopping.is_set():
            return
        if monotonic() - started > BACKOFF_RESET_SECONDS:
            backoff = INITIAL_BACKOFF_SECONDS
        _log.error("PostgreSQL exited unexpectedly. See postgres.log in the data directory.")
        if stopping.wait(backoff):
            return
        backoff = min(2 * backoff, MAX_BACKOFF_SECONDS)
        try:
            postmaster.restart()
        except (ConfigurationError, OSError):
            continue
        _log.warning("PostgreSQL was restarted.")
