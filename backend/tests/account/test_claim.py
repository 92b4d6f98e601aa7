"""Taking over the list of this machine's user, by its code."""

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any

import httpx
import pytest
from sqlmodel import SQLModel

from surelist.access.auth import LOCAL_USER
from surelist.account.claim import MOVED, ROWS_AT_ONCE
from surelist.agents.models import Agent
from surelist.config import Settings
from surelist.ledger.models import Account
from tests.conversations.talking import begin, listed, say
from tests.copies import Copy, newcomers
from tests.person import Person


@pytest.fixture
async def newcomer(copy: Copy, settings: Settings) -> AsyncIterator[Callable[..., Person]]:
    """Makes people of a database of their own, where nobody has used this machine before."""
    apart = settings.model_copy(update={"database_url": copy.url()})
    async with newcomers(apart) as newcomer:
        yield newcomer


def user_of_the_machine(newcomer: Callable[..., Person]) -> Person:
    local = newcomer("laptop", owner=True)
    local.user_id = LOCAL_USER
    return local


@pytest.fixture
async def local(newcomer: Callable[..., Person]) -> Person:
    """The user of this machine, with tasks in every state, changed by a person and an agent."""
    local = user_of_the_machine(newcomer)
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


async def claim(ann: Person, code: str | None = None, **more: Any) -> httpx.Response:
    body = {"code": code or ann.settings.local_list_code, **more}
    return await ann.rest("POST", "/claim", json=body)


async def kept(copy: Copy, person: Person) -> dict[str, list[dict[str, Any]]]:
    """Every row of the person's, but whose it is."""
    found = {}
    for table in SQLModel.metadata.sorted_tables:
        rows = await copy.rows(f"SELECT * FROM {table.name} WHERE user_id = $1", person.user_id)
        bare = [{key: value for key, value in row.items() if key != "user_id"} for row in rows]
        found[table.name] = sorted(bare, key=repr)
    return found


async def test_the_list_is_moved_with_its_ids_its_history_and_its_counters(
    local: Person, ann: Person, copy: Copy
) -> None:
    before = await kept(copy, local)
    answer = await claim(ann)
    assert answer.status_code == 200
    assert (answer.json()["user_id"], answer.json()["timezone"]) == (ann.user_id, "Europe/Berlin")
    after = await kept(copy, ann)
    for rows in (before, after):
        for row in rows["account"]:
            del row["created_at"]
        rows["agent"] = []
    assert after == before
    assert len(after["task"]) == 4
    assert len(after["event"]) == 9


async def test_conversations_are_moved_with_the_list(
    local: Person, ann: Person, copy: Copy
) -> None:
    await begin(local, "About the folder")
    await say(local, 1, "Where is it?")
    before = await kept(copy, local)
    assert (await claim(ann)).status_code == 200
    after = await kept(copy, ann)
    for table in ("conversation", "message"):
        assert after[table] == before[table]
        assert len(after[table]) == 1
    assert await begin(ann) == 2


async def test_somebody_who_has_a_conversation_takes_no_list(local: Person, ann: Person) -> None:
    await begin(ann)
    assert (await claim(ann)).status_code == 409


async def test_conversations_alone_can_be_taken_over(
    ann: Person, newcomer: Callable[..., Person]
) -> None:
    await begin(user_of_the_machine(newcomer), "All there is")
    assert (await claim(ann)).status_code == 200
    assert [one["title"] for one in await listed(ann)] == ["All there is"]


async def test_the_new_owner_goes_on_where_the_list_was(local: Person, ann: Person) -> None:
    await claim(ann)
    added = await ann.call("add_task", title="Call mom")
    assert added["task_id"] == 6
    assert added["version"] == 10
    found = await ann.call("list_tasks", search="blue", tag="home")
    assert [task["id"] for task in found["tasks"]] == [1, 2, 4, 5]
    undone = await ann.call("update_task", task_id=4, undo=8)
    assert undone["title"] == "Task 4"


async def test_nothing_is_left_behind_and_every_token_of_before_is_refused(
    local: Person, ann: Person, copy: Copy
) -> None:
    old = local.token()
    await local.through("claude").call("list_tasks")
    await claim(ann)
    left = await kept(copy, local)
    assert {table for table, rows in left.items() if rows} == {"account"}
    headers = {"Authorization": f"Bearer {old}"}
    refused = await ann.http.post("/api/me/tasks", json={"title": "Late"}, headers=headers)
    assert refused.status_code == 401


async def test_a_list_is_taken_once(
    local: Person, ann: Person, newcomer: Callable[..., Person]
) -> None:
    bob = newcomer("web", owner=True)
    answers = await asyncio.gather(*(claim(person) for person in (ann, bob, ann, bob)))
    assert [answer.status_code for answer in answers].count(200) == 1
    lists = [(await person.call("list_tasks"))["tasks"] for person in (ann, bob)]
    assert sorted(map(len, lists)) == [0, 4]


