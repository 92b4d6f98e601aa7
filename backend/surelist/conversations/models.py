"""Conversations and their messages: the types of their fields, and their tables."""

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
from sqlmodel import Field, SQLModel

from surelist.doors.arguments import LARGEST
from surelist.ledger.models import INSTANT, NOW, user_id_key
from surelist.tasks.models import one_line, some_lines

TITLE_LENGTH = 200
CONTENT_LENGTH = 50_000

ConversationId = Annotated[int, Described(ge=1, le=LARGEST)]
MessageId = Annotated[int, Described(ge=1, le=LARGEST)]
MessageVersion = Annotated[int, Described(ge=1, le=LARGEST)]
ConversationTitle = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=TITLE_LENGTH),
    AfterValidator(one_line),
    Described(description="What it is about."),
]
Role = Literal["user", "assistant"]


def _not_blank(value: str) -> str:
    if not value.strip():
        raise ValueError("must not be blank")
    return value


Content = Annotated[
    str,
    StringConstraints(min_length=1, max_length=CONTENT_LENGTH),
    AfterValidator(some_lines),
    AfterValidator(_not_blank),
    Described(description="The text of the message."),
]


class Conversation(SQLModel, table=True):
    """One conversation of a person with the assistant or with an agent.

    `last_message` is the highest message id given out, `size` the bytes that the conversation and
    its messages count for. A turn of the assistant is under way while `turn_token` is set.
    """

    __table_args__ = (
        ForeignKeyConstraint(["user_id"], ["account.user_id"], name="conversation_account_fkey"),
        Index("conversation_recent", "user_id", "updated_at", "id"),
        Index(
            "conversation_in_trash",
            "user_id",
            "deleted_at",
            postgresql_where=text("deleted_at IS NOT NULL"),
        ),
    )

    user_id: str = user_id_key()
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


class Message(SQLModel, table=True):
    """One message of a conversation; `id` counts from 1 within it, `version` within the message.

    `parts` holds what an answer of the assistant consists of, `reply_to` the message it answers,
    and `failure` why there is no real answer. `replaces` is a message that the person has said
    again in other words: it and all up to this one are out of the model's sight.
    """

    __table_args__ = (
        ForeignKeyConstraint(
            ["user_id", "conversation_id"],
            ["conversation.user_id", "conversation.id"],
            name="message_conversation_fkey",
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

    user_id: str = user_id_key()
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
