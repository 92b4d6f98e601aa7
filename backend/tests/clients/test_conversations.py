"""The conversation tools through the official Python client, in both eras, on a real server."""

import pytest

from tests.clients.client import connected
from tests.clients.programs import PROGRAMS
from tests.support.server import RunningServer

TOOLS = [
    "add_message",
    "create_conversation",
    "get_conversation_history",
    "list_user_conversations",
    "update_message",
]


@pytest.mark.parametrize("name", ["python-2", "python-2-legacy"])
async def test_an_agent_leaves_a_conversation_for_the_next_one(
    running_server: RunningServer, name: str
) -> None:
    user = f"noa-{name}"
    url = f"{running_server.url}/conversations/mcp"
    program = PROGRAMS[name].command()
    async with connected(program, url, running_server.token(user, client="first")) as first:
        assert (first.protocol, sorted(first.tools)) == (PROGRAMS[name].protocol, TOOLS)
        begun = await first.do("create_conversation", title="The move")
        talk = begun["conversation_id"]
        for role, content in (("user", "Find a van"), ("assistant", "Booked for Friday")):
            await first.do("add_message", conversation_id=talk, role=role, content=content)
    async with connected(program, url, running_server.token(user, client="next")) as following:
        [found] = (await following.do("list_user_conversations"))["conversations"]
        assert (found["id"], found["title"], found["messages"]) == (talk, "The move", 2)
        await following.do(
            "update_message", conversation_id=talk, message_id=2, content="Booked for Saturday"
        )
        history = await following.do("get_conversation_history", conversation_id=talk)
    said = [(one["id"], one["role"], one["content"]) for one in history["messages"]]
    assert said == [(1, "user", "Find a van"), (2, "assistant", "Booked for Saturday")]


async def test_a_wrong_call_is_an_error_that_the_model_can_read(
    running_server: RunningServer,
) -> None:
    url = f"{running_server.url}/conversations/mcp"
    token = running_server.token("noa", client="wrong")
    async with connected(PROGRAMS["python-2"].command(), url, token) as client:
        answer = await client.call("get_conversation_history", conversation_id=404)
        assert answer.is_error
        assert "404" in answer.text
