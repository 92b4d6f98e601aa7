"""Real clients send every form of every argument to a real server, and each is understood."""

from itertools import count
from typing import Any

import pytest

from tests.clients.client import Client
from tests.clients.conftest import Connect
from tests.support.forms import BEFORE, CALLS, OPTIONAL

CLIENTS = ["python-2", "python-2-legacy", "raw-2025-03-26"]
STATUS = {
    "add_task": "created",
    "complete_task": "completed",
    "delete_task": "deleted",
    "update_task": "updated",
}
_numbers = count(1)


@pytest.fixture(params=CLIENTS, scope="module")
async def client(connect: Connect, request: pytest.FixtureRequest) -> Client:
    return await connect(request.param)


@pytest.mark.parametrize("tool", OPTIONAL)
async def test_every_form_of_a_call_is_understood(client: Client, tool: str) -> None:
    for call in [dict(call) for name, _, call in CALLS if name == tool]:
        task_id, version = await a_task(client)
        if tool == "add_task":
            call["idempotency_key"] = f"key {task_id}"
        answer = await client.do(tool, **in_place(call, task_id, version))
        if tool != "list_tasks":
            assert answer["status"] == STATUS[tool], call
        elif "tag" not in call:
            assert [task["id"] for task in answer["tasks"]] == [task_id], call


async def test_a_wrong_argument_is_told_with_what_to_do_next(client: Client) -> None:
    answer = await client.call("add_task", title="Call mom", priority="urgent")
    assert answer.is_error
    assert "Nothing was changed. Call again, corrected." in answer.text


async def a_task(client: Client) -> tuple[int, int]:
    """The id and version of a new task that has been through BEFORE."""
    (_, added), (_, updated) = BEFORE
    title = f"Call mom, {next(_numbers)}"  # an equal add at once would be a repeated one
    task_id = (await client.do("add_task", **added | {"title": title}))["task_id"]
    changed = await client.do("update_task", **updated | {"task_id": task_id})
    return task_id, changed["version"]


def in_place(call: dict[str, Any], task_id: int, version: int) -> dict[str, Any]:
    """The call with this task for task 1, and this version for 2, in the form that it has."""
    places = {"task_id": task_id, "if_version": version, "undo": version}
    return {
        name: type(value)(places[name]) if name in places and value else value
        for name, value in call.items()
    }
