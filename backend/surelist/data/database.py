"""Access to PostgreSQL: addresses, the pool, compiled statements, and the schema."""

import asyncio
import ssl
from collections.abc import AsyncGenerator, Generator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias, cast
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

import asyncpg
import orjson
from sqlalchemy.dialects.postgresql import asyncpg as asyncpg_dialect
from sqlalchemy.sql.expression import ClauseElement

from surelist.config import Settings
from surelist.data import citus, wall
from surelist.errors import ConfigurationError, Unavailable
from surelist.observability.transactions import traced_connections

if TYPE_CHECKING:
    from alembic.config import Config
    from sqlalchemy.sql.compiler import SQLCompiler

Pool: TypeAlias = "asyncpg.Pool[asyncpg.Record]"
PooledConnection: TypeAlias = "asyncpg.pool.PoolConnectionProxy[asyncpg.Record]"
Record: TypeAlias = Mapping[str, Any]
"""A row, by the names of its columns."""

Connection: TypeAlias = "asyncpg.Connection[asyncpg.Record]"

MIGRATIONS = Path(__file__).parents[2] / "migrations"
SCHEMA = "0010"
"""The migration that this code requires: the last one in MIGRATIONS."""

DIRECT = "DATABASE_URL_DIRECT or DATABASE_URL"

CONNECT_TIMEOUT = 10.0
"""The timeout of a connect, in seconds. A sleeping Neon database starts in less than one."""

_CONNECTION_FAULTS = (
    asyncpg.PostgresConnectionError,
    asyncpg.CannotConnectNowError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    OSError,
)
_GONE = ("clos", "released back to the pool")
"""Parts of asyncpg's messages for a connection lost between two statements and a closing pool."""

_PASSING_FAULTS = (
    asyncpg.LockNotAvailableError,
    asyncpg.InsufficientResourcesError,
    asyncpg.OperatorInterventionError,
    asyncpg.TransactionRollbackError,
    asyncpg.ReadOnlySQLTransactionError,
)


class Unreachable(ConfigurationError):
    """No PostgreSQL answers at the address, or it refuses the connection."""


class ConnectionLost(Unavailable):
    """The connection to PostgreSQL broke; a new one may work at once."""


@contextmanager
def faults_as_unavailable() -> Generator[None]:
    """Turn the errors of an unavailable, restarting or overloaded database into Unavailable."""
    try:
        yield
    except TimeoutError as fault:  # an OSError too, but a second wait would be no shorter
        raise Unavailable("database_unavailable") from fault
    except _CONNECTION_FAULTS as fault:
        raise ConnectionLost("database_unavailable") from fault
    except _PASSING_FAULTS as fault:
        raise Unavailable("database_unavailable") from fault
    except asyncpg.InternalClientError as fault:  # a farewell came between two statements
        raise ConnectionLost("database_unavailable") from fault
    except asyncpg.InterfaceError as fault:
        if not any(word in str(fault) for word in _GONE):  # any other error is a bug of ours
            raise
        raise ConnectionLost("database_unavailable") from fault


@dataclass(frozen=True, slots=True)
class Statement:
    """A compiled statement: its SQL, and the names of its parameters in order."""

    sql: str
    parameters: tuple[str, ...]
    constants: Mapping[str, Any]

    def arguments(self, values: Mapping[str, Any]) -> list[Any]:
        """The arguments in order. Raises KeyError for a missing one."""
        return [
            values[name] if name in values else self.constants[name] for name in self.parameters
        ]


def compiled(statement: ClauseElement) -> Statement:
    """Compile a SQLAlchemy Core statement once, for asyncpg to run."""
    result = cast("SQLCompiler", statement.compile(dialect=asyncpg_dialect.dialect()))
    constants = {name: bind.value for name, bind in result.binds.items() if not bind.required}
    return Statement(str(result), tuple(result.positiontup or ()), constants)


