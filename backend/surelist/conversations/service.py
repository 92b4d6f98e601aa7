"""Conversation operations: create, change, purge. Each runs inside the caller's transaction."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy import BigInteger, Text, bindparam, literal_column, select
from sqlmodel import col

from surelist.conversations.models import Conversation
from surelist.conversations.records import (
    CONVERSATION,
    CONVERSATION_COLUMNS,
    find,
    no_such_conversation,
    purge,
    search_text,
    size_of,
    with_counters,
    write,
    write_context,
)
from surelist.data.database import Record, compiled
from surelist.data.isolation import UserTransaction, user_insert, user_update
from surelist.errors import Conflict
from surelist.ledger.models import INSTANT

DUPLICATE_WINDOW = timedelta(seconds=30)
"""How long an equal call counts as a repeat while the new conversation is still empty."""

_id = bindparam("conversation_id", type_=BigInteger, required=True)
_title = bindparam("title", type_=Text, required=True)
_search_text = bindparam("search_text", type_=Text, required=True)
_CREATE = with_counters(
    user_insert(Conversation).values(
        id=_id,
        title=_title,
        search_text=_search_text,
        client_id=bindparam("client_id", type_=Text, required=True),
        client_name=bindparam("client_name", type_=Text, required=True),
        last_message=literal_column("0"),
        size=bindparam("grown"),
        created_at=bindparam("now", type_=INSTANT, required=True),
        updated_at=bindparam("now", type_=INSTANT, required=True),
    )
)
_RENAME = with_counters(
    user_update(Conversation)
    .where(col(Conversation.id) == _id)
    .values(
        title=_title,
        search_text=_search_text,
        size=col(Conversation.size) + bindparam("grown"),
    )
)
_MOVE = with_counters(
    user_update(Conversation)
    .where(col(Conversation.id) == _id)
    .values(deleted_at=bindparam("deleted_at", type_=INSTANT, required=True))
)
_LATEST = compiled(
    select(*CONVERSATION_COLUMNS)
    .where(
        CONVERSATION.c.client_id == bindparam("client_id", type_=Text, required=True),
        CONVERSATION.c.deleted_at.is_(None),
    )
    .order_by(CONVERSATION.c.updated_at.desc(), CONVERSATION.c.id.desc())
    .limit(1)
)


async def create(
    tx: UserTransaction, title: str | None, *, window: timedelta = timedelta()
) -> tuple[Mapping[str, Any], bool]:
    """Create a conversation, and return it with False; or return an existing one with True.

    The latter when the client created one with the same title within `window` that is still empty.
    """
    context = await write_context(tx, None)
    caller = tx.caller
    latest = await tx.fetch_one(_LATEST, client_id=caller.client_id) if window else None
    if (
        latest
        and not latest["last_message"]
        and latest["title"] == title
        and latest["created_at"] > context["now"] - window
    ):
        return latest, True
    conversation_id = context["last_conversation"] + 1
    made: dict[str, Any] = {
        "conversation_id": conversation_id,
        "title": title,
        "search_text": search_text(title),
        "client_id": caller.client_id,
        "client_name": caller.client_name,
        "now": context["now"],
    }
    await write(
        tx,
        _CREATE,
        context,
        grown=size_of(title),
        last_conversation=conversation_id,
        **made,
    )
    return await find(tx, conversation_id), False


async def change(
    tx: UserTransaction,
    conversation_id: int,
    *,
    title: str | None = None,
    deleted: bool | None = None,
) -> Record:
    """Rename a conversation, move it to the trash, or restore it. Raises NotFound."""
    context = await write_context(tx, conversation_id)
    if context["id"] is None:
        raise no_such_conversation(conversation_id)
    if title is not None and title != context["title"]:
        await write(
            tx,
            _RENAME,
            context,
            grown=size_of(title) - size_of(context["title"]),
            conversation_id=conversation_id,
            title=title,
            search_text=search_text(title),
        )
    if deleted is not None and deleted != bool(context["deleted_at"]):
        await write(
            tx,
            _MOVE,
            context,
            grown=0,
            conversation_id=conversation_id,
            deleted_at=context["now"] if deleted else None,
        )
    return await find(tx, conversation_id)


async def purge_conversation(tx: UserTransaction, conversation_id: int) -> None:
    """Purge a conversation from the trash. Raises NotFound, Conflict outside the trash."""
    context = await write_context(tx, conversation_id)
    if context["id"] is None:
        raise no_such_conversation(conversation_id)
    if not context["deleted_at"]:
        raise Conflict("conversation_not_in_trash", conversation_id=conversation_id)
    await purge(tx, context, context)
