"""The tables of conversations and messages, and the types of their fields."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, StringConstraints
from pydantic import Field as Described
from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKeyConstraint,
    Index,
    LargeBinary,
    Text,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from surelist.data.tables import UserTable, owner
from surelist.doors.arguments import LARGEST
from surelist.ledger.models import INSTANT, NOW
from surelist.text import label, seen, some_lines

TITLE_LENGTH = 200
CONTENT_LENGTH = 50_000

ConversationId = Annotated[int, Described(ge=1, le=LARGEST)]
MessageId = Annotated[int, Described(ge=1, le=LARGEST)]
MessageVersion = Annotated[int, Described(ge=1, le=LARGEST)]
ConversationTitle = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=TITLE_LENGTH),
    AfterValidator(label),
    Described(description="What it is about."),
]
Role = Literal["user", "assistant"]


Content = Annotated[
    str,
    StringConstraints(min_length=1, max_length=CONTENT_LENGTH),
    AfterValidator(some_lines),
    AfterValidator(seen),
    Described(description="The text of the message."),
]


class Conversation(UserTable, table=True):
    """A conversation of a person with the assistant or with an agent.

    `last_message` is the highest message id so far. `size` is the number of bytes that the
    conversation and its messages count for. While the assistant answers, `turn_token` is set.
    """

    __table_args__ = (
        Index("conversation_recent", "user_id", "updated_at", "id"),
        Index(
            "conversation_in_trash",
            "user_id",
            "deleted_at",
            postgresql_where=text("deleted_at IS NOT NULL"),
        ),
    )

    id: int = Field(primary_key=True, sa_type=BigInteger)
    title: str | None = Field(default=None, sa_type=Text)
    search_text: str = Field(sa_type=Text)
    client_id: str = Field(sa_type=Text)
    client_name: str = Field(sa_type=Text)
    last_message: int = Field(
        default=0, sa_type=BigInteger, sa_column_kwargs={"server_default": "0"}
    )
    size: int = Field(default=0, sa_type=BigInteger, sa_column_kwargs={"server_default": "0"})
    turn_token: str | None = Field(default=None, sa_type=Text)
    turn_started_at: datetime | None = Field(default=None, sa_type=INSTANT)
    deleted_at: datetime | None = Field(default=None, sa_type=INSTANT)
    created_at: datetime = Field(sa_type=INSTANT, sa_column_kwargs={"server_default": NOW})
    updated_at: datetime = Field(sa_type=INSTANT, sa_column_kwargs={"server_default": NOW})


class Message(UserTable, table=True):
    """A message of a conversation. `id` counts from 1 in each conversation.

    An answer of the assistant has `parts` (see assistant/parts.py), `reply_to`, the id of the
    message that it answers, and, if it failed, the reason in `failure`. `replaces` is the id of an
    earlier message that this one replaces: the model does not get the messages from that one up to
    this one.
    """

    __table_args__ = (
        ForeignKeyConstraint(
            ["user_id", "conversation_id"],
            ["conversation.user_id", "conversation.id"],
            ondelete="CASCADE",
        ),
        CheckConstraint("role IN ('user', 'assistant', 'tool')", name="message_role_check"),
        Index(
            "message_idempotency_key",
            "user_id",
            "client_id",
            "idempotency_key",
            unique=True,
            postgresql_where=text("idempotency_key IS NOT NULL"),
        ),
    )

    user_id: str = owner()
    conversation_id: int = Field(primary_key=True, sa_type=BigInteger)
    id: int = Field(primary_key=True, sa_type=BigInteger)
    role: str = Field(sa_type=Text)
    content: str = Field(sa_type=Text)
    parts: list[Any] | None = Field(default=None, sa_type=JSONB)
    search_text: str = Field(sa_type=Text)
    size: int = Field(default=0, sa_type=BigInteger, sa_column_kwargs={"server_default": "0"})
    version: int = Field(default=1, sa_type=BigInteger, sa_column_kwargs={"server_default": "1"})
    reply_to: int | None = Field(default=None, sa_type=BigInteger)
    replaces: int | None = Field(default=None, sa_type=BigInteger)
    failure: str | None = Field(default=None, sa_type=Text)
    client_id: str = Field(sa_type=Text)
    client_name: str = Field(sa_type=Text)
    idempotency_key: str | None = Field(default=None, sa_type=Text)
    request_hash: bytes | None = Field(default=None, sa_type=LargeBinary)
    created_at: datetime = Field(sa_type=INSTANT, sa_column_kwargs={"server_default": NOW})
    updated_at: datetime | None = Field(default=None, sa_type=INSTANT)
