"""Restores a backup: creates the tables, then copies the backup's rows (specs/operation.md)."""

import asyncio
from collections.abc import AsyncGenerator, Generator, Iterable
from contextlib import contextmanager
from pathlib import Path
from typing import TypeAlias

import asyncpg

from surelist.data import auth_schema, database, distributing, tables, wall
from surelist.data.database import connection_arguments
from surelist.errors import ConfigurationError
from surelist.operations import archive
from surelist.operations.archive import LISTS

PEOPLE = Path(__file__).with_name("people.sql")
"""The tables of Better Auth's migrations. `make generated` writes the file."""

Connection: TypeAlias = "asyncpg.Connection[asyncpg.Record]"

_NEVER_REPLACES = (
    "This database holds {} already, and a restore never replaces any: "
    "restore into an empty one (another --data, or another DATABASE_URL_DIRECT)."
)
_COLUMNS = """
SELECT attname FROM pg_attribute
WHERE attrelid = to_regclass($1) AND attnum > 0 AND NOT attisdropped AND attgenerated = ''
"""
_TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = $1"


def restore(path: Path, *, owner: str, seer: str, app: str, people: str | None) -> None:
    """Restore a backup into a database without accounts and people, and migrate it.

    The other arguments are addresses of the database for different roles: `owner` creates the
    tables, `seer` sees every row, `app` gets its rights, and `people` is Better Auth's role, if
    the file contains people. Raises ConfigurationError.
    """
    found = archive.tables(path)
    if asyncio.run(database.holds_accounts(seer)):
        raise ConfigurationError(_NEVER_REPLACES.format("lists"))
    if people and asyncio.run(auth_schema.holds_people(people)):
        raise ConfigurationError(_NEVER_REPLACES.format("people"))
    version = _version(path)
    distributed = asyncio.run(distributing.undistribute(owner))
    database.unmake(owner)
    try:
        database.migrate(owner, revision=version)
        asyncio.run(_fill_lists(path, owner, found.get(LISTS, ())))
        if people:
            asyncio.run(_fill_people(path, people, found.get(auth_schema.SCHEMA, ())))
        database.migrate(owner, app)
        if distributed:
            asyncio.run(distributing.distribute(owner))
    except BaseException:
        database.unmake(owner)  # a failed restore leaves no tables
        raise


def _version(path: Path) -> str:
    """The schema version of a backup. Raises ConfigurationError if this code lacks it."""
    with archive.rows(path, LISTS, tables.VERSION) as rows:
        version = b"".join(rows.lines).decode().strip()
    known = database.revisions()
    if version in known:
        return version
    if version > max(known):
        raise ConfigurationError(
            f"{path} is of a newer Surelist: its schema is {version}, and this one knows "
            f"{max(known)}."
        )
    raise ConfigurationError(f"{path} is of no version of Surelist: its schema is {version!r}.")


async def _fill_lists(path: Path, url: str, found: Iterable[str]) -> None:
    """Copy the rows of all lists, as the tables' owner and without FORCE ROW LEVEL SECURITY."""
    found = set(found) - {tables.VERSION}
    names = [model.__name__.lower() for model in tables.in_order()]
    in_order = [name for name in names if name in found]
    if unknown := found - set(in_order):
        raise ConfigurationError(_unknown(path, unknown))
    connection: Connection = await asyncpg.connect(**connection_arguments(url))
    try:
        async with connection.transaction():
            for table in in_order:
                async with wall.lifted(connection, table):
                    await _copy(connection, path, LISTS, table)
    finally:
        await connection.close()


async def _fill_people(path: Path, url: str, found: Iterable[str]) -> None:
    """Create Better Auth's tables again, copy the rows of people, then add foreign keys."""
    statements = PEOPLE.read_text().split("\n\n")
    references = [one for one in statements if " FOREIGN KEY " in one]
    schema = auth_schema.SCHEMA
    connection: Connection = await asyncpg.connect(**connection_arguments(url))
    try:
        async with connection.transaction():
            for (table,) in await connection.fetch(_TABLES, schema):
                quoted = table.replace('"', '""')
                await connection.execute(f'DROP TABLE {schema}."{quoted}" CASCADE')
            with _restore_errors(path, "people"):
                await connection.execute("\n".join(set_apart(statements, references)))
            made = {table for (table,) in await connection.fetch(_TABLES, schema)}
            if unknown := set(found) - made:
                raise ConfigurationError(_unknown(path, unknown))
            for table in found:
                await _copy(connection, path, schema, table)
            with _restore_errors(path, "people"):
                await connection.execute("\n".join(references))
    finally:
        await connection.close()


def set_apart(statements: list[str], others: list[str]) -> list[str]:
    """The statements without `others`, in their order."""
    return [one for one in statements if one not in others]


async def _copy(connection: Connection, path: Path, schema: str, table: str) -> None:
    """Copy the rows of one table. Raises ConfigurationError if a column is unknown."""
    known = {name for (name,) in await connection.fetch(_COLUMNS, f'{schema}."{table}"')}
    with archive.rows(path, schema, table) as rows:
        if unknown := set(rows.columns) - known:
            raise ConfigurationError(_unknown(path, {f"{table}.{name}" for name in unknown}))

        async def lines() -> AsyncGenerator[bytes]:
            for chunk in rows.lines:
                yield chunk

        with _restore_errors(path, table):
            await connection.copy_to_table(
                table, schema_name=schema, columns=rows.columns, source=lines(), format="text"
            )


@contextmanager
def _restore_errors(path: Path, what: str) -> Generator[None]:
    try:
        yield
    except asyncpg.PostgresError as error:
        raise ConfigurationError(f"{what} of {path} cannot be restored: {error}.") from None


def _unknown(path: Path, names: Iterable[str]) -> str:
    return f"{path} holds what this version of Surelist does not know: {', '.join(sorted(names))}."
