"""Webhooks, their positions in the ledger, and the events that were given up on."""

import sqlalchemy as sa
from alembic import op

from surelist.data.migrating import create_user_table

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)

# A worker has to find the deliveries of every user. Only the function below sets app.seeks_due,
# and resets it before it returns. No other table has such a policy. Citus passes SET LOCAL to its
# nodes, and not set_config.
FOUND_BY_WORKERS = """
ALTER POLICY delivery_of_user ON delivery USING (
    user_id = current_setting('app.user_id', true) OR current_setting('app.seeks_due', true) = 'on'
)
"""

# `unsent_after` is null for a user without a delivery that is due. A delivery that repeats earlier
# events is due whatever the last event is.
DELIVERIES = """
CREATE FUNCTION deliveries_of_all(later_than text, most integer)
RETURNS TABLE (of_user text, unsent_after bigint) LANGUAGE plpgsql AS $$
BEGIN
    SET LOCAL app.seeks_due = 'on';
    RETURN QUERY SELECT user_id, min(CASE WHEN replaying THEN -1 ELSE after_id END)
        FILTER (WHERE due_at <= statement_timestamp())
    FROM delivery WHERE due_at IS NOT NULL AND user_id > later_than
    GROUP BY user_id ORDER BY user_id LIMIT most;
    SET LOCAL app.seeks_due = '';
END
$$
"""


def _of_webhook(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["user_id", "webhook_id"],
        ["webhook.user_id", "webhook.id"],
        name=f"{table}_webhook_fkey",
        ondelete="CASCADE",
    )


def upgrade() -> None:
    create_user_table(
        "webhook",
        sa.Column("id", sa.Text(), primary_key=True),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("salt", sa.LargeBinary(), nullable=False),
        sa.Column("earlier_salt", sa.LargeBinary()),
        sa.Column("earlier_until", INSTANT),
        sa.Column("paused_at", INSTANT),
        sa.Column("paused_because", sa.Text()),
        sa.Column("created_at", INSTANT, nullable=False),
    )
    create_user_table(
        "delivery",
        sa.Column("webhook_id", sa.Text(), primary_key=True),
        sa.Column("after_id", sa.BigInteger(), nullable=False),
        sa.Column("due_at", INSTANT),
        sa.Column("claim", sa.Text()),
        sa.Column("replaying", sa.Boolean(), nullable=False, server_default=sa.text("false")),
        sa.Column("attempts", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("failing_since", INSTANT),
        sa.Column("last_at", INSTANT),
        sa.Column("last_status", sa.Integer()),
        sa.Column("last_problem", sa.Text()),
        _of_webhook("delivery"),
    )
    create_user_table(
        "undelivered",
        sa.Column("webhook_id", sa.Text(), primary_key=True),
        sa.Column("event_id", sa.BigInteger(), primary_key=True),
        sa.Column("problem", sa.Text(), nullable=False),
        sa.Column("status", sa.Integer()),
        sa.Column("given_up_at", INSTANT, nullable=False),
        sa.Column("replaying", sa.Boolean(), nullable=False, server_default=sa.text("false")),
        _of_webhook("undelivered"),
    )
    op.execute(FOUND_BY_WORKERS)
    op.execute(DELIVERIES)


def downgrade() -> None:
    op.execute("DROP FUNCTION deliveries_of_all(text, integer)")
    for table in ("undelivered", "delivery", "webhook"):
        op.drop_table(table)
