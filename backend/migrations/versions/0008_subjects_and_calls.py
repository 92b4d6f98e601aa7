"""Events of other subjects than tasks, the calls that made them, and the changes of a day."""

import sqlalchemy as sa
from alembic import op

from surelist.data.migrating import every_row

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

KINDS = (
    "kind IN ('created', 'updated', 'completed', 'reopened', 'deleted', 'restored', 'purged', "
    "'undone')"
)


def upgrade() -> None:
    op.drop_constraint("event_kind_check", "event")
    op.alter_column("event", "task_id", new_column_name="subject_id", nullable=True)
    op.add_column(
        "event", sa.Column("subject", sa.Text(), server_default="task", nullable=False)
    )  # a constant, with which no row is written anew
    op.alter_column("event", "subject", server_default=None)
    op.add_column("event", sa.Column("subject_key", sa.Text(), nullable=True))
    op.add_column("event", sa.Column("call", sa.BigInteger(), nullable=True))
    op.execute("ALTER INDEX event_of_task RENAME TO event_of_subject")
    op.create_index(
        "event_of_call",
        "event",
        ["user_id", "call", "id"],
        unique=False,
        postgresql_where=sa.text("call IS NOT NULL"),
    )
    op.add_column("account", sa.Column("quota_day", sa.Date(), nullable=True))
    op.add_column(
        "account", sa.Column("quota_used", sa.BigInteger(), server_default="0", nullable=False)
    )


def downgrade() -> None:
    """An event of no task becomes a purge of task 0: an earlier Surelist knows no other subject."""
    op.drop_column("account", "quota_used")
    op.drop_column("account", "quota_day")
    with every_row("account"), every_row("event"):
        op.execute(
            "UPDATE account SET stored_bytes = stored_bytes - images.bytes FROM ("
            "SELECT user_id, sum(coalesce(octet_length(before::text), 0) "
            "+ coalesce(octet_length(after::text), 0)) AS bytes "
            "FROM event WHERE subject <> 'task' GROUP BY user_id) AS images "
            "WHERE account.user_id = images.user_id"
        )
        op.execute(
            "UPDATE event SET subject_id = 0, kind = 'purged', before = NULL, after = NULL, "
            "request_hash = NULL WHERE subject <> 'task'"
        )
    op.drop_index("event_of_call", table_name="event")
    op.execute("ALTER INDEX event_of_subject RENAME TO event_of_task")
    op.drop_column("event", "call")
    op.drop_column("event", "subject_key")
    op.drop_column("event", "subject")
    op.alter_column("event", "subject_id", new_column_name="task_id", nullable=False)
    op.create_check_constraint("event_kind_check", "event", KINDS)
