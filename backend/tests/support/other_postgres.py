"""Another PostgreSQL than the embedded one for the tests' cluster, and PgBouncer before it.

`SURELIST_TEST_POSTGRES` names the directory of another version's programs, and
`SURELIST_TEST_PGBOUNCER` a PgBouncer: in transaction mode, with the next connection for each
transaction, and keeping no prepared statements, as the oldest of them do.
"""

import os
import signal
import subprocess
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from surelist.postgres.embedded import (
    APP_ROLE,
    DATABASE,
    NOT_DURABLE,
    OWNER_ROLE,
    SETTINGS,
    SUPERUSER,
    Cluster,
    postgres,
)
from surelist.postgres.programs import ENVIRONMENT, command, make_directory
from tests.support.citus_nodes import CITUS_URL, citus

PROGRAMS = os.environ.get("SURELIST_TEST_POSTGRES")
PGBOUNCER = os.environ.get("SURELIST_TEST_PGBOUNCER")

PASSWORDS = {SUPERUSER: "of-the-superuser", OWNER_ROLE: "of-the-owner", APP_ROLE: "of-the-app"}
NEWER = {"io_method"}
"""Settings that older versions do not have."""

START_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Pooled(Cluster):
    """A PostgreSQL that the app reaches through a pooler, and everybody else directly."""

    pooler: Path

    def url(self, role: str = APP_ROLE, database: str = DATABASE) -> str:
        """The address of `database` for that role."""
        if role != APP_ROLE:
            return Cluster.url(self, role, database)
        host = quote(str(self.pooler), safe="")
        place = f"{role}:{self.passwords[role]}@/{database}?host={host}&port=6432"
        return f"postgresql://{place}&pgbouncer=true"


@contextmanager
def any_postgres(scratch: Path) -> Generator[Cluster]:
    """The cluster that the environment asks for: by default the embedded PostgreSQL, directly."""
    if CITUS_URL:
        with citus(CITUS_URL) as nodes:
            yield nodes
        return
    with _postgres(scratch) as cluster:
        if not PGBOUNCER:
            yield cluster
            return
        with _pgbouncer(PGBOUNCER, cluster, scratch / "pgbouncer") as pooled:
            yield pooled


@contextmanager
def _postgres(scratch: Path) -> Generator[Cluster]:
    if not PROGRAMS:
        with postgres(scratch / "data", durable=False) as server:
            yield server
        return
    pgdata = scratch / "postgres"
    make_directory(pgdata)
    _create(Path(PROGRAMS), pgdata)
    settings = {**SETTINGS, **NOT_DURABLE, "unix_socket_directories": str(pgdata)}
    options = [f"--{name}={value}" for name, value in settings.items() if name not in NEWER]
    program = f"{PROGRAMS}/postgres"
    record = pgdata / "postmaster.pid"
    with _program(
        *(pgdata, scratch, program, "-D", str(pgdata), *options),
        is_ready=lambda: record.exists() and record.read_text().rstrip().endswith("ready"),
    ):
        yield Cluster(pgdata, PASSWORDS)


def _create(programs: Path, pgdata: Path) -> None:
    """As `surelist.postgres.embedded` does, but for what older versions do not have."""
    initdb = (f"{programs}/initdb", "-D", str(pgdata), f"--username={SUPERUSER}", "--auth=reject")
    locale = ("--encoding=UTF8", "--locale=C.UTF-8")
    alone = (f"{programs}/postgres", "--single", "-D", str(pgdata), "-c", "exit_on_error=true")
    passwords = [
        f"CREATE ROLE {role} LOGIN PASSWORD '{PASSWORDS[role]}'" for role in (OWNER_ROLE, APP_ROLE)
    ]
    statements = [
        f"ALTER ROLE {SUPERUSER} PASSWORD '{PASSWORDS[SUPERUSER]}'",
        *passwords,
        f"CREATE DATABASE {DATABASE} OWNER {OWNER_ROLE}",
        f"REVOKE ALL ON DATABASE {DATABASE} FROM PUBLIC",
        f"GRANT CONNECT ON DATABASE {DATABASE} TO {APP_ROLE}",
    ]
    for words, said in ((initdb + locale, ""), ((*alone, SUPERUSER), "\n".join(statements) + "\n")):
        subprocess.run(
            command(pgdata, *words),
            input=said,
            text=True,
            capture_output=True,
            cwd="/",
            env=ENVIRONMENT,
            check=True,
        )
    (pgdata / "pg_hba.conf").write_text("local all all scram-sha-256\n")


@contextmanager
def _pgbouncer(program: str, cluster: Cluster, directory: Path) -> Generator[Pooled]:
    make_directory(directory)
    (directory / "users.txt").write_text(f'"{SUPERUSER}" "{cluster.passwords[SUPERUSER]}"\n')
    (directory / "pgbouncer.ini").write_text(f"""\
[databases]
* = host={cluster.socket_directory} port=5432
[pgbouncer]
listen_port = 6432
unix_socket_dir = {directory}
pool_mode = transaction
server_round_robin = 1
max_client_conn = 1000
default_pool_size = 20
auth_type = scram-sha-256
auth_file = {directory}/users.txt
auth_user = {SUPERUSER}
auth_query = SELECT usename, passwd FROM pg_shadow WHERE usename = $1
""")
    ini = str(directory / "pgbouncer.ini")
    socket = directory / ".s.PGSQL.6432"
    with _program(directory, directory.parent, program, ini, is_ready=socket.exists):
        yield Pooled(cluster.socket_directory, cluster.passwords, directory)


@contextmanager
def _program(
    directory: Path, scratch: Path, program: str, *arguments: str, is_ready: Callable[[], bool]
) -> Generator[None]:
    """Run a program as the owner of `directory`, from when it is ready."""
    with (scratch / f"{directory.name}.log").open("wb") as log:
        process = subprocess.Popen(
            command(directory, program, *arguments),
            stdout=log,
            stderr=log,
            cwd="/",
            env=ENVIRONMENT,
            start_new_session=True,
        )
        try:
            end = time.monotonic() + START_SECONDS
            while not is_ready():
                assert process.poll() is None, f"{program} ended: {Path(log.name).read_text()}"
                assert time.monotonic() < end, f"{program} does not start"
                time.sleep(0.05)
            yield
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(START_SECONDS)
