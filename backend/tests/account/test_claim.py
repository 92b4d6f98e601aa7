"""Taking over the list of another user, of whom one holds a token too."""

import asyncio
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from sqlmodel import SQLModel

from surelist.account.claim import MOVED, ROWS_AT_ONCE
from surelist.agents.models import Agent
from surelist.auth import AGENT_SCOPES
from surelist.ledger.models import Account
from tests.conversations.talking import begin, listed, say
from tests.person import Person
from tests.tasks.conftest import Records


@pytest.fixture
async def local(newcomer: Callable[..., Person]) -> Person:
    """The user of this machine, with tasks in every state, changed by a person and an agent."""
    local = newcomer("local", owner=True)
    await local.rest("PATCH", json={"timezone": "Europe/Berlin"})
    for number in range(1, 6):
        await local.call(
            "add_task",
            title=f"Task {number}",
            description="Bring the blue folder",
            due="2026-12-24",
            tags=["home"],
            idempotency_key=f"key-{number}",
        )
    claude = local.through("claude")
    await claude.call("complete_task", task_id=2)
    await claude.call("delete_task", task_id=3)
    await claude.call("update_task", task_id=4, title="Task four")
    await local.rest("DELETE", "/tasks/3/permanently")
    return local


@pytest.fixture
def ann(newcomer: Callable[..., Person]) -> Person:
    """Somebody who has just signed up."""
    return newcomer("web", owner=True)


async def claim(ann: Person, token: str) -> httpx.Response:
    return await ann.rest("POST", "/claim", json={"token": token})


async def kept(records: Records, person: Person) -> dict[str, list[dict[str, Any]]]:
    """Every row of the person's, but whose it is."""
    found = {}
    for table in SQLModel.metadata.sorted_tables:
        rows = await records.all(f"SELECT * FROM {table.name} WHERE user_id = $1", person.user_id)
        bare = [{key: value for key, value in row.items() if key != "user_id"} for row in rows]
        found[table.name] = sorted(bare, key=repr)
    return found


async def test_the_list_is_moved_with_its_ids_its_history_and_its_counters(
    local: Person, ann: Person, records: Records
) -> None:
    before = await kept(records, local)
    answer = await claim(ann, local.token())
    assert answer.status_code == 200
    assert (answer.json()["user_id"], answer.json()["timezone"]) == (ann.user_id, "Europe/Berlin")
    after = await kept(records, ann)
    for rows in (before, after):
        for row in rows["account"]:
            del row["created_at"]
        rows["agent"] = []
    assert after == before
    assert len(after["task"]) == 4
    assert len(after["event"]) == 9


async def test_conversations_are_moved_with_the_list(
    local: Person, ann: Person, records: Records
) -> None:
    await begin(local, "About the folder")
    await say(local, 1, "Where is it?")
    before = await kept(records, local)
    assert (await claim(ann, local.token())).status_code == 200
    after = await kept(records, ann)
    for table in ("conversation", "message"):
        assert after[table] == before[table]
        assert len(after[table]) == 1
    assert await begin(ann) == 2


async def test_somebody_who_has_a_conversation_takes_no_list(local: Person, ann: Person) -> None:
    await begin(ann)
    assert (await claim(ann, local.token())).status_code == 409


async def test_conversations_alone_can_be_taken_over(
    ann: Person, newcomer: Callable[..., Person]
) -> None:
    talker = newcomer("local", owner=True)
    await begin(talker, "All there is")
    assert (await claim(ann, talker.token())).status_code == 200
    assert [one["title"] for one in await listed(ann)] == ["All there is"]


async def test_the_new_owner_goes_on_where_the_list_was(local: Person, ann: Person) -> None:
    await claim(ann, local.token())
    added = await ann.call("add_task", title="Call mom")
    assert added["task_id"] == 6
    assert added["version"] == 10
    found = await ann.call("list_tasks", search="blue", tag="home")
    assert [task["id"] for task in found["tasks"]] == [1, 2, 4, 5]
    undone = await ann.call("update_task", task_id=4, undo=8)
    assert undone["title"] == "Task 4"


async def test_nothing_is_left_behind_and_every_token_of_before_is_refused(
    local: Person, ann: Person, records: Records
) -> None:
    old = local.token()
    await local.through("claude").call("list_tasks")
    await claim(ann, old)
    left = await kept(records, local)
    assert {table for table, rows in left.items() if rows} == {"account"}
    headers = {"Authorization": f"Bearer {old}"}
    refused = await ann.http.post("/api/me/tasks", json={"title": "Late"}, headers=headers)
    assert refused.status_code == 401


async def test_a_list_is_taken_once(
    local: Person, ann: Person, newcomer: Callable[..., Person]
) -> None:
    bob = newcomer("web", owner=True)
    answers = await asyncio.gather(
        *(claim(person, local.token()) for person in (ann, bob, ann, bob))
    )
    assert [answer.status_code for answer in answers].count(200) == 1
    lists = [(await person.call("list_tasks"))["tasks"] for person in (ann, bob)]
    assert sorted(map(len, lists)) == [0, 4]


async def test_somebody_who_has_a_list_takes_none(
    local: Person, ann: Person, records: Records
) -> None:
    await ann.call("add_task", title="Mine")
    before = await kept(records, local), await kept(records, ann)
    answer = await claim(ann, local.token())
    assert answer.status_code == 409
    assert (await kept(records, local), await kept(records, ann)) == before


async def test_a_list_that_there_is_not_cannot_be_taken(
    ann: Person, newcomer: Callable[..., Person]
) -> None:
    nobody = newcomer("local", owner=True)
    assert (await claim(ann, nobody.token())).status_code == 404


async def test_both_tokens_must_be_a_persons_own(local: Person, ann: Person) -> None:
    agents_token = local.through("claude").token()
    assert (await claim(ann, agents_token)).status_code == 403
    agent = ann.through("claude")
    assert (await claim(agent, local.token())).status_code == 403
    assert (await claim(ann, local.token(AGENT_SCOPES))).status_code == 403
    refused = await claim(ann, "e30.e30.e30")
    assert (refused.status_code, refused.headers.get("WWW-Authenticate")) == (404, None)
    assert '"token" shows no list' in refused.json()["detail"]
    assert (await claim(ann, ann.token())).status_code == 409
    assert len((await local.call("list_tasks"))["tasks"]) == 4


async def test_a_list_of_many_pages_is_moved_whole(
    newcomer: Callable[..., Person], ann: Person, records: Records
) -> None:
    many = newcomer("local", owner=True)
    await many.call("add_task", title="The first")
    await records.run(
        "INSERT INTO term (user_id, term, task_id) "
        "SELECT $1, 'Wörter ' || n, 1 FROM generate_series(1, $2::int) AS n",
        many.user_id,
        2 * ROWS_AT_ONCE,
    )
    before = (await kept(records, many))["term"]
    assert (await claim(ann, many.token())).status_code == 200
    assert (await kept(records, ann))["term"] == before


def test_every_table_is_moved_or_stays_for_a_reason() -> None:
    models = {table.name for table in SQLModel.metadata.sorted_tables}
    moved = {model.__name__.lower() for model in MOVED}
    assert models - moved == {Account.__name__.lower(), Agent.__name__.lower()}


async def test_nobody_who_has_just_been_erased_takes_over_a_list(
    local: Person, ann: Person, records: Records
) -> None:
    await ann.rest("PATCH", json={"timezone": "UTC"})  # so that ann is let in for some seconds
    assert (await ann.rest("DELETE")).status_code == 204
    before = await kept(records, local)
    assert (await claim(ann, local.token())).status_code == 409
    assert await kept(records, local) == before
