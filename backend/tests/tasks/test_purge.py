from collections.abc import Callable
from typing import Any

import pytest

from surelist.tasks import service
from tests.support.person import Person
from tests.support.records import Records

WORDS = "marzipan"


@pytest.fixture
def owner(newcomer: Callable[..., Person]) -> Person:
    """A person with a token of their own."""
    return newcomer("page", owner=True)


async def test_a_purged_task_leaves_its_events_without_a_word(
    owner: Person, records: Records
) -> None:
    await owner.call("add_task", title=WORDS, description=WORDS, tags=[WORDS])
    await owner.call("update_task", task_id=1, title=f"{WORDS} twice")
    await owner.call("delete_task", task_id=1)
    assert (await owner.rest("DELETE", "/tasks/1/permanently")).status_code == 204
    assert await records.kinds(owner) == ["created", "updated", "deleted", "purged"]
    assert await records.tasks(owner) == []
    assert WORDS not in str(await records.events(owner))
    assert all(event["request_hash"] is None for event in await records.events(owner))


async def test_what_is_purged_is_gone_at_every_door(owner: Person) -> None:
    await owner.call("add_task", title="Gone")
    await owner.call("delete_task", task_id=1)
    await owner.rest("DELETE", "/tasks/1/permanently")
    assert (await owner.rest("GET", "/tasks/1")).status_code == 404
    assert (await owner.rest("DELETE", "/tasks/1/permanently")).status_code == 404
    assert (await owner.rest("POST", "/events/1/undo")).status_code == 410


async def test_its_number_is_not_used_again(owner: Person) -> None:
    await owner.call("add_task", title="Gone")
    await owner.call("delete_task", task_id=1)
    await owner.rest("DELETE", "/tasks/1/permanently")
    added = await owner.call("add_task", title="Next")
    assert (added["task_id"], added["version"]) == (2, 4)


async def test_only_what_is_in_the_trash_is_purged(owner: Person, records: Records) -> None:
    await owner.call("add_task", title="Here")
    for headers in ({}, {"If-Match": '"7"'}):
        refused = await owner.rest("DELETE", "/tasks/1/permanently", headers=headers)
        assert (refused.status_code, refused.json()["type"]) == (409, "urn:surelist:conflict")
    assert await records.kinds(owner) == ["created"]


async def test_a_stale_version_is_not_purged(owner: Person) -> None:
    await owner.call("add_task", title="Here")
    await owner.call("delete_task", task_id=1)
    stale = await owner.rest("DELETE", "/tasks/1/permanently", headers={"If-Match": '"1"'})
    assert stale.status_code == 412
    assert (await owner.rest("GET", "/tasks/1")).status_code == 200


async def test_a_purge_repeated_with_its_key_is_the_same_purge(
    owner: Person, records: Records
) -> None:
    await owner.call("add_task", title="Gone")
    await owner.call("delete_task", task_id=1)
    for _ in range(2):
        purged = await owner.rest(
            "DELETE", "/tasks/1/permanently", headers={"Idempotency-Key": "once"}
        )
        assert purged.status_code == 204
    assert await records.kinds(owner) == ["created", "deleted", "purged"]


async def test_an_agent_cannot_purge(ann: Person, records: Records) -> None:
    await ann.call("add_task", title="Safe")
    await ann.call("delete_task", task_id=1)
    refused = await ann.rest("DELETE", "/tasks/1/permanently")
    assert (refused.status_code, refused.json()["type"]) == (403, "urn:surelist:insufficient_scope")
    assert await records.kinds(ann) == ["created", "deleted"]


async def test_a_task_that_an_earlier_version_folded_otherwise_is_searched_anew_once_it_is_changed(
    owner: Person, records: Records
) -> None:
    await owner.call("add_task", title=WORDS)
    await records.run(
        "UPDATE task SET search_text = 'otherwise', search_tags = '{otherwise}' WHERE user_id = $1",
        owner.user_id,
    )
    await owner.call("update_task", task_id=1, title="Nougat")
    [task] = await records.tasks(owner)
    assert (task["search_text"], task["search_tags"]) == ("nougat\n", [])


async def fill_trash(owner: Person, *titles: str) -> int:
    """Adds tasks and deletes them. Returns the id of the last event."""
    version = 0
    for title in titles:
        added = await owner.call("add_task", title=title)
        version = (await owner.call("delete_task", task_id=added["task_id"]))["version"]
    return version


async def emptied(owner: Person, up_to: int) -> dict[str, Any]:
    answer = await owner.rest("DELETE", "/trash", params={"up_to": up_to})
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_emptying_purges_the_trash_as_it_was_seen_and_nothing_else(
    owner: Person, newcomer: Callable[..., Person], records: Records
) -> None:
    other = newcomer("page", owner=True)
    await fill_trash(other, "Hers")
    await owner.call("add_task", title="Here")
    seen = await fill_trash(owner, f"{WORDS} 1", f"{WORDS} 2")
    await fill_trash(owner, "Deleted meanwhile")
    assert await emptied(owner, seen) == {"purged": 2, "more": False}
    assert {task["title"] for task in await records.tasks(owner)} == {"Here", "Deleted meanwhile"}
    events = await records.events(owner)
    assert WORDS not in str(events)
    assert [(one["subject_id"], one["actor"]) for one in events if one["kind"] == "purged"] == [
        (2, "person"),
        (3, "person"),
    ]
    assert len(await records.tasks(other)) == 1
    assert await emptied(owner, seen) == {"purged": 0, "more": False}
    assert len(await records.events(owner)) == len(events)


async def test_a_task_that_was_restored_meanwhile_stays(owner: Person, records: Records) -> None:
    seen = await fill_trash(owner, "Kept", "Dropped")
    await owner.call("update_task", task_id=1, status="pending")
    await owner.call("delete_task", task_id=1)
    assert await emptied(owner, seen) == {"purged": 1, "more": False}
    assert [task["title"] for task in await records.tasks(owner)] == ["Kept"]


async def test_a_full_trash_is_emptied_in_several_calls(
    owner: Person, records: Records, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "EMPTIED_AT_ONCE", 2)
    seen = await fill_trash(owner, "One", "Two", "Three")
    assert await emptied(owner, seen) == {"purged": 2, "more": True}
    assert [task["title"] for task in await records.tasks(owner)] == ["Three"]
    assert await emptied(owner, seen) == {"purged": 1, "more": False}
    assert await records.tasks(owner) == []
    (account,) = [await owner.rest("GET", "")]
    assert account.json()["last_task"] == 3


async def test_no_agent_empties_the_trash(newcomer: Callable[..., Person]) -> None:
    agent = newcomer()
    seen = await fill_trash(agent, "Safe")
    refused = await agent.rest("DELETE", "/trash", params={"up_to": seen})
    assert (refused.status_code, refused.json()["type"]) == (403, "urn:surelist:insufficient_scope")
    assert (await agent.call("list_tasks", status="deleted"))["total"] == 1


@pytest.mark.parametrize("query", [{}, {"up_to": -1}, {"up_to": "all"}, {"up_to": "9" * 30}])
async def test_emptying_needs_what_the_person_has_seen(owner: Person, query: Any) -> None:
    await fill_trash(owner, "Safe")
    assert (await owner.rest("DELETE", "/trash", params=query)).status_code == 422
    assert (await owner.call("list_tasks", status="deleted"))["total"] == 1
