"""What must hold of every user's ledger at every moment, read past all the walls."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import groupby, pairwise
from typing import Any

import asyncpg

from surelist.postgres.embedded import DATABASE, Cluster
from surelist.tasks.fields import EMPTY, FIELDS
from surelist.tasks.models import status_of
from surelist.tasks.words import folded
from tests.support.copies import Copy

Row = dict[str, Any]

_EARLIER = """
    {side} || (
        SELECT coalesce(jsonb_object_agg(name, to_char(
            (value::timestamptz - $2::interval) AT TIME ZONE 'UTC',
            'YYYY-MM-DD"T"HH24:MI:SS.US"+00:00"'
        )), '{{}}')
        FROM jsonb_each_text({side}) AS field(name, value)
        WHERE name IN ('completed_at', 'deleted_at') AND value IS NOT NULL
    )
"""
_PASSES = {
    f"""
    SELECT user_id, id, at - $2::interval, {_EARLIER.format(side="before")},
        {_EARLIER.format(side="after")} FROM event WHERE user_id = $1
    """: "UPDATE event SET at = $3, before = $4, after = $5 WHERE user_id = $1 AND id = $2",
    """
    SELECT user_id, id, created_at - $2::interval, updated_at - $2::interval,
        completed_at - $2::interval, deleted_at - $2::interval FROM task WHERE user_id = $1
    """: """
    UPDATE task SET created_at = $3, updated_at = $4, completed_at = $5, deleted_at = $6
    WHERE user_id = $1 AND id = $2
    """,
    "SELECT user_id, erased_at - $2::interval FROM account WHERE user_id = $1": (
        "UPDATE account SET erased_at = $2 WHERE user_id = $1"
    ),
}
"""The rows as they were earlier, and what stores them: Citus lets no UPDATE compute such times."""


async def rows(server: Cluster, table: str, user_id: str, database: str = DATABASE) -> list[Row]:
    """That user's rows of a table."""
    async with Copy(server, database).connection() as connection:
        return await Ledgers(connection).rows(table, user_id)


def postgres_json(image: Row) -> str:
    """An image as PostgreSQL writes a jsonb; its keys are in whatever order, of one length."""
    return json.dumps(image, ensure_ascii=False)


async def sound_ledger(server: Cluster, user_id: str, database: str = DATABASE) -> list[Row]:
    """The user's events, after everything has been checked that they, the tasks and counts say."""
    async with Copy(server, database).connection() as connection:
        return await Ledgers(connection).sound(user_id)


@dataclass(frozen=True)
class Ledgers:
    """All ledgers of a database, as the superuser sees them."""

    connection: asyncpg.Connection

    async def rows(self, table: str, user_id: str) -> list[Row]:
        """That user's rows of a table, by id."""
        found = await self.connection.fetch(
            f"SELECT * FROM {table} WHERE user_id = $1 ORDER BY to_jsonb({table})->'id'", user_id
        )
        return [
            {
                name: json.loads(value) if name in ("before", "after") and value else value
                for name, value in row.items()
            }
            for row in found
        ]

    async def sound(self, user_id: str) -> list[Row]:
        """The user's events, after all has been checked that they, the tasks and counts say."""
        accounts = await self.rows("account", user_id)
        events = await self.rows("event", user_id)
        tasks = {task["id"]: task for task in await self.rows("task", user_id)}
        if not accounts:
            assert (events, tasks) == ([], {})
            return []
        _check_account(accounts[0], events, tasks)
        _check_folded(tasks)
        _check_calls(events)
        _check_replay(events, tasks, accounts[0]["timezone"])
        return events

    async def apart(self, *marks: str) -> None:
        """Check that text which holds a mark is one user's only, whatever the table."""
        tables = await self.connection.fetch(
            "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace "
            "AND relkind = 'r' AND relname <> 'alembic_version'"
        )
        for mark in marks:
            holders = set[str]()
            for (table,) in tables:
                found = await self.connection.fetch(
                    f"SELECT user_id FROM {table} WHERE position($1 IN {table}::text) > 0", mark
                )
                holders |= {user_id for (user_id,) in found}
            assert len(holders) <= 1, f"{mark!r} is with {holders}"

    async def time_of(self, user_id: str, event_id: int) -> tuple[str, int]:
        """When that event happened, in ISO 8601, and the first event of that time."""
        [row] = await self.connection.fetch(
            "SELECT at, (SELECT min(id) FROM event AS same WHERE same.user_id = event.user_id "
            "AND same.at >= event.at) AS first FROM event WHERE user_id = $1 AND id = $2",
            user_id,
            event_id,
        )
        return row["at"].isoformat(), row["first"]

    async def passes(self, user_id: str, time: Any) -> None:
        """Let that much time go by for a user: all that happened is so much longer ago."""
        for earlier, store in _PASSES.items():
            rows = await self.connection.fetch(earlier, user_id, time)
            await self.connection.executemany(store, [tuple(row) for row in rows])


