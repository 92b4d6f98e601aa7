from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from sqlalchemy import literal_column

from surelist.ledger import listing
from tests.support.asking import task
from tests.support.person import Person

LONG_AGO = "2020-01-01T00:00:00Z"


async def events(person: Person, query: str = "") -> list[dict[str, Any]]:
    """The events of the first page."""
    return (await person.rest("GET", f"/events{query}")).json()["events"]


async def test_the_event_list_has_authors_and_changes_newest_first(ann: Person) -> None:
    await ann.call("add_task", title="Call mom", due="2026-11-23", priority="high", tags=["home"])
    await ann.through("cursor").call("complete_task", task_id=1)
    completed, created = await events(ann)
    assert completed.pop("at") >= created.pop("at")
    assert completed.pop("title") == created.pop("title") == "Call mom"
    assert created == {
        "id": 1,
        "subject": "task",
        "subject_id": 1,
        "task_id": 1,
        "kind": "created",
        "actor": "agent",
        "client_id": "claude",
        "client_name": "claude",
        "after": {
            "title": "Call mom",
            "description": None,
            "due": "2026-11-23",
            "priority": "high",
            "tags": ["home"],
            "completed": False,
            "deleted": False,
        },
    }
    assert completed == {
        "id": 2,
        "subject": "task",
        "subject_id": 1,
        "task_id": 1,
        "kind": "updated",
        "actor": "agent",
        "client_id": "cursor",
        "client_name": "cursor",
        "before": {"completed": False},
        "after": {"completed": True},
    }


async def test_the_actor_of_a_persons_change_is_the_person(newcomer: Callable[..., Person]) -> None:
    owner = newcomer("page", owner=True)
    await owner.rest("POST", "/tasks", json={"title": "Mine"})
    [event] = await events(owner)
    assert event["actor"] == "person"


async def test_the_event_list_has_pages_in_both_directions(ann: Person) -> None:
    for number in range(5):
        await ann.call("add_task", title=f"Task {number}")
    for query, expected in (("?limit=2", [5, 4, 3, 2, 1]), ("?limit=2&after=1", [2, 3, 4, 5])):
        seen: list[int] = []
        path = f"/events{query}"
        while path:
            page = (await ann.rest("GET", path)).json()
            seen += [event["id"] for event in page["events"]]
            cursor = page.get("next_cursor")
            path = f"/events{query}&cursor={cursor}" if cursor else ""
        assert seen == expected


async def test_events_can_be_filtered_by_task_and_by_client(ann: Person) -> None:
    await ann.call("add_task", title="One")
    await ann.through("cursor").call("add_task", title="Two")
    await ann.call("complete_task", task_id=2)
    assert [event["id"] for event in await events(ann, "?task_id=2")] == [3, 2]
    assert [event["id"] for event in await events(ann, "?client_id=cursor")] == [2]


async def test_events_can_be_filtered_by_actor_and_by_kind(
    ann: Person, newcomer: Callable[..., Person]
) -> None:
    owner = newcomer("page", owner=True)
    await owner.rest("POST", "/tasks", json={"title": "Mine"})
    agent = owner.through("claude")
    await agent.call("add_task", title="Theirs")
    await agent.call("complete_task", task_id=2)
    assert [event["id"] for event in await events(owner, "?actor=agent")] == [3, 2]
    assert [event["id"] for event in await events(owner, "?kind=created")] == [2, 1]
    assert [event["id"] for event in await events(owner, "?actor=agent&kind=updated")] == [3]


async def test_events_can_be_filtered_by_time(ann: Person) -> None:
    times: list[datetime] = []
    for number in range(5):
        times.append(datetime.now(UTC))
        await ann.call("add_task", title=f"Task {number}")
    for since in range(5):
        params = {"since": times[since].isoformat(), "until": times[4].isoformat()}
        found = (await ann.rest("GET", "/events", params=params)).json()["events"]
        assert [event["id"] for event in found] == list(range(4, since, -1))
    params = {"since": datetime.now(UTC).isoformat()}
    assert (await ann.rest("GET", "/events", params=params)).json() == {"events": []}


