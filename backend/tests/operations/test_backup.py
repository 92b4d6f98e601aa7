"""A restore of a backup gives the same data, and neither overwrites anything."""

import asyncio
import os
import subprocess
from pathlib import Path

import asyncpg
import pytest

from surelist.data import auth_schema
from surelist.data.database import migrate
from surelist.errors import ConfigurationError
from surelist.machine import children, private_files
from surelist.operations import restoring
from surelist.operations.backup import back_up
from surelist.operations.restoring import restore
from surelist.postgres import embedded
from surelist.postgres.embedded import APP_ROLE, OWNER_ROLE, SUPERUSER
from tests.support.copies import Copy
from tests.support.observing import Caller
from tests.support.server import SURELIST, RunningServer, environment, serving

TABLES_OF_PEOPLE = restoring.PEOPLE.read_text()
ANN = """
INSERT INTO auth."user" (id, name, email, "emailVerified", "createdAt", "updatedAt")
VALUES ('u1', 'Ann', 'ann@example.com', true, now(), now());
"""


def surelist(*arguments: str | Path, **settings: str) -> subprocess.CompletedProcess[str]:
    command = [SURELIST, *arguments]
    return subprocess.run(
        command, env=environment() | settings, capture_output=True, text=True, check=False
    )


def whole_list(server: RunningServer) -> tuple[object, ...]:
    with Caller(server, server.token("ann", "reader", "--owner")) as ann:
        return (
            ann.rest("GET", "/tasks").json(),
            ann.rest("GET", "/tasks?status=deleted").json(),
            ann.rest("GET", "/events").json()["events"],
        )


def test_a_backup_of_a_running_server_restored_elsewhere_is_the_same_list(tmp_path: Path) -> None:
    file = tmp_path / "lists.backup"
    with serving(tmp_path / "first", workers=1) as first:
        with Caller(first, first.token("ann")) as ann:
            for title in ("Milk", "Bröd", "Äpplen"):
                ann.tool("add_task", title=title, tags=["shop"], due="2030-01-01")
            ann.tool("complete_task", task_id=1)
            ann.tool("delete_task", task_id=2)
        made = surelist("backup", file, "--data", first.data)
        assert (made.returncode, made.stdout, made.stderr) == (0, "", "")
        kept = whole_list(first)
    assert file.stat().st_mode & 0o777 == 0o600
    assert [path.name for path in tmp_path.glob("lists.backup*")] == ["lists.backup"]
    restored = surelist("restore", file, "--data", tmp_path / "second")
    assert (restored.returncode, restored.stderr) == (0, "")
    with serving(tmp_path / "second", workers=1) as second:
        assert whole_list(second) == kept
        with Caller(second, second.token("ann")) as ann:
            added = ann.tool("add_task", title="Next")["structuredContent"]
        assert (added["task_id"], added["version"]) == (4, 6)
    again = surelist("restore", file, "--data", tmp_path / "second")
    assert again.returncode == 2
    assert "holds lists already" in again.stderr
    twice = surelist("backup", file, "--data", tmp_path / "second")
    assert (twice.returncode, "never replaces a file" in twice.stderr) == (2, True)


async def test_people_are_restored_with_their_lists_and_to_their_own_role(tmp_path: Path) -> None:
    file = tmp_path / "all.backup"
    with embedded.postgres(tmp_path / "first") as first:
        await asyncio.to_thread(migrate, first.url(OWNER_ROLE), first.url())
        people = await auth_schema.make(first)
        await run(people, TABLES_OF_PEOPLE + ANN)
        await run(first.url(SUPERUSER), "INSERT INTO account (user_id) VALUES ('u1')")
        await asyncio.to_thread(back_up, first.url(SUPERUSER), file)
    restored = await asyncio.to_thread(surelist, "restore", file, "--data", tmp_path / "second")
    assert (restored.returncode, restored.stderr) == (0, "")
    again = await asyncio.to_thread(surelist, "restore", file, "--data", tmp_path / "second")
    assert "holds lists already" in again.stderr
    with embedded.postgres(tmp_path / "second") as second:
        people = await auth_schema.make(second)
        await run(people, 'UPDATE auth."user" SET email = email')
        assert await auth_schema.make_reset_token(people, "ann@example.com")
        await run(second.url(SUPERUSER), "DELETE FROM account")
    again = await asyncio.to_thread(surelist, "restore", file, "--data", tmp_path / "second")
    assert "holds people already" in again.stderr


