"""Writes a backup of lists and people to one file, with pg_dump (specs/operation.md)."""

from pathlib import Path
from urllib.parse import unquote, urlsplit, urlunsplit

from surelist.data import auth_schema, distributing, tables
from surelist.machine import private_files
from surelist.operations import archive


def back_up(url: str, path: Path) -> None:
    """Write the lists and people of a database to a new file with mode 0600.

    A failed backup leaves no file. Raises ConfigurationError when the file exists, or when the role
    of `url` cannot see every row.
    """
    named = [f"--table={archive.LISTS}.{table}" for table in (*tables.of_users(), tables.VERSION)]
    arguments, environment = libpq(url)
    options = ("--format=custom", "--encoding=UTF8", "--no-owner", "--no-privileges", *named)
    with private_files.create(path) as file, distributing.blocking_writes(url):
        people = f"--table={auth_schema.SCHEMA}.*"
        archive.run("pg_dump", environment, *options, people, *arguments, out=file)


def holds_people(path: Path) -> bool:
    """Whether a backup contains people. Raises ConfigurationError when the file is no backup."""
    return auth_schema.SCHEMA in archive.tables(path)


def libpq(url: str) -> tuple[list[str], dict[str, str]]:
    """libpq's arguments for a URL, and its password in the environment.

    Other users of the machine can see a command line, but not its environment.
    """
    parts = urlsplit(url.replace("postgresql+asyncpg://", "postgresql://", 1))
    user, _, host = parts.netloc.rpartition("@")
    name = user.partition(":")[0]
    query = "&".join(one for one in parts.query.split("&") if not one.startswith("pgbouncer="))
    without = urlunsplit(parts._replace(netloc=f"{name}@{host}" if user else host, query=query))
    password = unquote(parts.password or "")
    return [f"--dbname={without}"], {"PGPASSWORD": password} if password else {}
