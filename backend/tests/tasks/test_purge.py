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


FOLDED_OTHERWISE = (
    "UPDATE task SET search_text = E' otherwise\\n' WHERE user_id = $1",
    "UPDATE term SET term = 'otherwise' WHERE user_id = $1",
)
"""A task as a version wrote it that made other words of the same text."""


@pytest.fixture
async def folded_otherwise(owner: Person, records: Records) -> Person:
    await owner.call("add_task", title=WORDS)
    for statement in FOLDED_OTHERWISE:
        await records.run(statement, owner.user_id)
    return owner


async def test_what_a_task_was_found_by_is_purged_with_it_though_words_are_made_otherwise_now(
    folded_otherwise: Person, records: Records
) -> None:
    await folded_otherwise.call("delete_task", task_id=1)
    await folded_otherwise.rest("DELETE", "/tasks/1/permanently")
    assert await terms_of(folded_otherwise, records) == []


async def test_a_changed_task_is_found_by_its_words_of_now_alone(
    folded_otherwise: Person, records: Records
) -> None:
    await folded_otherwise.call("update_task", task_id=1, title="Nougat")
    assert await terms_of(folded_otherwise, records) == ["nougat"]


async def test_a_term_that_is_there_already_keeps_no_change_out(
    owner: Person, records: Records
) -> None:
    await owner.call("add_task", title=WORDS)
    await records.run("INSERT INTO term VALUES ($1, 'nougat', 1)", owner.user_id)
    await owner.call("update_task", task_id=1, title="Nougat")
    assert await terms_of(owner, records) == ["nougat"]


async def terms_of(person: Person, records: Records) -> list[str]:
    found = await records.all(
        "SELECT term FROM term WHERE user_id = $1 ORDER BY term", person.user_id
    )
    return [row["term"] for row in found]
