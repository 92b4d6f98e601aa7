"""Reading and writing the rows of conversations, with the account's counters."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import BigInteger, Text, and_, bindparam, func, literal_column, select
from sqlalchemy.sql.dml import UpdateBase
from sqlmodel import col

from surelist.conversations.models import Conversation, Message
from surelist.data.database import Record, Statement, compiled
from surelist.data.isolation import UserTransaction, user_delete, user_rows, user_update
from surelist.errors import Gone, NotFound
from surelist.ledger.models import Account
from surelist.ledger.quotas import refuse_past_bytes
from surelist.ledger.write import Idempotency, idempotency_key_reused, refuse_if_erased
from surelist.tasks.purge import TRASH_TIME, restorable
from surelist.tasks.words import fold

OVERHEAD = 200
"""Bytes that each conversation and each message counts for in addition to its text."""

SWEPT_AT_ONCE = 5
"""Expired conversations that one write purges. The next write purges more."""

_ACCOUNT = user_rows(Account)
CONVERSATION = user_rows(Conversation)
CONVERSATION_COLUMNS = [one for one in CONVERSATION.c if one.name != "search_text"]
_BY_KEY = user_rows(Message, "by_key")
_expiry = select(func.clock_timestamp() - TRASH_TIME).scalar_subquery()
_EXPIRED = compiled(
    select(CONVERSATION.c.id, CONVERSATION.c.size)
    .where(CONVERSATION.c.deleted_at <= _expiry)
    .order_by(CONVERSATION.c.deleted_at)
    .limit(SWEPT_AT_ONCE)
)
_any_expired = (
    select(CONVERSATION.c.deleted_at)
    .where(CONVERSATION.c.deleted_at <= _expiry)
    .order_by(CONVERSATION.c.deleted_at)
    .limit(literal_column("1"))
    .scalar_subquery()
    .is_not(None)
    .label("any_expired")
)
_kept = restorable(CONVERSATION)
_FIND = compiled(
    select(_ACCOUNT.c.timezone, *CONVERSATION_COLUMNS)
    .select_from(_ACCOUNT.join(CONVERSATION, _kept))
    .where(CONVERSATION.c.id == bindparam("conversation_id", type_=BigInteger, required=True))
)
_TIMEZONE = compiled(select(_ACCOUNT.c.timezone))
_CONTEXT = compiled(
    select(
        _ACCOUNT.c.timezone,
        _ACCOUNT.c.last_conversation,
        _ACCOUNT.c.stored_bytes,
        _ACCOUNT.c.erased_at,
        _ACCOUNT.c.chat_day,
        _ACCOUNT.c.chat_turns,
        _ACCOUNT.c.chat_tokens,
        func.clock_timestamp().label("now"),
        _any_expired,
        _BY_KEY.c.conversation_id.label("first_conversation"),
        _BY_KEY.c.id.label("first_message"),
        _BY_KEY.c.request_hash.label("first_hash"),
        *CONVERSATION_COLUMNS,
    ).select_from(
        _ACCOUNT.outerjoin(
            _BY_KEY,
            and_(
                _BY_KEY.c.client_id == bindparam("client_id", type_=Text, required=True),
                _BY_KEY.c.idempotency_key
                == bindparam("idempotency_key", type_=Text, required=True),
            ),
        ).outerjoin(
            CONVERSATION,
            and_(
                CONVERSATION.c.id == bindparam("conversation_id", type_=BigInteger, required=True),
                _kept,
            ),
        )
    )
)


def with_counters(*writes: UpdateBase) -> Statement:
    """One statement that runs `writes` and updates the account's counters."""
    return compiled(
        user_update(Account)
        .values(
            last_conversation=bindparam("last_conversation", type_=BigInteger, required=True),
            stored_bytes=col(Account.stored_bytes)
            + bindparam("grown", type_=BigInteger, required=True),
        )
        .add_cte(*(write.cte(f"write_{n}") for n, write in enumerate(writes)))
    )


