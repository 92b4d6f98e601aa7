"""A list looks at as many rows as its page needs, however many there are: seen in the plans."""

import json
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime, timedelta
from itertools import product
from typing import Any

import orjson
import pytest

from surelist.access.allowances import Quotas
from surelist.access.auth import Caller, Principal
from surelist.data.database import Statement, _prepare
from surelist.data.isolation import _IN_ORDER, UserTransaction
from surelist.ledger.listing import EventQuery, list_events
from surelist.ledger.service import Retry
from surelist.postgres.embedded import APP_ROLE, Cluster
from surelist.tasks import listing, selection, service
from surelist.tasks.listing import Filters, Page
from surelist.tasks.models import NewTask, TaskChanges
from surelist.tasks.resources import ids_beginning
from surelist.tasks.undo import undo
from surelist.tasks.undo_many import AT_ONCE, undo_all
from tests.support.copies import Copy, copied

pytestmark = pytest.mark.xdist_group("test_growth")  # it copies 14,000 tasks three times

FEW, COUNTED = 60, 30
"""Less than what they are by default, so that fewer tasks are many."""

SMALL, LARGE = 20 * FEW, 200 * FEW
"""Tasks of two users. What is common is so among more than FEW of each status of both."""

LOAD = """
INSERT INTO account (user_id, last_event, last_task, pending_count)
VALUES ('{user}', {many}, {many}, {many});
INSERT INTO task (user_id, id, title, priority, due_at, tags, completed_at, deleted_at,
    sort_title, search_text, version, created_at, updated_at)
SELECT '{user}', n, title, priority, due_at, '{{common}}', completed_at, deleted_at, title,
    ' ' || title || E'\\n#common\\n' || CASE WHEN n < 4 THEN E'#rare\\n' ELSE '' END,
    {many} + 1 - n, now(), now()
FROM (
    SELECT n, substr(md5(n::text), 1, 8) || ' every'
            || CASE WHEN n / 3 % 2 = 1 THEN ' odd' ELSE '' END
            || CASE WHEN n < 4 THEN ' unicorn' ELSE '' END
            || CASE WHEN n > {many} * 3 / 4 THEN ' new' ELSE '' END AS title,
        CASE WHEN n < 4 THEN 3 ELSE n / 6 % 2 END AS priority,
        CASE WHEN n < 4 THEN '2026-01-01Z'::timestamptz
            WHEN n / 12 % 2 = 0
            THEN '2027-01-01Z'::timestamptz + n * 7919 % {many} * interval '1 hour'
        END AS due_at,
        CASE WHEN n % 3 = 1 THEN now() END AS completed_at,
        CASE WHEN n % 3 = 2 THEN now() - n % 40 * interval '1 day' END AS deleted_at
    FROM generate_series(1, {many}) n
) one;
INSERT INTO term (user_id, term, task_id)
SELECT user_id, term, id
FROM task, unnest(string_to_array(translate(search_text, E'\\n', ' '), ' ')) term
WHERE user_id = '{user}' AND term <> '';
INSERT INTO event (user_id, id, task_id, kind, actor, client_id, client_name, at, after,
    request_hash)
SELECT '{user}', n, {many} + 1 - n, 'created', 'agent',
    CASE WHEN n < 4 THEN 'robot' ELSE 'claude' END, 'An agent', now() - interval '1 day',
    '{{}}', '\\x00'
FROM generate_series(1, {many}) n;
"""
NEIGHBOURS = """
INSERT INTO account (user_id) SELECT 'neighbour-' || n FROM generate_series(1, 1000) n;
INSERT INTO task (user_id, id, title, priority, tags, sort_title, search_text, version, created_at,
    updated_at)
SELECT 'neighbour-' || n, m, 'every', 0, '{}', 'every', E' every\\n', m, now(), now()
FROM generate_series(1, 1000) n, generate_series(1, 5) m;
INSERT INTO term (user_id, term, task_id) SELECT user_id, 'every', id FROM task;
"""

SORTS = ("created", "due", "priority", "title", "updated")
STATUSES = ("all", "pending", "completed", "deleted")
FILTERS: dict[str, dict[str, Any]] = {
    "a rare word": {"search": "unicorn"},
    "a rare word among common ones": {"search": "every odd unicorn"},
    "a word of every task": {"search": "every"},
    "a letter": {"search": "e"},
    "a word of none": {"search": "zebra"},
    "a rare tag": {"tag": "Rare"},
    "a common tag": {"tag": "common"},
    "a common tag and a common word": {"tag": "common", "search": "odd"},
    "a rare priority": {"priority": "high"},
    "a common priority": {"priority": "low"},
    "a few days": {"due_after": "2026-01-01", "due_before": "2026-01-03"},
    "any day": {"due_after": "2026-01-01", "due_before": "9998-01-01"},
    "a rare word, then all else": {
        "search": "unicorn",
        "tag": "common",
        "priority": "high",
        "due_before": "9998-01-01",
    },
}
LISTS = [
    *({"status": status, "sort": sort} for status, sort in product(STATUSES, SORTS)),
    *(
        {"status": status, "sort": sort, **filters}
        for filters in FILTERS.values()
        for status, sort in (*product(["all"], SORTS), ("pending", "title"), ("deleted", "created"))
    ),
]


