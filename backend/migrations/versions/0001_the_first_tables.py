"""The first tables."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None

TABLES = ("account", "agent", "conversation", "event", "task", "term", "message")


def upgrade() -> None:
    op.create_table(
        "account",
        sa.Column("user_id", sa.Text(), nullable=False),
        sa.Column("timezone", sa.Text(), server_default="UTC", nullable=False),
        sa.Column("last_event", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("last_task", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("last_conversation", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("pending_count", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("completed_count", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("stored_bytes", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("erased_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.CheckConstraint("user_id <> ''", name="account_user_id_check"),
        sa.PrimaryKeyConstraint("user_id"),
    )
    op.create_table(
        "agent",
        sa.Column("user_id", sa.Text(), nullable=False),
        sa.Column("client_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("scopes", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column(
            "valid_after",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.CheckConstraint("user_id <> ''", name="agent_user_id_check"),
        sa.PrimaryKeyConstraint("user_id", "client_id"),
    )
    op.create_index(
        "agent_by_age",
        "agent",
        ["user_id", sa.literal_column("created_at DESC"), "client_id"],
        unique=False,
    )
    op.create_table(
        "conversation",
        sa.Column("user_id", sa.Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("title", sa.Text(), nullable=True),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.Column(
            "updated_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(["user_id"], ["account.user_id"], name="conversation_account_fkey"),
        sa.PrimaryKeyConstraint("user_id", "id"),
    )
    op.create_index(
        "conversation_recent", "conversation", ["user_id", "updated_at", "id"], unique=False
    )
    op.create_table(
        "event",
        sa.Column("user_id", sa.Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("task_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("client_id", sa.Text(), nullable=False),
        sa.Column("client_name", sa.Text(), nullable=False),
        sa.Column("conversation_id", sa.BigInteger(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("before", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("after", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("idempotency_key", sa.Text(), nullable=True),
        sa.Column("request_hash", sa.LargeBinary(), nullable=True),
        sa.Column("undoes", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "actor IN ('person', 'assistant', 'agent', 'system')", name="event_actor_check"
        ),
        sa.CheckConstraint(
            "kind IN ('created', 'updated', 'completed', 'reopened', 'deleted', 'restored', "
            "'purged', 'undone')",
            name="event_kind_check",
        ),
        sa.CheckConstraint("id > 0", name="event_id_check"),
        sa.ForeignKeyConstraint(["user_id"], ["account.user_id"], name="event_account_fkey"),
        sa.PrimaryKeyConstraint("user_id", "id"),
    )
    op.create_index(
        "event_created_alike",
        "event",
        ["user_id", "request_hash", "id"],
        unique=False,
        postgresql_where=sa.text("kind = 'created'"),
    )
    op.create_index(
        "event_idempotency_key",
        "event",
        ["user_id", "client_id", "idempotency_key"],
        unique=True,
        postgresql_where=sa.text("idempotency_key IS NOT NULL"),
    )
    op.create_index("event_of_task", "event", ["user_id", "task_id", "id"], unique=False)
    op.create_index(
        "event_undoes",
        "event",
        ["user_id", "undoes"],
        unique=True,
        postgresql_where=sa.text("undoes IS NOT NULL"),
    )
    op.create_table(
        "task",
        sa.Column("user_id", sa.Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("priority", sa.SmallInteger(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("tags", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("sort_title", sa.Text(collation="C"), nullable=False),
        sa.Column("search_text", sa.Text(), nullable=False),
        sa.Column("completed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "status",
            sa.SmallInteger(),
            sa.Computed(
                "CASE WHEN deleted_at IS NOT NULL THEN 2 "
                "WHEN completed_at IS NOT NULL THEN 1 ELSE 0 END",
                persisted=True,
            ),
            nullable=False,
        ),
        sa.Column(
            "sort_due",
            sa.DateTime(timezone=True),
            sa.Computed("coalesce(due_at, 'infinity'::timestamptz)", persisted=True),
            nullable=False,
        ),
        sa.Column(
            "sort_priority",
            sa.SmallInteger(),
            sa.Computed("3 - priority", persisted=True),
            nullable=False,
        ),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("cardinality(tags) <= 20", name="task_tags_check"),
        sa.CheckConstraint(
            "char_length(description) BETWEEN 1 AND 10000", name="task_description_check"
        ),
        sa.CheckConstraint("char_length(title) BETWEEN 1 AND 200", name="task_title_check"),
        sa.CheckConstraint("due_on IS NULL OR due_at IS NOT NULL", name="task_due_check"),
        sa.CheckConstraint("id > 0", name="task_id_check"),
        sa.CheckConstraint("priority BETWEEN 0 AND 3", name="task_priority_check"),
        sa.ForeignKeyConstraint(["user_id"], ["account.user_id"], name="task_account_fkey"),
        sa.PrimaryKeyConstraint("user_id", "id"),
    )
    op.create_index("task_by_id", "task", ["user_id", "status", "id"], unique=False)
    op.create_index("task_by_due", "task", ["user_id", "status", "sort_due", "id"], unique=False)
    op.create_index(
        "task_by_priority", "task", ["user_id", "status", "sort_priority", "id"], unique=False
    )
    op.create_index(
        "task_by_title", "task", ["user_id", "status", "sort_title", "id"], unique=False
    )
    op.create_index("task_by_version", "task", ["user_id", "status", "version"], unique=True)
    op.create_index(
        "task_in_trash",
        "task",
        ["user_id", "deleted_at"],
        unique=False,
        postgresql_where=sa.text("deleted_at IS NOT NULL"),
    )
    op.create_table(
        "term",
        sa.Column("user_id", sa.Text(), nullable=False),
        sa.Column("term", sa.Text(collation="C"), nullable=False),
        sa.Column("task_id", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("user_id <> ''", name="term_user_id_check"),
        sa.PrimaryKeyConstraint("user_id", "term", "task_id"),
    )
    op.create_table(
        "message",
        sa.Column("user_id", sa.Text(), nullable=False),
        sa.Column("conversation_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("parts", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.CheckConstraint("role IN ('user', 'assistant', 'tool')", name="message_role_check"),
        sa.ForeignKeyConstraint(
            ["user_id", "conversation_id"],
            ["conversation.user_id", "conversation.id"],
            name="message_conversation_fkey",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("user_id", "conversation_id", "id"),
    )
    for table in TABLES:
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        op.execute(
            f"CREATE POLICY {table}_of_user ON {table} "
            "USING (user_id = current_setting('app.user_id', true)) "
            "WITH CHECK (user_id = current_setting('app.user_id', true))"
        )


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)
