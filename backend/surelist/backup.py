"""Backups of lists and people in one file, by PostgreSQL's own programs (specs/operation.md)."""

import asyncio
import shutil
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO
from urllib.parse import unquote, urlsplit, urlunsplit

from surelist import auth_schema, children, database, private_files
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
_NEVER_REPLACES = (
    "This database holds {} already, and a restore never replaces any: "
    "restore into an empty one (another --data, or another DATABASE_URL_DIRECT)."
)


def back_up(url: str, path: Path) -> None:
    """Write the lists and people of a database to a new file, whole or not at all, mode 0600.

    Raises ConfigurationError when there is a file, or the role of `url` does not see every row.
    """
    tables = [f"--table=public.{table}" for table in TABLES] + [f"--table={auth_schema.SCHEMA}.*"]
    with private_files.create(path) as file:
        _run("pg_dump", url, "--format=custom", "--no-owner", "--no-privileges", *tables, out=file)


def holds_people(path: Path) -> bool:
    """Whether people are in a backup, beside lists. Raises ConfigurationError when it is none."""
    with _open(path) as file, tempfile.TemporaryFile() as contents:
        _run("pg_restore", None, "--list", stdin=file, out=contents)
        contents.seek(0)
        return f" TABLE {auth_schema.SCHEMA} ".encode() in contents.read()


def restore(path: Path, *, owner: str, seer: str, app: str, people: str | None) -> None:
    """Fill a database that holds no account and nobody, and migrate what was in the file.

    Addresses of it: `owner` makes the tables, `seer` sees every row, `app` is given its rights, and
    `people` is Better Auth's, if there are people in the file. Raises ConfigurationError.
    """
    with _open(path) as file:
        if asyncio.run(database.holds_accounts(seer)):
            raise ConfigurationError(_NEVER_REPLACES.format("lists"))
        if people and asyncio.run(auth_schema.holds_people(people)):
            raise ConfigurationError(_NEVER_REPLACES.format("people"))
        database.unmake(owner)
        _run_script(file, owner, "--schema=public")
        if people:
            try:
                file.seek(0)
                schema = f"--schema={auth_schema.SCHEMA}"
                _run_script(file, people, schema, "--clean", "--if-exists")
            except BaseException:
                database.unmake(owner)  # all or nothing
                raise
    database.migrate(owner, app)


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
    done = children.run(
        [binary(program), *options, *arguments],
        ENVIRONMENT | environment,
        stdin=stdin or children.DEVNULL,
        stdout=out or children.DEVNULL,
    )
    if done.returncode:
        raise ConfigurationError(f"{program} failed: {_reason(done.stderr.decode())}")


def _run_script(archive: BinaryIO, url: str, *options: str) -> None:
    """Run what pg_restore makes of an archive with these options, all of it or nothing.

    Its script sets what only PostgreSQL 17 or newer has, also for older ones, so that pg_restore by
    itself would fail there.
    """
    arguments, environment = _libpq(url)
    script = [binary("pg_restore"), "--file=-", "--no-owner", "--no-privileges", *options]
    runner = [binary("psql"), "--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", *arguments]
    with (
        children.start(script, ENVIRONMENT, stdin=archive) as made,
        children.start(
            runner, ENVIRONMENT | environment, stdin=children.PIPE, stdout=children.DEVNULL
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
    if f"for schema {auth_schema.SCHEMA}" in output:
        return (
            "the role may not read people. In DATABASE_URL_DIRECT use a superuser, or give the "
            "role pg_read_all_data too."
        )
    lines = [line for line in output.strip().splitlines() if "error:" in line]
    return (lines or output.strip().splitlines() or ["it did not say why"])[0]
