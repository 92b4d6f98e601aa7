"""PostgreSQL kept running: begun again when it ends by itself, as it does on a full disk.

It cannot write its log ahead, so it panics, and recovers only when there is room; what it had
acknowledged is then there. Until it is back calls are answered 503.
"""

import logging
from collections.abc import Generator
from contextlib import contextmanager
from threading import Event, Thread
from time import monotonic

from surelist.errors import ConfigurationError
from surelist.postgres.process import Postmaster

FIRST_PAUSE_SECONDS = 0.5
LONGEST_PAUSE_SECONDS = 8.0
STEADY_SECONDS = 60.0
"""After which an end is a new trouble, and no longer the last one."""

_log = logging.getLogger(__name__)


@contextmanager
def kept_running(postmaster: Postmaster) -> Generator[None]:
    """Begin it again whenever it ends, until the block is left."""
    left = Event()
    # PostgreSQL ends with the thread that started it (PR_SET_PDEATHSIG), so this one never returns
    # while there is a PostgreSQL.
    Thread(target=_keep, args=(postmaster, left), daemon=True).start()
    try:
        yield
    finally:
        left.set()


def _keep(postmaster: Postmaster, left: Event) -> None:
    pause = FIRST_PAUSE_SECONDS
    while True:
        began = monotonic()
        postmaster.process.wait()
        if left.is_set():
            return
        if monotonic() - began > STEADY_SECONDS:
            pause = FIRST_PAUSE_SECONDS
        _log.error("PostgreSQL has ended by itself; postgres.log in the data directory may say why")
        if left.wait(pause):
            return
        pause = min(2 * pause, LONGEST_PAUSE_SECONDS)
        try:
            postmaster.begin_again()
        except (ConfigurationError, OSError):
            continue
        _log.warning("PostgreSQL has been started again")
