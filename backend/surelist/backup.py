"""Backups of every list in one file, by PostgreSQL's own programs (specs/operation.md)."""

import asyncio
import os
import shutil
import subprocess
from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO
from urllib.parse import unquote, urlsplit, urlunsplit

from surelist import database
from surelist.errors import ConfigurationError
from surelist.postgres_programs import ENVIRONMENT, binary

TABLES = (
    "account",
    "agent",
    "alembic_version",
    "conversation",
    "event",
    "message",
    "task",
    "term",
)


_ONLY_NEWER = b"SET transaction_timeout = 0;\n"


def back_up(url: str, path: Path) -> None:
    """Write the lists of the database at `url` to a new file, whole or not at all, mode 0600.

    Raises ConfigurationError when there is a file, or the role there does not see every row.
    """
    tables = [f"--table=public.{table}" for table in TABLES]
    with _new_file(path) as file:
        _run("pg_dump", url, "--format=custom", "--no-owner", "--no-privileges", *tables, out=file)


def refuse_unless_backup(path: Path) -> None:
    """Raise ConfigurationError unless there is a file that PostgreSQL can restore from."""
    with _open(path) as file:
        _run("pg_restore", None, "--list", stdin=file)


def restore(path: Path, *, owner: str, seer: str, app: str) -> None:
    """Fill a database that holds no account, and migrate what was in the file.

    Three addresses of it: `owner` makes the tables, `seer` sees every row, `app` is given its
    rights. Raises ConfigurationError.
    """
    with _open(path) as file:
        if asyncio.run(database.holds_accounts(seer)):
            raise ConfigurationError(
                "This database holds lists already, and a restore never replaces any: "
                "restore into an empty one (another --data, or another DATABASE_URL_DIRECT)."
            )
        database.unmake(owner)
        _run_script(file, owner)
    database.migrate(owner, app)


@contextmanager
def _new_file(path: Path) -> Generator[BinaryIO]:
    unfinished = path.with_name(f"{path.name}.unfinished")
    if path.exists():
        raise ConfigurationError(f"{path} exists, and a backup never replaces a file.")
    unfinished.unlink(missing_ok=True)
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            yield file
            os.fsync(descriptor)
        unfinished.rename(path)
    finally:
        unfinished.unlink(missing_ok=True)


def _open(path: Path) -> BinaryIO:
    try:
        return path.open("rb")
    except FileNotFoundError:
        raise ConfigurationError(f"There is no file {path}.") from None


def _run(
    program: str,
    url: str | None,
    *options: str,
    stdin: BinaryIO | None = None,
    out: BinaryIO | None = None,
) -> None:
    arguments, environment = _libpq(url) if url else ([], {})
    done = subprocess.run(  # noqa: S603
        [binary(program), *options, *arguments],
        stdin=stdin or subprocess.DEVNULL,
        stdout=out or subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        env=ENVIRONMENT | environment,
        check=False,
    )
    if done.returncode:
        raise ConfigurationError(f"{program} failed: {_reason(done.stderr.decode())}")


def _run_script(archive: BinaryIO, url: str) -> None:
    """Run what pg_restore makes of an archive, all of it or nothing.

    Its script sets what only PostgreSQL 17 or newer has, also for older ones, so that pg_restore by
    itself would fail there.
    """
    arguments, environment = _libpq(url)
    script = [binary("pg_restore"), "--file=-", "--no-owner", "--no-privileges"]
    runner = [binary("psql"), "--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", *arguments]
    with (
        subprocess.Popen(  # noqa: S603
            script, stdin=archive, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=ENVIRONMENT
        ) as made,
        subprocess.Popen(  # noqa: S603
            runner,
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            env=ENVIRONMENT | environment,
        ) as run,
    ):
        if not (made.stdout and made.stderr and run.stdin and run.stderr):
            raise RuntimeError("a pipe is missing")
        with suppress(BrokenPipeError):  # psql says why, below
            run.stdin.write(b"BEGIN;\n")
            for line in made.stdout:
                if line == _ONLY_NEWER:
                    break
                run.stdin.write(line)
            shutil.copyfileobj(made.stdout, run.stdin)
            if made.wait() == 0:  # else psql ends without a COMMIT
                run.stdin.write(b"COMMIT;\n")
        with suppress(BrokenPipeError):
            run.stdin.close()
        made.stdout.close()
        if made.wait() > 0:  # below, it was ended by psql's end
            raise ConfigurationError(f"pg_restore failed: {_reason(made.stderr.read().decode())}")
        if run.wait() or made.returncode:
            raise ConfigurationError(f"psql failed: {_reason(run.stderr.read().decode())}")


def _libpq(url: str) -> tuple[list[str], dict[str, str]]:
    """The address for libpq; the password beside it, for other users can see a command line."""
    parts = urlsplit(url.replace("postgresql+asyncpg://", "postgresql://", 1))
    user, _, host = parts.netloc.rpartition("@")
    name = user.partition(":")[0]
    query = "&".join(one for one in parts.query.split("&") if not one.startswith("pgbouncer="))
    without = urlunsplit(parts._replace(netloc=f"{name}@{host}" if user else host, query=query))
    password = unquote(parts.password or "")
    return [f"--dbname={without}"], {"PGPASSWORD": password} if password else {}


def _reason(output: str) -> str:
    if "row-level security" in output:
        return (
            "the role does not see every list. In DATABASE_URL_DIRECT use a superuser, or a role "
            "with BYPASSRLS that may read the tables."
        )
    lines = [line for line in output.strip().splitlines() if "error:" in line]
    return (lines or output.strip().splitlines() or ["it did not say why"])[0]
