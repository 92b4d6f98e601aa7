import asyncio
import json
from collections.abc import Callable
from typing import Any

import pytest

from surelist.account.export import PAGE
from surelist.config import Settings
from surelist.conversations.export import PAGE as MESSAGES_PAGE
from surelist.data import tables
from tests.support.asking import task
from tests.support.copies import newcomers
from tests.support.person import Person
from tests.support.records import Records
from tests.support.talking import begin, history, say

WRITERS = 8
MESSAGES = 2 * MESSAGES_PAGE + 1


@pytest.fixture
def owner(newcomer: Callable[..., Person]) -> Person:
    """A person with their own token."""
    return newcomer("page", owner=True)


async def export(person: Person) -> dict[str, Any]:
    answer = await person.rest("GET", "/export")
    assert answer.status_code == 200
    return answer.json()


async def test_an_empty_list_is_exported(owner: Person) -> None:
    assert await export(owner) == {
        "as_of": 0,
        "timezone": "UTC",
        "tasks": [],
        "events": [],
        "conversations": [],
        "messages": [],
        "webhooks": [],
    }


async def test_every_table_declared_as_exported_is_in_the_export(owner: Person) -> None:
    members = set(await export(owner)) - {"as_of", "timezone"}
    assert members == {f"{name}s" for name in tables.exported()}


async def test_the_export_shows_rows_as_the_other_routes_do(owner: Person) -> None:
    await owner.call("add_task", title="One", due="2026-11-23", tags=["home"])
    await owner.call("add_task", title="Two")
    await owner.call("delete_task", task_id=2)
    exported = await export(owner)
    assert exported["as_of"] == 3
    assert exported["tasks"] == [await task(owner, 1), await task(owner, 2)]
    events = (await owner.rest("GET", "/events?after=0")).json()["events"]
    for event in events:  # of a list alone
        event.pop("title", None)
        event.pop("undone_by", None)
    assert exported["events"] == events


async def test_more_than_a_page_is_exported_whole(owner: Person, records: Records) -> None:
    await records.add_many(owner, PAGE * 2 + 1)
    exported = await export(owner)
    assert [one["id"] for one in exported["tasks"]] == list(range(1, PAGE * 2 + 2))


async def test_an_export_during_writes_is_as_of_one_event(owner: Person) -> None:
    """Replaying the exported events gives the exported tasks."""
    for number in range(PAGE + 50):
        await owner.call("add_task", title=f"Task {number}")
    halt = asyncio.Event()

    async def write(writer: int) -> None:
        turn = 0
        while not halt.is_set():
            turn += 1
            task_id = (writer * 31 + turn * 17) % (PAGE + 50) + 1
            await owner.call("update_task", task_id=task_id, title=f"by {writer}, {turn}")
            await owner.call("add_task", title=f"new {writer}, {turn}")

    writers = [asyncio.create_task(write(number)) for number in range(WRITERS)]
    try:
        exports = [await export(owner) for _ in range(3)]
    finally:
        halt.set()
        await asyncio.gather(*writers)
    for exported in exports:
        replayed = {
            event["task_id"]: (event["after"]["title"], event["id"]) for event in exported["events"]
        }
        assert [event["id"] for event in exported["events"]] == list(
            range(1, exported["as_of"] + 1)
        )
        shown = {one["id"]: (one["title"], one["version"]) for one in exported["tasks"]}
        assert shown == replayed
    assert exports[-1]["as_of"] > exports[0]["as_of"] >= PAGE + 50


class SlowReader:
    """A client that reads a streamed response chunk by chunk; each is produced when it is read."""

    def __init__(self, person: Person, path: str) -> None:
        self._pieces: asyncio.Queue[bytes | None] = asyncio.Queue()
        self._wanted = asyncio.Semaphore(0)
        self._has_any = False
        self._answering = asyncio.create_task(self._ask(person, f"/api/me{path}"))

    async def _ask(self, person: Person, path: str) -> None:
        scope = {
            "type": "http",
            "http_version": "1.1",
            "method": "GET",
            "scheme": "http",
            "server": ("localhost", 8000),
            "root_path": "",
            "path": path,
            "query_string": b"",
            "headers": [(b"authorization", f"Bearer {person.token()}".encode())],
        }
        sent = [{"type": "http.request", "body": b"", "more_body": False}]

        async def receive() -> Any:
            return sent.pop() if sent else await asyncio.Event().wait()

        async def send(message: Any) -> None:
            self._pieces.put_nowait(message.get("body", b""))
            await self._wanted.acquire()

        await person.http._transport.app(scope, receive, send)
        self._pieces.put_nowait(None)

    async def _piece(self) -> bytes | None:
        if self._has_any:
            self._wanted.release()
        self._has_any = True
        return await self._pieces.get()

    async def until(self, words: bytes) -> bytes:
        """Read until `words` have arrived, and return everything read."""
        taken = b""
        while words not in taken:
            taken += await self._piece() or b""
        return taken

    async def rest(self) -> bytes:
        """Read the rest of the response."""
        left = b""
        while (piece := await self._piece()) is not None:
            left += piece
        await self._answering
        return left


