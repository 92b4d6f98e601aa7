"""Functions for migrations. Released migrations call them, so their effect must not change."""

from collections.abc import Generator
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa
from alembic import op

_DISTRIBUTED = """
SELECT EXISTS (SELECT FROM pg_dist_partition WHERE logicalrelid = to_regclass('account'))
"""
_OF_USER = "(user_id = current_setting('app.user_id', true))"


def create_user_table(name: str, *columns: "sa.Column[Any] | sa.Constraint") -> None:
    """Create a table of users' rows, with `user_id` first and with row-level security.

    Where the others are distributed over nodes, it is too.

    `columns` are the others, with further constraints; those that are part of the primary key say
    so with `primary_key=True`.
    """
    op.create_table(
        name,
        sa.Column("user_id", sa.Text(), nullable=False, primary_key=True),
        *columns,
        sa.ForeignKeyConstraint(["user_id"], ["account.user_id"], name=f"{name}_account_fkey"),
    )
    op.execute(f"ALTER TABLE {name} ENABLE ROW LEVEL SECURITY")
    op.execute(f"ALTER TABLE {name} FORCE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY {name}_of_user ON {name} USING {_OF_USER} WITH CHECK {_OF_USER}")
    if _is_distributed():
        op.execute(
            f"SELECT create_distributed_table('{name}', 'user_id', colocate_with => 'account')"
        )


def _is_distributed() -> bool:
    """Whether the tables of users are distributed over the nodes of a Citus cluster."""
    connection = op.get_bind()
    known = connection.scalar(sa.text("SELECT to_regclass('pg_dist_partition') IS NOT NULL"))
    return bool(known and connection.scalar(sa.text(_DISTRIBUTED)))


@contextmanager
def every_row(table: str) -> Generator[None]:
    """Let the owner of a table see every user's rows in it, to move data.

    Nobody else sees the table meanwhile: it is locked until the migration is committed.
    """
    op.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
    yield
    op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
