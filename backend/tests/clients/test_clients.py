"""Real clients work on a real server, each in the protocol version that it negotiates."""

import json

import pytest

from tests.clients.client import Client, RefusedError
from tests.clients.conftest import Connect
from tests.clients.programs import PROGRAMS

INVALID_PARAMS = -32602
NO_SUCH_TASK = 404_404


@pytest.fixture(params=PROGRAMS, scope="module")
async def client(connect: Connect, request: pytest.FixtureRequest) -> Client:
    return await connect(request.param)


@pytest.mark.parametrize("name", PROGRAMS)
async def test_each_client_negotiates_its_version(connect, name):
    client = await connect(name)

    assert client.library.startswith(PROGRAMS[name].library)
    assert client.protocol == PROGRAMS[name].protocol


async def test_the_five_tools_are_listed(client):
    assert sorted(client.tools) == [
        "add_task",
        "complete_task",
        "delete_task",
        "list_tasks",
        "update_task",
    ]


async def test_an_added_task_is_listed(client):
    added = await client.do("add_task", title="Buy groceries")

    assert added["status"] == "created"
    assert added["title"] == "Buy groceries"
    row = await listed(client, added["task_id"])
    assert row["title"] == "Buy groceries"
    assert row["completed"] is False


async def test_a_task_is_completed(client):
    task = (await client.do("add_task", title="Call mom"))["task_id"]

    completed = await client.do("complete_task", task_id=task)

    assert completed["status"] == "completed"
    assert (await listed(client, task))["completed"] is True


async def test_completing_twice_is_one_change(client):
    task = (await client.do("add_task", title="Water the plants"))["task_id"]

    first = await client.do("complete_task", task_id=task)
    second = await client.do("complete_task", task_id=task)

    assert second == first


async def test_a_task_is_renamed_and_given_a_due_date(client):
    task = (await client.do("add_task", title="Pay rnet"))["task_id"]

    updated = await client.do("update_task", task_id=task, title="Pay rent", due="2030-01-31")

    assert updated["status"] == "updated"
    assert sorted(updated["changed"]) == ["due", "title"]
    row = await listed(client, task)
    assert (row["title"], row["due"]) == ("Pay rent", "2030-01-31")


async def test_a_change_is_undone(client):
    task = (await client.do("add_task", title="Book a table for two"))["task_id"]
    mistake = await client.do("update_task", task_id=task, title="Book a table for ten")

    await client.do("update_task", task_id=task, undo=mistake["version"])

    assert (await listed(client, task))["title"] == "Book a table for two"


async def test_a_deleted_task_is_restored(client):
    task = (await client.do("add_task", title="Renew the passport"))["task_id"]

    deleted = await client.do("delete_task", task_id=task)
    assert deleted["status"] == "deleted"
    assert await listed(client, task) is None

    await client.do("update_task", task_id=task, status="pending")
    assert (await listed(client, task))["title"] == "Renew the passport"


async def test_an_unknown_task_is_an_error_that_the_model_can_read(client):
    answer = await client.call("complete_task", task_id=NO_SUCH_TASK)

    assert answer.is_error
    assert str(NO_SUCH_TASK) in answer.text


async def test_an_unknown_tool_is_a_protocol_error(client):
    with pytest.raises(RefusedError) as refused:
        await client.call("burn_the_list")

    assert refused.value.code == INVALID_PARAMS


async def test_the_text_says_what_the_structure_says(client):
    answer = await client.call("list_tasks")

    if client.protocol >= "2025-06-18":  # before it, results had no structure
        assert json.loads(answer.text) == answer.structured
    assert json.loads(answer.text)["tasks"]


async def test_all_clients_work_on_one_list(connect):
    clients = [await connect(name) for name in PROGRAMS]
    task = (await clients[0].do("add_task", title="Plan the party"))["task_id"]

    for number, client in enumerate(clients):
        await client.do("update_task", task_id=task, title=f"Plan the party, take {number}")

    for client in clients:
        assert (await listed(client, task))["title"] == f"Plan the party, take {len(clients) - 1}"


async def listed(client: Client, task_id: int) -> dict[str, object] | None:
    tasks = (await client.do("list_tasks", limit=200))["tasks"]
    return next((task for task in tasks if task["id"] == task_id), None)
