"""Query plans: the number of rows that a list reads does not depend on the size of the table."""

import json
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime, timedelta
from itertools import product
from typing import Any

import orjson
import pytest

from surelist.access.allowances import Quotas
from surelist.access.auth import Caller, Principal
from surelist.account.erasing import REMOVE_SOME, ROWS_AT_ONCE
from surelist.data.database import Statement, _prepare
from surelist.data.isolation import _IN_ORDER, UserTransaction
from surelist.data.tables import erased
from surelist.ledger.listing import SEARCHED_AT_ONCE, EventQuery, list_events
from surelist.ledger.undo import MAX_EVENTS, Changes, undo_call, undo_client, undo_event
from surelist.ledger.write import Idempotency
from surelist.postgres.embedded import APP_ROLE, Cluster
from surelist.tasks import listing, selection, service
from surelist.tasks.listing import Filters, Page
from surelist.tasks.resources import ids_with_prefix
from tests.support.copies import Copy, copied

COUNT_LIMIT = 30
"""A lower limit than the default, so that the tests need fewer tasks."""

SMALL, LARGE = 40 * COUNT_LIMIT, 400 * COUNT_LIMIT
"""The numbers of tasks of two users. COMMON filters match more than COUNT_LIMIT per status."""

ACCOUNT = 1
"""The account row, which each list reads too."""

NEIGHBOURS = 5000
"""The number of other users' tasks."""

NEW = {"title": "every odd", "tags": ["common"]}
ADDED = Idempotency.of("add", NEW).request_hash.hex()
"""The hash of the call that added each task: an equal add finds them all."""

LOAD = """
INSERT INTO account (user_id, last_event, last_task, pending_count)
VALUES ('{user}', {many}, {many}, {many});
INSERT INTO task (user_id, id, title, priority, due_on, due_at, tags, completed_at, deleted_at,
    sort_title, search_text, search_tags, version, created_at, updated_at)
SELECT '{user}', n, title, priority, (due_at AT TIME ZONE 'UTC')::date, due_at, '{{}}',
    completed_at, deleted_at, title, title,
    CASE WHEN n < 4 THEN '{{common,rare}}' ELSE '{{common}}' END::text[],
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
INSERT INTO event (user_id, id, subject, subject_id, kind, actor, client_id, client_name, at, after,
    request_hash)
SELECT '{user}', n, 'task', {many} + 1 - n, 'created', 'agent',
    CASE WHEN n < 4 THEN 'robot' ELSE 'claude' END, 'An agent', now() - interval '1 day',
    '{{}}', '\\x{added}'
FROM generate_series(1, {many}) n;
"""
LOAD_NEIGHBOURS = f"""
INSERT INTO account (user_id) SELECT 'neighbour-' || n FROM generate_series(1, {NEIGHBOURS} / 5) n;
INSERT INTO task (user_id, id, title, priority, tags, sort_title, search_text, search_tags, version,
    created_at, updated_at)
SELECT 'neighbour-' || n, m, 'every', 0, '{{}}', 'every', 'every', '{{common}}', m, now(), now()
FROM generate_series(1, {NEIGHBOURS} / 5) n, generate_series(1, 5) m;
"""

SORTS = ("created", "due", "priority", "title", "updated")
STATUSES = ("all", "pending", "completed", "deleted")
LISTS = [{"status": status, "sort": sort} for status, sort in product(STATUSES, SORTS)]
COMMON: list[dict[str, Any]] = [
    {"search": "every"},
    {"search": "e"},
    {"search": "odd every"},
    {"tag": "common"},
    {"tag": "common", "search": "odd"},
    {"priority": "low"},
    {"due_after": "2026-01-01", "due_before": "9998-01-01"},
]
"""Filters with more than COUNT_LIMIT matches in all parts of the list."""

RARE: list[dict[str, Any]] = [
    {"search": "unicorn"},
    {"search": "every odd unicorn"},
    {"search": "zebra"},
    {"search": "#rare"},
    {"tag": "Rare"},
    {"priority": "high"},
    {"due_after": "2026-01-01", "due_before": "2026-01-03"},
    {"search": "unicorn", "tag": "common", "priority": "high", "due_before": "9998-01-01"},
]
AT_THE_END: list[dict[str, Any]] = [{"search": "new"}, {"search": "every new", "tag": "common"}]


