"""The ledger of two users with two clients each, held against a model of the contract."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from surelist.auth import Caller
from surelist.embedded import Server
from surelist.errors import Conflict
from surelist.isolation import UserDatabase
from surelist.ledger.service import Retry
from surelist.tasks import service
from surelist.tasks.models import NewTask
from tests.ledger_model import ListModel, Refused
from tests.person import ERAS, Person, RefusedByTool
from tests.soundness import rows, sound_ledger

CLIENTS = ("claude", "cursor")

titles = st.sampled_from(["Buy milk", "Call mom"])
fields = st.fixed_dictionaries(
    {},
    optional={
        "description": st.sampled_from(["", "With care"]),
        "priority": st.sampled_from(["low", "high"]),
        "tags": st.sampled_from([[], ["home"], ["home", "now"]]),
    },
)
task_ids = st.integers(1, 2)
versions = st.one_of(st.integers(-3, -1), st.integers(1, 12))
"""A version, or one counted back from the task's last."""

maybe_version = st.one_of(
    st.just({}), st.just({}), versions.map(lambda version: {"if_version": version})
)
aimed = st.tuples(task_ids, maybe_version).map(lambda pair: {"task_id": pair[0], **pair[1]})


def together(*parts: st.SearchStrategy[dict[str, Any]]) -> st.SearchStrategy[dict[str, Any]]:
    return st.tuples(*parts).map(lambda dicts: {k: v for one in dicts for k, v in one.items()})


def without_both(arguments: dict[str, Any]) -> dict[str, Any]:
    """No field both given and cleared; and something to change."""
    clear = [name for name in arguments.get("clear", []) if name not in arguments]
    return {name: value for name, value in arguments.items() if name != "clear"} | (
        {"clear": clear} if clear else {}
    )


key = st.fixed_dictionaries({}, optional={"idempotency_key": st.sampled_from(["k1", "k2"])})
calls = st.one_of(
    st.tuples(st.just("add_task"), together(titles.map(lambda t: {"title": t}), fields, key)),
    st.tuples(st.just("complete_task"), aimed),
    st.tuples(st.just("delete_task"), aimed),
    st.tuples(
        st.just("update_task"),
        together(
            aimed,
            fields,
            st.fixed_dictionaries(
                {"title": titles},
                optional={"clear": st.sampled_from([["tags"], ["priority", "description"]])},
            ),
        ).map(without_both),
    ),
    st.tuples(
        st.just("update_task"),
        together(aimed, st.sampled_from(["pending", "completed"]).map(lambda s: {"status": s})),
    ),
    st.tuples(st.just("update_task"), together(aimed, versions.map(lambda v: {"undo": v}))),
)
steps = st.lists(
    st.tuples(st.integers(0, 1), st.sampled_from(CLIENTS), st.sampled_from(ERAS), calls),
    min_size=25,
    max_size=25,
)
BEGINNING = [
    (who, client, era, ("add_task", {"title": title}))
    for who in (0, 1)
    for client, era, title in zip(CLIENTS, ERAS, ("Buy milk", "Call mom"), strict=True)
]
retried = st.lists(st.booleans(), min_size=25, max_size=25)


