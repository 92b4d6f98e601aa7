"""Messages: adding, repeating, changing, reading in pages, and the limit on bytes."""

import asyncio
from collections.abc import Callable
from dataclasses import replace

import pytest

from surelist.access.auth import Caller
from surelist.config import Settings
from surelist.conversations import listing, messages
from surelist.errors import Conflict, Gone, NotFound, TooManyRequests, VersionMismatch
from surelist.ledger.write import Idempotency
from surelist.tasks import service as tasks
from tests.support.copies import Copy, newcomers
from tests.support.person import Person
from tests.support.records import Records
from tests.support.talking import WRITE, begin, history, say


async def test_the_newest_page_comes_first_and_each_page_is_oldest_first(ann: Person) -> None:
    await begin(ann)
    for number in range(1, 8):
        await say(ann, 1, f"Message {number}")
    seen, query = [], "?limit=3"
    while True:
        page = await history(ann, 1, query)
        seen.append([one["id"] for one in page["messages"]])
        if "next_cursor" not in page:
            break
        query = f"?limit=3&cursor={page['next_cursor']}"
    assert seen == [[5, 6, 7], [2, 3, 4], [1]]


async def test_a_page_ends_when_its_bytes_are_reached(ann: Person) -> None:
    await begin(ann)
    for _ in range(6):
        await say(ann, 1, "x" * 49_000)
    page = await history(ann, 1)
    assert len(page["messages"]) == listing.PAGE_BYTES // 49_200 + 1
    rest = await history(ann, 1, f"?cursor={page['next_cursor']}")
    assert len(page["messages"]) + len(rest["messages"]) == 6


async def test_a_cursor_of_another_conversation_is_refused(ann: Person) -> None:
    for number in (1, 2):
        await begin(ann)
        await say(ann, number, "One")
        await say(ann, number, "Two")
    page = await history(ann, 1, "?limit=1")
    path = f"/conversations/2/messages?cursor={page['next_cursor']}"
    assert (await ann.rest("GET", path)).status_code == 422


async def test_a_repeated_key_returns_the_first_message(ann: Person) -> None:
    await begin(ann)
    first = await say(ann, 1, "Once", key="k")
    await say(ann, 1, "Between")
    assert (await say(ann, 1, "Once", key="k"))["id"] == first["id"]
    with pytest.raises(Conflict):
        await say(ann, 1, "Other", key="k")
    other = await say(ann.through("robot"), 1, "Other", key="k")
    assert other["id"] == 3


async def test_concurrent_equal_messages_with_one_key_are_stored_once(ann: Person) -> None:
    await begin(ann)
    said = await asyncio.gather(*(say(ann, 1, "Once", key="k") for _ in range(8)))
    assert {message["id"] for message in said} == {1}


async def test_concurrent_messages_are_numbered_without_a_gap(ann: Person) -> None:
    await begin(ann)
    await asyncio.gather(*(say(ann, 1, f"Message {number}") for number in range(12)))
    assert [one["id"] for one in (await history(ann, 1))["messages"]] == list(range(1, 13))


async def test_a_message_to_an_absent_or_deleted_conversation_is_refused(
    ann: Person,
) -> None:
    with pytest.raises(NotFound):
        await say(ann, 1, "Hello")
    await begin(ann)
    await ann.rest("DELETE", "/conversations/1")
    with pytest.raises(Gone):
        await say(ann, 1, "Hello")


async def change(person: Person, content: str, version: int | None = None) -> int:
    """Change message 1 of conversation 1, and return its new version."""
    changed = await person.write(
        lambda tx: messages.change(tx, 1, 1, content, if_version=version), WRITE
    )
    return changed["version"]


async def test_a_message_is_changed_only_at_the_version_that_is_named(ann: Person) -> None:
    await begin(ann)
    await say(ann, 1, "One")
    assert await change(ann, "Two", 1) == 2
    assert await change(ann, "Two", 1) == 2
    with pytest.raises(VersionMismatch) as refusal:
        await change(ann, "Three", 1)
    assert refusal.value.current is not None
    assert (refusal.value.current["content"], refusal.value.current["version"]) == ("Two", 2)
    [message] = (await history(ann, 1))["messages"]
    assert message["updated_at"]


