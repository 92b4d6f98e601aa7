"""Checks that the database's row-level security is as the migrations create it.

A restore from a changed file, or a hand that ran `ALTER TABLE ... DISABLE ROW LEVEL SECURITY`,
would open every list to every user.
"""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import TypeAlias

import asyncpg

from surelist.data import tables
from surelist.errors import ConfigurationError

Connection: TypeAlias = "asyncpg.Connection[asyncpg.Record]"

_OF_USER = "user_id=current_settingapp.user_id,true"
"""The expression of each policy, as `_bare` leaves it."""

_OF_USER_OR_DUE = f"{_OF_USER}ORcurrent_settingapp.seeks_due,true=on"
"""The expression that decides which rows of a table `found_by_workers` are seen. Only the SQL
function `deliveries_of_all` sets `app.seeks_due`, until it returns."""

_POLICIES = """
SELECT wanted.name, relation.oid IS NOT NULL AS exists,
    relation.relrowsecurity AND relation.relforcerowsecurity AS walled,
    policy.polname AS policy, policy.polpermissive AS permissive, policy.polcmd::text AS command,
    policy.polroles = ARRAY[0::oid] AS of_all,
    pg_get_expr(policy.polqual, policy.polrelid) AS seen,
    pg_get_expr(policy.polwithcheck, policy.polrelid) AS written
FROM unnest($1::text[]) AS wanted (name)
LEFT JOIN pg_class AS relation ON relation.oid = to_regclass(quote_ident(wanted.name))
LEFT JOIN pg_policy AS policy ON policy.polrelid = relation.oid
ORDER BY wanted.name, policy.polname
"""


@asynccontextmanager
async def lifted(connection: Connection, table: str) -> AsyncGenerator[None]:
    """Let the table's owner see every row of a table, in a transaction that locks it.

    An error must roll the transaction back.
    """
    await connection.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
    yield
    await connection.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")


async def check(connection: Connection) -> None:
    """Raise ConfigurationError unless each table of users has exactly its policies.

    That is: row-level security on, forced on the owner too, and the one policy of the migrations.
    """
    found = await connection.fetch(_POLICIES, list(tables.of_users()))
    for row in found:
        if fault := _fault(row):
            raise ConfigurationError(
                f"The table {row['name']} does not keep users apart: {fault}. Take back what was "
                "changed, or restore a backup into an empty database."
            )


def _fault(row: asyncpg.Record) -> str | None:
    """The fault of a table or of one of its policies."""
    if not row["exists"]:
        return "it is missing"
    if not row["walled"]:
        return "row-level security is not on and forced"
    if row["policy"] is None:
        return "it has no policy"
    if row["policy"] != f"{row['name']}_of_user":
        return f"it has a policy that Surelist did not make, {row['policy']}"
    seen = _OF_USER_OR_DUE if row["name"] in tables.found_by_workers() else _OF_USER
    same = _bare(row["seen"]) == seen and _bare(row["written"]) == _OF_USER
    if not (same and row["permissive"] and row["of_all"] and row["command"] == "*"):
        return f"its policy {row['policy']} is not the one that Surelist made"
    return None


def _bare(expression: str | None) -> str:
    """An expression without the parts that versions of PostgreSQL print differently."""
    for token in ("::text", "(", ")", "'", " ", "\n"):
        expression = (expression or "").replace(token, "")
    return expression or ""
