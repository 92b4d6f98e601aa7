"""Erasing a list of any size: tokens are refused at once, and rows are deleted in batches."""

import asyncio
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pytest

from surelist.access.auth import OWNER_SCOPE
from surelist.account import erasing
from surelist.account.erasing import remove_some, shut_out
from surelist.data import tables
from surelist.data.database import Statement
from surelist.data.isolation import UserTransaction
from surelist.errors import BeingErased
from surelist.ledger.models import BEING_ERASED
from tests.support.person import Person
from tests.support.records import Records
from tests.support.strangers import make_list

MANY = 50_000
SEEDED = (
    """INSERT INTO task (user_id, id, title, tags, sort_title, search_text, search_tags,
        version, priority, created_at, updated_at)
    SELECT $1, n, 'Task ' || n, '{}', 'task ' || n, 'task ' || n, '{}', n, 0, now(), now()
    FROM generate_series(1, $2::bigint) n""",
    """INSERT INTO event (user_id, id, subject, subject_id, kind, actor, client_id,
        client_name, at, after)
    SELECT $1, n + 1, 'task', n, 'created', 'person', 'web', 'web', now(), '{}'
    FROM generate_series(1, $2::bigint) n""",
    """UPDATE account SET last_event = $2 + 1, last_task = $2, pending_count = $2
    WHERE user_id = $1""",
)


@pytest.fixture
def owner(newcomer: Callable[..., Person]) -> Person:
    """A person in their own session."""
    return newcomer("web", owner=True)


async def seed(owner: Person, records: Records, count: int = MANY) -> None:
    """Give the person so many tasks, each with its event, and an agent."""
    await owner.rest("PATCH", json={"timezone": "Europe/Berlin"})
    await owner.through("claude").call("list_tasks")
    for statement in SEEDED:
        await records.run(statement, owner.user_id, count)


async def left(owner: Person, records: Records) -> dict[str, int]:
    """The person's rows, counted by table; tables without any are left out."""
    counts: dict[str, int] = {}
    for table in tables.of_users():
        rows = await records.all(f"SELECT FROM {table} WHERE user_id = $1", owner.user_id)
        counts |= {table: len(rows)} if rows else {}
    return counts


async def begin(owner: Person) -> None:
    """Begin an erase and delete one batch, as a worker does that is then killed."""
    await owner.write(shut_out, OWNER_SCOPE)
    await owner.database._erase_some(owner.principal)
    five_seconds_later(owner)


def five_seconds_later(owner: Person) -> None:
    """Empty the worker's cache of checked tokens."""
    owner.database._gate._cache.clear()


async def test_an_erase_leaves_no_row_of_the_user_in_any_table(
    owner: Person, records: Records
) -> None:
    await make_list(owner)
    assert set(await left(owner, records)) == set(tables.of_users())
    assert (await owner.rest("DELETE")).status_code == 204
    assert await left(owner, records) == {"account": 1}


async def test_a_list_of_50_000_tasks_is_erased_in_batches_and_others_are_served_meanwhile(
    owner: Person, newcomer: Callable[..., Person], records: Records
) -> None:
    await seed(owner, records)
    bob = newcomer("web", owner=True)
    erased = asyncio.create_task(owner.rest("DELETE"))
    served = 0
    while not erased.done():
        added = await bob.rest("POST", "/tasks", json={"title": f"Mine {served}"})
        assert added.status_code == 201
        served += 1
    assert (await erased).status_code == 204, erased.result().text
    assert served > 1
    assert await left(owner, records) == {"account": 1}
    assert (await left(bob, records))["task"] == served


async def test_no_transaction_of_an_erase_removes_more_than_a_batch_of_each_table(
    owner: Person, records: Records, monkeypatch: pytest.MonkeyPatch
) -> None:
    await seed(owner, records, 3 * erasing.ROWS_AT_ONCE)
    seen: list[int] = []

    async def watched(tx: UserTransaction) -> bool:
        more = await remove_some(tx)
        seen.append(sum((await left(owner, records)).values()))
        return more

    monkeypatch.setattr(owner.database, "_remove_some", watched)
    assert (await owner.rest("DELETE")).status_code == 204
    steps = [before - after for before, after in pairwise(seen)]
    assert len(steps) >= 6
    assert max(steps) <= erasing.ROWS_AT_ONCE + len(tables.of_users())


