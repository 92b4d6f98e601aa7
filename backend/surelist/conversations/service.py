"""What can be done with conversations. Each function runs inside the caller's transaction."""

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
    look_up,
    no_such_conversation,
    purge,
    recorded,
    search_text,
    size_of,
    write,
)
from surelist.data.database import Record, compiled
from surelist.data.isolation import UserTransaction, user_insert, user_update
from surelist.errors import Conflict
from surelist.ledger.models import INSTANT

DUPLICATE_WINDOW = timedelta(seconds=30)
"""How long a conversation that is still empty is taken for the first call's by an equal one."""

_id = bindparam("conversation_id", type_=BigInteger, required=True)
_title = bindparam("title", type_=Text, required=True)
_search_text = bindparam("search_text", type_=Text, required=True)
_CREATE = recorded(
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
_RENAME = recorded(
    user_update(Conversation)
    .where(col(Conversation.id) == _id)
    .values(
        title=_title,
        search_text=_search_text,
        size=col(Conversation.size) + bindparam("grown"),
    )
)
_MOVE = recorded(
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
    """Begin a conversation; and whether it was there already.

    It was when this client began an equal one within `window`, which has no message yet.
    """
    standing = await look_up(tx, None)
    caller = tx.caller
    latest = await tx.fetch_one(_LATEST, client_id=caller.client_id) if window else None
    if (
        latest
        and not latest["last_message"]
        and latest["title"] == title
        and latest["created_at"] > standing["now"] - window
    ):
        return latest, True
    conversation_id = standing["last_conversation"] + 1
    made: dict[str, Any] = {
        "conversation_id": conversation_id,
        "title": title,
        "search_text": search_text(title),
        "client_id": caller.client_id,
        "client_name": caller.client_name,
        "now": standing["now"],
    }
    await write(
        tx,
        _CREATE,
        standing,
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
    standing = await look_up(tx, conversation_id)
    if standing["id"] is None:
        raise no_such_conversation(conversation_id)
    if title is not None and title != standing["title"]:
        await write(
            tx,
            _RENAME,
            standing,
            grown=size_of(title) - size_of(standing["title"]),
            conversation_id=conversation_id,
            title=title,
            search_text=search_text(title),
        )
    if deleted is not None and deleted != bool(standing["deleted_at"]):
        await write(
            tx,
            _MOVE,
            standing,
            grown=0,
            conversation_id=conversation_id,
            deleted_at=standing["now"] if deleted else None,
        )
    return await find(tx, conversation_id)


async def purge_conversation(tx: UserTransaction, conversation_id: int) -> None:
    """Purge a conversation from the trash. Raises NotFound, Conflict outside the trash."""
    standing = await look_up(tx, conversation_id)
    if standing["id"] is None:
        raise no_such_conversation(conversation_id)
    if not standing["deleted_at"]:
        raise Conflict("conversation_not_in_trash", conversation_id=conversation_id)
    await purge(tx, standing, standing)
