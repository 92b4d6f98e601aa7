"""The tables `account`, with a row for each user, and `event`, with a row for each change."""

from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import StringConstraints
from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    DateTime,
    Index,
    LargeBinary,
    Text,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from surelist.data.tables import UserTable, owner

EventKind = Literal["created", "updated", "deleted", "restored", "purged", "undone"]

Actor = Literal["person", "assistant", "agent", "system"]

EARLIER_KINDS = {"completed": "updated", "reopened": "updated"}
"""Event kinds before migration 0008, and the kinds that replace them in answers."""

IN_A_LINE = r"[^\x00-\x1f\x7f-\x9f\u2028\u2029]"
"""A character that neither ends a line nor controls a terminal."""

ClientId = Annotated[
    str, StringConstraints(min_length=1, max_length=100, pattern=f"^{IN_A_LINE}+$")
]
"""The id of a client, unique for its user."""

NOW = text("clock_timestamp()")
INSTANT: Any = DateTime(timezone=True)

BEING_ERASED = datetime.max  # noqa: DTZ901 (asyncpg converts infinity to and from a datetime without a zone)
"""The `erased_at` of an account while its rows are being erased: PostgreSQL's `infinity`."""


class Account(UserTable, table=True):
    """The counters of one user. Locking this row serializes the user's writes."""

    __table_args__ = (CheckConstraint("user_id <> ''", name="account_user_id_check"),)

    exported = False
    kept_on_erase = True

    user_id: str = owner()
    timezone: str = Field(default="UTC", sa_type=Text, sa_column_kwargs={"server_default": "UTC"})
    last_event: int = Field(default=0, sa_type=BigInteger, sa_column_kwargs={"server_default": "0"})
    last_task: int = Field(default=0, sa_type=BigInteger, sa_column_kwargs={"server_default": "0"})
    last_conversation: int = Field(
        default=0, sa_type=BigInteger, sa_column_kwargs={"server_default": "0"}
    )
    pending_count: int = Field(
        default=0, sa_type=BigInteger, sa_column_kwargs={"server_default": "0"}
    )
    completed_count: int = Field(
        default=0, sa_type=BigInteger, sa_column_kwargs={"server_default": "0"}
    )
    stored_bytes: int = Field(
        default=0, sa_type=BigInteger, sa_column_kwargs={"server_default": "0"}
    )
    quota_day: date | None = None
    quota_used: int = Field(default=0, sa_type=BigInteger, sa_column_kwargs={"server_default": "0"})
    chat_day: date | None = None
    chat_turns: int = Field(default=0, sa_type=BigInteger, sa_column_kwargs={"server_default": "0"})
    chat_tokens: int = Field(
        default=0, sa_type=BigInteger, sa_column_kwargs={"server_default": "0"}
    )
    erased_at: datetime | None = Field(default=None, sa_type=INSTANT)
    sessions_valid_after: datetime | None = Field(default=None, sa_type=INSTANT)
    created_at: datetime = Field(sa_type=INSTANT, sa_column_kwargs={"server_default": NOW})


class Event(UserTable, table=True):
    """One change of one row: its author, its time, and the changed columns before and after.

    The ids of a user's events are 1, 2, 3 and so on, without gaps. `subject` is the kind of row,
    and `subject_id` or `subject_key` its key; both are NULL for the account. `call` is the first
    event of a call that made several, and NULL for a single event. `undoes` is the event that this
    one undid.
    """

    __table_args__ = (
        CheckConstraint("id > 0", name="event_id_check"),
        CheckConstraint(
            "actor IN ('person', 'assistant', 'agent', 'system')", name="event_actor_check"
        ),
        Index(
            "event_idempotency_key",
            "user_id",
            "client_id",
            "idempotency_key",
            unique=True,
            postgresql_where=text("idempotency_key IS NOT NULL"),
        ),
        Index(
            "event_undoes",
            "user_id",
            "undoes",
            unique=True,
            postgresql_where=text("undoes IS NOT NULL"),
        ),
        Index("event_of_subject", "user_id", "subject_id", "id"),
        Index("event_of_call", "user_id", "call", "id", postgresql_where=text("call IS NOT NULL")),
        Index("event_of_client", "user_id", "client_id", "id"),
        Index(
            "event_of_message",
            "user_id",
            "conversation_id",
            "message_id",
            "id",
            postgresql_where=text("conversation_id IS NOT NULL"),
        ),
        Index(
            "event_created_alike",
            "user_id",
            "request_hash",
            "id",
            postgresql_where=text("kind = 'created'"),
        ),
    )

    id: int = Field(primary_key=True, sa_type=BigInteger)
    subject: str = Field(sa_type=Text)
    subject_id: int | None = Field(default=None, sa_type=BigInteger)
    subject_key: str | None = Field(default=None, sa_type=Text)
    call: int | None = Field(default=None, sa_type=BigInteger)
    kind: str = Field(sa_type=Text)
    actor: str = Field(sa_type=Text)
    client_id: str = Field(sa_type=Text)
    client_name: str = Field(sa_type=Text)
    conversation_id: int | None = Field(default=None, sa_type=BigInteger)
    message_id: int | None = Field(default=None, sa_type=BigInteger)
    at: datetime = Field(sa_type=INSTANT)
    before: dict[str, Any] | None = Field(default=None, sa_type=JSONB)
    after: dict[str, Any] | None = Field(default=None, sa_type=JSONB)
    idempotency_key: str | None = Field(default=None, sa_type=Text)
    request_hash: bytes | None = Field(default=None, sa_type=LargeBinary)
    undoes: int | None = Field(default=None, sa_type=BigInteger)
