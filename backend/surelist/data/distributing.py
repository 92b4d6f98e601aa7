"""Distributes the tables of users over the nodes of a Citus cluster (docs/scaling.md)."""

import asyncio
from collections.abc import AsyncGenerator, Generator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager

import asyncpg

from surelist.data import tables, wall
from surelist.data.citus import COLUMN, PRESENT, Connection, distributed
from surelist.data.database import DIRECT, SCHEMA, Unreachable, connected
from surelist.errors import ConfigurationError

_WORKERS = """
SELECT count(*) FROM pg_dist_node WHERE isactive AND shouldhaveshards AND noderole = 'primary'
"""
_MIGRATED = "SELECT to_regclass('alembic_version') IS NOT NULL"
_VERSION = "SELECT version_num FROM alembic_version"
_DISTRIBUTE = "SELECT create_distributed_table($1::text::regclass, $2, colocate_with => $3)"
_FORGET_LOCAL = "SELECT truncate_local_data_after_distributing_table($1::text::regclass)"


async def distribute(url: str) -> list[str]:
    """Distribute all tables of users that are not distributed yet, and return their names.

    Moves their rows to the nodes, in one transaction. Raises ConfigurationError.
    """
    async with _citus(url) as connection:
        await _refuse_unless_ready(connection)
        async with connection.transaction():
            made = await _distribute_tables(connection)
            name = await connection.fetchval("SELECT quote_ident(current_database())")
            # The nodes' row-level security reads the user from a SET LOCAL.
            await connection.execute(
                f"ALTER DATABASE {name} SET citus.propagate_set_commands = 'local'"
            )
        for table in reversed(made):  # delete the hidden local copies of the rows
            await connection.execute(_FORGET_LOCAL, table)
        return made


async def undistribute(url: str) -> bool:
    """Move empty tables back to the coordinator. Return whether any was distributed."""
    async with _citus(url) as connection:
        found = False
        while left := await distributed(connection):
            found = True
            await connection.execute(
                "SELECT undistribute_table($1::text::regclass, cascade_via_foreign_keys => true)",
                min(left),
            )
        return found


@contextmanager
def blocking_writes(url: str) -> Generator[None]:
    """Block writes to distributed tables within the block.

    A transaction has its own snapshot on each node, so a dump could contain rows that refer to
    missing rows.
    """
    with asyncio.Runner() as runner:
        stack = AsyncExitStack()
        runner.run(_block_writes(stack, url))
        try:
            yield
        finally:
            runner.run(stack.aclose())


async def _block_writes(stack: AsyncExitStack, url: str) -> None:
    try:
        connection = await stack.enter_async_context(connected(url, DIRECT))
    except Unreachable:  # pg_dump says so
        return
    if not await distributed(connection):
        return
    await stack.enter_async_context(connection.transaction())
    try:
        await connection.execute("LOCK TABLE account IN EXCLUSIVE MODE")
    except asyncpg.InsufficientPrivilegeError:
        await stack.aclose()
        raise ConfigurationError(
            f"The role in {DIRECT} cannot block writes to a distributed database. Use a superuser."
        ) from None


@asynccontextmanager
async def _citus(url: str) -> AsyncGenerator[Connection]:
    async with connected(url, DIRECT) as connection:
        try:
            yield connection
        except asyncpg.PostgresError as error:
            raise ConfigurationError(f"Citus refuses: {error}.") from None


async def _refuse_unless_ready(connection: Connection) -> None:
    if not await connection.fetchval(PRESENT):
        raise ConfigurationError(
            f"The database at {DIRECT} has no Citus. Run CREATE EXTENSION citus in it on every "
            f"node, then citus_add_node for each worker."
        )
    if not await connection.fetchval(_WORKERS):
        raise ConfigurationError(
            "No node of the Citus cluster takes shards. Run citus_add_node for each worker."
        )
    migrated = await connection.fetchval(_MIGRATED)
    if not migrated or await connection.fetchval(_VERSION) != SCHEMA:
        raise ConfigurationError("The database does not have this schema. Run: surelist migrate.")


async def _distribute_tables(connection: Connection) -> list[str]:
    """Distribute each table after those that it refers to, with its rows."""
    already = await distributed(connection)
    names = [model.__name__.lower() for model in tables.in_order()]
    made = [name for name in names if name not in already]
    for name in made:
        group = "none" if name == "account" else "account"
        async with wall.lifted(connection, name):  # the owner copies every row
            rows = await _count(connection, name)
            await connection.execute(_DISTRIBUTE, name, COLUMN, group)
            moved = await _count(connection, name)
        if moved != rows:
            raise ConfigurationError(
                f"{moved} of {rows} rows of {name} reached the nodes. Nothing was changed."
            )
    return made


async def _count(connection: Connection, table: str) -> int:
    return await connection.fetchval(f"SELECT count(*) FROM {table}")  # noqa: S608 (ours)
