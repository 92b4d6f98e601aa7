"""Conversations as stored: found, looked up under the lock, written with the counters."""

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
from surelist.ledger.write import Idempotency, refuse_if_erased, used_otherwise
from surelist.tasks.purge import TRASH_TIME, restorable
from surelist.tasks.words import fold

OVERHEAD = 200
"""Bytes that each conversation and each message counts for besides its text."""

SWEPT_AT_ONCE = 5
"""Expired conversations that one write purges on its way; the next write goes on."""

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
_STANDING = compiled(
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


def recorded(*writes: UpdateBase) -> Statement:
    """`writes` and the account's counters, as one statement."""
    return compiled(
        user_update(Account)
        .values(
            last_conversation=bindparam("last_conversation", type_=BigInteger, required=True),
            stored_bytes=col(Account.stored_bytes)
            + bindparam("grown", type_=BigInteger, required=True),
        )
        .add_cte(*(write.cte(f"write_{n}") for n, write in enumerate(writes)))
    )


_PURGE = recorded(
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
    """The user's time zone; UTC for a user who has never written."""
    account = await tx.fetch_one(_TIMEZONE)
    return account["timezone"] if account else "UTC"


async def look_up(
    tx: UserTransaction, conversation_id: int | None, retry: Idempotency | None = None
) -> Mapping[str, Any]:
    """What stands under the lock, after the trash has been swept: the account, the conversation.

    Its `id` is None where there is no such conversation. Raises Unauthenticated when the account
    was erased after the token was issued, Conflict when the idempotency key of `retry` has been
    used for something else.
    """
    standing = await _standing(tx, conversation_id, retry)
    if not standing["any_expired"]:
        return standing
    for expired in await tx.fetch_all(_EXPIRED):
        await purge(tx, standing, expired)
    return await _standing(tx, conversation_id, retry)


async def _standing(
    tx: UserTransaction, conversation_id: int | None, retry: Idempotency | None
) -> Mapping[str, Any]:
    found = await tx.fetch_one(
        _STANDING,
        conversation_id=conversation_id,
        client_id=tx.caller.client_id,
        idempotency_key=retry.key if retry else None,
    )
    if found is None:
        raise RuntimeError("a write without its account row")
    refuse_if_erased(tx, found["erased_at"])
    if retry and found["first_message"] and found["first_hash"] != retry.request_hash:
        raise used_otherwise()
    return found


async def conversation_in(
    tx: UserTransaction, conversation_id: int, retry: Idempotency | None = None
) -> Mapping[str, Any]:
    """As `look_up`, of a conversation outside the trash. Raises NotFound, and Gone in the trash."""
    standing = await look_up(tx, conversation_id, retry)
    if standing["id"] is None:
        raise no_such_conversation(conversation_id)
    if standing["deleted_at"]:
        raise Gone("conversation_in_trash", conversation_id=conversation_id)
    return standing


async def write(
    tx: UserTransaction,
    statement: Statement,
    standing: Mapping[str, Any],
    *,
    grown: int,
    last_conversation: int = 0,
    bounded: bool = True,
    **values: Any,
) -> None:
    """Run a `recorded` statement: `grown` are the bytes that it adds to what is stored.

    Raises TooManyRequests when it is `bounded` and would add to a list that has reached the bytes
    that the caller may fill: the person all of them, agents nine tenths.
    """
    if bounded and grown > 0:
        refuse_past_bytes(tx, standing["stored_bytes"])
    await tx.execute(
        statement,
        grown=grown,
        last_conversation=max(standing["last_conversation"], last_conversation),
        **values,
    )


async def purge(
    tx: UserTransaction, standing: Mapping[str, Any], conversation: Mapping[str, Any]
) -> None:
    """Remove a conversation and its messages for good."""
    conversation_id, size = conversation["id"], conversation["size"]
    await write(tx, _PURGE, standing, grown=-size, conversation_id=conversation_id)


def size_of(text: str | None, more: bytes = b"") -> int:
    """The bytes that a conversation or a message with this text counts for."""
    return OVERHEAD + len((text or "").encode()) + len(more)


def search_text(text: str | None) -> str:
    """What a title or a message is searched in."""
    return fold(text or "")


def no_such_conversation(conversation_id: int) -> NotFound:
    """The answer for a conversation that is absent, purged or somebody else's."""
    return NotFound("conversation_not_found", conversation_id=conversation_id)