_PURGE = with_counters(
    user_delete(Conversation).where(
        col(Conversation.id) == bindparam("conversation_id", type_=BigInteger, required=True)
    )
)


async def find(tx: UserTransaction, conversation_id: int) -> Record:
    """One conversation, also from the trash, with the user's `timezone`. Raises NotFound."""
    found = await tx.fetch_one(_FIND, conversation_id=conversation_id)
    if found is None:
        raise no_such_conversation(conversation_id)
    return found


async def timezone_of(tx: UserTransaction) -> str:
    """The user's time zone, or UTC for a user without any writes."""
    account = await tx.fetch_one(_TIMEZONE)
    return account["timezone"] if account else "UTC"


async def write_context(
    tx: UserTransaction, conversation_id: int | None, retry: Idempotency | None = None
) -> Mapping[str, Any]:
    """Purge expired conversations, then read the context of a write: account and conversation.

    `id` is None when there is no such conversation. Raises Unauthenticated when the account was
    erased after the token was issued, and Conflict when the idempotency key of `retry` has been
    used for another call.
    """
    context = await _read_context(tx, conversation_id, retry)
    if not context["any_expired"]:
        return context
    for expired in await tx.fetch_all(_EXPIRED):
        await purge(tx, context, expired)
    return await _read_context(tx, conversation_id, retry)


async def _read_context(
    tx: UserTransaction, conversation_id: int | None, retry: Idempotency | None
) -> Mapping[str, Any]:
    found = await tx.fetch_one(
        _CONTEXT,
        conversation_id=conversation_id,
        client_id=tx.caller.client_id,
        idempotency_key=retry.key if retry else None,
    )
    if found is None:
        raise RuntimeError("the account's row is missing in a write")
    refuse_if_erased(tx, found["erased_at"])
    if retry and found["first_message"] and found["first_hash"] != retry.request_hash:
        raise idempotency_key_reused()
    return found


async def conversation_context(
    tx: UserTransaction, conversation_id: int, retry: Idempotency | None = None
) -> Mapping[str, Any]:
    """The `write_context` of a conversation outside the trash.

    Raises as `write_context` does, NotFound, and Gone in the trash.
    """
    context = await write_context(tx, conversation_id, retry)
    if context["id"] is None:
        raise no_such_conversation(conversation_id)
    if context["deleted_at"]:
        raise Gone("conversation_in_trash", conversation_id=conversation_id)
    return context


async def write(
    tx: UserTransaction,
    statement: Statement,
    context: Mapping[str, Any],
    *,
    grown: int,
    last_conversation: int = 0,
    bounded: bool = True,
    **values: Any,
) -> None:
    """Run a statement made by `with_counters`, which adds `grown` bytes to the stored bytes.

    Raises TooManyRequests when the write is `bounded`, adds bytes, and the list has reached the
    caller's limit: all bytes for the person, nine tenths for agents.
    """
    if bounded and grown > 0:
        refuse_past_bytes(tx, context["stored_bytes"])
    await tx.execute(
        statement,
        grown=grown,
        last_conversation=max(context["last_conversation"], last_conversation),
        **values,
    )


async def purge(
    tx: UserTransaction, context: Mapping[str, Any], conversation: Mapping[str, Any]
) -> None:
    """Delete a conversation and its messages permanently."""
    conversation_id, size = conversation["id"], conversation["size"]
    await write(tx, _PURGE, context, grown=-size, conversation_id=conversation_id)


def size_of(text: str | None, more: bytes = b"") -> int:
    """The bytes that a conversation or a message with this text counts for."""
    return OVERHEAD + len((text or "").encode()) + len(more)


def search_text(text: str | None) -> str:
    """The folded text of a title or a message, which searches look in."""
    return fold(text or "")


def no_such_conversation(conversation_id: int) -> NotFound:
    """The error for a conversation that is absent, purged or another user's."""
    return NotFound("conversation_not_found", conversation_id=conversation_id)
