from collections.abc import Callable

import pytest

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