def connection_arguments(url: str) -> dict[str, Any]:
    """What asyncpg needs to know, from a libpq URL such as Neon's.

    `sslmode` becomes asyncpg's `ssl`; `channel_binding`, which asyncpg would send to the server as
    a setting, is dropped; `pgbouncer=true` (Prisma's word) leaves the statement cache empty. Raises
    ConfigurationError when it is not a PostgreSQL URL.
    """
    parts = urlsplit(url.replace("postgresql+asyncpg://", "postgresql://", 1))
    if parts.scheme not in ("postgresql", "postgres"):
        raise ConfigurationError(
            "DATABASE_URL is not a PostgreSQL address; it should look like "
            "postgresql://user:password@host/database."
        )
    query = dict(parse_qsl(parts.query))
    query.pop("channel_binding", None)
    pgbouncer = query.pop("pgbouncer", "false")
    sslmode = query.pop("sslmode", None)
    arguments: dict[str, Any] = {
        "dsn": urlunsplit(parts._replace(scheme="postgresql", query=urlencode(query)))
    }
    if sslmode in ("verify-ca", "verify-full"):
        arguments["ssl"] = ssl.create_default_context()
    elif sslmode:
        arguments["ssl"] = sslmode
    if pgbouncer == "true":
        arguments["statement_cache_size"] = 0
    return arguments


async def _prepare(connection: Connection) -> None:
    """Nothing is asked of PostgreSQL here: asyncpg knows jsonb's id."""
    await connection.set_type_codec(
        "jsonb",
        schema="pg_catalog",
        encoder=lambda value: b"\x01" + orjson.dumps(value),
        decoder=lambda value: orjson.loads(value[1:]),
        format="binary",
    )


async def _nothing_to_reset(_: object) -> None:
    """No reset: all settings are local to their transaction."""


async def open_pool(
    settings: Settings, url: str = "", *, traced: bool = False, checked: bool = True
) -> Pool:
    """Open this worker's connections, to DATABASE_URL or to the replica at `url`.

    None is made until it is needed. When the database has not been `checked`, the first connection
    does so, and is none otherwise.
    """

    async def prepare(connection: Connection) -> None:
        nonlocal checked
        if not checked:
            try:
                await _check(connection, CONNECT_TIMEOUT)
            except ConfigurationError as fault:  # shown by /readyz, but not to callers
                raise Unavailable("database_unavailable") from fault
            checked = True
        await _prepare(connection)

    arguments = connection_arguments(url or settings.database_url)
    arguments.setdefault("statement_cache_size", settings.statement_cache)
    return await asyncpg.create_pool(
        **arguments,
        min_size=0,
        max_size=settings.pool_size,
        max_inactive_connection_lifetime=240,
        init=prepare,
        reset=_nothing_to_reset,
        connection_class=traced_connections(asyncpg.Connection) if traced else asyncpg.Connection,
        timeout=CONNECT_TIMEOUT,
    )


async def check(url: str, seconds: float = CONNECT_TIMEOUT) -> None:
    """Raise ConfigurationError unless the app can safely work on the database at `url`.

    Raises Unreachable when it does not let us in, or does not say in so many seconds. A pooler lets
    in whomever it knows, and only then looks for PostgreSQL.
    """
    try:
        with faults_as_unavailable():
            async with connected(url, "DATABASE_URL", seconds) as connection:
                await _check(connection, seconds)
    except Unavailable as fault:
        raise Unreachable(
            "The database at DATABASE_URL went away while it was looked at."
        ) from fault


async def _check(connection: Connection, seconds: float) -> None:
    # Not a timeout: asyncpg would then wait for the answer to a ROLLBACK.
    giving_up = asyncio.get_running_loop().call_later(seconds, connection.terminate)
    try:
        # A pooler may give each transaction another of its connections to PostgreSQL.
        async with connection.transaction():
            await _check_role(connection)
            await _check_schema(connection)
            await wall.check(connection)
            await citus.check(connection)
    finally:
        giving_up.cancel()


