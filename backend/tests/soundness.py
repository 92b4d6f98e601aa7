"""What must hold of every user's ledger at every moment, read past all the walls."""

import json
from itertools import pairwise
from typing import Any

import asyncpg

from surelist.embedded import DATABASE, Server
from surelist.tasks import history
from surelist.tasks.models import status_of
from surelist.tasks.terms import SORTED, indexed
from tests.copies import Copy

Row = dict[str, Any]


async def rows(server: Server, table: str, user_id: str, database: str = DATABASE) -> list[Row]:
    """That user's rows of a table."""
    async with Copy(server, database).connection() as connection:
        return await _rows(connection, table, user_id)


async def _rows(connection: asyncpg.Connection, table: str, user_id: str) -> list[Row]:
    found = await connection.fetch(
        f"SELECT * FROM {table} WHERE user_id = $1 ORDER BY to_jsonb({table})->'id'", user_id
    )
    return [
        {
            name: json.loads(value) if name in ("before", "after") and value else value
            for name, value in row.items()
        }
        for row in found
    ]


def postgres_json(image: Row) -> str:
    """An image as PostgreSQL writes a jsonb; its keys are in whatever order, of one length."""
    return json.dumps(image, ensure_ascii=False)


async def sound_ledger(server: Server, user_id: str, database: str = DATABASE) -> list[Row]:
    """The user's events, after everything has been checked that they, the tasks and counts say."""
    async with Copy(server, database).connection() as connection:
        accounts = await _rows(connection, "account", user_id)
        events = await _rows(connection, "event", user_id)
        tasks = {task["id"]: task for task in await _rows(connection, "task", user_id)}
        terms = await _rows(connection, "term", user_id)
    if not accounts:
        assert (events, tasks, terms) == ([], {}, [])
        return []
    [account] = accounts

    assert [event["id"] for event in events] == list(range(1, len(events) + 1))
    assert all(earlier["at"] <= later["at"] for earlier, later in pairwise(events))
    assert account["last_event"] == len(events)
    assert account["last_task"] == max((event["task_id"] for event in events), default=0)
    statuses = [status_of(task) for task in tasks.values()]
    assert account["pending_count"] == statuses.count("pending")
    assert account["completed_count"] == statuses.count("completed")
    assert account["stored_bytes"] == sum(
        len(postgres_json(image).encode())
        for event in events
        for image in (event["before"], event["after"])
        if image is not None
    )

    of_tasks = {task_id: indexed(task) for task_id, task in tasks.items()}
    assert {(term["task_id"], term["term"]) for term in terms} == {
        (task_id, term) for task_id, found_by in of_tasks.items() for term in found_by["gained"]
    }
    for task_id, found_by in of_tasks.items():
        assert {name: tasks[task_id][name] for name in SORTED} == {
            name: found_by[name] for name in SORTED
        }

    purged = {event["task_id"] for event in events if event["kind"] == "purged"}
    assert purged & set(tasks) == set()
    told: dict[int, Row] = {}
    for event in events:
        if event["task_id"] in purged:
            assert (event["before"], event["after"], event["request_hash"]) == (None, None, None)
            continue
        after = history.remembered(event["after"])
        if event["kind"] == "created":
            assert event["before"] is None
            told[event["task_id"]] = {"created_at": event["at"]}
        else:
            known = told[event["task_id"]]
            before = history.remembered(event["before"])
            assert before == {name: known[name] for name in after}
            assert all(before[name] != after[name] for name in after)
        told[event["task_id"]] |= after | {"version": event["id"], "updated_at": event["at"]}
    for task_id, columns in told.items():
        assert {name: tasks[task_id][name] for name in columns} == columns
    assert set(told) == set(tasks)
    return events
