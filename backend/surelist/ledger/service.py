"""The ledger: every change is one event, written in the statement that makes the change."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import orjson
from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Integer,
    ScalarSelect,
    Text,
    and_,
    bindparam,
    cast,
    func,
    literal_column,
    select,
)
from sqlalchemy.sql.dml import UpdateBase
from sqlmodel import col

from surelist.access.auth import Caller, invalid_token
from surelist.data.database import Statement, compiled
from surelist.data.isolation import UserTransaction, user_insert, user_rows, user_update
from surelist.errors import BeingErased, Conflict, Gone
from surelist.ledger.models import BEING_ERASED, Account, Event, EventKind
from surelist.ledger.quotas import refuse_past_quota


@dataclass(frozen=True, slots=True)
class Retry:
    """How a repeated call is known: by its key, if any, and a hash of what it asks for."""

    request_hash: bytes
    key: str | None = None

    @classmethod
    def of(cls, operation: str, arguments: Mapping[str, Any], key: str | None = None) -> "Retry":
        """The retry of an operation with these canonical arguments."""
        canonical = orjson.dumps([operation, arguments], option=orjson.OPT_SORT_KEYS)
        return cls(hashlib.sha256(canonical).digest(), key)


@dataclass(frozen=True, slots=True)
class Change:
    """One event to append: `before` and `after` hold the changed fields only."""

    kind: EventKind
    task_id: int
    before: Mapping[str, Any] | None
    after: Mapping[str, Any] | None
    pending: int = 0
    completed: int = 0
    undoes: int | None = None


NONE = literal_column("0", BigInteger)
STATUS_COLUMNS = {"completed_at", "deleted_at"}

ACCOUNT = user_rows(Account)
FIRST = user_rows(Event, "first")
_recent = user_rows(Event, "recent")

_a_day_of_changes_ago = (
    # A query of its own: as part of the comparison, PostgreSQL 15 lets no index find it.
    select(ACCOUNT.c.last_event + 1 - bindparam("events_a_day", type_=BigInteger, required=True))
    .correlate(ACCOUNT)
    .scalar_subquery()
)

STANDING = (
    ACCOUNT.c.timezone,
    ACCOUNT.c.last_event,
    ACCOUNT.c.last_task,
    ACCOUNT.c.erased_at,
    (ACCOUNT.c.pending_count + ACCOUNT.c.completed_count).label("kept"),
    ACCOUNT.c.stored_bytes,
    select(_recent.c.at)
    .where(_recent.c.id == _a_day_of_changes_ago)
    .scalar_subquery()  # as a join it could read every event
    .label("quota_began_at"),
    func.clock_timestamp().label("now"),
    FIRST.c.id.label("first_event"),
    FIRST.c.task_id.label("first_task"),
    FIRST.c.request_hash.label("first_hash"),
)
"""What every write reads under the lock: the counters, the time, the first call of this key, and
when the change was made that is as many changes ago as a day may have: ids have no gap."""

STANDING_FROM = ACCOUNT.outerjoin(
    FIRST,
    and_(
        FIRST.c.client_id == bindparam("client_id", type_=Text, required=True),
        FIRST.c.idempotency_key == bindparam("idempotency_key", type_=Text, required=True),
    ),
)


async def standing(
    tx: UserTransaction, statement: Statement, retry: Retry | None, **values: Any
) -> Mapping[str, Any]:
    """Run a write's one lookup, which selects STANDING from STANDING_FROM and what else it needs.

    Raises Unauthenticated when the account was erased after the token was issued, Conflict when
    the idempotency key has been used for something else, Gone when what it was used for has been
    purged.
    """
    found = await tx.fetch_one(
        statement,
        **values,
        client_id=tx.caller.client_id,
        idempotency_key=retry.key if retry else None,
        events_a_day=tx.quotas.events_a_day,
    )
    if found is None:
        raise RuntimeError("a write without its account row")
    refuse_if_erased(tx, found["erased_at"])
    if found["first_event"] and found["first_hash"] is None:
        raise Gone(
            "What the first call with this idempotency key made has been purged from the trash, "
            "and nothing was changed. Call again with a new key."
        )
    if found["first_event"] and retry and found["first_hash"] != retry.request_hash:
        raise used_otherwise()
    return found


def used_otherwise() -> Conflict:
    """The refusal of an idempotency key that was sent with something else before."""
    return Conflict(
        "This idempotency key has been used with other arguments, and nothing was changed. "
        "Call again with the first arguments for the first result, or with a new key."
    )


def refuse_if_erased(tx: UserTransaction, erased_at: datetime | None) -> None:
    """Raise Unauthenticated when the account was erased after the caller's token was issued.

    Raises BeingErased while rows of it are left.
    """
    if erased_at == BEING_ERASED:
        raise BeingErased
    if erased_at and datetime.fromtimestamp(tx.issued_at, UTC) < erased_at:
        raise invalid_token("the account was erased after it was issued")


def size(image: ColumnElement[Any]) -> ColumnElement[int]:
    """The bytes that a before or after image counts for: those of its JSON as PostgreSQL writes it.

    The images hold every text that a task has or had, so what the tasks themselves repeat of it is
    not counted.
    """
    return func.coalesce(func.octet_length(cast(image, Text)), NONE)


def recorded(*writes: UpdateBase, freed: ScalarSelect[int] | None = None) -> Statement:
    """`writes`, the event that tells of them and the account's counters, as one statement.

    `freed` are the bytes that the writes take from the ledger.
    """
    values = {
        column.name: bindparam(f"event_{column.name}", type_=column.type, required=True)
        for column in FIRST.c
    }
    event = user_insert(Event).values(values)
    stored = col(Account.stored_bytes) + size(values["before"]) + size(values["after"])
    return compiled(
        user_update(Account)
        .values(
            last_event=bindparam("event_id"),
            last_task=bindparam("last_task"),
            pending_count=col(Account.pending_count) + bindparam("pending", type_=Integer),
            completed_count=col(Account.completed_count) + bindparam("completed", type_=Integer),
            stored_bytes=stored if freed is None else stored - freed,
        )
        .add_cte(
            event.cte("appended"), *(write.cte(f"write_{n}") for n, write in enumerate(writes))
        )
    )


async def append(
    tx: UserTransaction,
    statement: Statement,
    change: Change,
    standing: Mapping[str, Any],
    retry: Retry | None = None,
    caller: Caller | None = None,
    **values: Any,
) -> None:
    """Run a `recorded` statement: `values` are its writes', `standing` was read under the lock.

    Raises TooManyRequests when the change would pass a quota.
    """
    caller = caller or tx.caller
    if change.kind != "purged":
        refuse_past_quota(
            tx,
            standing,
            adds_task=change.pending + change.completed > 0,
            adds_text=not STATUS_COLUMNS.issuperset(change.after or {}),
        )
    await tx.execute(
        statement,
        **values,
        pending=change.pending,
        completed=change.completed,
        last_task=max(standing["last_task"], change.task_id),
        event_id=standing["last_event"] + 1,
        event_task_id=change.task_id,
        event_kind=change.kind,
        event_actor=caller.actor,
        event_client_id=caller.client_id,
        event_client_name=caller.client_name,
        event_conversation_id=caller.conversation_id,
        event_message_id=caller.message_id,
        event_at=standing["now"],
        event_before=change.before,
        event_after=change.after,
        event_idempotency_key=retry.key if retry else None,
        event_request_hash=retry.request_hash if retry else None,
        event_undoes=change.undoes,
    )
