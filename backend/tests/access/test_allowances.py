"""Rate limits and quotas: calls a minute, tasks, changes a day, bytes."""

import re
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from datetime import UTC, datetime, time, timedelta
from itertools import count
from typing import Any

import httpx
import pytest

from surelist.access import allowances
from surelist.access.allowances import MINUTE, SlidingMinute
from surelist.access.auth import OWNER_SCOPE
from surelist.config import Settings
from surelist.postgres.embedded import Cluster
from tests.conftest import URL, running
from tests.support.person import Person, RefusedByTool
from tests.support.records import Records
from tests.support.soundness import sound_ledger

numbers = count(1)
Make = Callable[..., Person]


@pytest.fixture
async def person_with(app_settings: Settings) -> AsyncIterator[Callable[..., object]]:
    """Creates a person on a separate app with these settings changed."""
    async with AsyncExitStack() as stack:

        async def make(client: str = "claude", *, owner: bool = False, **other: Any) -> Person:
            app = await stack.enter_async_context(running(app_settings.model_copy(update=other)))
            transport = httpx.ASGITransport(app, raise_app_exceptions=False)
            http = await stack.enter_async_context(
                httpx.AsyncClient(transport=transport, base_url=URL)
            )
            user_id = f"bounded-{next(numbers)}"
            return Person(http, app_settings, app.state.database, user_id, client, owner=owner)

        yield make


async def test_a_tool_above_its_rate_says_how_long_to_wait(person_with: Make) -> None:
    ann = await person_with(rate_writes=4)
    for title in ("One", "Two"):
        await ann.call("add_task", title=title)
    with pytest.raises(RefusedByTool) as refused:
        await ann.call("add_task", title="Three")
    assert refused.value.code == "rate_limit_agent"
    assert (await ann.call("list_tasks"))["total"] == 2


async def test_rest_answers_a_call_above_the_rate_with_429_and_retry_after(
    person_with: Make,
) -> None:
    ann = await person_with(rate_reads=1)
    assert (await ann.rest("GET", "/tasks")).status_code == 200
    refused = await ann.rest("GET", "/tasks")
    assert refused.status_code == 429
    assert refused.json()["type"] == "urn:surelist:too_many_requests"
    assert 1 <= int(refused.headers["Retry-After"]) <= 2 * MINUTE
    resource = await ann.rpc("resources/read", {"uri": "surelist://tasks"})
    assert (resource.status_code, "Retry-After" in resource.headers) == (429, True)


async def test_the_calls_of_one_user_do_not_count_for_another(person_with: Make) -> None:
    ann = await person_with(rate_writes=1)
    bob = Person(ann.http, ann.settings, ann.database, f"bounded-{next(numbers)}", "claude")
    await ann.call("add_task", title="Mine")
    await bob.call("add_task", title="Mine too")