class Explained(UserTransaction):
    """A UserTransaction that counts the rows that its statements look at."""

    looked_at = 0

    async def fetch_all(self, statement: Statement, **values: Any) -> list[Any]:
        await self._explain(statement, values)
        return await super().fetch_all(statement, **values)

    async def fetch_one(self, statement: Statement, **values: Any) -> Any:
        await self._explain(statement, values)
        return await super().fetch_one(statement, **values)

    async def execute(self, statement: Statement, **values: Any) -> None:
        await self._explain(statement, values)  # which runs it

    async def _explain(self, statement: Statement, values: dict[str, Any]) -> None:
        given = ", ".join(map(literal, statement.arguments(values | self._stamps)))
        await self._connection.execute(f"PREPARE explained AS {statement.sql}")
        explain = f"EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) EXECUTE explained({given})"
        [explained] = json.loads(await self._connection.fetchval(explain))
        await self._connection.execute("DEALLOCATE explained")
        self.looked_at += rows_looked_at(explained["Plan"])


def literal(value: Any) -> str:
    if isinstance(value, list):
        kind = "bigint" if value and isinstance(value[0], int) else "text"
        return f"ARRAY[{', '.join(map(literal, value))}]::{kind}[]"
    if value is None or isinstance(value, int):
        return "NULL" if value is None else str(value)
    if isinstance(value, bytes):
        return f"'\\x{value.hex()}'"
    if isinstance(value, timedelta):
        return f"'{value.total_seconds()} seconds'"
    if isinstance(value, dict):
        value = orjson.dumps(value).decode()
    text = value.isoformat() if isinstance(value, date) else str(value)
    return "'" + text.replace("'", "''") + "'"


def nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for part in plan.get("Plans", []):
        yield from nodes(part)


def rows_looked_at(plan: dict[str, Any]) -> int:
    """The rows that the plan read of tables and of their indexes, those thrown away included."""
    return sum(
        round((node["Actual Rows"] + node.get("Rows Removed by Filter", 0)) * node["Actual Loops"])
        for node in nodes(plan)
        if "Relation Name" in node or node["Node Type"] == "Bitmap Index Scan"
    )


@asynccontextmanager
async def reading(copy: Copy, user: str, plans: str) -> AsyncIterator[Explained]:
    """A transaction as the app's role, with PostgreSQL making plans of that kind."""
    caller = Caller("agent", "claude", "Claude")
    principal = Principal(user, frozenset(), caller, 0, "token")
    async with copy.connection(APP_ROLE) as connection:
        await _prepare(connection)
        await connection.execute("BEGIN")  # never committed
        await connection.execute(f"SET LOCAL app.user_id = '{user}'")
        await connection.execute(f"SET LOCAL plan_cache_mode = force_{plans}_plan")
        await connection.execute(_IN_ORDER)
        yield Explained(
            connection, principal, b"", dict.fromkeys((True, False), Quotas(0, 0, 0)), 0
        )