class Explained(UserTransaction):
    """A UserTransaction that counts the rows that its statements read, also those of tables only.

    The others are index entries that a bitmap scan collects before it reads the first row.
    """

    looked_at = 0
    of_tables = 0

    async def fetch_all(self, statement: Statement, **values: Any) -> list[Any]:
        await self._explain(statement, values)
        return await super().fetch_all(statement, **values)

    async def fetch_one(self, statement: Statement, **values: Any) -> Any:
        await self._explain(statement, values)
        return await super().fetch_one(statement, **values)

    async def execute(self, statement: Statement, **values: Any) -> None:
        await self._explain(statement, values)  # this runs the statement

    async def execute_many(self, statement: Statement, rows: Iterable[Mapping[str, Any]]) -> None:
        for values in rows:
            await self._explain(statement, dict(values))

    async def _explain(self, statement: Statement, values: dict[str, Any]) -> None:
        given = ", ".join(map(literal, statement.arguments(values | self._stamps)))
        await self._connection.execute(f"PREPARE explained AS {statement.sql}")
        explain = f"EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) EXECUTE explained({given})"
        [explained] = json.loads(await self._connection.fetchval(explain))
        await self._connection.execute("DEALLOCATE explained")
        self.looked_at += rows_looked_at(explained["Plan"], "Relation Name", "Index Name")
        self.of_tables += rows_looked_at(explained["Plan"], "Relation Name")


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


def rows_looked_at(plan: dict[str, Any], *of: str) -> int:
    """The rows that nodes with one of the keys `of` read, including rows that a filter removed."""
    return sum(
        round((node["Actual Rows"] + node.get("Rows Removed by Filter", 0)) * node["Actual Loops"])
        for node in nodes(plan)
        if any(key in node for key in of)
    )


