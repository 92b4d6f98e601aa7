from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from zoneinfo import available_timezones

import pytest

from surelist.data import tables
from tests.support import strangers
from tests.support.asking import task
from tests.support.person import Person
from tests.support.records import Records
from tests.support.strangers import make_list


@pytest.fixture
def owner(newcomer: Callable[..., Person]) -> Person:
    """A person in their own session."""
    return newcomer("web", owner=True)


async def account(person: Person) -> dict[str, Any]:
    return (await person.rest("GET")).json()


async def test_a_new_users_account_is_empty(owner: Person) -> None:
    shown = await account(owner)
    assert shown.pop("now")
    assert shown == {
        "user_id": owner.user_id,
        "timezone": "UTC",
        "pending": 0,
        "completed": 0,
        "stored_bytes": 0,
        "last_event": 0,
        "last_task": 0,
    }


async def test_the_account_counts(ann: Person) -> None:
    for title in ("One", "Two", "Three"):
        await ann.call("add_task", title=title)
    await ann.call("complete_task", task_id=1)
    await ann.call("delete_task", task_id=2)
    shown = await account(ann)
    assert (shown["pending"], shown["completed"], shown["last_event"]) == (1, 1, 5)
    assert shown["last_task"] == 3


async def test_in_another_time_zone_a_due_day_stays_the_day_and_a_time_with_offset_the_instant(
    owner: Person,
) -> None:
    await owner.call("add_task", title="Day", due="2026-11-23")
    await owner.call("add_task", title="Time", due="2026-11-23T12:00:00+00:00")
    moved = await owner.rest("PATCH", json={"timezone": "Asia/Tokyo"})
    assert (moved.status_code, moved.json()["timezone"]) == (200, "Asia/Tokyo")
    assert (await task(owner, 1))["due"] == "2026-11-23"
    assert (await task(owner, 2))["due"] == "2026-11-23T21:00:00+09:00"
    due = await owner.call("list_tasks", sort="due", due_before="2026-11-23T00:00:00+09:00")
    assert [one["title"] for one in due["tasks"]] == ["Day"]


async def test_wall_times_stay_when_the_time_zone_changes_and_changes_back(
    owner: Person, records: Records
) -> None:
    await owner.rest("PATCH", json={"timezone": "Europe/Madrid"})
    for due in ("2026-11-23T15:00", "2026-10-25T02:30", "2026-11-23", "2026-11-23T15:00+02:00"):
        await owner.call("add_task", title="Call", due=due)
    at_home = [row["due"] for row in (await owner.call("list_tasks"))["tasks"]]
    stored = await records.tasks(owner)
    tagged = (await owner.rest("GET", "/tasks/1")).headers["ETag"]
    await owner.rest("PATCH", json={"timezone": "America/Bogota"})
    assert [row["due"] for row in (await owner.call("list_tasks"))["tasks"]] == [
        "2026-11-23T15:00:00-05:00",
        "2026-10-25T02:30:00-05:00",
        "2026-11-23",
        "2026-11-23T08:00:00-05:00",
    ]
    assert (await owner.rest("GET", "/tasks/1")).headers["ETag"] != tagged
    await owner.rest("PATCH", json={"timezone": "Europe/Madrid"})
    assert [row["due"] for row in (await owner.call("list_tasks"))["tasks"]] == at_home
    assert await records.tasks(owner) == stored
    assert at_home[:2] == ["2026-11-23T15:00:00+01:00", "2026-10-25T02:30:00+02:00"]
    assert (await owner.rest("GET", "/tasks/1")).headers["ETag"] == tagged


async def test_a_wall_time_in_a_gap_is_shown_after_the_gap_and_restored_with_the_old_time_zone(
    owner: Person,
) -> None:
    await owner.call("add_task", title="Call", due="2026-03-29T02:30")
    await owner.rest("PATCH", json={"timezone": "Europe/Madrid"})
    assert (await task(owner, 1))["due"] == "2026-03-29T03:30:00+02:00"
    await owner.rest("PATCH", json={"timezone": "UTC"})
    assert (await task(owner, 1))["due"] == "2026-03-29T02:30:00+00:00"


async def test_a_due_time_sent_back_as_shown_stays_floating(owner: Person) -> None:
    await owner.rest("PATCH", json={"timezone": "Europe/Madrid"})
    await owner.call("add_task", title="Call", due="2026-11-23T15:00")
    shown = (await owner.rest("GET", "/tasks/1")).json()
    assert (await owner.call("update_task", task_id=1, due=shown["due"]))["changed"] == []
    put = await owner.rest("PUT", "/tasks/1", json=shown | {"title": "Call Ann"})
    assert put.status_code == 200
    await owner.rest("PATCH", json={"timezone": "America/Bogota"})
    assert (await task(owner, 1))["due"] == "2026-11-23T15:00:00-05:00"