async def test_an_interrupted_erase_refuses_every_token_and_continues_when_repeated(
    owner: Person, records: Records
) -> None:
    await seed(owner, records)
    await begin(owner)
    cut = await left(owner, records)
    assert 0 < cut["task"] <= MANY
    for method, path in (("GET", "/tasks"), ("GET", ""), ("GET", "/export"), ("GET", "/agents")):
        refusal = await owner.rest(method, path)
        assert (refusal.status_code, refusal.json()["type"]) == (401, "urn:surelist:unauthorized")
    assert sum((await left(owner, records)).values()) < sum(cut.values())
    assert (await owner.rest("DELETE")).status_code == 204
    assert await left(owner, records) == {"account": 1}
    account = await records.account(owner)
    assert account["erased_at"] != BEING_ERASED
    assert (account["last_event"], account["last_task"]) == (MANY + 1, MANY)


@pytest.mark.parametrize("call", ["read", "write", "agent", "admit"])
async def test_every_call_during_an_interrupted_erase_deletes_another_batch(
    owner: Person, records: Records, call: str
) -> None:
    await seed(owner, records, 3 * erasing.ROWS_AT_ONCE)
    await begin(owner)
    calls: dict[str, Callable[[], Any]] = {
        "read": lambda: owner.rest("GET", "/tasks"),
        "write": lambda: owner.rest("POST", "/tasks", json={"title": "New"}),
        "agent": lambda: owner.through("cursor").rest("GET", "/tasks"),
        "admit": lambda: owner.database.admit(owner.through("other").principal),
    }
    before = sum((await left(owner, records)).values())
    while (await records.account(owner))["erased_at"] == BEING_ERASED:
        try:
            answer = await calls[call]()
        except BeingErased:
            pass
        else:
            assert answer.status_code == 401
        now = sum((await left(owner, records)).values())
        assert now < before or now == 1
        before = now
    assert await left(owner, records) == {"account": 1}


async def test_a_repeat_continues_the_erase_after_the_database_was_lost(
    owner: Person, records: Records, monkeypatch: pytest.MonkeyPatch
) -> None:
    await seed(owner, records, 3 * erasing.ROWS_AT_ONCE)
    batches = 0

    async def lost(tx: UserTransaction) -> bool:
        nonlocal batches
        batches += 1
        if batches == 3:
            await records.run("SELECT pg_terminate_backend($1::int)", await _process(tx))
        return await remove_some(tx)

    monkeypatch.setattr(owner.database, "_remove_some", lost)
    assert (await owner.rest("DELETE")).status_code == 503
    assert len(await left(owner, records)) > 1
    assert (await owner.rest("DELETE")).status_code == 204
    assert await left(owner, records) == {"account": 1}


async def test_a_token_issued_before_the_erase_is_done_stays_refused_and_no_id_is_used_twice(
    owner: Person, records: Records
) -> None:
    await seed(owner, records, 2 * erasing.ROWS_AT_ONCE)
    await begin(owner)
    token = owner.token()
    assert (await owner.rest("DELETE")).status_code == 204
    five_seconds_later(owner)
    headers = {"Authorization": f"Bearer {token}"}
    assert (await owner.http.get("/api/me/tasks", headers=headers)).status_code == 401
    await records.run(
        "UPDATE account SET erased_at = now() - interval '1 minute' WHERE user_id = $1",
        owner.user_id,
    )
    five_seconds_later(owner)
    made = await owner.rest("POST", "/tasks", json={"title": "New"})
    assert made.json()["id"] == 2 * erasing.ROWS_AT_ONCE + 1
    listed = (await owner.rest("GET", "/tasks")).json()["tasks"]
    assert [task["title"] for task in listed] == ["New"]


async def _process(tx: UserTransaction) -> int:
    """The process of PostgreSQL, also behind a pooler."""
    row = await tx.fetch_one(Statement("SELECT pg_backend_pid() AS pid", (), {}))
    assert row
    return row["pid"]
