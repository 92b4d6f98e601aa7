"""Many users and long lists, copied in the database from lists that were made through the API."""

from collections.abc import Mapping

import asyncpg

TABLES = ("account", "task", "event")
"""Sorted by their foreign keys."""

_COLUMNS = """
SELECT column_name FROM information_schema.columns
WHERE table_name = $1 AND is_generated = 'NEVER' AND table_schema = 'public'
"""


async def copy_user(url: str, original: str, copies: str, times: int) -> None:
    """Copies all rows of `original` to `times` new users, named `copies` and a number from 1."""
    named = {"user_id": f"'{copies}' || n"}
    await _copy(url, original, times, dict.fromkeys(TABLES, named))


async def lengthen_list(url: str, original: str, user: str, times: int) -> None:
    """Copies all rows of `original` to one new user, `times` times, with consecutive ids."""
    me, longer = {"user_id": f"'{user}'"}, f"* {times}"
    tasks, events = "+ (n - 1) * {last_task}", "+ (n - 1) * {last_event}"
    await _copy(url, original, 1, {"account": me})
    columns = ("last_task", "last_event", "pending_count", "completed_count")
    await _run(
        url,
        f"UPDATE account SET {', '.join(f'{name} = {name} {longer}' for name in columns)} "
        f"WHERE user_id = '{user}'",
    )
    task = me | {"id": f"id {tasks}", "version": f"version {events}"}
    event = me | {"id": f"id {events}", "subject_id": f"subject_id {tasks}"}
    await _copy(url, original, times, {"task": task, "event": event})


async def _copy(
    url: str, original: str, times: int, changes: Mapping[str, Mapping[str, str]]
) -> None:
    """Copies the rows of a user `times` times (n = 1, 2, ...), with these columns recomputed."""
    connection = await asyncpg.connect(url)
    try:
        counters = await connection.fetchrow(
            "SELECT last_task, last_event FROM account WHERE user_id = $1", original
        )
        assert counters
        for table, changed in changes.items():
            columns = [row["column_name"] for row in await connection.fetch(_COLUMNS, table)]
            values = [changed.get(name, f'"{name}"').format(**counters) for name in columns]
            names = ", ".join(f'"{name}"' for name in columns)
            await connection.execute(
                f"INSERT INTO {table} ({names}) SELECT {', '.join(values)} "
                f"FROM {table}, generate_series(1, {times}) n WHERE user_id = '{original}'",
                timeout=600,
            )
            await connection.execute(f"VACUUM ANALYZE {table}", timeout=600)
    finally:
        await connection.close()


async def _run(url: str, statement: str) -> None:
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(statement)
    finally:
        await connection.close()
