"""An index, so that the changes of one client are found without looking at all others."""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("event_of_client", "event", ["user_id", "client_id", "id"], unique=False)


def downgrade() -> None:
    op.drop_index("event_of_client", table_name="event")