def _check_account(account: Row, events: list[Row], tasks: Mapping[int, Row]) -> None:
    begun = account["last_event"] - len(events) if account["erased_at"] else 0
    assert [event["id"] for event in events] == [begun + n + 1 for n in range(len(events))]
    assert account["last_event"] == begun + len(events)
    assert all(earlier["at"] <= later["at"] for earlier, later in pairwise(events))
    tasks_ever = [event["subject_id"] for event in events if is_task(event)]
    last_task = max(tasks_ever, default=0)
    assert account["last_task"] == last_task or (account["erased_at"] and not tasks_ever)
    statuses = [status_of(task) for task in tasks.values()]
    assert account["pending_count"] == statuses.count("pending")
    assert account["completed_count"] == statuses.count("completed")
    assert account["stored_bytes"] == sum(
        len(postgres_json(image).encode())
        for event in events
        for image in (event["before"], event["after"])
        if image is not None
    )


def _check_folded(tasks: Mapping[int, Row]) -> None:
    for task in tasks.values():
        derived = folded(task)
        assert {name: task[name] for name in derived} == derived


def is_task(event: Row) -> bool:
    """Whether it is a change of a task."""
    return event["subject"] == "task"


def _check_calls(events: list[Row]) -> None:
    """The events of a call follow each other, and carry the id of the first; one alone has none."""
    for call, of_call in groupby(events, key=lambda event: event["call"]):
        ids = [event["id"] for event in of_call]
        assert call is None or (ids[0] == call and len(ids) > 1)
    calls = [call for call, _ in groupby(event["call"] for event in events) if call]
    assert len(calls) == len(set(calls))


def _check_replay(events: list[Row], tasks: Mapping[int, Row], timezone: str) -> None:
    events = list(filter(is_task, events))
    purged = {event["subject_id"] for event in events if event["kind"] == "purged"}
    assert purged & set(tasks) == set()

    told: dict[int, Row] = {}
    for event in events:
        if event["subject_id"] in purged:
            assert (event["before"], event["after"]) == (None, None)
            assert event["kind"] == "purged" or event["request_hash"] is None
            continue
        after = FIELDS.columns_from_json(event["after"], timezone)
        if event["kind"] == "created":
            assert event["before"] is None
            told[event["subject_id"]] = {"created_at": event["at"]}
        else:
            known = told[event["subject_id"]]
            before = FIELDS.columns_from_json(event["before"], timezone)
            assert before == {name: known[name] for name in after}
            assert set(after) == set(
                FIELDS.changed_columns({**EMPTY, **before}, {**EMPTY, **after})
            )
        told[event["subject_id"]] |= after | {"version": event["id"], "updated_at": event["at"]}
    for task_id, columns in told.items():
        assert {name: tasks[task_id][name] for name in columns} == columns
    assert set(told) == set(tasks)