async def test_a_due_time_with_an_offset_becomes_floating_when_it_is_sent_without(
    owner: Person,
) -> None:
    await owner.call("add_task", title="Call", due="2026-11-23T15:00Z")
    changed = await owner.call("update_task", task_id=1, due="2026-11-23T15:00")
    assert changed["changed"] == ["due"]
    await owner.rest("PATCH", json={"timezone": "America/Bogota"})
    assert (await task(owner, 1))["due"] == "2026-11-23T15:00:00-05:00"
    await owner.call("update_task", task_id=1, undo=2)
    assert (await task(owner, 1))["due"] == "2026-11-23T10:00:00-05:00"


async def test_undo_after_a_change_of_time_zone_restores_the_wall_time_in_the_new_one(
    owner: Person,
) -> None:
    await owner.call("add_task", title="Call", due="2026-11-23T15:00")
    await owner.call("update_task", task_id=1, due="2026-11-24T09:00")
    await owner.rest("PATCH", json={"timezone": "America/Bogota"})
    await owner.call("update_task", task_id=1, undo=2)
    assert (await task(owner, 1))["due"] == "2026-11-23T15:00:00-05:00"
    events = (await owner.rest("GET", "/events", params={"after": 0})).json()["events"]
    assert events[1]["after"]["due"] == "2026-11-24T09:00:00-05:00"


async def test_setting_the_current_time_zone_updates_no_task(
    owner: Person, records: Records
) -> None:
    await owner.call("add_task", title="Day", due="2026-11-23")
    await owner.rest("PATCH", json={"timezone": "Asia/Tokyo"})
    written = "SELECT xmin FROM task WHERE user_id = $1"
    before = await records.all(written, owner.user_id)
    again = await owner.rest("PATCH", json={"timezone": "Asia/Tokyo"})
    assert (again.status_code, again.json()["timezone"]) == (200, "Asia/Tokyo")
    assert await records.all(written, owner.user_id) == before


async def test_a_day_with_two_midnights_begins_at_the_first_also_after_a_change_of_time_zone(
    owner: Person, records: Records
) -> None:
    await owner.call("add_task", title="Moved", due="2026-11-01")
    await owner.rest("PATCH", json={"timezone": "America/Havana"})
    await owner.call("add_task", title="Made there", due="2026-11-01")
    moved, made = await records.tasks(owner)
    assert moved["due_at"] == made["due_at"] == datetime(2026, 11, 1, 4, tzinfo=UTC)


async def test_every_iana_time_zone_can_be_set(owner: Person) -> None:
    await owner.call("add_task", title="Day", due="2026-11-01")
    for name in sorted(available_timezones() - {"localtime"})[::20]:
        assert (await owner.rest("PATCH", json={"timezone": name})).status_code == 200, name
        assert (await task(owner, 1))["due"] == "2026-11-01", name


@pytest.mark.parametrize(
    "name", ["localtime", "Mars/Olympus", "../etc/passwd", "", "utc+1", "UTC'; --"]
)
async def test_an_unknown_time_zone_is_refused(owner: Person, name: str) -> None:
    assert (await owner.rest("PATCH", json={"timezone": name})).status_code == 422
    assert (await account(owner))["timezone"] == "UTC"


async def test_an_erase_leaves_only_the_counters_of_the_account(
    owner: Person, records: Records
) -> None:
    word = f"word-of-{owner.user_id}"
    await owner.call("add_task", title=word, description=word)
    await owner.call("complete_task", task_id=1)
    assert (await owner.rest("DELETE")).status_code == 204
    for table in tables.of_users():
        rows = await records.all(
            f"SELECT * FROM {table} WHERE user_id = $1 OR {table}::text LIKE '%{word}%'",
            owner.user_id,
        )
        assert len(rows) == (table == "account"), table
    left = await records.account(owner)
    assert (left["last_event"], left["last_task"], left["erased_at"] is not None) == (2, 1, True)
    assert (left["pending_count"], left["completed_count"], left["stored_bytes"]) == (0, 0, 0)


async def test_an_agent_can_neither_erase_nor_export_nor_set_the_time_zone(ann: Person) -> None:
    await ann.call("add_task", title="Safe")
    for answer in (
        await ann.rest("DELETE"),
        await ann.rest("GET", "/export"),
        await ann.rest("PATCH", json={"timezone": "Asia/Tokyo"}),
    ):
        assert (answer.status_code, answer.json()["type"]) == (
            403,
            "urn:surelist:insufficient_scope",
        )
    assert (await task(ann, 1))["title"] == "Safe"


WRITES = sorted(route for route in strangers.ROUTES if route[0] != "GET")


@pytest.mark.parametrize(("method", "path"), WRITES)
async def test_a_write_that_waited_for_an_erase_fails(
    owner: Person, records: Records, method: str, path: str
) -> None:
    token = owner.token()
    owner.token = lambda scopes=None: token
    hers = await make_list(owner)  # so that this token is let in for some seconds
    assert (await owner.rest("DELETE")).status_code == 204
    left = await records.account(owner)
    _, write = strangers.rest_attempt(method, path, "me", strangers.ROUTES[method, path](hers)[0])
    refusal = await write(owner)
    assert (refusal.status_code, refusal.json()["type"]) == (401, "urn:surelist:unauthorized")
    assert "erased" in refusal.json()["detail"]
    assert await records.account(owner) == left
    assert await records.tasks(owner) == []
