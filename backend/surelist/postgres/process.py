"""PostgreSQL on its data: started, waited for, stopped; and what a killed run left of it, ended."""

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
SOCKET_PATH_BYTES = 103
"""What macOS takes; Linux takes 107."""

SHUTDOWNS = ((signal.SIGINT, 30), (signal.SIGQUIT, 10), (signal.SIGKILL, 10))
"""Fast, immediate, at once; and the seconds that each is given."""


class Postmaster:
    """PostgreSQL on PGDATA: `process`, and another one when it was begun again."""

    def __init__(self, pgdata: Path, settings: Mapping[str, str]) -> None:
        self._pgdata = pgdata
        self._settings = settings
        self._starting = Lock()
        self._stopped = False
        self.process = _start(pgdata, settings)

    def wait_until_ready(self) -> None:
        """Raises ConfigurationError when it ends before it is ready."""
        _wait_until_ready(self.process, self._pgdata)

    def begin_again(self) -> None:
        """Start it anew, once it has ended and unless it was stopped, and wait until it is ready.

        Raises ConfigurationError when it does not start.
        """
        with self._starting:
            if self._stopped:
                return
            self.process = _start(self._pgdata, self._settings)
        self.wait_until_ready()

    def stop(self) -> None:
        """End it for good."""
        with self._starting:
            self._stopped = True
            _stop(self.process)


@contextmanager
def running(pgdata: Path, settings: Mapping[str, str]) -> Generator[tuple[Postmaster, Path]]:
    """Run PostgreSQL on PGDATA until the block is left; beside it, its socket's directory.

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


def reason(output: str) -> str:
    """The line of a program's output that says why it failed."""
    lines = output.strip().splitlines() or ["it did not say why"]
    errors = [line for line in lines if "FATAL:" in line or "error:" in line]
    return (errors or lines)[-1]


def _start(pgdata: Path, settings: Mapping[str, str]) -> children.Process:
    killed = _end_survivors(pgdata)
    options = [f"--{name}={value}" for name, value in settings.items()]
    with private_files.append(_log(pgdata)) as log:
        return children.start(
            command(pgdata, "postgres", "-D", str(pgdata), *options),
            # Whose id some other process may have by now, which PostgreSQL would take for a rival.
            ENVIRONMENT | {"PG_GRANDPARENT_PID": killed},
            stdout=log,
            stderr=log,
            cwd="/",
            # Ctrl-C is for this process, which ends PostgreSQL after the last request.
            alone=True,
        )


def _end_survivors(pgdata: Path) -> str:
    """End what a killed run left of its PostgreSQL, and return the id that its server had."""
    record = _record(pgdata)
    if not record:
        return ""
    survivors = [
        process
        for process in psutil.process_iter(["name", "cwd"])
        if process.info == {"name": "postgres", "cwd": str(pgdata)}
    ]
    for shutdown, patience in SHUTDOWNS:
        for process in survivors:
            with suppress(psutil.NoSuchProcess):
                process.send_signal(shutdown)
        _, survivors = psutil.wait_procs(survivors, timeout=patience)
    return record[0]


def _record(pgdata: Path) -> list[str]:
    """What a running PostgreSQL writes of itself: its process id first, its status last."""
    try:
        return (pgdata / "postmaster.pid").read_text().split()
    except FileNotFoundError:
        return []


def _wait_until_ready(process: children.Process, pgdata: Path) -> None:
    while process.poll() is None:
        record = _record(pgdata)
        if record and (record[0], record[-1]) == (str(process.pid), "ready"):
            return
        time.sleep(0.01)
    log = _log(pgdata)
    raise ConfigurationError(f"PostgreSQL did not start: {reason(log.read_text())} See {log}.")


def _stop(process: children.Process) -> None:
    for shutdown, patience in SHUTDOWNS:
        process.send_signal(shutdown)
        with suppress(children.TimeoutExpired):
            process.wait(patience)
            return


@contextmanager
def _socket_directory(pgdata: Path) -> Generator[Path]:
    """PGDATA itself, or a directory under /tmp where the socket's path could not be given."""
    if len(bytes(pgdata / SOCKET)) <= SOCKET_PATH_BYTES and not {",", '"'} & set(str(pgdata)):
        yield pgdata
        return
    with tempfile.TemporaryDirectory(prefix="surelist-", dir="/tmp") as parent:
        make_directory(Path(parent) / "socket")
        yield Path(parent) / "socket"


def _log(pgdata: Path) -> Path:
    return pgdata.with_name("postgres.log")
