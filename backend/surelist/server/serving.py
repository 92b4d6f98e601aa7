"""uvicorn, on one socket, in one process or in several that share it."""

import errno
import gc
import logging
import multiprocessing
import os
import resource
import signal
import socket
import threading
from multiprocessing.process import BaseProcess
from pathlib import Path

from uvicorn import Config, Server
from uvicorn._types import ASGIApplication
from uvicorn.config import STARTUP_FAILURE
from uvicorn.importer import import_from_string
from uvicorn.supervisors import ChangeReload, Multiprocess

from surelist.errors import ConfigurationError
from surelist.observability import logs
from surelist.observability.metrics import shared_by_workers
from surelist.server.connections import BoundedConnection, set_tcp_user_timeout

APP = "surelist.main:create_app"
PACKAGE = Path(__file__).parents[1]

CONNECTIONS_WAITING = 2048
DESCRIPTORS = 65_536
SECONDS_TO_FINISH = 5
SECONDS_BETWEEN_REQUESTS = 75
"""How long a connection is kept for its next request: longer than the 60 seconds of the usual
proxy, for a request that meets the close of its connection fails."""


def listen(host: str, port: int, option: str = "--port") -> socket.socket:
    """A socket on which clients wait from now on.

    Raises ConfigurationError, which names the command line's `option`, when it cannot be had.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        listener = socket.create_server((host, port), family=family, backlog=CONNECTIONS_WAITING)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise ConfigurationError(
                f"Port {port} on {host} is in use: stop what uses it, or pass another {option}."
            ) from None
        raise ConfigurationError(f"Nothing can listen on {host}: {error.strerror}.") from None
    set_tcp_user_timeout(listener)
    return listener


def run(listener: socket.socket, workers: int, log: logs.Form, *, reload: bool = False) -> None:
    """Serve until a signal says to stop; SystemExit when the app does not start.

    With `reload` there is one worker, which restarts when a module of the package changes.
    """
    _allow_many_connections()
    config = Config(
        "surelist.server.serving:load_app",
        factory=True,
        workers=workers,
        loop="uvloop",
        http=BoundedConnection,
        ws="none",
        lifespan="on",
        log_config=logs.configuration(log),
        access_log=False,
        server_header=False,
        timeout_keep_alive=SECONDS_BETWEEN_REQUESTS,
        timeout_graceful_shutdown=SECONDS_TO_FINISH,
        reload=reload,
        reload_dirs=[str(PACKAGE)] if reload else None,
    )
    if reload:
        ChangeReload(config, target=Server(config).run, sockets=[listener]).run()
        return
    if workers == 1:
        Server(config).run(sockets=[listener])
        return
    supervisor = Workers(config, sockets=[listener])
    with shared_by_workers():
        supervisor.run()
    if any(process.exitcode == STARTUP_FAILURE for process in supervisor.processes):
        raise SystemExit(STARTUP_FAILURE)


def _allow_many_connections() -> None:
    """Raise the usual 1024 descriptors of a process to as many as the system grants."""
    _, granted = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = DESCRIPTORS if granted == resource.RLIM_INFINITY else granted
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, granted))


class Workers(Multiprocess):
    """uvicorn's supervisor; from a signal on nobody waits for a worker that will never come."""

    def terminate_all(self) -> None:
        """Close the port, which stays open while any process holds it, and end the workers."""
        for listener in self.sockets:
            listener.close()
        super().terminate_all()


def load_app() -> ASGIApplication:
    """The app, in a process that ends when the one that started it was killed."""
    logging.captureWarnings(capture=True)
    parent = multiprocessing.parent_process()
    if parent:
        threading.Thread(target=_end_after, args=(parent,), daemon=True).start()
    # What is made here lives to the end: to look through it for garbage, now, later or at exit,
    # would take a sixth of the time to start, and 0.6 s at the end.
    gc.disable()
    app = import_from_string(APP)()
    gc.freeze()
    gc.enable()
    return app


def _end_after(parent: BaseProcess) -> None:
    parent.join()
    os.kill(os.getpid(), signal.SIGTERM)
