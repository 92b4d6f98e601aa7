"""Calls with several events: their storage, their number of round trips, and their undo."""

import asyncio
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from surelist.agents import status
from surelist.data.database import Statement
from surelist.data.isolation import UserTransaction
from surelist.ledger.statements import CONTEXT_ALONE
from surelist.ledger.undo import MAX_EVENTS
from surelist.ledger.write import Write
from surelist.postgres.embedded import Cluster
from surelist.tasks.purge import SWEPT_AT_ONCE
from surelist.tasks.subject import SUBJECT
from tests.support.asking import task
from tests.support.person import Person
from tests.support.records import Records
from tests.support.soundness import sound_ledger
from tests.tasks.test_ledger_routes import events, left, undo_all

CREDENTIAL_STATEMENTS = (status._STATUS, status._RECORD_USE)
"""Statements about the caller's credential. They run every few seconds."""


@pytest.fixture
def round_trips(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """The number of calls of each method that runs statements. Each is one round trip."""
    counted = Counter[str]()

    def count(name: str) -> Callable[..., Any]:
        run = getattr(UserTransaction, name)

        async def counting(
            tx: UserTransaction, statement: Statement, *more: Any, **values: Any
        ) -> Any:
            if not any(statement is one for one in CREDENTIAL_STATEMENTS):
                counted[name] += 1
            return await run(tx, statement, *more, **values)

        return counting

    for name in ("fetch_all", "fetch_one", "execute", "execute_many"):
        monkeypatch.setattr(UserTransaction, name, count(name))
    return counted


async def undo_call(person: Person, call: int, key: str | None = None) -> dict[str, Any]:
    headers = {"Idempotency-Key": key} if key else {}
    answer = await person.rest("POST", f"/calls/{call}/undo", headers=headers)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def undo_two_tasks(person: Person) -> int:
    """Undo the creation of tasks 1 and 2 by the client rogue, and return that call."""
    for title in ("One", "Two"):
        await person.through("rogue").call("add_task", title=title)
    undone = await undo_all(person, "rogue")
    return undone["undone"][0]["version"]


async def test_events_name_their_call_if_it_made_several(ann: Person) -> None:
    call = await undo_two_tasks(ann)
    told = [(event["id"], event.get("call")) for event in await events(ann)]
    assert told == [(4, call), (3, call), (2, None), (1, None)]
    assert call == 3


async def test_the_undo_of_a_call_is_itself_a_call(ann: Person, cluster: Cluster) -> None:
    call = await undo_two_tasks(ann)
    undone = await undo_call(ann, call)
    assert [one["event"] for one in undone["undone"]] == [4, 3]
    assert undone["left"] == []
    assert [(await task(ann, number))["status"] for number in (1, 2)] == ["pending"] * 2
    assert [event["call"] for event in await sound_ledger(cluster, ann.user_id)] == [
        *(None, None),
        *(3, 3),
        *(5, 5),
    ]
    assert (await undo_call(ann, call))["undone"] == []
    assert [one["event"] for one in (await undo_call(ann, 5))["undone"]] == [6, 5]
    assert (await task(ann, 1))["status"] == "deleted"


async def test_undo_of_a_call_skips_and_names_fields_changed_since(ann: Person) -> None:
    call = await undo_two_tasks(ann)
    await ann.call("update_task", task_id=2, status="pending")
    undone = await undo_call(ann, call)
    assert undone["left"] == [left(3, 2, ["status"])]
    assert [one["event"] for one in undone["undone"]] == [4]
    assert (await task(ann, 1))["status"] == "pending"


async def test_a_single_event_can_be_undone_as_a_call(ann: Person) -> None:
    await ann.call("add_task", title="One")
    assert [one["event"] for one in (await undo_call(ann, 1))["undone"]] == [1]
    assert (await task(ann, 1))["status"] == "deleted"


@pytest.mark.parametrize("call", [4, 9])
async def test_an_unknown_call_is_not_found(ann: Person, call: int) -> None:
    await undo_two_tasks(ann)  # its events are 3 and 4
    assert (await ann.rest("POST", f"/calls/{call}/undo")).status_code == 404


async def test_an_undo_of_a_call_with_a_key_happens_once(ann: Person, cluster: Cluster) -> None:
    call = await undo_two_tasks(ann)
    told = await asyncio.gather(*(undo_call(ann, call, "once") for _ in range(5)))
    assert all(one == told[0] for one in told)
    assert len(told[0]["undone"]) == 2
    assert len(await sound_ledger(cluster, ann.user_id)) == 6
    await ann.call("update_task", task_id=1, title="Mine now")
    assert (await undo_call(ann, call, "once"))["undone"] == told[0]["undone"]
    other = await ann.rest("POST", "/calls/1/undo", headers={"Idempotency-Key": "once"})
    assert other.status_code == 409


async def test_the_largest_undo_takes_a_few_round_trips(
    ann: Person, cluster: Cluster, round_trips: Counter[str]
) -> None:
    rogue = ann.through("rogue")
    for number in range(MAX_EVENTS // 4):
        await rogue.call("add_task", title=f"Spam {number}")
    for number in range(MAX_EVENTS // 4):
        await rogue.call("update_task", task_id=number + 1, title="Spam", tags=["spam"])
        await rogue.call("complete_task", task_id=number + 1)
        await rogue.call("delete_task", task_id=number + 1)
    await ann.call("list_tasks")
    round_trips.clear()
    undone = await undo_all(ann, "rogue")
    assert len(undone["undone"]) == MAX_EVENTS
    # Reads lookup, events and tasks. Writes tasks, events and account.
    assert round_trips == {"fetch_one": 1, "fetch_all": 2, "execute_many": 2, "execute": 1}
    assert len(await sound_ledger(cluster, ann.user_id)) == 2 * MAX_EVENTS
    assert (await ann.call("list_tasks", status="deleted"))["total"] == MAX_EVENTS // 4
    round_trips.clear()
    assert len((await undo_call(ann, MAX_EVENTS + 1))["undone"]) == MAX_EVENTS
    assert sum(round_trips.values()) == 6
    await sound_ledger(cluster, ann.user_id)


async def test_one_change_takes_a_lookup_and_one_statement(
    ann: Person, round_trips: Counter[str]
) -> None:
    await ann.call("add_task", title="One")
    round_trips.clear()
    await ann.call("update_task", task_id=1, title="Two", description="Words")
    assert round_trips == {"fetch_one": 1, "execute": 1}
    round_trips.clear()
    await ann.call("update_task", task_id=1, undo=2)
    assert round_trips == {"fetch_one": 1, "execute": 1}


async def test_a_sweep_of_the_trash_is_one_call_with_a_few_round_trips(
    ann: Person, cluster: Cluster, records: Records, round_trips: Counter[str]
) -> None:
    for number in range(SWEPT_AT_ONCE):
        await ann.call("add_task", title=f"Old {number}", description="Words")
        await ann.call("delete_task", task_id=number + 1)
    await records.age_the_trash(ann, 31)
    round_trips.clear()
    await ann.call("add_task", title="New")
    # Reads expired rows; writes rows, events, account. The add has a lookup before and after it.
    assert round_trips == {"fetch_all": 1, "execute_many": 2, "fetch_one": 2, "execute": 2}
    swept = (await records.events(ann))[2 * SWEPT_AT_ONCE :]
    assert [event["kind"] for event in swept] == ["purged"] * SWEPT_AT_ONCE + ["created"]
    assert {event["call"] for event in swept[:-1]} == {swept[0]["id"]}
    await sound_ledger(cluster, ann.user_id)


async def test_several_changes_of_one_task_in_one_call_store_its_final_state(
    ann: Person, cluster: Cluster
) -> None:
    await ann.call("add_task", title="One", description="Words")
    await ann.call("add_task", title="Other")

    async def change(tx: UserTransaction) -> None:
        write = await Write.begin(tx, CONTEXT_ALONE)
        row = dict(await tx.fetch_one(SUBJECT.load, keys=[1]) or {})
        for columns in ({"title": "Two"}, {"completed_at": write.now}, {"title": "Three"}):
            row = dict(write.save(SUBJECT, row, columns).row)
        await write.commit()

    await ann.write(change)
    stored = await sound_ledger(cluster, ann.user_id)
    assert [(event["kind"], event["call"]) for event in stored[2:]] == [("updated", 3)] * 3
    shown = await task(ann, 1)
    assert (shown["title"], shown["status"], shown["version"]) == ("Three", "completed", 5)
    assert await ann.call("list_tasks", search="three")
    undone = await undo_call(ann, 3)
    assert [one["event"] for one in undone["undone"]] == [5, 4, 3]
    assert (await task(ann, 1))["title"] == "One"
