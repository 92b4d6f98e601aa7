"""The embedded PostgreSQL needs passwords and ends with its parent process."""

import os
import shutil
import subprocess
import sys
from collections.abc import Generator
from pathlib import Path

import asyncpg
import psutil
import pytest

from surelist.errors import ConfigurationError
from surelist.postgres.embedded import APP_ROLE, DATABASE, OWNER_ROLE, SUPERUSER, postgres

SERVE = """
import sys
from collections.abc import Generator
from pathlib import Path
from surelist.postgres import embedded
from surelist.postgres import process as postgres_process
if "orphan" in sys.argv:
    command = postgres_process.command
    postgres_process.command = lambda *words: [w for w in command(*words) if "pdeathsig" not in w]
with embedded.postgres(Path(sys.argv[1]), durable=False) as server:
    print(server.process.pid, flush=True)
    sys.stdin.read()
"""


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data directory that has been started once."""
    data = tmp_path_factory.mktemp("embedded") / "data"
    with postgres(data, durable=False):
        return data


@pytest.fixture
def moved(data: Path, tmp_path: Path, request: pytest.FixtureRequest) -> Generator[Path]:
    """The same directory under another name, for one test."""
    yield (moved := data.rename(tmp_path / request.param))
    moved.rename(data)


async def fetch(url: str, query: str):
    connection = await asyncpg.connect(url)
    try:
        return await connection.fetch(query)
    finally:
        await connection.close()


def start_in_a_process(data: Path, *options: str) -> tuple[subprocess.Popen[str], psutil.Process]:
    parent = subprocess.Popen(
        [sys.executable, "-c", SERVE, data, *options],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert parent.stdout
    return parent, psutil.Process(int(parent.stdout.readline()))


def kill(parent: subprocess.Popen[str]) -> None:
    with parent:
        parent.kill()


async def test_the_app_role_cannot_bypass_isolation_or_create_objects(data: Path):
    with postgres(data, durable=False) as server:
        (role,) = await fetch(
            server.url(),
            "SELECT rolname, current_database(),"
            " rolsuper, rolbypassrls, rolcreatedb, rolcreaterole,"
            " has_schema_privilege('public', 'CREATE') AS makes_tables,"
            " has_database_privilege(current_database(), 'TEMP') AS makes_temporary_tables"
            " FROM pg_roles WHERE rolname = current_user",
        )
    assert tuple(role) == (APP_ROLE, DATABASE, False, False, False, False, False, False)


async def test_every_role_needs_its_password(data: Path):
    with postgres(data, durable=False) as server:
        for role in (APP_ROLE, OWNER_ROLE, SUPERUSER):
            assert await fetch(server.url(role), "SELECT current_user") == [(role,)]
            wrong = server.url(role).replace(server.passwords[role], "guess")
            with pytest.raises(asyncpg.InvalidPasswordError):
                await asyncpg.connect(wrong)
        rules = await fetch(server.url(SUPERUSER), "SELECT auth_method FROM pg_hba_file_rules")
        assert set(rules) == {("scram-sha-256",)}


async def test_it_listens_only_on_a_socket_that_other_users_cannot_open(
    data: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("PGPORT", "6000")
    with postgres(data, durable=False) as server:
        connections = psutil.Process(server.process.pid).net_connections("inet")
        assert connections == []
        assert (server.socket_directory / ".s.PGSQL.5432").is_socket()
    for path in (data, data / "postgres"):
        assert path.stat().st_mode & 0o777 == 0o700
    assert (data / "roles.json").stat().st_mode & 0o777 == 0o600


async def test_data_survives_a_restart(data: Path):
    with postgres(data, durable=False) as server:
        await fetch(server.url(OWNER_ROLE), "CREATE TABLE note AS SELECT 'milk' AS words")
    with postgres(data, durable=False) as server:
        assert await fetch(server.url(OWNER_ROLE), "SELECT words FROM note") == [("milk",)]


async def test_it_is_durable_by_default(data: Path):
    with postgres(data) as server:
        assert await fetch(server.url(), "SHOW fsync") == [("on",)]


def test_a_directory_in_use_is_refused_with_the_process_id(data: Path):
    with postgres(data, durable=False):
        with pytest.raises(ConfigurationError) as refusal, postgres(data, durable=False):
            pass
        assert str(refusal.value) == f"{data} is in use by process {os.getpid()}."


def test_an_exception_in_the_block_stops_it(data: Path):
    with pytest.raises(ZeroDivisionError), postgres(data, durable=False) as server:
        _ = 1 / 0
    assert not psutil.pid_exists(server.process.pid)


@pytest.mark.skipif(not shutil.which("setpriv"), reason="only Linux ends a child with its parent")
def test_it_ends_when_its_parent_is_killed(data: Path):
    parent, server = start_in_a_process(data)
    kill(parent)
    server.wait(timeout=10)


async def test_orphans_of_a_killed_run_are_stopped(data: Path):
    parent, orphan = start_in_a_process(data, "orphan")
    kill(parent)
    assert orphan.is_running()
    with postgres(data, durable=False) as server:
        assert not orphan.is_running()
        assert await fetch(server.url(), "SELECT 1") == [(1,)]


async def test_a_start_recovers_from_a_killed_postgresql(data: Path):
    parent, server = start_in_a_process(data, "orphan")
    kill(parent)
    server.kill()
    with postgres(data, durable=False) as second:
        assert await fetch(second.url(), "SELECT 1") == [(1,)]


def test_another_process_with_the_old_id_is_not_stopped(data: Path):
    owner = (data / "postgres").stat()
    with subprocess.Popen(["sleep", "60"], user=owner.st_uid) as bystander:
        record = data / "postgres" / "postmaster.pid"
        record.write_text(f"{bystander.pid}\n{data / 'postgres'}\n1790000000\n5432\n\n\n  0  0\n")
        os.chown(record, owner.st_uid, owner.st_gid)
        with postgres(data, durable=False):
            assert bystander.poll() is None
        bystander.terminate()


@pytest.mark.parametrize(
    "moved", ["with spaces and ü", "with, \"these'", "long" * 30], indirect=True
)
async def test_any_path_works(moved: Path):
    with postgres(moved, durable=False) as server:
        assert await fetch(server.url(), "SELECT 1") == [(1,)]
    assert not (server.socket_directory / ".s.PGSQL.5432").exists()


def test_an_interrupted_first_start_is_repeated(tmp_path: Path):
    unfinished = tmp_path / "postgres.unfinished"
    unfinished.mkdir()
    (unfinished / "PG_VERSION").write_text("18")
    with postgres(tmp_path, durable=False):
        assert not unfinished.exists()


def test_a_missing_password_file_is_named(data: Path):
    roles = data / "roles.json"
    away = roles.rename(roles.with_suffix(".away"))
    with pytest.raises(ConfigurationError) as refusal, postgres(data, durable=False):
        pass
    assert str(refusal.value).startswith(f"{roles} is missing or incomplete.")
    away.rename(roles)


def test_a_failed_start_quotes_the_error_of_postgresql(data: Path):
    configuration = data / "postgres" / "postgresql.conf"
    ours = configuration.read_text()
    configuration.write_text("no_such_setting = 1\n")
    with pytest.raises(ConfigurationError) as refusal, postgres(data, durable=False):
        pass
    assert "FATAL:  configuration file" in str(refusal.value)
    configuration.write_text(ours)
