"""Repeated undo of a client's changes with an idempotency key."""

import asyncio
from collections.abc import Callable

from surelist.postgres.embedded import Cluster
from tests.support.asking import task
from tests.support.person import Person
from tests.support.soundness import sound_ledger
from tests.tasks.test_ledger_routes import ask_to_undo_all, events, left, undo_all


async def test_a_repeated_undo_of_a_client_returns_the_first_result_and_ignores_later_changes(
    ann: Person, cluster: Cluster
) -> None:
    rogue = ann.through("rogue")
    for title in ("Spam", "More spam", "Theirs"):
        await rogue.call("add_task", title=title)
    await ann.call("update_task", task_id=3, title="Mine now")
    first = await undo_all(ann, "rogue", "once")
    assert [one["event"] for one in first["undone"]] == [2, 1]
    assert first["left"] == [left(3, 3, ["title"])]
    await rogue.call("add_task", title="A good one")
    assert await undo_all(ann, "rogue", "once") == first
    assert (await task(ann, 4))["status"] == "pending"
    assert [one["event"] for one in (await undo_all(ann, "rogue", "twice"))["undone"]] == [7]
    assert await undo_all(ann, "rogue", "once") == first
    assert len(await sound_ledger(cluster, ann.user_id)) == 8


async def test_each_key_returns_the_result_of_its_own_undo(
    ann: Person,
) -> None:
    rogue = ann.through("rogue")
    told = {}
    for key in ("once", "twice", "thrice"):
        for title in ("One", "Two"):
            await rogue.call("add_task", title=f"{title} {key}")
        told[key] = await undo_all(ann, "rogue", key)
        assert len(told[key]["undone"]) == 2
    for key, undone in told.items():
        assert await undo_all(ann, "rogue", key) == undone


async def test_a_repeated_undo_of_a_client_returns_the_events_that_are_skipped_now(
    ann: Person,
) -> None:
    rogue = ann.through("rogue")
    for title in ("Spam", "Theirs", "Theirs too"):
        await rogue.call("add_task", title=title)
    for task_id in (2, 3):
        await ann.call("update_task", task_id=task_id, title="Mine now")
    first = await undo_all(ann, "rogue", "once")
    await ann.call("update_task", task_id=2, title="Theirs")  # nothing keeps it any more
    await ann.call("update_task", task_id=3, priority="high")
    await rogue.call("add_task", title="Later")
    await ann.call("update_task", task_id=4, title="Later, and mine")
    again = await undo_all(ann, "rogue", "once")
    assert again["undone"] == first["undone"]
    assert again["left"] == [left(3, 3, ["title", "priority"])]
    assert (await task(ann, 2))["status"] == "pending"


async def test_a_key_of_an_undo_is_refused_for_another_request(ann: Person) -> None:
    for client in ("rogue", "other"):
        await ann.through(client).call("add_task", title=f"Spam of {client}")
    await undo_all(ann, "rogue", "once")
    for refused in (
        await ask_to_undo_all(ann, "other", "once"),
        await ask_to_undo_all(ann, "rogue", "once", dry_run=True),
        await ann.rest("DELETE", "/tasks/2", headers={"Idempotency-Key": "once"}),
    ):
        assert refused.status_code == 409
        assert "other arguments" in refused.json()["detail"]
    assert (await task(ann, 2))["status"] == "pending"


async def test_a_dry_run_stores_no_key(ann: Person) -> None:
    await ann.through("rogue").call("add_task", title="Spam")
    await undo_all(ann, "rogue", "once", dry_run=True)
    assert len((await undo_all(ann, "rogue", "once"))["undone"]) == 1


async def test_a_repeated_undo_is_gone_after_the_purge_of_its_first_task(
    newcomer: Callable[..., Person],
) -> None:
    owner = newcomer("page", owner=True)
    for title in ("Spam", "More spam"):
        await owner.through("rogue").call("add_task", title=title)
    first = await undo_all(owner, "rogue", "once")
    await owner.rest("DELETE", "/tasks/1/permanently")
    again = await undo_all(owner, "rogue", "once")
    assert again["undone"] == first["undone"][:1]
    await owner.rest("DELETE", "/tasks/2/permanently")
    assert (await ask_to_undo_all(owner, "rogue", "once")).status_code == 410


async def test_concurrent_undos_with_one_key_are_one_undo(ann: Person) -> None:
    for title in ("Spam", "More spam"):
        await ann.through("rogue").call("add_task", title=title)
    told = await asyncio.gather(*(undo_all(ann, "rogue", "once") for _ in range(6)))
    assert all(one == told[0] for one in told)
    assert len(await events(ann)) == 4
