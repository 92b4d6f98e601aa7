"""Functions that begin a write, and that tell how far a user's ledger is."""

from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

# Citus sends a SET LOCAL to its nodes along with the whole query that contains it. In a function
# each is a query of its own.
HOLD_ACCOUNT = """
CREATE FUNCTION hold_account(of_user text, patience integer) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE 'SET LOCAL app.user_id = ' || quote_literal(of_user);
    SET LOCAL enable_sort = off;
    SET LOCAL enable_seqscan = off;
    EXECUTE 'SET LOCAL lock_timeout = ' || patience;
    PERFORM FROM account WHERE user_id = of_user FOR NO KEY UPDATE;
    IF NOT FOUND THEN
        INSERT INTO account (user_id) VALUES (of_user) ON CONFLICT DO NOTHING;
        PERFORM FROM account WHERE user_id = of_user FOR NO KEY UPDATE;
    END IF;
END
$$
"""

# Null after an erase, which is no event: a replica that lacks it is then never trusted.
LAST_EVENT_OF = """
CREATE FUNCTION last_event_of(of_user text) RETURNS bigint LANGUAGE plpgsql AS $$
BEGIN
    PERFORM set_config('app.user_id', of_user, true);
    RETURN (SELECT last_event FROM account WHERE user_id = of_user AND erased_at IS NULL);
END
$$
"""


def upgrade() -> None:
    op.execute(HOLD_ACCOUNT)
    op.execute(LAST_EVENT_OF)


def downgrade() -> None:
    op.execute("DROP FUNCTION last_event_of(text)")
    op.execute("DROP FUNCTION hold_account(text, integer)")
