"""The lists of conversations and of messages, in pages."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Annotated, Any, Literal

from pydantic import Field
from sqlalchemy import (
    ARRAY,
    BigInteger,
    Text,
    and_,
    bindparam,
    func,
    or_,
    select,
    tuple_,
)

from surelist.conversations.models import Message
from surelist.conversations.records import CONVERSATION, CONVERSATION_COLUMNS, find, timezone_of
from surelist.data.database import Record, Statement, compiled
from surelist.data.isolation import UserTransaction, user_rows
from surelist.doors.arguments import ABSENT
from surelist.doors.cursors import Paged, cursor_to, cut, place_in
from surelist.ledger.models import INSTANT, Event
from surelist.tasks.purge import kept_in_trash
from surelist.tasks.words import search_patterns

PAGE_BYTES = 200_000
"""Bytes of messages on one page. Only the page's oldest message may exceed them."""

CHANGES_SHOWN = 100
"""The most events that one page of messages shows."""

_LIST = "conversations"
_HISTORY = "messages"
_message = user_rows(Message)
_event = user_rows(Event)
_undoing = user_rows(Event, "undoing")
_rows = bindparam("rows", type_=BigInteger, required=True)
_conversation_id = bindparam("conversation_id", type_=BigInteger, required=True)
_SHOWN = [
    one for one in _message.c if one.name not in ("search_text", "request_hash", "idempotency_key")
]


class ConversationQuery(Paged):
    """The query parameters of a list of conversations."""

    search: Annotated[str, Field(min_length=1, max_length=200)] = ABSENT
    status: Literal["kept", "deleted"] = "kept"


class HistoryQuery(Paged):
    """The query parameters of a list of messages."""


@dataclass(frozen=True, slots=True)
class Listing:
    """A page of conversations; `cursor` leads to the next page."""

    conversations: list[Record]
    cursor: str | None
    timezone: str


@dataclass(frozen=True, slots=True)
class History:
    """A page of messages, oldest first; `cursor` leads to the page before it.

    `changes` are the events that each message caused, by the message's id.
    """

    messages: list[Record]
    cursor: str | None
    timezone: str
    changes: Mapping[int, list[Record]] = field(default_factory=dict[int, list[Record]])


async def list_conversations(tx: UserTransaction, query: ConversationQuery) -> Listing:
    """One page of conversations, last written first. Raises Invalid on a cursor of another list."""
    limit, cursor = query.limit, query.cursor
    given = {"status": query.status, "search": query.search}
    values: dict[str, Any] = {"rows": limit + 1}
    if query.search:
        values["patterns"] = search_patterns(query.search)
    if cursor:
        last_at, values["last_id"] = place_in(tx, [_LIST, given], cursor)
        values["last_at"] = datetime.fromisoformat(last_at)
    statement = _page(query.status == "deleted", bool(query.search), bool(cursor))
    found = await tx.fetch_all(statement, **values)
    timezone = await timezone_of(tx)
    page = cut(
        found, limit, lambda last: cursor_to(tx, [_LIST, given], last["updated_at"], last["id"])
    )
    return Listing(*page, timezone)


@lru_cache(maxsize=8)
def _page(deleted: bool, searching: bool, continued: bool) -> Statement:  # noqa: FBT001
    rows = select(*CONVERSATION_COLUMNS)
    in_trash = kept_in_trash(CONVERSATION)
    rows = rows.where(in_trash if deleted else CONVERSATION.c.deleted_at.is_(None))
    if searching:
        patterns = bindparam("patterns", type_=ARRAY(Text), required=True)
        in_message = (
            select(_message.c.id)
            .where(
                _message.c.conversation_id == CONVERSATION.c.id,
                _message.c.search_text.like(func.all(patterns)),
            )
            .correlate(CONVERSATION)
            .exists()
        )
        in_title = CONVERSATION.c.search_text.like(func.all(patterns))
        rows = rows.where(or_(in_title, in_message))
    if continued:
        rows = rows.where(
            tuple_(CONVERSATION.c.updated_at, CONVERSATION.c.id)
            < tuple_(
                bindparam("last_at", type_=INSTANT, required=True),
                bindparam("last_id", type_=BigInteger, required=True),
            )
        )
    order = CONVERSATION.c.updated_at.desc(), CONVERSATION.c.id.desc()
    return compiled(rows.order_by(*order).limit(_rows))


def _newest(*, continued: bool) -> Statement:
    """The newest messages, with `continued` those before `last_id`, until `budget` is reached."""
    running = func.sum(_message.c.size).over(order_by=_message.c.id.desc()) - _message.c.size
    rows = select(*_SHOWN, running.label("before")).where(
        _message.c.conversation_id == _conversation_id
    )
    if continued:
        rows = rows.where(_message.c.id < bindparam("last_id", type_=BigInteger, required=True))
    page = rows.order_by(_message.c.id.desc()).limit(_rows).subquery("page")
    budget = bindparam("budget", type_=BigInteger, required=True)
    return compiled(select(*page.c).where(page.c.before < budget).order_by(page.c.id.desc()))


_NEWEST = _newest(continued=False)
_OLDER = _newest(continued=True)
_CHANGES = compiled(
    select(*_event.c, _undoing.c.id.label("undone_by"))
    .select_from(_event.outerjoin(_undoing, _undoing.c.undoes == _event.c.id))
    .where(
        _event.c.conversation_id == _conversation_id,
        and_(
            _event.c.message_id >= bindparam("first_id", type_=BigInteger, required=True),
            _event.c.message_id <= bindparam("last_id", type_=BigInteger, required=True),
        ),
    )
    .order_by(_event.c.message_id.desc(), _event.c.id.desc())
    .limit(_rows)
)


async def history(
    tx: UserTransaction,
    conversation_id: int,
    *,
    limit: int = 50,
    cursor: str | None = None,
    budget: int = PAGE_BYTES,
    changes: bool = False,
) -> History:
    """One page of a conversation's messages, also in the trash. The first page is the newest.

    A page ends when `limit` messages or `budget` bytes are reached. With `changes`, it has the
    latest CHANGES_SHOWN events that its messages caused. Raises NotFound, and Invalid on a cursor
    of another list.
    """
    timezone = (await find(tx, conversation_id))["timezone"]
    listed = [_HISTORY, conversation_id]
    values = {"conversation_id": conversation_id, "rows": limit, "budget": budget}
    if cursor:
        [values["last_id"]] = place_in(tx, listed, cursor)
    found = await tx.fetch_all(_OLDER if cursor else _NEWEST, **values)
    messages = found[::-1]
    more = bool(messages) and messages[0]["id"] > 1
    next_cursor = cursor_to(tx, listed, messages[0]["id"]) if more else None
    caused: defaultdict[int, list[Record]] = defaultdict(list)
    if changes and messages:
        span = {"first_id": messages[0]["id"], "last_id": messages[-1]["id"]}
        events = await tx.fetch_all(
            _CHANGES, conversation_id=conversation_id, rows=CHANGES_SHOWN, **span
        )
        for event in reversed(events):
            caused[event["message_id"]].append(event)
    return History(messages, next_cursor, timezone, caused)
