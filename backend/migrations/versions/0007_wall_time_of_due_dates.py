"""Wall times of due dates: the day, the time and the zone that were given."""

import sqlalchemy as sa
from alembic import op

from surelist.data.migrating import every_row

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("task", sa.Column("due_time", sa.Time(), nullable=True))
    op.add_column("task", sa.Column("due_zone", sa.Text(), nullable=True))
    op.drop_constraint("task_due_check", "task")
    with every_row("task"):
        # Only the instant is known of a time that was given before: it stays that instant.
        op.execute(
            "UPDATE task SET due_on = (due_at AT TIME ZONE 'UTC')::date, "
            "due_time = (due_at AT TIME ZONE 'UTC')::time, due_zone = 'UTC' "
            "WHERE due_at IS NOT NULL AND due_on IS NULL"
        )
    op.create_check_constraint(
        "task_due_check",
        "task",
        "(due_on IS NULL) = (due_at IS NULL) AND (due_on IS NOT NULL OR due_time IS NULL) "
        "AND (due_time IS NOT NULL OR due_zone IS NULL)",
    )


def downgrade() -> None:
    op.drop_constraint("task_due_check", "task")
    with every_row("task"):
        op.execute("UPDATE task SET due_on = NULL WHERE due_time IS NOT NULL")
    op.create_check_constraint("task_due_check", "task", "due_on IS NULL OR due_at IS NOT NULL")
    op.drop_column("task", "due_zone")
    op.drop_column("task", "due_time")