@pytest.fixture(params=["never analyzed", "analyzed before they grew", "analyzed"], scope="module")
async def grown(
    cluster: Cluster, pristine: str, request: pytest.FixtureRequest
) -> AsyncIterator[Copy]:
    """A thousand users with a few tasks, one with SMALL, one with LARGE."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(selection, "FEW", FEW)
        patch.setattr(selection, "COUNTED", COUNTED)
        selection.page.cache_clear()
        async with copied(cluster, pristine) as copy:
            await grow(copy, request.param)
            yield copy
    selection.page.cache_clear()


async def grow(copy: Copy, analyzed: str) -> None:
    await copy.run("ALTER TABLE task SET (autovacuum_enabled = off)")
    await copy.run("ALTER TABLE term SET (autovacuum_enabled = off)")
    await copy.run(NEIGHBOURS)
    if analyzed == "analyzed before they grew":
        await copy.run("ANALYZE")
    for user, many in (("small", SMALL), ("large", LARGE)):
        await copy.run(LOAD.format(user=user, many=many))
    if analyzed == "analyzed":
        await copy.run("ANALYZE")


@pytest.mark.parametrize("plans", ["custom", "generic"])
async def test_a_list_looks_at_no_more_rows_when_there_are_many_more(
    grown: Copy, plans: str
) -> None:
    async with reading(grown, "small", plans) as small:
        of_few = [await looked_at(small, filters) for filters in LISTS]
    async with reading(grown, "large", plans) as large:
        of_many = [await looked_at(large, filters) for filters in LISTS]
    grew = [
        (filters, few, many)
        for filters, few, many in zip(LISTS, of_few, of_many, strict=True)
        if many > few * 1.1 + 20
    ]
    assert grew == []


async def looked_at(database: Explained, filters: dict[str, Any]) -> int:
    database.looked_at = 0
    await listing.list_tasks(database, Filters(**filters), Page(limit=20))
    return database.looked_at


@pytest.mark.parametrize("filters", [{"search": "new"}, {"search": "every new", "tag": "common"}])
async def test_a_list_whose_matches_are_all_at_its_end_is_read_no_more_than_twice(
    grown: Copy, filters: dict[str, Any]
) -> None:
    async with reading(grown, "large", "generic") as database:
        assert LARGE / 2 < await looked_at(database, filters) < LARGE * 2


NOW = datetime(2100, 1, 1, tzinfo=UTC)
RETRY = Retry(b"\0")
WRITES: dict[str, Callable[[UserTransaction], Awaitable[Any]]] = {
    "add": lambda tx: service.add(
        tx, NewTask(title="every odd", tags=["common"]), RETRY, window=timedelta(seconds=30)
    ),
    "complete": lambda tx: service.complete(tx, 3),
    "delete": lambda tx: service.delete(tx, 3),
    "update": lambda tx: service.update(tx, 3, TaskChanges(title="every even", tags=["new"])),
    "undo": lambda tx: undo(tx, 1),
    "purge": lambda tx: service.purge_task(tx, 2),
    "read": lambda tx: service.find(tx, 3),
    "list events": lambda tx: list_events(tx, EventQuery()),
    "list events of a task": lambda tx: list_events(tx, EventQuery(task_id=3)),
    "list events behind one": lambda tx: list_events(tx, EventQuery(after=1000)),
    "list events of an agent seldom here": lambda tx: list_events(
        tx, EventQuery(client_id="robot")
    ),
    "list events of nobody": lambda tx: list_events(tx, EventQuery(client_id="nobody")),
    "undo all of an agent seldom here": lambda tx: undo_all(tx, "robot", NOW),
    "complete no digit": lambda tx: ids_beginning(tx, ""),
    "complete a digit": lambda tx: ids_beginning(tx, "1"),
    "complete an id": lambda tx: ids_beginning(tx, "11999"),
    "complete the id of none": lambda tx: ids_beginning(tx, "99999"),
}


@pytest.mark.parametrize("plans", ["custom", "generic"])
@pytest.mark.parametrize("call", WRITES.values(), ids=list(WRITES))
async def test_every_other_call_looks_at_a_few_rows(
    grown: Copy, plans: str, call: Callable[[UserTransaction], Awaitable[Any]]
) -> None:
    async with reading(grown, "large", plans) as database:
        await call(database)
        assert database.looked_at <= 400  # a write purges up to 20 tasks on its way


@pytest.mark.parametrize("plans", ["custom", "generic"])
async def test_undoing_all_of_a_busy_agent_looks_at_what_it_may_take_back_at_most(
    grown: Copy, plans: str
) -> None:
    async with reading(grown, "large", plans) as database:
        assert (await undo_all(database, "claude", NOW)).events == []
        assert database.looked_at <= AT_ONCE + 10


@pytest.mark.parametrize("plans", ["custom", "generic"])
async def test_a_page_from_the_middle_looks_at_that_page(grown: Copy, plans: str) -> None:
    far: list[tuple[dict[str, Any], int]] = []
    async with reading(grown, "large", plans) as database:
        for filters in LISTS[: len(STATUSES) * len(SORTS)]:
            if filters["status"] != "deleted":
                cursor = await middle(grown, database, filters)
                page = Page(limit=20, cursor=cursor)
                database.looked_at = 0
                found = await listing.list_tasks(database, Filters(**filters), page)
                assert len(found.tasks) == 20
                far += [(filters, database.looked_at)] if database.looked_at > 50 else []
    assert far == []


async def middle(copy: Copy, database: Explained, filters: dict[str, Any]) -> str:
    """The cursor behind the task in the middle of the large list, all ties included."""
    keys = {"created": "id", "updated": "version DESC"}
    key = keys.get(filters["sort"], f"sort_{filters['sort']}")
    [row] = await copy.rows(
        f"SELECT id, {key.split()[0]} AS sort_key FROM task WHERE user_id = 'large' "
        f"AND deleted_at IS NULL ORDER BY {key}, id LIMIT 1 OFFSET {LARGE // 3}"
    )
    return listing.cursor_behind(database, row, Filters(**filters))
