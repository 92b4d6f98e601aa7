"""A list of before migration 0008 keeps its history: it is read, undone and gone on with."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from alembic import command

from surelist.config import Settings
from surelist.data.database import check, migrate
from surelist.postgres.embedded import OWNER_ROLE, Cluster
from tests.data.test_migrating import alembic
from tests.support.citus_nodes import direct_url
from tests.support.copies import Copy, copied, newcomers
from tests.support.person import Person
from tests.support.soundness import Ledgers

LIST = Path(__file__).parent / "schema_0007.sql"
"""Rows of two lists as Surelist of the schema 0007 wrote them."""

REST = "SELECT user_id, id, title, version, completed_at, deleted_at FROM task ORDER BY 1, 2"
FILES = "SELECT pg_relation_filenode('event'), pg_relation_filenode('task')"


@pytest.fixture
async def migrated(cluster: Cluster) -> AsyncIterator[Copy]:
    """A database of the version 0007 with LIST, migrated to this one."""
    async with copied(cluster, "template0") as copy:
        owner = direct_url(cluster, OWNER_ROLE, copy.name)
        await asyncio.to_thread(migrate, owner, copy.url(), revision="0007")
        await copy.run(LIST.read_text())
        before, files = await copy.rows(REST), await copy.rows(FILES)
        await asyncio.to_thread(migrate, owner, copy.url())
        assert await copy.rows(REST) == before
        assert await copy.rows(FILES) == files  # no table was written anew
        await check(copy.url())
        yield copy


@pytest.fixture
async def owner(migrated: Copy, settings: Settings) -> AsyncIterator[Person]:
    """The person of the first list."""
    on_it = settings.model_copy(update={"database_url": migrated.url()})
    async with newcomers(on_it, "old") as newcomer:
        yield newcomer("web", owner=True)


async def test_old_events_are_sound_and_are_read_with_the_kinds_of_today(
    migrated: Copy, owner: Person
) -> None:
    async with migrated.connection() as connection:
        for user in ("old-1", "old-2"):
            assert await Ledgers(connection).sound(user)
    events = (await owner.rest("GET", "/events", params={"after": 0})).json()["events"]
    assert [(event["kind"], event["task_id"], event["after"]) for event in events[2:6]] == [
        ("updated", 1, {"completed": True}),
        ("updated", 1, {"completed": False}),
        ("deleted", 2, {"deleted": True}),
        ("restored", 2, {"deleted": False}),
    ]
    assert {(event["subject"], event.get("call")) for event in events} == {("task", None)}
    stored = await migrated.rows("SELECT DISTINCT kind FROM event ORDER BY kind")
    assert {"completed", "reopened"} <= {kind for (kind,) in stored}


async def test_old_events_are_undone_one_by_one_and_all_together(
    migrated: Copy, owner: Person
) -> None:
    last = (await owner.rest("GET")).json()["last_event"]
    reopened = await owner.rest("POST", "/events/4/undo")
    assert (reopened.json()["completed"], reopened.json()["version"]) == (True, last + 1)
    again = await owner.rest("POST", "/tasks", json={"title": "Milk"},
                             headers={"Idempotency-Key": "k"})  # fmt: skip
    assert (again.status_code, again.json()["id"]) == (201, 1)
    body = {"client_id": "claude", "since": "2020-01-01T00:00:00Z"}
    undone = (await owner.rest("POST", "/undo", json=body)).json()
    assert [one["event"] for one in undone["undone"]] == [8, 7, 6, 5, 2]
    async with migrated.connection() as connection:
        assert await Ledgers(connection).sound("old-1")


async def test_a_downgrade_keeps_the_count_of_events_and_the_lists(
    migrated: Copy, owner: Person
) -> None:
    await owner.rest("PATCH", json={"timezone": "Asia/Tokyo"})
    await owner.rest("POST", "/tasks", json={"title": "New"})
    before = await migrated.rows(REST)
    await asyncio.to_thread(command.downgrade, alembic(migrated), "0007")
    assert await migrated.rows(REST) == before
    [(events, last)] = await migrated.rows(
        "SELECT count(*), max(last_event) FROM event JOIN account USING (user_id) "
        "WHERE user_id = 'old-1'"
    )
    assert events == last
    [(stored, counted)] = await migrated.rows(
        "SELECT stored_bytes, (SELECT sum(coalesce(octet_length(before::text), 0) "
        "+ coalesce(octet_length(after::text), 0)) FROM event WHERE user_id = 'old-1') "
        "FROM account WHERE user_id = 'old-1'"
    )
    assert stored == counted
    await asyncio.to_thread(migrate, migrated.url(OWNER_ROLE), migrated.url())
    assert await migrated.rows(REST) == before
