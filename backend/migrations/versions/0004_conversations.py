"""Conversations, their messages, and the message that each change came from."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    for column in (
        sa.Column("chat_day", sa.Date(), nullable=True),
        sa.Column("chat_turns", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("chat_tokens", sa.BigInteger(), server_default="0", nullable=False),
    ):
        op.add_column("account", column)
    for column in (
        sa.Column("search_text", sa.Text(), server_default="", nullable=False),
        sa.Column("client_id", sa.Text(), server_default="", nullable=False),
        sa.Column("client_name", sa.Text(), server_default="", nullable=False),
        sa.Column("last_message", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("size", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("turn_token", sa.Text(), nullable=True),
        sa.Column("turn_started_at", INSTANT, nullable=True),
        sa.Column("deleted_at", INSTANT, nullable=True),
    ):
        op.add_column("conversation", column)
    op.create_index(
        "conversation_in_trash",
        "conversation",
        ["user_id", "deleted_at"],
        unique=False,
        postgresql_where=sa.text("deleted_at IS NOT NULL"),
    )
    for column in (
        sa.Column("search_text", sa.Text(), server_default="", nullable=False),
        sa.Column("size", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("version", sa.BigInteger(), server_default="1", nullable=False),
        sa.Column("reply_to", sa.BigInteger(), nullable=True),
        sa.Column("failure", sa.Text(), nullable=True),
        sa.Column("client_id", sa.Text(), server_default="", nullable=False),
        sa.Column("client_name", sa.Text(), server_default="", nullable=False),
        sa.Column("idempotency_key", sa.Text(), nullable=True),
        sa.Column("request_hash", sa.LargeBinary(), nullable=True),
        sa.Column("updated_at", INSTANT, nullable=True),
    ):
        op.add_column("message", column)
    op.create_index(
        "message_idempotency_key",
        "message",
        ["user_id", "client_id", "idempotency_key"],
        unique=True,
        postgresql_where=sa.text("idempotency_key IS NOT NULL"),
    )
    for table in ("conversation", "message"):
        for column in ("search_text", "client_id", "client_name"):
            op.alter_column(table, column, server_default=None)
    op.add_column("event", sa.Column("message_id", sa.BigInteger(), nullable=True))
    op.create_index(
        "event_of_message",
        "event",
        ["user_id", "conversation_id", "message_id", "id"],
        unique=False,
        postgresql_where=sa.text("conversation_id IS NOT NULL"),
    )


def downgrade() -> None:
    for column in ("chat_tokens", "chat_turns", "chat_day"):
        op.drop_column("account", column)
    op.drop_index("event_of_message", table_name="event")
    op.drop_column("event", "message_id")
    op.drop_index("message_idempotency_key", table_name="message")
    for column in (
        "updated_at",
        "request_hash",
        "idempotency_key",
        "client_name",
        "client_id",
        "failure",
        "reply_to",
        "version",
        "size",
        "search_text",
    ):
        op.drop_column("message", column)
    op.drop_index("conversation_in_trash", table_name="conversation")
    for column in (
        "deleted_at",
        "turn_started_at",
        "turn_token",
        "size",
        "last_message",
        "client_name",
        "client_id",
        "search_text",
    ):
        op.drop_column("conversation", column)
