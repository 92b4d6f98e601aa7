"""The SQL statements of a write: its lookup, its events and the counters of the account."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from sqlalchemy import (
    CTE,
    BigInteger,
    BindParameter,
    ColumnElement,
    Date,
    Select,
    Text,
    Update,
    and_,
    bindparam,
    cast,
    func,
    literal_column,
    select,
)
from sqlalchemy.sql.dml import UpdateBase
from sqlmodel import col

from surelist.data.database import Statement, compiled
from surelist.data.isolation import user_insert, user_rows, user_update
from surelist.ledger.models import Account, Event
from surelist.ledger.subjects import Store

ZERO = literal_column("0", BigInteger)

ACCOUNT = user_rows(Account)
FIRST = user_rows(Event, "first")
EVENT = user_rows(Event)

CONTEXT = (
    ACCOUNT.c.timezone,
    ACCOUNT.c.last_event,
    ACCOUNT.c.last_task,
    ACCOUNT.c.erased_at,
    (ACCOUNT.c.pending_count + ACCOUNT.c.completed_count).label("kept"),
    ACCOUNT.c.stored_bytes,
    ACCOUNT.c.quota_day,
    ACCOUNT.c.quota_used,
    func.clock_timestamp().label("now"),
    FIRST.c.id.label("first_event"),
    FIRST.c.subject.label("first_subject"),
    FIRST.c.subject_id.label("first_id"),
    FIRST.c.subject_key.label("first_key"),
    FIRST.c.request_hash.label("first_hash"),
)
"""Columns of every lookup: counters, time, and the first event with the same idempotency key."""

CONTEXT_FROM = ACCOUNT.outerjoin(
    FIRST,
    and_(
        FIRST.c.client_id == bindparam("client_id", type_=Text, required=True),
        FIRST.c.idempotency_key == bindparam("idempotency_key", type_=Text, required=True),
    ),
)


def size(image: ColumnElement[Any]) -> ColumnElement[int]:
    """The size of a before or after image: the bytes of its JSON as PostgreSQL writes it.

    Tasks count through their events alone, since these contain every text that a task has or had.
    """
    return func.coalesce(func.octet_length(cast(image, Text)), ZERO)


_EVENT = {
    column.name: bindparam(f"event_{column.name}", type_=column.type, required=True)
    for column in FIRST.c
}


def _counters(last_event: str, stored_bytes: ColumnElement[int], **more: Any) -> Update:
    def given(name: str, type_: Any = BigInteger) -> BindParameter[Any]:
        return bindparam(name, type_=type_, required=True)

    return user_update(Account).values(
        last_event=given(last_event),
        last_task=given("account_last_task"),
        pending_count=col(Account.pending_count) + given("account_pending"),
        completed_count=col(Account.completed_count) + given("account_completed"),
        stored_bytes=stored_bytes,
        quota_day=given("account_quota_day", Date),
        quota_used=given("account_quota_used"),
        **more,
    )


def recorded(
    *writes: UpdateBase,
    freed: Select[Any] | None = None,
    account: Mapping[str, BindParameter[Any]] | None = None,
) -> Statement:
    """One statement that runs `writes`, inserts their event and updates the account's counters.

    `freed` selects the bytes that the writes remove from the ledger. `account` has further columns
    of the account to update.
    """
    stored = col(Account.stored_bytes) + size(_EVENT["before"]) + size(_EVENT["after"])
    counters = _counters("event_id", stored, **(account or {}))
    if freed is not None:
        bytes_freed = looked_up_first(freed)
        counters = _counters("event_id", stored - bytes_freed.value).add_cte(bytes_freed.cte)
    event = user_insert(Event).values(_EVENT).cte("appended")
    return compiled(
        counters.add_cte(event, *(write.cte(f"write_{n}") for n, write in enumerate(writes)))
    )


class LookedUp(NamedTuple):
    """A value for an UPDATE, and the CTE that reads it."""

    value: ColumnElement[int]
    cte: CTE


def looked_up_first(query: Select[Any]) -> LookedUp:
    """Read the value of `query` in a CTE, before the writes. Citus allows no subquery in SET."""
    cte = query.cte("looked_up").prefix_with("MATERIALIZED")
    return LookedUp(select(cte.c[0]).scalar_subquery(), cte)


def bytes_of(*conditions: ColumnElement[bool]) -> Select[Any]:
    """Select the total size of the events that match `conditions`."""
    images = size(EVENT.c.before) + size(EVENT.c.after)
    return select(func.coalesce(func.sum(images), ZERO).label("bytes")).where(*conditions)


CONTEXT_ALONE = compiled(select(*CONTEXT).select_from(CONTEXT_FROM))
"""The lookup of a write that needs CONTEXT only."""

EVENT_ALONE = Store(recorded(), None)
"""Stores an event of a row that is stored already."""

APPEND = compiled(user_insert(Event).values(_EVENT))
_grown = looked_up_first(
    bytes_of(EVENT.c.id >= bindparam("first", type_=BigInteger, required=True))
)
COUNT = compiled(
    _counters("account_last_event", col(Account.stored_bytes) + _grown.value).add_cte(_grown.cte)
)
