"""Conversations over REST: listed, searched, renamed, deleted, restored, purged."""

from collections.abc import Callable

import pytest

from surelist.access.auth import AGENT_SCOPES
from surelist.conversations.records import SWEPT_AT_ONCE
from tests.support.person import Person
from tests.support.records import DAY, Records
from tests.support.talking import begin, history, listed, say


@pytest.fixture
def owner(ann: Person) -> Person:
    """The same user with an owner's token."""
    return ann.through("page", owner=True)


async def test_conversations_are_listed_with_the_last_written_first(ann: Person) -> None:
    for title in ("One", "Two", "Three"):
        await begin(ann, title)
    await say(ann, 1, "Hello")
    assert [one["title"] for one in await listed(ann)] == ["One", "Three", "Two"]


async def test_pages_follow_each_other_while_conversations_are_written_to(ann: Person) -> None:
    for _ in range(5):
        await begin(ann)
    first = (await ann.rest("GET", "/conversations?limit=2")).json()
    await say(ann, 1, "Now the newest")
    second = (
        await ann.rest("GET", "/conversations", params={"limit": 3, "cursor": first["next_cursor"]})
    ).json()
    seen = [one["id"] for page in (first, second) for one in page["conversations"]]
    assert seen == [5, 4, 3, 2]
    assert "next_cursor" not in second


async def test_a_cursor_of_another_list_is_refused(
    ann: Person, newcomer: Callable[..., Person]
) -> None:
    bob = newcomer()
    for person in (ann, bob):
        await begin(person)
        await begin(person)
    page = (await ann.rest("GET", "/conversations?limit=1")).json()
    for person, query in ((bob, {}), (ann, {"status": "deleted"}), (ann, {"search": "x"})):
        params = {**query, "cursor": page["next_cursor"]}
        answer = await person.rest("GET", "/conversations", params=params)
        assert answer.status_code == 422


@pytest.mark.parametrize("search", ["träume", "DREAMS garden", "arden", "title"])
async def test_a_conversation_is_found_by_the_words_of_its_title_or_of_one_message(
    ann: Person, search: str
) -> None:
    await begin(ann, "The title")
    await say(ann, 1, "Dreams of Träume in the garden")
    await begin(ann, "Another")
    await say(ann, 2, "Dreams, nothing else")
    found = (await ann.rest("GET", "/conversations", params={"search": search})).json()
    assert [one["id"] for one in found["conversations"]] == [1]


async def test_words_of_two_messages_do_not_make_a_match(ann: Person) -> None:
    await begin(ann)
    await say(ann, 1, "milk")
    await say(ann, 1, "bread")
    assert await listed(ann, "?search=milk bread") == []
    assert (await ann.rest("GET", "/conversations?search=%E2%80%8B")).status_code == 422


async def test_a_conversation_is_titled_by_its_first_message(ann: Person) -> None:
    await begin(ann)
    assert "title" not in (await listed(ann))[0]
    await say(ann, 1, "\n  What   is due\ttoday?\nTell me")
    await say(ann, 1, "Something else")
    assert (await listed(ann))[0]["title"] == "What is due today?"


async def test_a_long_first_message_makes_a_short_title(ann: Person) -> None:
    await begin(ann)
    await say(ann, 1, "word " * 100)
    title = (await listed(ann))[0]["title"]
    assert len(title) <= 60
    assert title.endswith("word\u2026")


async def test_a_conversation_is_renamed(ann: Person) -> None:
    await begin(ann, "Old")
    answer = await ann.rest("PATCH", "/conversations/1", json={"title": "  New "})
    assert answer.json()["title"] == "New"
    assert [one["id"] for one in await listed(ann, "?search=new")] == [1]
    assert await listed(ann, "?search=old") == []


@pytest.mark.parametrize("patch", [{}, {"title": ""}, {"title": "x" * 201}, {"titel": "x"}])
async def test_a_wrong_patch_is_refused(ann: Person, patch: dict[str, str]) -> None:
    await begin(ann, "Old")
    assert (await ann.rest("PATCH", "/conversations/1", json=patch)).status_code == 422


async def test_a_deleted_conversation_is_in_the_trash_and_can_be_restored(ann: Person) -> None:
    await begin(ann, "Mine")
    await say(ann, 1, "Hello")
    for _ in range(2):
        assert (await ann.rest("DELETE", "/conversations/1")).status_code == 204
    assert await listed(ann) == []
    [deleted] = await listed(ann, "?status=deleted")
    assert deleted["deleted_at"]
    assert len((await history(ann, 1))["messages"]) == 1
    restored = await ann.rest("PATCH", "/conversations/1", json={"deleted": False})
    assert "deleted_at" not in restored.json()
    assert [one["id"] for one in await listed(ann)] == [1]