async def test_a_search_continues_behind_the_events_that_it_has_read(
    ann: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    for statement in (listing._page, listing._end_of_search):
        statement.cache_clear()
    monkeypatch.setattr(listing, "SEARCHED_AT_ONCE", 2)
    monkeypatch.setattr(listing, "_SEARCHED", literal_column("2"))
    for number in range(5):
        await ann.call("add_task", title=f"Task {number}")
    await ann.call("complete_task", task_id=1)
    seen: list[list[int]] = []
    params: dict[str, str] | None = {"kind": "created"}
    while params:
        page = (await ann.rest("GET", "/events", params=params)).json()
        seen.append([event["id"] for event in page["events"]])
        cursor = page.get("next_cursor")
        params = params | {"cursor": cursor} if cursor else None
    assert seen == [[5], [4, 3], [2, 1], []]
    for statement in (listing._page, listing._end_of_search):
        statement.cache_clear()


async def test_a_listed_event_names_its_task_as_it_is_now_and_its_undo(ann: Person) -> None:
    await ann.call("add_task", title="Before")
    await ann.call("complete_task", task_id=1)
    await ann.call("update_task", task_id=1, title="After")
    await ann.rest("POST", "/events/2/undo")
    listed = await events(ann)
    assert {event["title"] for event in listed} == {"After"}
    assert [event.get("undone_by") for event in listed] == [None, None, 4, None]


async def test_a_cursor_of_another_query_is_refused(ann: Person) -> None:
    await ann.call("add_task", title="One")
    await ann.call("add_task", title="Two")
    cursor = (await ann.rest("GET", "/events?limit=1")).json()["next_cursor"]
    refused = await ann.rest("GET", f"/events?limit=1&task_id=1&cursor={cursor}")
    assert (refused.status_code, refused.json()["type"]) == (422, "urn:surelist:invalid")


async def test_an_empty_ledger_gives_an_empty_page(ann: Person) -> None:
    assert (await ann.rest("GET", "/events")).json() == {"events": []}


async def test_one_event_is_undone(ann: Person) -> None:
    await ann.call("add_task", title="Before")
    await ann.call("update_task", task_id=1, title="After")
    answer = await ann.rest("POST", "/events/2/undo")
    assert (answer.status_code, answer.json()["title"]) == (200, "Before")
    assert answer.headers["etag"].startswith('"3-')


async def test_undo_is_refused_for_fields_changed_since(ann: Person) -> None:
    await ann.call("add_task", title="Before")
    await ann.call("update_task", task_id=1, title="After")
    await ann.call("update_task", task_id=1, title="Later")
    refused = await ann.rest("POST", "/events/2/undo")
    assert refused.status_code == 409
    assert refused.json()["fields"] == ["title"]
    assert refused.json()["task"]["title"] == "Later"


async def test_an_unknown_event_is_not_found(ann: Person) -> None:
    await ann.call("add_task", title="One")
    assert (await ann.rest("POST", "/events/2/undo")).status_code == 404


def left(event: int, task_id: int, fields: list[str]) -> dict[str, Any]:
    """An entry of `left` in the response."""
    of = {"subject": "task", "subject_id": task_id, "task_id": task_id}
    return {"event": event, **of, "fields": fields}


async def undo_all(
    person: Person, client_id: str, key: str | None = None, **more: Any
) -> dict[str, Any]:
    answer = await ask_to_undo_all(person, client_id, key, **more)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def ask_to_undo_all(
    person: Person, client_id: str, key: str | None = None, **more: Any
) -> httpx.Response:
    body = {"client_id": client_id, "since": LONG_AGO} | more
    headers = {"Idempotency-Key": key} if key else {}
    return await person.rest("POST", "/undo", json=body, headers=headers)


async def test_all_changes_of_one_client_are_undone(ann: Person) -> None:
    await ann.call("add_task", title="Mine")
    rogue = ann.through("rogue")
    await rogue.call("update_task", task_id=1, title="Spoilt", priority="low")
    await rogue.call("complete_task", task_id=1)
    await rogue.call("add_task", title="Spam")
    undone = await undo_all(ann, "rogue")
    assert [one["event"] for one in undone["undone"]] == [4, 3, 2]
    assert (undone["left"], undone["dry_run"]) == ([], False)
    mine = await task(ann, 1)
    assert (mine["title"], mine["status"], "priority" in mine) == ("Mine", "pending", False)
    assert (await task(ann, 2))["status"] == "deleted"


async def test_undo_of_a_client_skips_and_names_fields_changed_since(ann: Person) -> None:
    rogue = ann.through("rogue")
    await rogue.call("add_task", title="Theirs")
    await ann.call("update_task", task_id=1, title="Mine now")
    undone = await undo_all(ann, "rogue")
    assert undone["undone"] == []
    assert undone["left"] == [left(1, 1, ["title"])]
    assert (await task(ann, 1))["status"] == "pending"


async def test_a_dry_run_returns_the_result_and_changes_nothing(ann: Person) -> None:
    await ann.through("rogue").call("add_task", title="Spam")
    trial = await undo_all(ann, "rogue", dry_run=True)
    assert ([one["event"] for one in trial["undone"]], trial["dry_run"]) == ([1], True)
    assert (await task(ann, 1))["status"] == "pending"
    assert [event["id"] for event in await events(ann)] == [1]
    real = await undo_all(ann, "rogue")
    assert real["undone"] == trial["undone"]


async def test_only_changes_since_the_given_time_are_undone(ann: Person) -> None:
    rogue = ann.through("rogue")
    await rogue.call("add_task", title="Old")
    since = datetime.now(UTC).isoformat()
    await rogue.call("add_task", title="New")
    undone = await undo_all(ann, "rogue", since=since)
    assert [one["event"] for one in undone["undone"]] == [2]


async def test_only_changes_from_the_first_to_the_last_are_undone(ann: Person) -> None:
    rogue = ann.through("rogue")
    for number in range(1, 5):
        await rogue.call("add_task", title=f"Task {number}")
    body = {"client_id": "rogue", "first": 2, "last": 3}
    undone = (await ann.rest("POST", "/undo", json=body)).json()
    assert [one["event"] for one in undone["undone"]] == [3, 2]
    body = {"client_id": "rogue", "first": 4}
    undone = (await ann.rest("POST", "/undo", json=body)).json()
    assert [one["event"] for one in undone["undone"]] == [4]
    assert (await task(ann, 1))["status"] == "pending"


@pytest.mark.parametrize("part", [{}, {"since": LONG_AGO, "first": 1}, {"last": 1}])
async def test_an_undo_of_a_client_needs_one_beginning(ann: Person, part: dict[str, Any]) -> None:
    await ann.through("rogue").call("add_task", title="Spam")
    refused = await ann.rest("POST", "/undo", json={"client_id": "rogue", **part})
    assert (refused.status_code, refused.json()["code"]) == (422, "undo_without_beginning")
    assert (await task(ann, 1))["status"] == "pending"


async def test_a_second_undo_of_a_client_changes_nothing(ann: Person) -> None:
    rogue = ann.through("rogue")
    await rogue.call("add_task", title="Spam")
    await undo_all(ann, "rogue")
    assert (await undo_all(ann, "rogue"))["undone"] == []


async def test_a_change_that_the_client_undid_itself_is_not_undone(ann: Person) -> None:
    rogue = ann.through("rogue")
    await ann.call("add_task", title="A")
    await rogue.call("update_task", task_id=1, title="B")
    await rogue.call("update_task", task_id=1, undo=2)
    assert (await undo_all(ann, "rogue"))["undone"] == []
    assert (await task(ann, 1))["title"] == "A"


async def test_a_redo_by_the_client_is_undone_once(ann: Person) -> None:
    rogue = ann.through("rogue")
    await ann.call("add_task", title="A")
    await rogue.call("update_task", task_id=1, title="B")
    await rogue.call("update_task", task_id=1, undo=2)
    await rogue.call("update_task", task_id=1, undo=3)
    assert (await task(ann, 1))["title"] == "B"
    assert [one["event"] for one in (await undo_all(ann, "rogue"))["undone"]] == [4]
    assert (await task(ann, 1))["title"] == "A"


@pytest.mark.parametrize(
    "since",
    [
        "2026-01-01T00:00:00",
        "2026",
        "20261101",
        "1793491200",
        "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:59:59-14:00",
    ],
)
async def test_a_time_without_date_or_offset_is_refused(ann: Person, since: str) -> None:
    body = {"client_id": "rogue", "since": since}
    assert (await ann.rest("POST", "/undo", json=body)).status_code == 422