@asynccontextmanager
async def reading(copy: Copy, user: str, plans: str) -> AsyncIterator[Explained]:
    """A transaction with the app's role and this kind of plans, custom or generic."""
    caller = Caller("agent", "claude", "Claude")
    principal = Principal(user, user, frozenset(), caller, 0, "token")
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
    """A thousand users with a few tasks, one with SMALL and one with LARGE tasks."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(selection, "COUNT_LIMIT", COUNT_LIMIT)
        selection.page.cache_clear()
        async with copied(cluster, pristine) as copy:
            await grow(copy, request.param)
            yield copy
    selection.page.cache_clear()


async def grow(copy: Copy, analyzed: str) -> None:
    await copy.run("ALTER TABLE task SET (autovacuum_enabled = off)")
    await copy.run(LOAD_NEIGHBOURS)
    if analyzed == "analyzed before they grew":
        await copy.run("ANALYZE")
    for user, many in (("small", SMALL), ("large", LARGE)):
        await copy.run(LOAD.format(added=ADDED, user=user, many=many))
    if analyzed == "analyzed":
        await copy.run("ANALYZE")


def ordered(filters: list[dict[str, Any]]) -> list[dict[str, Any]]:
    orders = [*product(["all"], SORTS), ("pending", "title"), ("deleted", "created")]
    return [{"status": status, "sort": sort, **one} for one in filters for status, sort in orders]


@pytest.mark.parametrize("plans", ["custom", "generic"])
async def test_a_list_reads_no_more_rows_in_a_larger_table(grown: Copy, plans: str) -> None:
    grew: list[tuple[dict[str, Any], int, int]] = []
    async with (
        reading(grown, "small", plans) as small,
        reading(grown, "large", plans) as large,
    ):
        for filters in LISTS:
            few, many = await looked_at(small, filters), await looked_at(large, filters)
            grew += [(filters, few, many)] if many > few * 1.1 + 20 else []
        for filters in ordered(COMMON):
            few, many = await of_tables(small, filters), await of_tables(large, filters)
            grew += [(filters, few, many)] if many > few * 1.1 + 20 else []
    assert grew == []


async def looked_at(database: Explained, filters: dict[str, Any]) -> int:
    database.looked_at = 0
    await listing.list_tasks(database, Filters(**filters), Page(limit=20))
    return database.looked_at


async def of_tables(database: Explained, filters: dict[str, Any]) -> int:
    database.of_tables = 0
    await looked_at(database, filters)
    return database.of_tables


@pytest.mark.parametrize("plans", ["custom", "generic"])
async def test_a_filter_with_few_matches_reads_the_users_tasks_once(
    grown: Copy, plans: str
) -> None:
    async with reading(grown, "large", plans) as database:
        for filters in ordered(RARE):
            assert await of_tables(database, filters) <= LARGE + ACCOUNT, filters


@pytest.mark.parametrize("plans", ["custom", "generic"])
async def test_a_filter_with_matches_at_the_end_reads_the_users_tasks_at_most_twice(
    grown: Copy, plans: str
) -> None:
    async with reading(grown, "large", plans) as database:
        for filters in ordered(AT_THE_END):
            assert await of_tables(database, filters) <= 2 * LARGE + ACCOUNT, filters


NOW = datetime(2100, 1, 1, tzinfo=UTC)
WRITES: dict[str, Callable[[UserTransaction], Awaitable[Any]]] = {
    "add": lambda tx: service.add(tx, NEW, window=timedelta(seconds=30)),
    "complete": lambda tx: service.complete(tx, 3),
    "delete": lambda tx: service.delete(tx, 3),
    "update": lambda tx: service.update(tx, 3, {"title": "every even", "tags": ["new"]}),
    "undo": lambda tx: undo_event(tx, 1),
    "purge": lambda tx: service.purge_task(tx, 2),
    "read": lambda tx: service.find(tx, 3),
    "list events": lambda tx: list_events(tx, EventQuery()),
    "list events of a task": lambda tx: list_events(tx, EventQuery(task_id=3)),
    "list events behind one": lambda tx: list_events(tx, EventQuery(after=1000)),
    "list events of an agent seldom here": lambda tx: list_events(
        tx, EventQuery(client_id="robot")
    ),
    "list events of a day": lambda tx: list_events(tx, EventQuery(since="2020-01-01T00:00:00Z")),
    "list events before any": lambda tx: list_events(tx, EventQuery(until="2020-01-01T00:00:00Z")),
    "undo some changes of a busy agent": lambda tx: undo_client(
        tx, Changes("claude", first=9000, last=9010)
    ),
    "list events of nobody": lambda tx: list_events(tx, EventQuery(client_id="nobody")),
    "undo all of an agent seldom here": lambda tx: undo_client(tx, Changes("robot", NOW)),
    "undo a call": lambda tx: undo_call(tx, 2),
    "complete no digit": lambda tx: ids_with_prefix(tx, ""),
    "complete a digit": lambda tx: ids_with_prefix(tx, "1"),
    "complete an id": lambda tx: ids_with_prefix(tx, "11999"),
    "complete the id of none": lambda tx: ids_with_prefix(tx, "99999"),
}


@pytest.mark.parametrize("plans", ["custom", "generic"])
@pytest.mark.parametrize("call", WRITES.values(), ids=list(WRITES))
async def test_every_other_call_reads_a_few_rows(
    grown: Copy, plans: str, call: Callable[[UserTransaction], Awaitable[Any]]
) -> None:
    async with reading(grown, "large", plans) as database:
        await call(database)
        assert database.looked_at <= 400  # a write purges up to 20 tasks on its way


@pytest.mark.parametrize("plans", ["custom", "generic"])
@pytest.mark.parametrize("statement", REMOVE_SOME, ids=[model.__name__ for model in erased()])
async def test_a_batch_of_an_erase_reads_only_the_rows_that_it_deletes(
    grown: Copy, plans: str, statement: Statement
) -> None:
    async with reading(grown, "large", plans) as database:
        await database._explain(statement, {})
        # Reads the end of the batch, the index and the table, and deletes the rows.
        assert database.looked_at <= 5 * ROWS_AT_ONCE


@pytest.mark.parametrize("plans", ["custom", "generic"])
async def test_undoing_a_busy_agent_reads_at_most_the_largest_number_of_events(
    grown: Copy, plans: str
) -> None:
    async with reading(grown, "large", plans) as database:
        assert (await undo_client(database, Changes("claude", NOW))).events == []
        assert database.looked_at <= MAX_EVENTS + 400  # it purges up to 20 tasks on its way


@pytest.mark.parametrize("plans", ["custom", "generic"])
@pytest.mark.parametrize("query", [{"actor": "system"}, {"kind": "purged", "client_id": "claude"}])
async def test_a_search_for_rare_events_reads_a_bounded_number_in_a_page(
    grown: Copy, plans: str, query: dict[str, Any]
) -> None:
    async with reading(grown, "large", plans) as database:
        page = await list_events(database, EventQuery(**query))
        assert (page.events, page.cursor is not None) == ([], True)
        # It reads them twice: to find none, and to find the place of the next page.
        assert database.looked_at <= 2 * SEARCHED_AT_ONCE + 100


@pytest.mark.parametrize("plans", ["custom", "generic"])
async def test_a_page_from_the_middle_reads_that_page(grown: Copy, plans: str) -> None:
    far: list[tuple[dict[str, Any], int]] = []
    async with reading(grown, "large", plans) as database:
        for filters in LISTS:
            if filters["status"] != "deleted":
                cursor = await middle(grown, database, filters)
                page = Page(limit=20, cursor=cursor)
                database.looked_at = 0
                found = await listing.list_tasks(database, Filters(**filters), page)
                assert len(found.tasks) == 20
                far += [(filters, database.looked_at)] if database.looked_at > 50 else []
    assert far == []


async def middle(copy: Copy, database: Explained, filters: dict[str, Any]) -> str:
    """The cursor after a task in the middle of the large list."""
    keys = {"created": "id", "updated": "version DESC"}
    key = keys.get(filters["sort"], f"sort_{filters['sort']}")
    [row] = await copy.rows(
        f"SELECT id, {key.split()[0]} AS sort_key FROM task WHERE user_id = 'large' "
        f"AND deleted_at IS NULL ORDER BY {key}, id LIMIT 1 OFFSET {LARGE // 3}"
    )
    return listing.cursor_after(database, row, Filters(**filters))