async def test_after_thirty_days_a_deleted_conversation_is_gone_and_the_next_write_purges_it(
    ann: Person, records: Records
) -> None:
    for number in range(1, SWEPT_AT_ONCE + 2):
        await begin(ann, f"Number {number}")
        await say(ann, number, "Hello")
        await ann.rest("DELETE", f"/conversations/{number}")
    await records.age(ann, "conversation", "deleted_at", 31 * DAY)
    assert (await ann.rest("GET", "/conversations/1")).status_code == 404
    assert await listed(ann, "?status=deleted") == []
    restored = await ann.rest("PATCH", "/conversations/1", json={"deleted": False})
    assert restored.status_code == 404
    for expired in (1, 0):
        await begin(ann, "New")
        left = await records.all(
            "SELECT id FROM conversation WHERE user_id = $1 AND title <> 'New'", ann.user_id
        )
        assert len(left) == expired
    assert await bytes_of(ann, records) == await bytes_stored(ann, records)


async def test_only_the_person_purges_and_only_from_the_trash(
    ann: Person, owner: Person, records: Records
) -> None:
    await begin(ann, "Mine")
    await say(ann, 1, "Hello")
    assert (await owner.rest("DELETE", "/conversations/1/permanently")).status_code == 409
    await ann.rest("DELETE", "/conversations/1")
    assert (await ann.rest("DELETE", "/conversations/1/permanently")).status_code == 403
    assert (await owner.rest("DELETE", "/conversations/1/permanently")).status_code == 204
    assert (await owner.rest("DELETE", "/conversations/1/permanently")).status_code == 404
    assert await bytes_stored(ann, records) == 0
    assert await begin(ann) == 2


async def test_all_text_counts_in_the_stored_bytes(ann: Person, records: Records) -> None:
    await begin(ann)
    await say(ann, 1, "Grüße")
    await ann.rest("PATCH", "/conversations/1", json={"title": "Ünï"})
    assert await bytes_stored(ann, records) == 200 + 5 + 200 + 7
    assert await bytes_of(ann, records) == await bytes_stored(ann, records)


async def bytes_stored(person: Person, records: Records) -> int:
    """The account's stored bytes."""
    return (await records.account(person))["stored_bytes"]


async def bytes_of(person: Person, records: Records) -> int:
    """The sum of the conversations' sizes: titles and messages, plus 200 bytes for each."""
    [found] = await records.all(
        "SELECT (SELECT coalesce(sum(200 + octet_length(coalesce(title, ''))), 0) "
        "FROM conversation WHERE user_id = $1) + (SELECT coalesce(sum(200 + "
        "octet_length(content)), 0) FROM message WHERE user_id = $1) AS bytes",
        person.user_id,
    )
    return int(found["bytes"])


async def test_each_route_needs_its_scope(ann: Person) -> None:
    await begin(ann, "Mine")
    reads = ("/conversations", "/conversations/1", "/conversations/1/messages")
    calls = [("GET", path, "conversations:read") for path in reads]
    calls += [(method, reads[1], "conversations:write") for method in ("PATCH", "DELETE")]
    for method, path, scope in calls:
        body = {"json": {"title": "x"}} if method == "PATCH" else {}
        others = set(AGENT_SCOPES) - {scope}
        headers = {"Authorization": f"Bearer {ann.through(f'no {scope}').token(others)}"}
        answer = await ann.rest(method, path, headers=headers, **body)
        assert answer.status_code == 403
        assert f'scope="{scope}"' in answer.headers["WWW-Authenticate"]
        headers = {"Authorization": f"Bearer {ann.through(f'only {scope}').token([scope])}"}
        assert (await ann.rest(method, path, headers=headers, **body)).is_success


async def test_after_an_erase_an_earlier_token_writes_nothing(
    ann: Person, owner: Person, records: Records
) -> None:
    await begin(ann, "Mine")
    old = {"Authorization": f"Bearer {ann.token()}"}
    patch = {"json": {"title": "Still mine"}, "headers": old}
    assert (await ann.rest("PATCH", "/conversations/1", **patch)).status_code == 200
    assert (await owner.rest("DELETE")).status_code == 204
    assert (await ann.rest("PATCH", "/conversations/1", **patch)).status_code == 401
    assert await records.all("SELECT id FROM conversation WHERE user_id = $1", ann.user_id) == []
