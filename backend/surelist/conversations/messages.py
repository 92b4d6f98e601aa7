"""Message operations: add, find, change. Each runs inside the caller's transaction."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import orjson
from sqlalchemy import BigInteger, LargeBinary, Text, bindparam, literal_column, select
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import col

from surelist.conversations.models import TITLE_LENGTH, Conversation, Message, Role
from surelist.conversations.records import (
    conversation_context,
    search_text,
    size_of,
    with_counters,
    write,
)
from surelist.conversations.representation import whole_message
from surelist.data.database import Record, compiled
from surelist.data.isolation import UserTransaction, user_insert, user_rows, user_update
from surelist.errors import Conflict, NotFound, VersionMismatch
from surelist.ledger.models import INSTANT
from surelist.ledger.write import Idempotency
from surelist.text import beginning

DUPLICATE_WINDOW = timedelta(seconds=30)
"""How long an equal call without an idempotency key counts as a repeat of the last message."""

DERIVED_TITLE_LENGTH = 60
"""Characters of the title that an untitled conversation gets from its first message."""

MESSAGE = user_rows(Message)
MESSAGE_COLUMNS = [
    one for one in MESSAGE.c if one.name not in ("search_text", "request_hash", "size")
]
_conversation_id = bindparam("conversation_id", type_=BigInteger, required=True)
_message_id = bindparam("message_id", type_=BigInteger, required=True)
_content = bindparam("content", type_=Text, required=True)
_search_text = bindparam("search_text", type_=Text, required=True)
_now = bindparam("now", type_=INSTANT, required=True)
_title = bindparam("title", type_=Text, required=True)
_ADD = with_counters(
    user_insert(Message).values(
        conversation_id=_conversation_id,
        id=_message_id,
        role=bindparam("role", type_=Text, required=True),
        content=_content,
        parts=bindparam("parts", type_=JSONB(none_as_null=True), required=True),
        search_text=_search_text,
        size=bindparam("size", type_=BigInteger, required=True),
        version=literal_column("1"),
        reply_to=bindparam("reply_to", type_=BigInteger, required=True),
        replaces=bindparam("replaces", type_=BigInteger, required=True),
        failure=bindparam("failure", type_=Text, required=True),
        client_id=bindparam("client_id", type_=Text, required=True),
        client_name=bindparam("client_name", type_=Text, required=True),
        idempotency_key=bindparam("idempotency_key", type_=Text, required=True),
        request_hash=bindparam("request_hash", type_=LargeBinary, required=True),
        created_at=_now,
    ),
    user_update(Conversation)
    .where(col(Conversation.id) == _conversation_id)
    .values(
        title=_title,
        search_text=bindparam("title_text", type_=Text, required=True),
        last_message=_message_id,
        size=col(Conversation.size) + bindparam("grown"),
        updated_at=_now,
    ),
)
_CHANGE = with_counters(
    user_update(Message)
    .where(col(Message.conversation_id) == _conversation_id, col(Message.id) == _message_id)
    .values(
        content=_content,
        search_text=_search_text,
        size=col(Message.size) + bindparam("grown"),
        version=col(Message.version) + 1,
        updated_at=_now,
    ),
    user_update(Conversation)
    .where(col(Conversation.id) == _conversation_id)
    .values(size=col(Conversation.size) + bindparam("grown"), updated_at=_now),
)
_FIND = compiled(
    select(*MESSAGE_COLUMNS, MESSAGE.c.request_hash).where(
        MESSAGE.c.conversation_id == _conversation_id, MESSAGE.c.id == _message_id
    )
)


async def add(
    tx: UserTransaction,
    conversation_id: int,
    role: Role,
    content: str,
    retry: Idempotency,
    *,
    window: timedelta = timedelta(),
    parts: list[Any] | None = None,
    reply_to: int | None = None,
    replaces: int | None = None,
    failure: str | None = None,
    bounded: bool = True,
) -> tuple[Record, bool]:
    """Add a message, and return it with False; or return the first message of a repeat with True.

    A call is a repeat when its idempotency key has been used for the same call. Without a key, it
    is one when the conversation's last message is equal, from the same client and not older than
    `window`. Raises NotFound, Gone in the trash, Conflict when the key has been used for another
    call, and TooManyRequests when the message is `bounded` and the list is full.
    """
    context = await conversation_context(tx, conversation_id, retry)
    if context["first_message"]:
        first = context["first_conversation"], context["first_message"]
        return await find(tx, *first), True
    last = await _last(tx, context) if window and not retry.key else None
    if last and last["created_at"] > context["now"] - window and _is_repeat(tx, last, retry):
        return last, True
    message_id = context["last_message"] + 1
    title = context["title"]
    if title is None and role == "user":
        title = _title_from(content)
    stored = orjson.dumps(parts) if parts else b""
    size = size_of(content, stored)
    await write(
        tx,
        _ADD,
        context,
        bounded=bounded,
        grown=size + len((title or "").encode()) - len((context["title"] or "").encode()),
        conversation_id=conversation_id,
        message_id=message_id,
        role=role,
        content=content,
        parts=parts,
        search_text=search_text(content),
        size=size,
        reply_to=reply_to,
        replaces=replaces,
        failure=failure,
        client_id=tx.caller.client_id,
        client_name=tx.caller.client_name,
        idempotency_key=retry.key,
        request_hash=retry.request_hash,
        title=title,
        title_text=search_text(title),
        now=context["now"],
    )
    return await find(tx, conversation_id, message_id), False


async def find(tx: UserTransaction, conversation_id: int, message_id: int) -> Record:
    """One message. Raises NotFound."""
    found = await tx.fetch_one(_FIND, conversation_id=conversation_id, message_id=message_id)
    if found is None:
        raise NotFound("message_not_found", message_id=message_id, conversation_id=conversation_id)
    return found


async def change(
    tx: UserTransaction,
    conversation_id: int,
    message_id: int,
    content: str,
    *,
    if_version: int | None = None,
) -> Record:
    """Replace the text of a message, unless it has that text already.

    Raises NotFound, Gone in the trash, VersionMismatch, and Conflict for an answer of the
    assistant: answers are the record of its actions.
    """
    context = await conversation_context(tx, conversation_id)
    message = await find(tx, conversation_id, message_id)
    if message["reply_to"]:
        raise Conflict("message_of_assistant", message_id=message_id)
    if message["content"] == content:
        return message
    if if_version not in (None, message["version"]):
        raise VersionMismatch(
            "message_changed",
            message_id=message_id,
            if_version=if_version,
            version=message["version"],
            current=whole_message(message, context["timezone"]),
        )
    await write(
        tx,
        _CHANGE,
        context,
        grown=size_of(content) - size_of(message["content"]),
        conversation_id=conversation_id,
        message_id=message_id,
        content=content,
        search_text=search_text(content),
        now=context["now"],
    )
    return await find(tx, conversation_id, message_id)


async def _last(tx: UserTransaction, context: Mapping[str, Any]) -> Record | None:
    if not context["last_message"]:
        return None
    return await find(tx, context["id"], context["last_message"])


def _is_repeat(tx: UserTransaction, message: Mapping[str, Any], retry: Idempotency) -> bool:
    return (
        message["client_id"] == tx.caller.client_id
        and message["request_hash"] == retry.request_hash
        and message["version"] == 1
    )


def _title_from(content: str) -> str:
    """The beginning of the first line with text, cut between two words where possible."""
    line = " ".join(beginning(content).splitlines()[0].split())
    if len(line) <= DERIVED_TITLE_LENGTH:
        return line
    cut = line[: DERIVED_TITLE_LENGTH - 1]
    return (cut.rpartition(" ")[0] or cut)[:TITLE_LENGTH] + "\u2026"
