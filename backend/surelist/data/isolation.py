"""Enforces user isolation: the only access to the data.

Every transaction of the app is opened here and belongs to one user. Three things keep it so: the
principal comes from a verified token; statements are built from `user_rows`, `user_insert`,
`user_update` and `user_delete`, which carry the user's filter or stamp; and the transaction begins
by naming the user to PostgreSQL, whose row-level security shows it no other user's rows.
"""

import asyncio
import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from typing import Any, Protocol, TypeVar, cast

import asyncpg
from sqlalchemy import (
    Delete,
    Table,
    Text,
    Update,
    bindparam,
    delete,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import Insert, insert
from sqlalchemy.sql.selectable import Subquery
from sqlmodel import SQLModel

from surelist.access.allowances import Quotas, Rate, Rates
from surelist.access.auth import USER_ID, Principal
from surelist.config import Settings
from surelist.data.database import (
    ConnectionLost,
    Pool,
    PooledConnection,
    Record,
    Statement,
    faults_as_unavailable,
)
from surelist.data.deadlines import Deadlines
from surelist.data.queues import Turns
from surelist.errors import BeingErased, Conflict, Unavailable
from surelist.observability.metrics import CONNECTIONS_IN_USE, REPLICA_READS

T = TypeVar("T")
Work = Callable[["UserTransaction"], Awaitable[T]]


_IN_ORDER = "SET LOCAL enable_sort = off; SET LOCAL enable_seqscan = off"
"""Every order has an index, but with old or missing statistics PostgreSQL would sort instead. The
rows of a user are not stored together: for a user with many of all rows, PostgreSQL would scan the
rows of others too."""

_NO_SYNC = "SET LOCAL synchronous_commit = off; "
"""Reads record `last_used_at`. Losing that in a crash is acceptable: do not wait for the WAL."""

TRANSACTION_TIMEOUT = 30.0
"""Seconds for one transaction. It frees the connections of a PostgreSQL that no longer answers."""

POOL_TIMEOUT = 2.0
"""Seconds to wait for a free connection, the time of hundreds of transactions. A longer wait rarely
succeeds: fail early with 503 and Retry-After."""

ROLLBACK_TIMEOUT = 2.0
"""Seconds for a ROLLBACK, which may wait until a statement is cancelled."""

REPLICATED = "tasks:read"
"""The scope of reads that a replica may answer. Every change of what they return is an event."""

_LAST_EVENT_OF = "SELECT last_event_of($1)"
_LAST_EVENTS_OF = (
    "SELECT user_id, last_event_of(user_id) AS last_event FROM unnest($1::text[]) AS user_id"
)
_DELIVERIES_OF_ALL = "SELECT of_user, unsent_after FROM deliveries_of_all($1, $2)"
_LAST_EVENT = Statement(
    "SELECT account.last_event FROM account WHERE account.user_id = $1::VARCHAR", ("user_id",), {}
)

_ME = bindparam("user_id", type_=Text, required=True)


def user_rows(model: type[SQLModel], name: str | None = None) -> Subquery:
    """This user's rows of `model`, without the column `user_id`."""
    table = _table(model)
    columns = [column for column in table.c if column.name != "user_id"]
    return select(*columns).where(table.c.user_id == _ME).subquery(name or table.name)


def user_insert(model: type[SQLModel]) -> Insert:
    """An insert into `model` with this user's id."""
    return insert(_table(model)).values(user_id=_ME)


def user_update(model: type[SQLModel]) -> Update:
    """An update of this user's rows of `model`."""
    table = _table(model)
    return update(table).where(table.c.user_id == _ME)


def user_delete(model: type[SQLModel]) -> Delete:
    """A delete of this user's rows of `model`."""
    table = _table(model)
    return delete(table).where(table.c.user_id == _ME)


def _table(model: type[SQLModel]) -> Table:
    return SQLModel.metadata.tables[model.__name__.lower()]


class UserTransaction:
    """One user's rows, inside one open transaction."""

    __slots__ = (
        "_afterwards",
        "_connection",
        "_key",
        "_lock_timeout",
        "_quotas",
        "_stamps",
        "caller",
        "issued_at",
        "kind",
        "wrote",
    )

    def __init__(
        self,
        connection: PooledConnection,
        principal: Principal,
        key: bytes,
        quotas: Mapping[bool, Quotas],
        lock_timeout: int,
    ) -> None:
        self._connection = connection
        self._key = key
        self._quotas = quotas
        self._lock_timeout = lock_timeout
        self._stamps = {"user_id": principal.account_id}
        self.caller = principal.acts_as or principal.caller
        self.issued_at = principal.issued_at
        self.kind = principal.kind
        self.wrote = False
        self._afterwards: list[tuple[Statement, Mapping[str, Any]]] = []

    @property
    def quotas(self) -> Quotas:
        """The quotas of the caller."""
        return self._quotas[self.caller.is_person]

    async def fetch_all(self, statement: Statement, **values: Any) -> list[Record]:
        """Every row that `statement` returns."""
        arguments = statement.arguments(values | self._stamps)
        return cast("list[Record]", await self._connection.fetch(statement.sql, *arguments))

    async def fetch_one(self, statement: Statement, **values: Any) -> Record | None:
        """The first row that `statement` returns."""
        arguments = statement.arguments(values | self._stamps)
        return cast("Record | None", await self._connection.fetchrow(statement.sql, *arguments))

    async def execute(self, statement: Statement, **values: Any) -> None:
        """Run `statement` for its effect."""
        self.wrote = True
        arguments = statement.arguments(values | self._stamps)
        await self._connection.execute(statement.sql, *arguments)

    async def execute_many(self, statement: Statement, rows: Iterable[Mapping[str, Any]]) -> None:
        """Run `statement` once for each of `rows`, in one round trip."""
        self.wrote = True
        arguments = [statement.arguments({**row, **self._stamps}) for row in rows]
        await self._connection.executemany(statement.sql, arguments)

    def run_afterwards(self, statement: Statement, **values: Any) -> None:
        """Run `statement` when the work is done, so that its locks are held for no longer."""
        self._afterwards.append((statement, values))

    async def finish(self) -> None:
        """Run the statements of `run_afterwards`."""
        for statement, values in self._afterwards:
            await self.execute(statement, **values)

    async def hold_account(self) -> None:
        """Keep this user's writes out until the transaction ends, for one that reads.

        The account is made where there is none, for there would be nothing to hold.
        """
        self.wrote = True
        user_id = self._stamps["user_id"]
        await self._connection.execute(_hold_account(user_id, self._lock_timeout))

    def seal(self, content: bytes) -> str:
        """Sign `content` for this user, and return it as text."""
        return urlsafe_b64encode(self._mark(content) + content).rstrip(b"=").decode()

    def unseal(self, token: str) -> bytes | None:
        """The content that was sealed for this user, or None if the signature is not valid."""
        try:
            sealed = urlsafe_b64decode(token.encode("ascii") + b"=" * (-len(token) % 4))
        except ValueError:
            return None
        mark, content = sealed[:16], sealed[16:]
        return content if hmac.compare_digest(mark, self._mark(content)) else None

    def _mark(self, content: bytes) -> bytes:
        whose = f"{self._stamps['user_id']} ".encode()  # no user id has a space
        return hmac.digest(self._key, whose + content, "sha256")[:16]


class Gate(Protocol):
    """Decides whether a verified credential still counts (specs/tokens.md)."""

    def at_the_door(self, principal: Principal, scope: str | None) -> bool:
        """Apply a cached result, without the database. Return whether there is one.

        Raises Unauthenticated or InsufficientScope.
        """
        ...

    async def __call__(
        self,
        tx: UserTransaction,
        principal: Principal,
        scope: str | None,
        *,
        cached: bool = False,
        fresh: bool = False,
    ) -> None:
        """Check the credential against the user's rows, in the caller's transaction.

        With `cached`, the last result counts; with `fresh`, no earlier one. Raises
        Unauthenticated when the credential has ended, InsufficientScope when it no longer allows
        `scope`, and Unavailable when a `cached` result is gone.
        """
        ...


class Database:
    """Opens transactions on the pool, each for one user."""

    def __init__(
        self,
        pool: Pool,
        settings: Settings,
        gate: Gate,
        remove_some: Work[bool],
        replica: "Pool | None" = None,
        changed: Callable[[str], None] = lambda _: None,
    ) -> None:
        """Call `changed` with the user after each COMMIT of a write that changed something."""
        self._pool = pool
        self._changed = changed
        self._replica = replica
        self._gate = gate
        self._remove_some = remove_some
        self._key = settings.cursor_key
        self._lock_timeout = settings.lock_timeout_ms
        self._patience = settings.lock_timeout_ms / 1000
        self._turns = Turns(settings.pool_size, POOL_TIMEOUT)
        self._deadlines = Deadlines()
        self._endings: set[asyncio.Task[None]] = set()
        self._rates = Rates(settings)
        self._quotas = {True: Quotas.of_person(settings), False: Quotas.of_agents(settings)}

    async def close(self) -> None:
        """Close the connections to PostgreSQL and to Redis."""
        with suppress(TimeoutError):  # a PostgreSQL that does not answer would never close them
            async with asyncio.timeout(ROLLBACK_TIMEOUT):
                await self._pool.close()
                if self._replica:
                    await self._replica.close()
        await self._rates.close()

    async def read(
        self,
        principal: Principal,
        work: Work[T],
        scope: str,
        *,
        rate: Rate | None = "reads",
        agent: str | None = None,
        fresh: bool = False,
    ) -> T:
        """Run `work`, which needs `scope`, in a read transaction of this user.

        Runs it once more when the connection was lost. The read counts towards `rate`, for the
        client `agent` if given, otherwise for the caller. Use None for a part of a read that has
        been counted. With `fresh`, the credential is checked in the database. Raises
        TooManyRequests when the rate limit is reached, and Unauthenticated or InsufficientScope
        when the credential is not valid or does not allow `scope`.
        """
        cached = self.enter(principal, scope)
        if rate:
            await self._rates.spend(principal, rate, agent)
        user_id = principal.account_id
        begin = f"BEGIN; {_as_user(user_id)}; {_IN_ORDER}"
        async with self._turns.to_read(user_id, person=principal.caller.is_person):
            if self._replica and cached and scope == REPLICATED and not fresh:
                read = await self._read_replica(self._replica, principal, begin, work)
                if read:
                    return read[0]
            try:
                return await self._run(principal, scope, begin, work, fresh=fresh)
            except ConnectionLost:
                return await self._run(principal, scope, begin, work, fresh=fresh)

    async def last_events(self, user_ids: Sequence[str]) -> Mapping[str, int | None]:
        """The id of each user's last event; None for a user who ever erased their list.

        It says which users' rows to read again, and shows none. Raises Unavailable.
        """
        async with self._asking() as connection:
            rows = await connection.fetch(_LAST_EVENTS_OF, list(user_ids))
        return {row["user_id"]: row["last_event"] for row in rows}

    async def deliveries(self, later_than: str, most: int) -> Mapping[str, int | None]:
        """Users with webhooks that are not paused: the first `most` after a user id, in order.

        The value is None if no delivery of the user is due yet. Otherwise a delivery waits for an
        event with a larger id; it is negative if events are to be repeated. Raises Unavailable.
        """
        async with self._asking() as connection:
            # Citus passes SET LOCAL of the function to its nodes within a transaction only.
            await connection.execute("BEGIN")
            rows = await connection.fetch(_DELIVERIES_OF_ALL, later_than, most)
            await connection.execute("COMMIT")
        return {row["of_user"]: row["unsent_after"] for row in rows}

    async def deliver(self, principal: Principal, work: Work[T]) -> T:
        """Run a step of a delivery under the lock of the user's account.

        The server itself is the caller, so there is no credential to check. Nothing that the person
        sees in the ledger changes, so no stream is woken, and no caller waits for the disk: a step
        that a crash loses is repeated. Raises Unavailable.
        """
        user_id = principal.account_id
        begin = self._begin_to_write(user_id)
        async with self._turns.to_write(user_id, self._patience, person=True):
            return await self._run(principal, None, begin, work, gated=False)

    async def _read_replica(
        self, replica: Pool, principal: Principal, begin: str, work: Work[T]
    ) -> tuple[T] | None:
        """Run `work` on the replica, if it has every committed change of the user.

        Returns None if it lacks one or is unavailable. The primary must answer then.
        """
        outcome = "away"
        try:
            async with self._asking() as connection:
                seen: int | None = await connection.fetchval(_LAST_EVENT_OF, principal.account_id)
            if seen is None:
                return None

            async def unless_behind(tx: UserTransaction) -> tuple[T] | None:
                account = await tx.fetch_one(_LAST_EVENT)
                if account is None or account["last_event"] < seen:
                    return None
                return (await work(tx),)

            read = await self._run(principal, REPLICATED, begin, unless_behind, pool=replica)
            outcome = "answered" if read else "behind"
        except Unavailable:
            read = None
        REPLICA_READS.labels(outcome).inc()
        return read

    async def admit(self, principal: Principal) -> None:
        """Check a credential for a call that opens no other transaction. Raises Unauthenticated.

        Opens a transaction only if no result is cached, and does not count it. A credential passes
        while the database is unavailable. An agent above the limit on agents passes too; the call
        itself refuses it.
        """
        if self._gate.at_the_door(principal, None):
            return
        begin = f"BEGIN; {_as_user(principal.account_id)}; {_IN_ORDER}"
        with suppress(Unavailable, Conflict):
            await self._run(principal, None, begin, _nothing)

    async def write(
        self,
        principal: Principal,
        work: Work[T],
        scope: str,
        *,
        keep: bool = True,
        rate: Rate | None = "writes",
    ) -> T:
        """Run `work`, which needs `scope`, in a write transaction of this user.

        Locks the account's row before the first statement of `work`, so that `work` sees all
        earlier writes (specs/data-model.md). Without `keep`, rolls back. Use a `rate` of None for a
        part of a write that has been counted. Raises as `read` does, and Unavailable when the lock
        is not free in time.
        """
        self.enter(principal, scope)
        user_id = principal.account_id
        if rate:
            await self._rates.spend(principal, rate)
        begin = self._begin_to_write(user_id)
        person = principal.caller.is_person
        async with self._turns.to_write(user_id, self._patience, person=person):
            end = "COMMIT" if keep else "ROLLBACK"
            return await self._run(principal, scope, begin, work, end)

    async def finish_erase(self, principal: Principal) -> None:
        """Delete the remaining rows of a user during an erase, in transactions of bounded size."""
        left = True
        while left:
            async with self._turns.to_write(principal.account_id, self._patience, person=True):
                left = await self._erase_some(principal)

    async def _erase_some(self, principal: Principal) -> bool:
        """Delete a batch of rows of a user during an erase, and return whether rows are left."""
        begin = self._begin_to_write(principal.account_id)
        return await self._run(principal, None, begin, self._remove_some, "COMMIT", gated=False)

    def _begin_to_write(self, user_id: str) -> str:
        return f"BEGIN; {_hold_account(user_id, self._lock_timeout)}"

    def enter(self, principal: Principal, scope: str) -> bool:
        """Check the credential without the database, before a call is counted.

        Returns whether a cached result of its check exists. Raises Unauthenticated or
        InsufficientScope.
        """
        cached = self._gate.at_the_door(principal, scope)
        principal.require(scope)
        return cached

    async def _run(
        self,
        principal: Principal,
        scope: str | None,
        begin: str,
        work: Work[T],
        end: str | None = None,
        *,
        gated: bool = True,
        fresh: bool = False,
        pool: "Pool | None" = None,
    ) -> T:
        """Run `work` between `begin` and `end`; without `end`, it is a read.

        On the `pool` of a replica, which may lag, the cached check of the credential counts.

        A call on an account whose erase was interrupted deletes more rows before it is refused. No
        caller waits for the end of a read transaction.
        """
        with faults_as_unavailable():
            cached, pool = pool is not None, pool or self._pool
            connection = await self._a_connection(pool)
            CONNECTIONS_IN_USE.inc()
            self._deadlines.enter(TRANSACTION_TIMEOUT)
            try:
                try:
                    tx = UserTransaction(
                        connection, principal, self._key, self._quotas, self._lock_timeout
                    )
                    await connection.execute(begin)
                    if gated:
                        await self._gate(tx, principal, scope, cached=cached, fresh=fresh)
                    result = await work(tx)
                    await tx.finish()
                    if end:
                        try:
                            await _end(connection, end)
                        finally:  # a COMMIT whose answer is lost may have succeeded
                            if tx.wrote and end == "COMMIT":
                                self._changed(principal.account_id)
                    elif tx.wrote:
                        await _end(connection, "COMMIT", _NO_SYNC)
                finally:
                    self._deadlines.leave()
            except BaseException as fault:
                await self._roll_back(connection, pool)
                if isinstance(fault, BeingErased):
                    await self._erase_some(principal)
                raise
            if connection.is_in_transaction():
                ending = asyncio.create_task(self._roll_back(connection, pool))
                self._endings.add(ending)
                ending.add_done_callback(self._endings.discard)
            else:
                await self._give_back(connection, pool)
            return result

    @asynccontextmanager
    async def _asking(self) -> AsyncGenerator[PooledConnection]:
        """A connection for questions of the worker itself, which belong to no user.

        Raises Unavailable if they take longer than POOL_TIMEOUT.
        """
        with faults_as_unavailable():
            connection = await self._a_connection(self._pool)
            CONNECTIONS_IN_USE.inc()
            try:
                async with asyncio.timeout(POOL_TIMEOUT):
                    yield connection
            except BaseException:
                _give_up(connection)
                raise
            finally:
                await self._give_back(connection, self._pool)

    async def _a_connection(self, pool: Pool) -> PooledConnection:
        """A connection of the pool. Raises Unavailable when none becomes free in time."""
        if pool.get_idle_size():  # no wait: a timer would cost 30 us
            return await pool.acquire()
        if pool.get_size() < pool.get_max_size():  # made, however far PostgreSQL is
            return await pool.acquire(timeout=self._patience)
        try:
            return await pool.acquire(timeout=POOL_TIMEOUT)
        except TimeoutError:
            raise Unavailable("server_busy") from None

    async def _roll_back(self, connection: PooledConnection, pool: Pool) -> None:
        """Roll back an open transaction, and return the connection to the pool."""
        try:
            await connection.execute("ROLLBACK", timeout=ROLLBACK_TIMEOUT)
        except Exception:  # noqa: BLE001 (what went wrong before is what is told)
            _give_up(connection)
        finally:
            await self._give_back(connection, pool)

    async def _give_back(self, connection: PooledConnection, pool: Pool) -> None:
        CONNECTIONS_IN_USE.dec()
        await pool.release(connection)


async def _nothing(_tx: UserTransaction) -> None:
    """The work of a transaction that only checks a credential."""


def _give_up(connection: PooledConnection) -> None:
    """End a connection on which half an exchange may be left: asyncpg would wait for its end."""
    with suppress(asyncpg.InterfaceError):  # the pool itself has let go of it
        connection.terminate()


async def _end(connection: PooledConnection, end: str, before: str = "") -> None:
    if await connection.execute(before + end) != end:
        raise RuntimeError("PostgreSQL rolled back a transaction that had failed unseen")


def _as_user(user_id: str) -> str:
    """Set the user for row-level security. Local to the transaction: poolers share sessions."""
    _refuse_unless_id(user_id)
    return f"SET LOCAL app.user_id = '{user_id}'"


def _hold_account(user_id: str, timeout: int) -> str:
    """SQL that sets the user as `_as_user` does, and locks the account, or creates it.

    It also sets what `_IN_ORDER` sets: see the function in migration 0009.
    """
    _refuse_unless_id(user_id)
    return f"SELECT hold_account('{user_id}', {timeout})"


def _refuse_unless_id(user_id: str) -> None:
    if not USER_ID.fullmatch(user_id):
        raise ValueError("not a user id")
