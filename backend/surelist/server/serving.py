"""Runs uvicorn on one listening socket, with one or more worker processes."""

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

BACKLOG = 2048
"""Connections that the kernel queues until a worker accepts them."""

MAX_OPEN_FILES = 65_536
"""Used where the system sets no limit. Each connection is one open file."""

SHUTDOWN_TIMEOUT_SECONDS = 5
"""Time that open requests have to finish after SIGTERM."""

KEEP_ALIVE_SECONDS = 75
"""Idle time before a connection is closed. Most proxies reuse a connection for 60 seconds, and a
request fails if the server closes at the same time."""


def listen(host: str, port: int, option: str = "--port") -> socket.socket:
    """A listening TCP socket.

    Raises ConfigurationError when the address cannot be bound. The message names `option`, the
    command-line option of the port.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        listener = socket.create_server((host, port), family=family, backlog=BACKLOG)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise ConfigurationError(
                f"Port {port} on {host} is in use. Stop the program that uses it, or pass another "
                f"{option}."
            ) from None
        raise ConfigurationError(f"Cannot listen on {host}: {error.strerror}.") from None
    set_tcp_user_timeout(listener)
    return listener


def run(
    listener: socket.socket, workers: int, log: logs.LogFormat, *, reload: bool = False
) -> None:
    """Serve until SIGINT or SIGTERM. Raises SystemExit when the application does not start.

    With `reload`, one worker runs and restarts when a module of the package changes.
    """
    _raise_open_file_limit()
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
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=SHUTDOWN_TIMEOUT_SECONDS,
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


def _raise_open_file_limit() -> None:
    """Raise the soft limit of open files, usually 1024, to the hard limit."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    soft = MAX_OPEN_FILES if hard == resource.RLIM_INFINITY else hard
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


class Workers(Multiprocess):
    """uvicorn's supervisor, which closes its listening socket before it stops the workers."""

    def terminate_all(self) -> None:
        """Stop the workers.

        The supervisor's own socket would keep the port open: clients would connect and wait for
        a worker that never accepts.
        """
        for listener in self.sockets:
            listener.close()
        super().terminate_all()


def load_app() -> ASGIApplication:
    """The application. A worker exits when its supervisor is killed."""
    logging.captureWarnings(capture=True)
    parent = multiprocessing.parent_process()
    if parent:
        threading.Thread(target=_exit_after, args=(parent,), daemon=True).start()
    # These objects live as long as the process. Collecting garbage among them takes a sixth of the
    # start-up time, and 0.6 s at exit.
    gc.disable()
    app = import_from_string(APP)()
    gc.freeze()
    gc.enable()
    return app


def _exit_after(parent: BaseProcess) -> None:
    parent.join()
    os.kill(os.getpid(), signal.SIGTERM)
