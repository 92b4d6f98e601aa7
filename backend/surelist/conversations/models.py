"""The tables of the built-in chat."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKeyConstraint, Index, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel

from surelist.ledger.models import INSTANT, NOW, user_id_key


class Conversation(SQLModel, table=True):
    """One conversation of a person with the assistant."""

    __table_args__ = (
        ForeignKeyConstraint(["user_id"], ["account.user_id"], name="conversation_account_fkey"),
        Index("conversation_recent", "user_id", "updated_at", "id"),
    )

    user_id: str = user_id_key()
    id: int = Field(primary_key=True, sa_type=BigInteger)
    title: str | None = Field(default=None, sa_type=Text)
    created_at: datetime = Field(sa_type=INSTANT, sa_column_kwargs={"server_default": NOW})
    updated_at: datetime = Field(sa_type=INSTANT, sa_column_kwargs={"server_default": NOW})


class Message(SQLModel, table=True):
    """One message of a conversation; `id` counts from 1 within it."""

    __table_args__ = (
        ForeignKeyConstraint(
            ["user_id", "conversation_id"],
            ["conversation.user_id", "conversation.id"],
            name="message_conversation_fkey",
            ondelete="CASCADE",
        ),
        CheckConstraint("role IN ('user', 'assistant', 'tool')", name="message_role_check"),
    )

    user_id: str = user_id_key()
    conversation_id: int = Field(primary_key=True, sa_type=BigInteger)
    id: int = Field(primary_key=True, sa_type=BigInteger)
    role: str = Field(sa_type=Text)
    content: str = Field(sa_type=Text)
    parts: list[Any] | None = Field(default=None, sa_type=JSONB)
    created_at: datetime = Field(sa_type=INSTANT, sa_column_kwargs={"server_default": NOW})
