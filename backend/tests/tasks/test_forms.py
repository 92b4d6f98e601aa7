"""Equivalent forms of a call have the same result, and empty arguments change nothing."""

import json
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from tests.support.asking import ids, refusal, task
from tests.support.forms import BEFORE, CALLS, OPTIONAL, STRICT
from tests.support.person import MODERN, Person
from tests.support.records import Records

CLOCK = ("now", "created_at", "updated_at", "completed_at", "deleted_at")


async def answered(person: Person, tool: str, arguments: dict[str, Any]) -> Any:
    """The result of a call after the calls in BEFORE, and the list after it, without times."""
    for name, first in BEFORE:
        await person.call(name, **first)
    told = [await person.call(tool, **arguments), await person.call("list_tasks")]
    told += [await task(person, task_id) for task_id in await ids(person, status="all")]
    return without_times(told)


def without_times(value: Any) -> Any:
    if isinstance(value, list):
        return [without_times(one) for one in value]
    if not isinstance(value, dict):
        return value
    return {name: without_times(one) for name, one in value.items() if name not in CLOCK}


@pytest.mark.parametrize(("tool", "strict", "call"), CALLS)
async def test_an_equivalent_call_has_the_same_result(
    newcomer: Callable[..., Person],
    tool: str,
    strict: dict[str, Any],
    call: dict[str, Any],
) -> None:
    expected = await answered(newcomer(), tool, strict)
    assert await answered(newcomer(), tool, call) == expected


async def whole(person: Person, arguments: Any, version: str = MODERN) -> httpx.Response:
    """Call add_task with any JSON value as `arguments`."""
    params = {"name": "add_task", "arguments": arguments}
    return await person.rpc("tools/call", params, version=version)


async def test_arguments_as_json_text_are_accepted(ann: Person) -> None:
    response = await whole(ann, json.dumps({"title": "7", "priority": "HIGH"}))
    answer = response.json()["result"]["structuredContent"]
    assert (answer["title"], answer["priority"]) == ("7", "high")


@pytest.mark.parametrize("params", [{}, {"arguments": None}, {"arguments": {}}])
async def test_absent_and_null_arguments_are_empty_arguments(
    ann: Person, params: dict[str, Any]
) -> None:
    response = await ann.rpc("tools/call", {"name": "list_tasks"} | params)
    assert response.json()["result"]["structuredContent"]["total"] == 0


@pytest.mark.parametrize("text", ["", "[]", "null", "title", '"{}"', "{"])
async def test_other_text_as_arguments_is_refused_with_an_instruction(
    ann: Person, text: str
) -> None:
    error = (await whole(ann, text)).json()["error"]
    assert error["code"] == -32602
    assert "Send a JSON object" in error["message"]
    assert await ids(ann) == []


@pytest.mark.parametrize(
    "nothing",
    [
        {"due": None},
        {"due": "", "priority": None, "tags": ""},
        {"description": None, "clear": None},
        dict.fromkeys(OPTIONAL["update_task"]),
    ],
)
async def test_an_update_with_only_null_is_refused_with_a_hint_at_clear(
    ann: Person, nothing: dict[str, Any]
) -> None:
    for name, first in BEFORE:
        await ann.call(name, **first)
    before = await task(ann, 1)
    refused = await refusal(ann, "update_task", task_id=1, **nothing)
    assert refused.code == "nothing_to_change"
    assert await task(ann, 1) == before


async def test_null_next_to_other_arguments_empties_nothing(ann: Person) -> None:
    for name, first in BEFORE:
        await ann.call(name, **first)
    before = await task(ann, 1)
    rest = dict.fromkeys(OPTIONAL["update_task"])
    updated = await ann.call("update_task", **rest | {"task_id": 1, "title": "Call dad"})
    assert updated["changed"] == ["title"]
    changed = {"title": "Call dad", "version": 3, "updated_at": (await task(ann, 1))["updated_at"]}
    assert await task(ann, 1) == before | changed


@pytest.mark.parametrize("tool", ["add_task", "update_task"])
async def test_an_empty_title_is_refused(ann: Person, tool: str) -> None:
    for name, first in BEFORE:
        await ann.call(name, **first)
    more = {"task_id": 1, "priority": "high"} if tool == "update_task" else {}
    assert [*(await refusal(ann, tool, title="", **more)).arguments] == ["title"]
    assert (await task(ann, 1))["version"] == 2


async def test_an_empty_description_is_accepted(ann: Person) -> None:
    await ann.call("add_task", title="Call mom", description="About Sunday")
    updated = await ann.call("update_task", task_id=1, description="")
    assert updated["changed"] == ["description"]


async def test_null_for_a_required_argument_means_it_is_missing(ann: Person) -> None:
    for tool in ("complete_task", "delete_task", "update_task"):
        missing = {"task_id": "missing"}
        assert (await refusal(ann, tool, task_id=None)).arguments == missing
        assert [*(await refusal(ann, tool, task_id="")).arguments] == ["task_id"]
    assert (await refusal(ann, "add_task", title=None)).arguments == {"title": "missing"}


@pytest.mark.parametrize("more", [{"status": "pending"}, {"limit": 49}, {"search": "mom"}])
async def test_a_task_id_allows_no_other_argument_except_defaults(
    ann: Person, more: dict[str, Any]
) -> None:
    await ann.call("add_task", title="Call mom")
    refused = await refusal(ann, "list_tasks", task_id=1, **more)
    assert refused.code == "task_id_with_others"


@pytest.mark.parametrize("name", ["titel", "waitForPrevious", "task-progress", "colour"])
async def test_other_unknown_arguments_are_refused(ann: Person, name: str) -> None:
    for value in ("x", None, ""):
        refused = await refusal(ann, "add_task", title="New", **{name: value})
        assert refused.arguments == {name: "unknown_argument"}


async def test_an_equivalent_call_with_the_same_key_is_a_retry(
    ann: Person, records: Records
) -> None:
    strict = STRICT["add_task"][0]
    first = await ann.call("add_task", **strict)
    for tool, _, call in CALLS:
        if tool == "add_task":
            assert await ann.call(tool, **call) == first | {"repeated": True}
    assert await records.kinds(ann) == ["created"]


@pytest.mark.parametrize(
    "again",
    [{"description": None}, {"description": ""}, {"tags": []}, {"tags": "[]"}, {"due": ""}],
)
async def test_an_equivalent_add_within_30_seconds_returns_the_first_task(
    ann: Person, again: dict[str, Any]
) -> None:
    first = await ann.call("add_task", title="Call mom")
    assert await ann.call("add_task", title=" Call mom", **again) == first | {"repeated": True}


@pytest.mark.parametrize(
    ("path", "method", "body"),
    [
        ("/tasks", "POST", {"title": "x", "description": None}),
        ("/tasks", "POST", {"title": "x", "due": ""}),
        ("/tasks", "POST", {"title": "x", "priority": "High"}),
        ("/tasks", "POST", {"title": "x", "tags": '["a"]'}),
        ("/tasks", "POST", {"title": "x", "wait_for_previous": True}),
        ("/tasks/1", "PATCH", {"undo": "2"}),
        ("/tasks/1", "PATCH", {"undo": 2.0}),
        ("/tasks/1/complete", "PATCH", {"completed": "false"}),
    ],
)
async def test_rest_bodies_are_validated_strictly(
    ann: Person, path: str, method: str, body: dict[str, Any]
) -> None:
    for name, first in BEFORE:
        await ann.call(name, **first)
    assert (await ann.rest(method, path, json=body)).status_code == 422
    assert (await task(ann, 1))["version"] == 2