async def test_changes_during_an_export_are_not_in_it(owner: Person) -> None:
    last = PAGE + 5
    for number in range(1, last + 1):
        await owner.call("add_task", title=f"Task {number}", tags=["first"], due="2026-11-23")
    await owner.call("delete_task", task_id=last)
    await owner.call("complete_task", task_id=last - 1)
    before = await export(owner)
    reader = SlowReader(owner, "/export")
    read = await reader.until(b'"tasks":[')
    for task_id in (1, last - 2):
        for change in ({"title": "Later"}, {"title": "Later still", "clear": ["due"]}):
            await owner.call("update_task", task_id=task_id, **change)
    await owner.call("update_task", task_id=last, status="pending")
    await owner.call("update_task", task_id=last - 1, status="pending", title="Anew")
    await owner.call("delete_task", task_id=last - 3)
    await owner.call("update_task", task_id=last - 4, undo=last - 4)
    await owner.call("add_task", title="New")
    await owner.call("update_task", task_id=last + 1, title="Newer")
    await owner.rest("PATCH", json={"timezone": "Asia/Tokyo"})
    read += await reader.rest()
    assert json.loads(read) == before


async def test_a_slow_reader_of_an_export_holds_no_database_connection(
    app_settings: Settings, ann: Person
) -> None:
    alone = app_settings.model_copy(update={"pool_size": 1, "lock_timeout_ms": 100})
    async with newcomers(alone, prefix=ann.user_id) as newcomer:
        owner, other = newcomer(owner=True), newcomer()
        for number in range(PAGE + 1):
            await owner.call("add_task", title=f"Task {number}")
        whole = await export(owner)
        reader = SlowReader(owner, "/export")
        read = b""
        for words in (b'"tasks":[', b'"Task 0"', b"]"):
            read += await reader.until(words)
            assert (await other.rest("GET", "/tasks")).status_code == 200
        assert json.loads(read + await reader.rest()) == whole


async def test_an_export_counts_as_one_read_and_is_refused_before_it_begins(
    app_settings: Settings, ann: Person, records: Records
) -> None:
    few = app_settings.model_copy(update={"rate_reads": 2})
    async with newcomers(few, prefix=ann.user_id) as newcomer:
        owner = newcomer(owner=True)
        await records.add_many(owner, PAGE * 3)
        assert len((await export(owner))["tasks"]) == PAGE * 3
        await export(owner)
        refused = await owner.rest("GET", "/export")
        assert (refused.status_code, "Retry-After" in refused.headers) == (429, True)


async def test_an_export_needs_only_the_owner_scope(owner: Person) -> None:
    bearer = {"Authorization": f"Bearer {owner.token(['account:manage'])}"}
    assert (await owner.rest("GET", "/export", headers=bearer)).status_code == 200


async def test_conversations_and_messages_are_exported_also_from_the_trash(owner: Person) -> None:
    for number in range(1, 4):
        await begin(owner, f"Number {number}")
        await say(owner, number, "Hello")
    await owner.rest("DELETE", "/conversations/2")
    exported = await export(owner)
    listed = await owner.rest("GET", "/conversations/2")
    assert exported["conversations"][1] == listed.json()
    assert [(one["conversation_id"], one["id"]) for one in exported["messages"]] == [
        (number, 1) for number in range(1, 4)
    ]
    [message] = (await history(owner, 3))["messages"]
    assert exported["messages"][2] == message | {"conversation_id": 3}


async def test_more_messages_than_a_page_are_exported_whole(
    owner: Person, records: Records
) -> None:
    for _ in range(3):
        await begin(owner)
    await records.run(
        "INSERT INTO message (user_id, conversation_id, id, role, content, search_text, "
        "client_id, client_name) SELECT $1, c, m, 'user', 'Hello', ' hello', 'c', 'C' "
        "FROM generate_series(1, 3) AS c, generate_series(1, $2::int) AS m",
        owner.user_id,
        MESSAGES,
    )
    exported = await export(owner)
    assert [(one["conversation_id"], one["id"]) for one in exported["messages"]] == [
        (conversation, message)
        for conversation in range(1, 4)
        for message in range(1, MESSAGES + 1)
    ]