async def test_people_need_an_address_to_be_restored_to(copy: Copy, tmp_path: Path) -> None:
    await copy.run(f"CREATE SCHEMA auth; {TABLES_OF_PEOPLE} {ANN}")
    file = tmp_path / "file"
    await asyncio.to_thread(back_up, copy.url(SUPERUSER), file)
    settings = {
        "DATABASE_URL": copy.url(),
        "DATABASE_URL_DIRECT": copy.url(SUPERUSER),
        "BETTER_AUTH_SECRET": "x" * 32,
    }
    assert "Set AUTH_DATABASE_URL" in surelist("restore", file, **settings).stderr


async def run(url: str, statements: str) -> None:
    connection = await asyncpg.connect(url)
    await connection.execute(statements)
    await connection.close()


def test_of_two_backups_to_one_file_the_first_to_finish_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "file"

    def race() -> None:
        with private_files.create(path) as second:
            second.write(b"second")
            with private_files.create(path) as first:
                first.write(b"first")

    with pytest.raises(ConfigurationError, match="never replaces"):
        race()
    assert path.read_bytes() == b"first"
    assert [one.name for one in tmp_path.iterdir()] == ["file"]


def test_a_file_that_is_no_backup_of_surelist_is_refused_in_one_line(tmp_path: Path) -> None:
    wrong = tmp_path / "wrong"
    wrong.write_text("hello")
    for arguments, words in (
        (("restore", wrong), "pg_restore failed"),
        (("restore", tmp_path / "missing"), "There is no file"),
        (("backup", tmp_path / "new"), "There is no Surelist in"),
    ):
        result = surelist(*arguments, "--data", tmp_path / "data")
        assert result.returncode == 2
        assert words in result.stderr
        assert result.stderr.count("\n") == 1
    assert not (tmp_path / "new").exists()


async def test_a_role_that_does_not_see_every_list_makes_no_backup(
    copy: Copy, tmp_path: Path
) -> None:
    for role in (APP_ROLE, OWNER_ROLE):
        with pytest.raises(ConfigurationError, match="BYPASSRLS"):
            await asyncio.to_thread(back_up, copy.url(role), tmp_path / role)
    assert os.listdir(tmp_path) == []  # noqa: PTH208


async def test_a_database_of_the_operators_is_backed_up_and_restored_too(
    copy: Copy, tmp_path: Path
) -> None:
    await copy.run("INSERT INTO account (user_id, last_task) VALUES ('ann', 7)")
    settings = {
        "DATABASE_URL": copy.url(),
        "DATABASE_URL_DIRECT": copy.url(SUPERUSER),
        "BETTER_AUTH_SECRET": "x" * 32,
    }
    file = tmp_path / "file"
    assert surelist("backup", file, **settings).returncode == 0
    assert "holds lists already" in surelist("restore", file, **settings).stderr
    blind = settings | {"DATABASE_URL_DIRECT": copy.url(OWNER_ROLE)}
    assert "cannot see whether there are lists" in surelist("restore", file, **blind).stderr
    await copy.run("DELETE FROM account")
    restored = surelist("restore", file, **settings)
    assert (restored.returncode, restored.stderr) == (0, "")
    assert [tuple(row) for row in await copy.rows("SELECT user_id, last_task FROM account")] == [
        ("ann", 7)
    ]
    assert await copy.rows("SELECT * FROM account", role=APP_ROLE) == []


async def test_a_truncated_backup_restores_nothing(copy: Copy, tmp_path: Path) -> None:
    await copy.run(
        "INSERT INTO account (user_id) SELECT 'user-' || n || md5(n::text) "
        "FROM generate_series(1, 20000) AS n"
    )
    file = tmp_path / "file"
    await asyncio.to_thread(back_up, copy.url(SUPERUSER), file)
    await copy.run("DELETE FROM account")
    os.truncate(file, file.stat().st_size // 2)
    addresses = {
        "owner": copy.url(OWNER_ROLE),
        "seer": copy.url(SUPERUSER),
        "app": copy.url(),
        "people": None,
    }
    with pytest.raises(ConfigurationError, match="pg_restore failed"):
        await asyncio.to_thread(lambda: restore(file, **addresses))
    assert await copy.rows("SELECT FROM account") == []


def test_a_password_is_not_on_the_command_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = []

    def run(command: list[str], environment: dict[str, str], **_: object) -> object:
        seen.append((command, environment))
        return subprocess.CompletedProcess(command, 0, b"", b"")

    monkeypatch.setattr(children, "run", run)
    back_up("postgresql+asyncpg://u:p%40ss@host/db?sslmode=require", tmp_path / "file")
    ((command, env),) = seen
    assert "--dbname=postgresql://u@host/db?sslmode=require" in command
    assert not any("p%40ss" in part or "p@ss" in part for part in command)
    assert env["PGPASSWORD"] == "p@ss"