def test_a_minute_slides_and_the_wait_that_is_told_is_enough(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    now = 6_000.0
    monkeypatch.setattr(allowances.time, "time", lambda: now)
    minute = SlidingMinute()
    for step in range(200):
        now += step % 7
        if wait := minute.hit("ann", 5):
            assert 0 < wait <= MINUTE
            now += wait - 0.01
            assert minute.hit("ann", 5)
            now += 0.02
            assert not minute.hit("ann", 5)


async def test_a_full_list_takes_no_more_tasks_but_every_other_change(person_with: Make) -> None:
    ann = await person_with(max_tasks=3)
    for title in ("One", "Two"):
        await ann.call("add_task", title=title)
    with pytest.raises(RefusedByTool) as refusal:
        await ann.call("add_task", title="Three")
    assert refusal.value.code == "task_limit_agents"
    await ann.call("complete_task", task_id=1)
    await ann.call("delete_task", task_id=1)
    await ann.call("add_task", title="Three")
    with pytest.raises(RefusedByTool, match="Task limit of agents reached: 2 tasks"):
        await ann.call("update_task", task_id=1, status="pending")


async def test_a_days_changes_are_counted_until_midnight(person_with: Make) -> None:
    ann = await person_with(max_events_a_day=3)
    for title in ("One", "Two", "Three"):
        added = await ann.rest(
            "POST", "/tasks", json={"title": title}, headers={"Idempotency-Key": title}
        )
    refused = await ann.rest("PATCH", "/tasks/1", json={"title": "Uno"})
    assert refused.status_code == 429
    now = datetime.now(UTC)
    midnight = datetime.combine(now.date() + timedelta(days=1), time(), UTC)
    seconds = (midnight - now).total_seconds()
    assert abs(int(refused.headers["Retry-After"]) - seconds) < 10
    assert refused.json()["code"] == "change_limit_agents"
    again = await ann.rest(
        "POST", "/tasks", json={"title": "Three"}, headers={"Idempotency-Key": "Three"}
    )
    assert again.json() == added.json()


async def test_changes_of_yesterday_do_not_count(person_with: Make, settings: Settings) -> None:
    ann = await person_with(max_events_a_day=1)
    await ann.call("add_task", title="One")
    await ann.write(_a_day_passes)
    await ann.call("add_task", title="Two")


async def _a_day_passes(mine) -> None:
    await mine._connection.execute("UPDATE account SET quota_day = quota_day - 1")


# Bytes


async def test_a_list_full_of_bytes_takes_no_more_text(person_with: Make) -> None:
    ann = await person_with(max_bytes=1000)
    await ann.call("add_task", title="One")
    await ann.call("update_task", task_id=1, description="x" * 1000)
    for tool, arguments in {
        "add_task": {"title": "Two"},
        "update_task": {"task_id": 1, "title": "Uno"},
    }.items():
        with pytest.raises(RefusedByTool) as refusal:
            await ann.call(tool, **arguments)
        assert refusal.value.code == "byte_limit_agents"
        assert not re.search("delet|purg|trash", str(refusal.value))
    refused = await ann.rest("PATCH", "/tasks/1", json={"priority": "high"})
    assert (refused.status_code, "Retry-After" in refused.headers) == (429, True)
    assert (await ann.call("list_tasks", task_id=1))["tasks"][0]["title"] == "One"


async def test_a_list_full_of_bytes_accepts_changes_of_the_status(
    person_with: Make,
) -> None:
    ann = await person_with(max_bytes=1)
    await ann.call("add_task", title="One")
    await ann.call("complete_task", task_id=1)
    await ann.call("update_task", task_id=1, status="pending")
    deleted = await ann.call("delete_task", task_id=1)
    await ann.call("update_task", task_id=1, status="pending")
    await ann.call("update_task", task_id=1, undo=deleted["version"] + 1)
    stored = (await ann.rest("GET")).json()["stored_bytes"]
    assert stored > 1


async def test_a_purge_makes_room(person_with: Make, cluster: Cluster) -> None:
    ann = await person_with(max_bytes=500)
    ann.scopes = (*ann.scopes, OWNER_SCOPE)
    await ann.call("add_task", title="Long", description="x" * 500)
    await ann.call("delete_task", task_id=1)
    assert (await ann.rest("POST", "/tasks", json={"title": "Next"})).status_code == 429
    assert (await ann.rest("DELETE", "/tasks/1/permanently")).status_code == 204
    assert (await ann.rest("GET")).json()["stored_bytes"] == 0
    assert (await ann.rest("POST", "/tasks", json={"title": "Next"})).status_code == 201
    await sound_ledger(cluster, ann.user_id)


async def test_tasks_that_a_write_purges_from_the_trash_make_room_for_it(
    person_with: Make, records: Records, cluster: Cluster
) -> None:
    ann = await person_with(max_bytes=500)
    await ann.call("add_task", title="Long", description="x" * 500)
    await ann.call("delete_task", task_id=1)
    await records.age_the_trash(ann, 31)
    await ann.call("add_task", title="Next")
    assert (await ann.call("list_tasks"))["total"] == 1


async def test_the_stored_bytes_are_those_of_the_events_in_the_ledger(
    person_with: Make, cluster: Cluster
) -> None:
    ann = await person_with()
    await ann.call("add_task", title='"Brød" 🍞 \\ {}', tags=["a", "ß"], due="2026-12-24")
    await ann.call("update_task", task_id=1, description="tab\tline\nend", priority="high")
    await ann.call("update_task", task_id=1, undo=2)
    await ann.call("complete_task", task_id=1)
    assert len(await sound_ledger(cluster, ann.user_id)) == 4