async def test_of_concurrent_changes_of_one_version_one_succeeds(ann: Person) -> None:
    await begin(ann)
    await say(ann, 1, "One")
    results = await asyncio.gather(
        *(change(ann, f"By {number}", 1) for number in range(6)), return_exceptions=True
    )
    assert sorted(type(one).__name__ for one in results) == ["VersionMismatch"] * 5 + ["int"]


async def test_a_change_counts_its_bytes(ann: Person, records: Records) -> None:
    await begin(ann, "T")
    await say(ann, 1, "x" * 1000)
    await change(ann, "x")
    assert (await records.account(ann))["stored_bytes"] == 200 + 1 + 200 + 1
    [row] = await records.all("SELECT size FROM conversation WHERE user_id = $1", ann.user_id)
    assert row["size"] == 402


async def test_an_answer_of_the_assistant_cannot_be_changed(ann: Person) -> None:
    await begin(ann)
    await ann.write(
        lambda tx: messages.add(tx, 1, "assistant", "Hi", Idempotency.of("a", {}), reply_to=1),
        WRITE,
    )
    with pytest.raises(Conflict):
        await change(ann, "Something else")


async def test_a_message_lists_the_changes_that_it_caused(ann: Person) -> None:
    await begin(ann)
    await say(ann, 1, "Add milk")
    caller = Caller("assistant", "chat", "Chat", conversation_id=1, message_id=1)
    chat = replace(ann.principal, caller=caller)
    for title in ("Milk", "Bread"):
        await ann.database.write(
            chat,
            lambda tx, title=title: tasks.add(tx, {"title": title}),
            "tasks:write",
        )
    await ann.call("add_task", title="Not from the conversation")
    await say(ann, 1, "Thank you")
    first, second = (await history(ann, 1))["messages"]
    assert [one["after"]["title"] for one in first["changes"]] == ["Milk", "Bread"]
    assert {(one["conversation_id"], one["message_id"]) for one in first["changes"]} == {(1, 1)}
    assert "changes" not in second
    undone = await ann.rest("POST", f"/events/{first['changes'][0]['id']}/undo")
    assert undone.json()["status"] == "deleted"
    first = (await history(ann, 1))["messages"][0]
    assert [one.get("undone_by") for one in first["changes"]] == [undone.json()["version"], None]


@pytest.fixture
def small(settings: Settings, copy: Copy) -> Settings:
    """An app with a low limit on stored bytes."""
    return settings.model_copy(update={"database_url": copy.url(), "max_bytes": 2000})


async def test_a_full_list_takes_no_messages_until_there_is_room(
    small: Settings, newcomer: Callable[..., Person]
) -> None:
    async with newcomers(small) as newcomer:
        ann = newcomer(owner=True)
        await begin(ann)
        await say(ann, 1, "x" * 1900)
        with pytest.raises(TooManyRequests):
            await say(ann, 1, "Hello")
        with pytest.raises(TooManyRequests):
            await begin(ann)
        assert (await ann.rest("DELETE", "/conversations/1")).status_code == 204
        assert (await ann.rest("DELETE", "/conversations/1/permanently")).status_code == 204
        await begin(ann)


async def test_agents_fill_nine_tenths_of_the_bytes_and_leave_the_rest_to_the_person(
    small: Settings, newcomer: Callable[..., Person]
) -> None:
    async with newcomers(small) as newcomer:
        ann = newcomer("web", owner=True)
        agent = ann.through("claude")
        await begin(agent)
        await say(agent, 1, "x" * 1400)
        with pytest.raises(TooManyRequests, match="byte_limit_agents"):
            await say(agent, 1, "Hello")
        with pytest.raises(TooManyRequests, match="byte_limit_agents"):
            await begin(agent)
        await say(ann, 1, "Hello")
        with pytest.raises(TooManyRequests, match="byte_limit_person"):
            await say(ann, 1, "Hello again")
