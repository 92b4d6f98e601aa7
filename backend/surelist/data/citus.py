"""Citus: which tables of users are distributed, and checks that all are, by user."""

from typing import TYPE_CHECKING, TypeAlias

from surelist.data import tables
from surelist.errors import ConfigurationError

if TYPE_CHECKING:
    import asyncpg

Connection: TypeAlias = "asyncpg.Connection[asyncpg.Record]"

COLUMN = "user_id"
"""The distribution column: the first column of every key."""

PRESENT = "SELECT EXISTS (SELECT FROM pg_extension WHERE extname = 'citus')"
_DISTRIBUTED = """
SELECT relation.relname::text AS name, partition.colocationid AS together
FROM pg_dist_partition AS partition JOIN pg_class AS relation ON relation.oid = logicalrelid
WHERE partmethod = 'h' AND relname = ANY ($1) AND relnamespace = 'public'::regnamespace
"""
_PROPAGATES = "SELECT current_setting('citus.propagate_set_commands', true) = 'local'"


async def distributed(connection: Connection) -> dict[str, int]:
    """The colocation groups of the distributed tables of users, by name. Empty without Citus.

    Citus stores a user's rows of all tables of one group on one node.
    """
    if not await connection.fetchval(PRESENT):
        return {}
    found = await connection.fetch(_DISTRIBUTED, list(tables.of_users()))
    return {row["name"]: row["together"] for row in found}


async def check(connection: Connection) -> bool:
    """Return whether the tables of users are distributed.

    Raises ConfigurationError when only some are, when they are not co-located, or when Citus does
    not send SET LOCAL to its nodes.
    """
    groups = await distributed(connection)
    if not groups:
        return False
    if missing := set(tables.of_users()) - set(groups):
        raise ConfigurationError(
            f"Only some tables are distributed. Missing: {', '.join(sorted(missing))}. "
            f"Run: surelist distribute."
        )
    if len(set(groups.values())) > 1:
        raise ConfigurationError(
            "The distributed tables are not co-located, so a user's rows are on several nodes. "
            "Run undistribute_table for each table, then: surelist distribute."
        )
    if not await connection.fetchval(_PROPAGATES):
        raise ConfigurationError(
            "citus.propagate_set_commands is not 'local', so the nodes do not get the user and "
            "show no rows. Run: surelist distribute."
        )
    return True