@settings(
    max_examples=15,
    deadline=None,
    derandomize=True,
    phases=[Phase.generate],  # add Phase.shrink for the shortest story: it takes minutes
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(steps=steps, retried=retried)
async def test_two_users_with_two_clients_see_what_the_contract_says(
    newcomer: Callable[..., Person], cluster: Server, steps: list[Any], retried: list[bool]
) -> None:
    steps = [step for step, twice in zip(steps, retried, strict=True) for _ in range(1 + twice)]
    steps = [*BEGINNING, *steps]
    people = [newcomer(), newcomer()]
    models = [ListModel(), ListModel()]
    for who, client, era, (tool, arguments) in steps:
        person, model = people[who].through(client), models[who]
        arguments = resolved(model, arguments)
        try:
            expected: Any = getattr(model, tool)(client, **arguments)
        except Refused:
            with pytest.raises(RefusedByTool):
                await person.call(tool, version=era, **arguments)
            continue
        told = await person.call(tool, version=era, **arguments)
        if "changed" in told:
            told["changed"] = sorted(told["changed"])
        told.pop("timezone", None)
        assert told == expected
    for person, model in zip(people, models, strict=True):
        events = await sound_ledger(cluster, person.user_id)
        assert [recorded(event) for event in events] == [
            (e.kind, e.task_id, e.client, e.key, e.undoes, named(e.before), named(e.after))
            for e in model.events
        ]
        await assert_listed(person, model)


def resolved(model: ListModel, arguments: dict[str, Any]) -> dict[str, Any]:
    """The arguments, with the versions that are counted from the task's last."""
    of_task = [
        version
        for version, event in enumerate(model.events, 1)
        if event.task_id == arguments.get("task_id")
    ]
    back = {-number: version for number, version in enumerate(reversed(of_task), 1)}
    return {
        name: back.get(value, 1) if name in ("undo", "if_version") and value < 0 else value
        for name, value in arguments.items()
    }


COLUMNS = {"completed_at": "completed", "deleted_at": "deleted"}


def recorded(event: dict[str, Any]) -> tuple[Any, ...]:
    return (
        event["kind"],
        event["task_id"],
        event["client_id"],
        event["idempotency_key"],
        event["undoes"],
        named(event["before"]),
        named(event["after"]),
    )


def named(values: dict[str, Any] | None) -> set[str] | None:
    """The fields of an event, in the model's words; it knows nothing of due dates."""
    if values is None:
        return None
    return {COLUMNS.get(name, name) for name in values if not name.startswith("due")}


async def assert_listed(person: Person, model: ListModel) -> None:
    for status in ("pending", "completed", "deleted"):
        page = await person.call("list_tasks", status=status, limit=200)
        wanted = {n: task for n, task in model.tasks.items() if task.status == status}
        assert page["total"] == len(wanted)
        assert [task["id"] for task in page["tasks"]] == sorted(wanted)
        for task in page["tasks"]:
            fields = wanted[task["id"]].fields
            assert task["version"] == wanted[task["id"]].version
            assert task["title"] == fields["title"]
            assert task.get("description") == fields["description"]
            assert task.get("priority") == fields["priority"]
            assert task.get("tags", []) == fields["tags"]
            assert task["completed"] == (fields["completed"] is not None)


async def test_an_event_tells_who_made_it_and_through_what(
    newcomer: Callable[..., Person], cluster: Server
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
        assistant, lambda mine: service.add(mine, NewTask(title="By chat"), Retry.of("add", {}))
    )
    events = await sound_ledger(cluster, agent.user_id)
    assert [
        (e["actor"], e["client_id"], e["client_name"], e["conversation_id"]) for e in events
    ] == [
        ("agent", "claude", "claude", None),
        ("person", "web", "web", None),
        ("assistant", "chat", "Surelist chat", 7),
    ]


async def test_a_retry_is_known_by_what_it_asks_for_and_not_by_how_it_is_written() -> None:
    one = Retry.of("add", {"title": "a", "tags": ["x", "y"]})
    assert one == Retry.of("add", {"tags": ["x", "y"], "title": "a"})
    assert len(one.request_hash) == 32
    others = [
        Retry.of("add", {"title": "a", "tags": ["y", "x"]}),
        Retry.of("add", {"title": "a"}),
        Retry.of("add", {"title": "a", "tags": ["x", "y"], "description": ""}),
        Retry.of("replace 1", {"title": "a", "tags": ["x", "y"]}),
        Retry.of("add", {"title": "a", "tags": ["x,y"]}),
        Retry.of("add", {"title": "a tags", "": ["x", "y"]}),
    ]
    hashes = {other.request_hash for other in others}
    assert len(hashes) == len(others)
    assert one.request_hash not in hashes


async def test_a_key_keeps_the_hash_of_what_it_was_used_for(ann: Person, cluster: Server) -> None:
    first = Retry.of("add", {"title": "a"}, "key")
    await ann.write(lambda mine: service.add(mine, NewTask(title="a"), first))
    [event] = await rows(cluster, "event", ann.user_id)
    assert event["request_hash"] == first.request_hash
    assert event["idempotency_key"] == "key"

    async def other(mine: UserDatabase) -> Any:
        return await service.delete(mine, 1, retry=Retry.of("delete 1", {}, "key"))

    with pytest.raises(Conflict, match="used with other arguments"):
        await ann.write(other)


async def test_a_call_that_changes_nothing_makes_no_event_and_no_gap(
    ann: Person, cluster: Server
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
    assert [event["kind"] for event in events] == ["created", "completed", "deleted"]
