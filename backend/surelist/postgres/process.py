"""Starts and stops PostgreSQL, and stops the processes that a killed run left behind."""

import signal
import tempfile
import time
from collections.abc import Generator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Lock

import psutil

from surelist.errors import ConfigurationError
from surelist.machine import children, private_files
from surelist.postgres.programs import ENVIRONMENT, command, make_directory

SOCKET = ".s.PGSQL.5432"
MAX_SOCKET_PATH_BYTES = 103
"""The limit of macOS. Linux allows 107."""

STOP_SIGNALS = ((signal.SIGINT, 30), (signal.SIGQUIT, 10), (signal.SIGKILL, 10))
"""Fast shutdown, immediate shutdown, kill. Each has this many seconds before the next is sent."""


class Postmaster:
    """The PostgreSQL server on PGDATA. `process` changes when it is restarted."""

    def __init__(self, pgdata: Path, settings: Mapping[str, str]) -> None:
        self._pgdata = pgdata
        self._settings = settings
        self._starting = Lock()
        self._stopped = False
        self.process = _start(pgdata, settings)

    def wait_until_ready(self) -> None:
        """Raises ConfigurationError when the process exits before it is ready."""
        _wait_until_ready(self.process, self._pgdata)

    def restart(self) -> None:
        """Start a new process after the last one exited, and wait until it is ready.

        Does nothing after `stop`. Raises ConfigurationError when PostgreSQL does not start.
        """
        with self._starting:
            if self._stopped:
                return
            self.process = _start(self._pgdata, self._settings)
        self.wait_until_ready()

    def stop(self) -> None:
        """Stop the process and prevent restarts."""
        with self._starting:
            self._stopped = True
            _stop(self.process)


@contextmanager
def run_postmaster(pgdata: Path, settings: Mapping[str, str]) -> Generator[tuple[Postmaster, Path]]:
    """Run PostgreSQL on PGDATA until the block ends; yields it and its socket directory.

    Raises ConfigurationError when it does not start.
    """
    with _socket_directory(pgdata) as sockets:
        quoted = f'"{sockets}"'
        postmaster = Postmaster(pgdata, {**settings, "unix_socket_directories": quoted})
        try:
            postmaster.wait_until_ready()
            yield postmaster, sockets
        finally:
            postmaster.stop()


def error_line(output: str) -> str:
    """The line of a program's output that reports its error."""
    lines = output.strip().splitlines() or ["no output."]
    errors = [line for line in lines if "FATAL:" in line or "error:" in line]
    return (errors or lines)[-1]


def _start(pgdata: Path, settings: Mapping[str, str]) -> children.Process:
    orphan_id = _stop_orphans(pgdata)
    options = [f"--{name}={value}" for name, value in settings.items()]
    with private_files.append(_log_path(pgdata)) as log:
        return children.start(
            command(pgdata, "postgres", "-D", str(pgdata), *options),
            # Another process may have this id now. PostgreSQL would refuse to start because of it.
            ENVIRONMENT | {"PG_GRANDPARENT_PID": orphan_id},
            stdout=log,
            stderr=log,
            cwd="/",
            # Ctrl-C reaches only this process, which stops PostgreSQL after the last request.
            new_session=True,
        )


def _stop_orphans(pgdata: Path) -> str:
    """Stop the PostgreSQL processes of a killed run; returns the id of their postmaster, or ""."""
    record = _read_pid_file(pgdata)
    if not record:
        return ""
    orphans = [
        process
        for process in psutil.process_iter(["name", "cwd"])
        if process.info == {"name": "postgres", "cwd": str(pgdata)}
    ]
    for stop_signal, seconds in STOP_SIGNALS:
        for process in orphans:
            with suppress(psutil.NoSuchProcess):
                process.send_signal(stop_signal)
        _, orphans = psutil.wait_procs(orphans, timeout=seconds)
    return record[0]


def _read_pid_file(pgdata: Path) -> list[str]:
    """The fields of postmaster.pid: process id first, status last. Empty if it does not exist."""
    try:
        return (pgdata / "postmaster.pid").read_text().split()
    except FileNotFoundError:
        return []


def _wait_until_ready(process: children.Process, pgdata: Path) -> None:
    while process.poll() is None:
        record = _read_pid_file(pgdata)
        if record and (record[0], record[-1]) == (str(process.pid), "ready"):
            return
        time.sleep(0.01)
    log = _log_path(pgdata)
    raise ConfigurationError(f"PostgreSQL did not start: {error_line(log.read_text())} See {log}.")


def _stop(process: children.Process) -> None:
    for stop_signal, seconds in STOP_SIGNALS:
        process.send_signal(stop_signal)
        with suppress(children.TimeoutExpired):
            process.wait(seconds)
            return


@contextmanager
def _socket_directory(pgdata: Path) -> Generator[Path]:
    """PGDATA, or a directory in /tmp if PostgreSQL cannot take a socket path in PGDATA."""
    if len(bytes(pgdata / SOCKET)) <= MAX_SOCKET_PATH_BYTES and not {",", '"'} & set(str(pgdata)):
        yield pgdata
        return
    with tempfile.TemporaryDirectory(prefix="surelist-", dir="/tmp") as parent:
        make_directory(Path(parent) / "socket")
        yield Path(parent) / "socket"


def _log_path(pgdata: Path) -> Path:
    return pgdata.with_name("postgres.log")
