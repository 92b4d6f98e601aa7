"""Conversations and messages for the export, read page by page."""

from typing import Any

from sqlalchemy import BigInteger, and_, bindparam, or_, select

from surelist.conversations.models import Message
from surelist.conversations.records import CONVERSATION, CONVERSATION_COLUMNS
from surelist.conversations.representation import whole, whole_message
from surelist.data.database import compiled
from surelist.data.isolation import UserTransaction, user_rows
from surelist.tasks.purge import restorable

PAGE = 100
"""Conversations or messages that one transaction reads."""

_last = bindparam("last", type_=BigInteger, required=True)
_message = user_rows(Message)
_CONVERSATIONS = compiled(
    select(*CONVERSATION_COLUMNS)
    .where(CONVERSATION.c.id > _last, restorable(CONVERSATION))
    .order_by(CONVERSATION.c.id)
    .limit(PAGE)
)
_MESSAGES = compiled(
    select(*(one for one in _message.c if one.name not in ("search_text", "request_hash")))
    .select_from(_message.join(CONVERSATION, CONVERSATION.c.id == _message.c.conversation_id))
    .where(
        restorable(CONVERSATION),
        or_(
            _message.c.conversation_id > _last,
            and_(
                _message.c.conversation_id == _last,
                _message.c.id > bindparam("last_message", type_=BigInteger, required=True),
            ),
        ),
    )
    .order_by(_message.c.conversation_id, _message.c.id)
    .limit(PAGE)
)


async def conversations_after(
    tx: UserTransaction, last: int, timezone: str
) -> tuple[list[Any], int | None]:
    """The page of conversations after the id `last`, and the id of its last one, or None."""
    found = await tx.fetch_all(_CONVERSATIONS, last=last)
    return [whole(one, timezone) for one in found], found[-1]["id"] if found else None


async def messages_after(
    tx: UserTransaction, last: tuple[int, int], timezone: str
) -> tuple[list[Any], tuple[int, int] | None]:
    """The page of messages after the ids `last`, and the ids of its last one, or None.

    Ids are those of the conversation and of the message in it.
    """
    conversation_id, message_id = last
    found = await tx.fetch_all(_MESSAGES, last=conversation_id, last_message=message_id)
    shown = [
        {"conversation_id": one["conversation_id"], **whole_message(one, timezone)} for one in found
    ]
    return shown, (found[-1]["conversation_id"], found[-1]["id"]) if found else None
