"""A database of an earlier Surelist, with lists in it, is searched as a new one after migrating."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from surelist.config import Settings
from surelist.data.database import check, migrate
from surelist.postgres.embedded import APP_ROLE, OWNER_ROLE, Cluster
from surelist.tasks.words import folded
from tests.support.asking import ids
from tests.support.citus_nodes import direct_url
from tests.support.copies import Copy, copied, newcomers
from tests.support.person import Person

OLD = "0004"
MANY = 2500
"""Tasks of one list: more than the migration takes at once."""

ROWS = f"""
INSERT INTO account (user_id, last_event, last_task, last_conversation, pending_count)
VALUES ('old-1', {MANY}, {MANY}, 1, {MANY} - 1), ('old-2', 1, 1, 0, 1);
INSERT INTO task (user_id, id, title, description, priority, tags, deleted_at, sort_title,
    search_text, version, created_at, updated_at)
SELECT 'old-1', n, 'Møde ' || n || ' i Zahnarzttermin',
    CASE WHEN n % 3 = 0 THEN repeat(E'Straße, 東京.\\n', 700) END, 0,
    CASE WHEN n % 5 = 0 THEN '{{Home office}}' ELSE '{{}}' END::text[],
    CASE WHEN n = 7 THEN now() END, 'møde ' || n, ' møde ' || n || E' i zahnarzttermin\\n',
    n, now(), now()
FROM generate_series(1, {MANY}) n;
INSERT INTO task (user_id, id, title, priority, tags, sort_title, search_text, version, created_at,
    updated_at)
VALUES ('old-2', 1, 'Łódź', 0, '{{}}', 'łodz', E' łodz\\n', 1, now(), now());
INSERT INTO term SELECT user_id, 'word', id FROM task;
INSERT INTO event (user_id, id, task_id, kind, actor, client_id, client_name, at, after)
SELECT user_id, version, id, 'created', 'agent', 'x', 'X', now(),
    jsonb_build_object('title', title, 'description', description, 'tags', tags, 'priority', 0,
        'due_on', NULL, 'due_at', NULL, 'completed_at', NULL, 'deleted_at', NULL)
FROM task;
INSERT INTO conversation (user_id, id, title, search_text, client_id, client_name, last_message)
VALUES ('old-1', 1, 'Søndag', ' søndag', 'x', 'X', 1), ('old-1', 2, NULL, ' ', 'x', 'X', 0);
INSERT INTO message (user_id, conversation_id, id, role, content, search_text, client_id,
    client_name)
VALUES ('old-1', 1, 1, 'user', 'Is Zahnarzttermin on?', ' is zahnarzttermin on', 'x', 'X');
"""


@pytest.fixture
async def migrated(cluster: Cluster) -> AsyncIterator[Copy]:
    """A database of the version OLD with ROWS, migrated to this one."""
    async with copied(cluster, "template0") as copy:
        owner = direct_url(cluster, OWNER_ROLE, copy.name)
        await asyncio.to_thread(migrate, owner, copy.url(), revision=OLD)
        await copy.run(ROWS)
        before = await copy.rows("SELECT user_id, id, title, description, tags, version FROM task")
        await asyncio.to_thread(migrate, owner, copy.url())
        after = await copy.rows("SELECT user_id, id, title, description, tags, version FROM task")
        assert sorted(after, key=repr) == sorted(before, key=repr)
        yield copy


@pytest.fixture
async def person(migrated: Copy, settings: Settings) -> AsyncIterator[Person]:
    """The user of the long list."""
    on_it = settings.model_copy(update={"database_url": migrated.url()})
    async with newcomers(on_it, "old") as newcomer:
        yield newcomer()


async def test_every_task_is_folded_anew_behind_the_same_wall(migrated: Copy) -> None:
    await check(migrated.url())
    assert await migrated.rows("SELECT FROM task", role=APP_ROLE) == []
    tasks = await migrated.rows("SELECT * FROM task")
    assert len(tasks) == MANY + 1
    for task in tasks:
        assert folded(task).items() <= dict(task).items()
    [(terms,)] = await migrated.rows("SELECT to_regclass('term')")
    assert terms is None


async def test_what_was_written_before_is_found_and_goes_on(person: Person) -> None:
    found = await person.call("list_tasks", search="mode termin strasse 京", limit=1)
    assert found["total"] == MANY // 3
    assert await ids(person, search="2495 office") == [2495]
    assert await ids(person, search="lodz") == []
    assert await ids(person, search="termin", status="deleted") == [7]
    for word, conversations in (("sonda", [1]), ("termin", [1]), ("lodz", [])):
        answer = await person.rest("GET", "/conversations", params={"search": word})
        assert [one["id"] for one in answer.json()["conversations"]] == conversations
    updated = await person.call("update_task", task_id=3, title="Børste", if_version=3)
    assert updated["version"] == MANY + 1
    assert await ids(person, search="borste") == [3]
