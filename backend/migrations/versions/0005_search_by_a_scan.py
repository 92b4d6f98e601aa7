"""Search is a scan: texts are folded anew, tags get a column of their own, and the terms go."""

from collections.abc import Callable, Mapping
from typing import Any

import sqlalchemy as sa
from alembic import op

from surelist.tasks.words import fold, folded

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

ROWS_AT_ONCE = 1000
TYPES = {
    "sort_title": sa.Text(),
    "search_text": sa.Text(),
    "search_tags": sa.ARRAY(sa.Text()),
}


def upgrade() -> None:
    op.drop_table("term")
    op.add_column(
        "task",
        sa.Column("search_tags", TYPES["search_tags"], server_default="{}", nullable=False),
    )
    for table in ("task", "message"):
        # Neither compressed nor, with an ordinary text, out of line: docs/decisions/0013.
        op.execute(f"ALTER TABLE {table} ALTER search_text SET STORAGE EXTERNAL")
        op.execute(f"ALTER TABLE {table} SET (toast_tuple_target = 4080)")
    refold("task", ["user_id", "id"], ["title", "description", "tags"], folded)
    op.alter_column("task", "search_tags", server_default=None)
    refold("conversation", ["user_id", "id"], ["title"], text_of("title"))
    refold("message", ["user_id", "conversation_id", "id"], ["content"], text_of("content"))


def text_of(column: str) -> Callable[[Mapping[str, Any]], dict[str, Any]]:
    return lambda row: {"search_text": fold(row[column] or "")}


def refold(
    table: str,
    key: list[str],
    texts: list[str],
    derived: Callable[[Mapping[str, Any]], dict[str, Any]],
) -> None:
    """Write what is derived from the texts of each row.

    The policy binds the tables' owner too, who is no user: it is not forced meanwhile, which
    nobody else sees of a migration that is one transaction.
    """
    connection = op.get_bind()
    rows = sa.table(table, *map(sa.column, [*key, *texts, *TYPES]))
    keys = [rows.c[name] for name in key]
    page = sa.select(*keys, *(rows.c[name] for name in texts)).order_by(*keys).limit(ROWS_AT_ONCE)
    op.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
    found = connection.execute(page).mappings().all()
    while found:
        new = [derived(row) for row in found]
        connection.execute(
            sa.update(rows)
            .where(*(rows.c[name] == sa.bindparam(f"of_{name}") for name in key))
            .values({name: sa.bindparam(name, type_=TYPES[name]) for name in new[0]}),
            [
                values | {f"of_{name}": row[name] for name in key}
                for row, values in zip(found, new, strict=True)
            ],
        )
        last = sa.tuple_(*(sa.literal(found[-1][name]) for name in key))
        found = connection.execute(page.where(sa.tuple_(*keys) > last)).mappings().all()
    op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")


def downgrade() -> None:
    """The table of terms comes back empty: an earlier Surelist finds a task once it is changed."""
    for table in ("task", "message"):
        op.execute(f"ALTER TABLE {table} RESET (toast_tuple_target)")
        op.execute(f"ALTER TABLE {table} ALTER search_text SET STORAGE EXTENDED")
    op.drop_column("task", "search_tags")
    op.create_table(
        "term",
        sa.Column("user_id", sa.Text(), nullable=False),
        sa.Column("term", sa.Text(collation="C"), nullable=False),
        sa.Column("task_id", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("user_id <> ''", name="term_user_id_check"),
        sa.PrimaryKeyConstraint("user_id", "term", "task_id"),
    )
    op.execute("ALTER TABLE term ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE term FORCE ROW LEVEL SECURITY")
    op.execute(
        "CREATE POLICY term_of_user ON term "
        "USING (user_id = current_setting('app.user_id', true)) "
        "WITH CHECK (user_id = current_setting('app.user_id', true))"
    )
