"""What must hold of every user's ledger at every moment, read past all the walls."""

import json
from itertools import pairwise
from typing import Any

from surelist.embedded import DATABASE, Server
from surelist.tasks import history
from surelist.tasks.models import status_of
from tests.copies import Copy

Row = dict[str, Any]


async def rows(server: Server, table: str, user_id: str, database: str = DATABASE) -> list[Row]:
    """That user's rows of an event or task table, by id."""
    found = await Copy(server, database).rows(
        f"SELECT * FROM {table} WHERE user_id = $1 ORDER BY id", user_id
    )
    return [
        {
            name: json.loads(value) if name in ("before", "after") and value else value
            for name, value in row.items()
        }
        for row in found
    ]


async def sound_ledger(server: Server, user_id: str, database: str = DATABASE) -> list[Row]:
    """The user's events, after everything has been checked that they, the tasks and counts say."""
    events = await rows(server, "event", user_id, database)
    tasks = {task["id"]: task for task in await rows(server, "task", user_id, database)}
    [account] = await Copy(server, database).rows(
        "SELECT * FROM account WHERE user_id = $1", user_id
    ) or [None]
    if account is None:
        assert (events, tasks) == ([], {})
        return []

    assert [event["id"] for event in events] == list(range(1, len(events) + 1))
    assert all(earlier["at"] <= later["at"] for earlier, later in pairwise(events))
    assert account["last_event"] == len(events)
    assert account["last_task"] == max((event["task_id"] for event in events), default=0)
    statuses = [status_of(task) for task in tasks.values()]
    assert account["pending_count"] == statuses.count("pending")
    assert account["completed_count"] == statuses.count("completed")

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
