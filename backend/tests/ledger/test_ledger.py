"""The ledger: random calls of two users compared with a model, and the contents of events."""

import asyncio
import os
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from surelist.access.auth import Caller
from surelist.data.isolation import UserTransaction
from surelist.errors import Conflict
from surelist.ledger.write import Idempotency
from surelist.postgres.embedded import DATABASE, Cluster
from surelist.tasks import service
from tests.support.copies import Copy
from tests.support.ledger_machine import LedgerMachine
from tests.support.person import Person, RefusedByTool
from tests.support.soundness import Ledgers, rows, sound_ledger

SEEDS = int(os.environ.get("LEDGER_SEEDS", "12"))
"""The number of seeds. Each seed always gives the same sequences of calls."""
SEQUENCES = 9
"""Sequences of one seed. With more, Hypothesis combines parts of earlier ones."""
STEPS = 40

HYPOTHESIS_SETTINGS = settings(
    max_examples=SEQUENCES,
    stateful_step_count=STEPS,
    database=None,
    deadline=None,
    phases=[Phase.generate],  # Phase.shrink finds the shortest sequence, but takes minutes
    suppress_health_check=list(HealthCheck),
)


@pytest.mark.parametrize("number", range(SEEDS))
async def test_random_calls_of_two_users_give_the_results_of_the_model(
    newcomer: Callable[..., Person], cluster: Cluster, number: int
) -> None:
    loop = asyncio.get_running_loop()

    def run(coroutine: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(coroutine, loop).result()

    async with Copy(cluster, DATABASE).connection() as connection:
        ledgers = Ledgers(connection)

        @seed(number)
        def machine() -> LedgerMachine:
            return LedgerMachine(run, newcomer, ledgers)

        await asyncio.to_thread(run_state_machine_as_test, machine, settings=HYPOTHESIS_SETTINGS)


async def test_an_event_names_its_author_and_client(
    newcomer: Callable[..., Person], cluster: Cluster
) -> None:
    agent = newcomer("claude")
    person = newcomer("web", owner=True)
    person.user_id = agent.user_id
    assistant = replace(
        agent.principal, caller=Caller("assistant", "chat", "Surelist chat", conversation_id=7)
    )
    await agent.call("add_task", title="By an agent")
    await person.call("add_task", title="By a person")
    await agent.database.write(
        assistant,
        lambda tx: service.add(tx, {"title": "By chat"}),
        "tasks:write",
    )
    events = await sound_ledger(cluster, agent.user_id)
    assert [
        (e["actor"], e["client_id"], e["client_name"], e["conversation_id"]) for e in events
    ] == [
        ("agent", "claude", "claude", None),
        ("person", "web", "web", None),
        ("assistant", "chat", "Surelist chat", 7),
    ]


async def test_the_request_hash_depends_on_the_arguments_but_not_on_their_order() -> None:
    one = Idempotency.of("add", {"title": "a", "tags": ["x", "y"]})
    assert one == Idempotency.of("add", {"tags": ["x", "y"], "title": "a"})
    assert len(one.request_hash) == 32
    others = [
        Idempotency.of("add", {"title": "a", "tags": ["y", "x"]}),
        Idempotency.of("add", {"title": "a"}),
        Idempotency.of("add", {"title": "a", "tags": ["x", "y"], "description": ""}),
        Idempotency.of("replace 1", {"title": "a", "tags": ["x", "y"]}),
        Idempotency.of("add", {"title": "a", "tags": ["x,y"]}),
        Idempotency.of("add", {"title": "a tags", "": ["x", "y"]}),
    ]
    hashes = {other.request_hash for other in others}
    assert len(hashes) == len(others)
    assert one.request_hash not in hashes


async def test_an_event_stores_the_hash_of_the_request_with_its_key(
    ann: Person, cluster: Cluster
) -> None:
    first = Idempotency.of("add", {"title": "a"}, "key")
    await ann.write(lambda tx: service.add(tx, {"title": "a"}, "key"))
    [event] = await rows(cluster, "event", ann.user_id)
    assert event["request_hash"] == first.request_hash
    assert event["idempotency_key"] == "key"

    async def other(tx: UserTransaction) -> Any:
        return await service.delete(tx, 1, idempotency=Idempotency.of("delete 1", {}, "key"))

    with pytest.raises(Conflict, match="idempotency_key_reused"):
        await ann.write(other)


async def test_a_call_without_a_change_adds_no_event_and_no_gap(
    ann: Person, cluster: Cluster
) -> None:
    await ann.call("add_task", title="First")
    for _ in range(3):
        await ann.call("complete_task", task_id=1)
    for _ in range(3):
        await ann.call("update_task", task_id=1, title="First", status="completed")
    for bad in ({"task_id": 9}, {"task_id": 1, "if_version": 1}):
        with pytest.raises(RefusedByTool):
            await ann.call("update_task", title="Second", **bad)
    await ann.call("delete_task", task_id=1)
    events = await sound_ledger(cluster, ann.user_id)
    assert [event["kind"] for event in events] == ["created", "updated", "deleted"]
