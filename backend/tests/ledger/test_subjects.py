"""Events of the account and of agents: their visibility and their undo."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.support.asking import task
from tests.support.person import Person
from tests.support.records import Records
from tests.tasks.test_ledger_routes import LONG_AGO, events

ALLOWED = {"name": "Laptop", "scopes": ["tasks:read", "tasks:write"]}


@pytest.fixture
def owner(newcomer: Callable[..., Person]) -> Person:
    """A signed-in person."""
    return newcomer("web", owner=True)


async def set_timezone(owner: Person, timezone: str) -> int:
    """Change the time zone and return the id of the event."""
    moved = await owner.rest("PATCH", json={"timezone": timezone})
    assert moved.status_code == 200
    return moved.json()["last_event"]


async def undo(person: Person, event: int, **headers: str) -> Any:
    return await person.rest("POST", f"/events/{event}/undo", headers=headers)


async def timezone_of(person: Person) -> str:
    return (await person.rest("GET")).json()["timezone"]


async def test_a_change_of_the_time_zone_is_an_event_that_agents_see(owner: Person) -> None:
    await owner.call("add_task", title="Call", due="2026-11-23T09:00")
    assert await set_timezone(owner, "Asia/Tokyo") == 2
    assert await set_timezone(owner, "Asia/Tokyo") == 2
    event = (await events(owner.through("claude")))[0]
    del event["at"]
    assert event == {
        "id": 2,
        "subject": "account",
        "kind": "updated",
        "actor": "person",
        "client_id": "web",
        "client_name": "web",
        "before": {"timezone": "UTC"},
        "after": {"timezone": "Asia/Tokyo"},
    }
    shown = await task(owner, 1)
    assert (shown["version"], shown["due"]) == (1, "2026-11-23T09:00:00+09:00")
    assert [one["id"] for one in await events(owner, "?task_id=1")] == [1]


async def test_undo_restores_the_time_zone_and_the_instants_of_floating_due_dates(
    owner: Person, records: Records
) -> None:
    await owner.call("add_task", title="Call", due="2026-11-23T09:00")
    [before] = await records.tasks(owner)
    moved = await set_timezone(owner, "Asia/Tokyo")
    for _ in range(2):
        undone = await undo(owner, moved)
        told = {"event": moved, "subject": "account", "version": moved + 1}
        assert (undone.status_code, undone.json()) == (200, told)
    assert await timezone_of(owner) == "UTC"
    assert await records.tasks(owner) == [before]
    assert (await undo(owner, moved + 1)).status_code == 200
    assert await timezone_of(owner) == "Asia/Tokyo"


async def test_undo_is_refused_when_the_time_zone_has_changed_since(owner: Person) -> None:
    moved = await set_timezone(owner, "Asia/Tokyo")
    await set_timezone(owner, "Europe/Berlin")
    refused = await undo(owner, moved)
    assert (refused.status_code, refused.json()["fields"]) == (409, ["timezone"])
    assert await timezone_of(owner) == "Europe/Berlin"


async def test_an_agent_cannot_undo_a_change_of_the_time_zone(owner: Person) -> None:
    moved = await set_timezone(owner, "Asia/Tokyo")
    claude = owner.through("claude")
    refused = await undo(claude, moved)
    assert (refused.status_code, refused.json()["type"]) == (403, "urn:surelist:insufficient_scope")
    answer = await claude.rest("POST", "/undo", json={"client_id": "web", "since": LONG_AGO})
    assert answer.json() == {"undone": [], "left": [], "dry_run": False}
    assert await timezone_of(owner) == "Asia/Tokyo"
    answer = await owner.rest("POST", "/undo", json={"client_id": "web", "since": LONG_AGO})
    assert [one["event"] for one in answer.json()["undone"]] == [moved]
    assert await timezone_of(owner) == "UTC"


async def test_undo_restores_the_time_zone_before_floating_due_dates(
    owner: Person, records: Records
) -> None:
    await owner.call("add_task", title="Call", due="2026-11-23T09:00")
    [before] = await records.tasks(owner)
    web = owner.through("desk", owner=True)
    await web.call("update_task", task_id=1, due="2026-11-24")
    await set_timezone(web, "Asia/Tokyo")
    await web.call("update_task", task_id=1, clear=["due"])
    answer = await owner.rest("POST", "/undo", json={"client_id": "desk", "since": LONG_AGO})
    assert len(answer.json()["undone"]) == 3
    [after] = await records.tasks(owner)
    stamps = {name: after[name] for name in ("version", "updated_at")}
    assert after == before | stamps


async def test_only_the_person_sees_events_of_agents(owner: Person) -> None:
    await owner.rest("PUT", "/agents/laptop", json=ALLOWED)
    await owner.rest("PUT", "/agents/laptop", json=ALLOWED)
    await owner.rest("PUT", "/agents/laptop", json=ALLOWED | {"name": "Desk"})
    await owner.rest("DELETE", "/agents/laptop")
    await owner.rest("DELETE", "/agents/laptop")
    await owner.rest("PUT", "/agents/laptop", json=ALLOWED)
    told = [
        (event["kind"], event["subject"], event["subject_key"], event.get("before"), event["after"])
        for event in reversed(await events(owner))
    ]
    scopes = ALLOWED["scopes"]
    laptop = ("agent", "laptop")
    assert told == [
        ("created", *laptop, None, {"name": "Laptop", "scopes": scopes, "revoked": False}),
        ("updated", *laptop, {"name": "Laptop"}, {"name": "Desk"}),
        ("deleted", *laptop, {"revoked": False}, {"revoked": True}),
        (
            "restored",
            *laptop,
            {"name": "Desk", "revoked": True},
            {"name": "Laptop", "revoked": False},
        ),
    ]
    await owner.call("add_task", title="One")
    claude = owner.through("claude")
    assert [event["id"] for event in await events(claude)] == [5]
    assert (await undo(claude, 2)).status_code == 404
    assert (await claude.rest("POST", "/calls/2/undo")).status_code == 404


async def test_the_name_of_an_agent_can_be_undone_but_not_its_access(owner: Person) -> None:
    await owner.rest("PUT", "/agents/laptop", json=ALLOWED)
    await owner.rest("PUT", "/agents/laptop", json=ALLOWED | {"name": "Desk"})
    undone = await undo(owner, 2)
    assert undone.json() == {
        "event": 2,
        "subject": "agent",
        "subject_key": "laptop",
        "version": 3,
    }
    assert (await owner.rest("GET", "/agents/laptop")).json()["name"] == "Laptop"
    await owner.rest("DELETE", "/agents/laptop")
    for event, reason in ((1, "Revoke the agent instead"), (4, "credentials do not come back")):
        refused = await undo(owner, event)
        assert refused.status_code == 409
        assert reason in refused.json()["detail"]
    answer = await owner.rest("POST", "/undo", json={"client_id": "web", "since": LONG_AGO})
    assert answer.json()["undone"] == []
    assert [one["event"] for one in answer.json()["left"]] == [4, 1]
    assert "revoked_at" in (await owner.rest("GET", "/agents/laptop")).json()


async def test_an_undo_repeated_with_its_key_has_the_same_response_for_every_subject(
    owner: Person,
) -> None:
    await owner.call("add_task", title="One")
    renamed = await owner.rest("PATCH", "/tasks/1", json={"title": "Two"})
    moved = await set_timezone(owner, "Asia/Tokyo")
    await owner.rest("PUT", "/agents/laptop", json=ALLOWED)
    await owner.rest("PUT", "/agents/laptop", json=ALLOWED | {"name": "Desk"})
    last = (await events(owner))[0]["id"]
    for event in (renamed.json()["version"], moved, last):
        keyed = {"Idempotency-Key": f"undo {event}"}
        first, again = [await undo(owner, event, **keyed) for _ in range(2)]
        assert (first.status_code, again.status_code) == (200, 200)
        assert first.json() == again.json()


async def test_revoking_all_agents_is_one_call(owner: Person) -> None:
    for client in ("one", "two"):
        await owner.rest("PUT", f"/agents/{client}", json=ALLOWED)
    key = {"name": "Robot", "scopes": ["tasks:read"], "days": 1}
    made = (await owner.rest("POST", "/keys", json=key)).json()
    assert (await events(owner))[0]["subject_key"] == made["client_id"]
    printed = owner.through("printed", owner=True)
    await printed.rest("POST", "/sessions/end", json={"agents": True})
    revoked = [event for event in await events(printed) if event["kind"] == "deleted"]
    assert {event["call"] for event in revoked} == {4}
    assert len(revoked) >= 3


async def test_an_agent_can_be_revoked_past_the_daily_limit(
    owner: Person, records: Records
) -> None:
    await owner.rest("PUT", "/agents/laptop", json=ALLOWED)
    await records.run("UPDATE account SET quota_used = 1000000 WHERE user_id = $1", owner.user_id)
    assert (await owner.rest("POST", "/tasks", json={"title": "One"})).status_code == 429
    assert (await owner.rest("DELETE", "/agents/laptop")).status_code == 204