async def test_somebody_who_has_a_list_takes_none(local: Person, ann: Person, copy: Copy) -> None:
    await ann.call("add_task", title="Mine")
    before = await kept(copy, local), await kept(copy, ann)
    answer = await claim(ann)
    assert answer.status_code == 409
    assert (await kept(copy, local), await kept(copy, ann)) == before


async def test_a_list_that_there_is_not_and_a_wrong_code_are_answered_alike(
    ann: Person, newcomer: Callable[..., Person], copy: Copy
) -> None:
    wrong = "ABCD-EFGH-IJKL-MNOP"
    nothing = [(await claim(ann, code)) for code in (None, wrong)]
    local = user_of_the_machine(newcomer)
    await local.call("add_task", title="One")
    before = await kept(copy, local)
    nearly = [ann.settings.local_list_code[:-1], ann.settings.local_list_code + "A", "-", "\u00df"]
    refusals = [*nothing, *[await claim(ann, code) for code in (wrong, *nearly)]]
    refusals += [await claim(ann, code, dry_run=True) for code in (wrong, *nearly)]
    assert {(answer.status_code, answer.text) for answer in refusals} == {(404, nothing[0].text)}
    assert await kept(copy, local) == before


async def test_a_code_may_be_typed_in_any_way(local: Person, ann: Person) -> None:
    code = ann.settings.local_list_code
    bare = code.replace("-", "")
    for typed in (code, bare, code.lower(), f" {bare[:5]} {bare[5:]}\t", f"--{bare.lower()}-"):
        assert (await claim(ann, typed, dry_run=True)).status_code == 200, typed
    assert (await claim(ann, code.lower().replace("-", " "))).status_code == 200


async def test_a_trial_tells_what_there_is_and_changes_nothing(
    local: Person, ann: Person, copy: Copy
) -> None:
    before = await kept(copy, local), await kept(copy, ann)
    answer = await claim(ann, dry_run=True)
    assert (answer.status_code, answer.json()) == (200, {"pending": 3, "completed": 1})
    assert (await kept(copy, local), await kept(copy, ann)) == before
    await ann.call("add_task", title="Mine")
    assert (await claim(ann, dry_run=True)).status_code == 409


async def test_only_a_person_with_the_code_takes_the_list(local: Person, ann: Person) -> None:
    assert (await claim(ann.through("claude"))).status_code == 403
    assert (await claim(ann.through("claude"), "ABCD")).status_code == 403
    assert (await claim(local.through("claude"))).status_code == 403
    assert (await claim(local)).status_code == 409
    assert (await ann.rest("POST", "/claim", json={"token": local.token()})).status_code == 422
    assert len((await local.call("list_tasks"))["tasks"]) == 4


async def test_no_other_list_than_that_of_the_machine_is_taken(
    ann: Person, newcomer: Callable[..., Person]
) -> None:
    bob = newcomer("web", owner=True)
    await bob.call("add_task", title="His")
    assert (await claim(ann)).status_code == 404
    assert len((await bob.call("list_tasks"))["tasks"]) == 1


async def test_the_sessions_of_whoever_takes_the_list_stay_as_they_were(
    local: Person, ann: Person, copy: Copy
) -> None:
    await local.rest("POST", "/sessions/end", json={})
    assert (await claim(ann)).status_code == 200
    ((ended,),) = await copy.rows(
        "SELECT sessions_valid_after FROM account WHERE user_id = $1", ann.user_id
    )
    assert ended is None


async def test_a_list_of_many_pages_is_moved_whole(
    newcomer: Callable[..., Person], ann: Person, copy: Copy
) -> None:
    many = user_of_the_machine(newcomer)
    await many.call("add_task", title="The first")
    await copy.run(
        "INSERT INTO event (user_id, id, task_id, kind, actor, client_id, client_name, at) "
        f"SELECT '{LOCAL_USER}', n, 1, 'updated', 'agent', 'Wörter', 'x', now() "
        f"FROM generate_series(2, {2 * ROWS_AT_ONCE}) AS n"
    )
    before = (await kept(copy, many))["event"]
    assert (await claim(ann)).status_code == 200
    assert (await kept(copy, ann))["event"] == before


def test_every_table_is_moved_or_stays_for_a_reason() -> None:
    models = {table.name for table in SQLModel.metadata.sorted_tables}
    moved = {model.__name__.lower() for model in MOVED}
    assert models - moved == {Account.__name__.lower(), Agent.__name__.lower()}


async def test_nobody_who_has_just_been_erased_takes_over_a_list(
    local: Person, ann: Person, copy: Copy
) -> None:
    token = ann.token()
    ann.token = lambda scopes=None: token
    await ann.rest("PATCH", json={"timezone": "UTC"})  # so that it is let in for some seconds
    assert (await ann.rest("DELETE")).status_code == 204
    before = await kept(copy, local)
    assert (await claim(ann)).status_code == 409
    assert await kept(copy, local) == before