@asynccontextmanager
async def connected(
    url: str, variable: str, seconds: float = CONNECT_TIMEOUT
) -> AsyncGenerator[Connection]:
    """A connection for a command. Raises Unreachable, which names the `variable` of the address."""
    # No statement runs twice here, so none is prepared: some poolers do not keep them.
    arguments = connection_arguments(url)
    arguments["statement_cache_size"] = 0
    try:
        connection = await asyncpg.connect(**arguments, timeout=seconds)
    except (OSError, ValueError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        raise Unreachable(
            f"The database at {variable} cannot be reached: "
            f"{error or f'no answer in {seconds:g} seconds'}. "
            f"Check the address, the password and that PostgreSQL is running."
        ) from error
    try:
        yield connection
    finally:
        await connection.close(timeout=seconds)


async def _check_role(connection: Connection) -> None:
    role = await connection.fetchrow(
        "SELECT rolname, rolsuper OR rolbypassrls AS bypasses "
        "FROM pg_roles WHERE rolname = current_user"
    )
    if role is None or role["bypasses"]:
        raise ConfigurationError(
            f"The role {role and role['rolname']} in DATABASE_URL is a superuser or has BYPASSRLS, "
            f"so PostgreSQL would not keep users apart. Make one that is neither, with SQL: "
            f"CREATE ROLE surelist_app LOGIN PASSWORD '...' NOBYPASSRLS."
        )


async def _check_schema(connection: Connection) -> None:
    found = None
    if await connection.fetchval("SELECT to_regclass('alembic_version')"):
        try:
            found = await connection.fetchval("SELECT version_num FROM alembic_version")
        except asyncpg.InsufficientPrivilegeError:
            raise ConfigurationError(
                "The role in DATABASE_URL has no right to the tables. Run: surelist migrate, "
                "with that role in DATABASE_URL and the tables' owner in DATABASE_URL_DIRECT."
            ) from None
    if found is None or found < SCHEMA:
        raise ConfigurationError(
            f"The database's schema is {'older than this code' if found else 'not made yet'}. "
            f"Run: surelist migrate."
        )
    _refuse_newer(found)


def _refuse_newer(found: str | None) -> None:
    if found and found > SCHEMA:
        raise ConfigurationError(
            f"The database's schema ({found}) is newer than this code ({SCHEMA}). "
            f"Run the newer version of Surelist."
        )


async def _check_migratable(url: str) -> None:
    async with connected(url, DIRECT) as connection:
        if await connection.fetchval("SELECT to_regclass('alembic_version')"):
            _refuse_newer(await connection.fetchval("SELECT version_num FROM alembic_version"))


def migrate(url: str, app_url: str | None = None, *, revision: str = "head") -> None:
    """Bring the schema at `url` to this code's, and give the role of `app_url` its rights to it.

    With a `revision`, to the schema of that earlier version.

    Raises ConfigurationError when the database cannot be reached or its schema is newer.
    """
    asyncio.run(_check_migratable(url))
    from alembic import command

    command.upgrade(_alembic(url, app_url), revision)


def revisions() -> frozenset[str]:
    """The names of all migrations."""
    from alembic.script import ScriptDirectory

    scripts = ScriptDirectory.from_config(_alembic("", None))
    return frozenset(script.revision for script in scripts.walk_revisions())


def unmake(url: str) -> None:
    """Drop the tables at `url`, with all their rows."""
    from alembic import command

    if asyncio.run(_has(url, "alembic_version")):
        command.downgrade(_alembic(url, None), "base")
        asyncio.run(_run(url, "DROP TABLE alembic_version"))


async def holds_accounts(url: str) -> bool:
    """Whether the database at `url` has accounts. Raises ConfigurationError if rows are hidden."""
    if not await _has(url, "account"):
        return False
    async with connected(url, DIRECT) as connection:
        await connection.execute("SET row_security = off")  # an error, where rows would be hidden
        try:
            return await connection.fetchval("SELECT EXISTS (SELECT 1 FROM account)")
        except asyncpg.InsufficientPrivilegeError:
            raise ConfigurationError(
                f"The role in {DIRECT} cannot see whether there are lists. Use a superuser, a role "
                f"with BYPASSRLS, or a database without Surelist's tables."
            ) from None


async def reach(url: str, variable: str) -> None:
    """Raise ConfigurationError unless a connection to `url` succeeds; it names `variable`."""
    async with connected(url, variable):
        pass


async def is_replica(url: str) -> bool:
    """Whether the database of DATABASE_URL_REPLICA follows another one."""
    async with connected(url, "DATABASE_URL_REPLICA") as connection:
        return await connection.fetchval("SELECT pg_is_in_recovery()")


async def is_distributed(url: str, variable: str) -> bool:
    """Whether users are distributed over the nodes of a Citus cluster."""
    async with connected(url, variable) as connection:
        return bool(await citus.distributed(connection))


async def _has(url: str, table: str) -> bool:
    async with connected(url, DIRECT) as connection:
        return await connection.fetchval("SELECT to_regclass($1) IS NOT NULL", table)


async def _run(url: str, statement: str) -> None:
    async with connected(url, DIRECT) as connection:
        await connection.execute(statement)


def _alembic(url: str, app_url: str | None) -> "Config":
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes |= {"url": url, "app_role": urlsplit(app_url).username if app_url else None}
    return config
