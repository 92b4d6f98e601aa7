"""The five conversation tools at /conversations/mcp, in old and new protocol versions."""

import json
from collections.abc import Callable
from typing import Any

import httpx
import jwt
import pytest
from jsonschema import Draft202012Validator

from surelist.access.auth import AGENT_SCOPES
from surelist.config import Settings
from surelist.conversations.tools import TOOLS
from tests.support.person import ERAS, Person, RefusedByTool
from tests.support.records import Records
from tests.support.talking import begin, history, say
from tests.support.write_tool_list import CONVERSATION_SNAPSHOT, tool_list

PATH = "/conversations/mcp"
METADATA = f"http://localhost:8000/.well-known/oauth-protected-resource{PATH}"
Call = Callable[..., Any]


@pytest.fixture
def call(ann: Person) -> Call:
    """Calls a tool, and validates its result against its output schema."""

    async def call(tool: str, person: Person = ann, **arguments: Any) -> dict[str, Any]:
        told = await person.call(tool, path=PATH, **arguments)
        Draft202012Validator(dict(TOOLS[tool].output_schema)).validate(told)
        return told

    return call


def test_the_tools_equal_the_reviewed_file() -> None:
    assert tool_list(TOOLS) == json.loads(CONVERSATION_SNAPSHOT.read_text())


@pytest.mark.parametrize("version", ERAS)
async def test_five_tools_are_listed_and_nothing_else_is_offered(ann: Person, version: str) -> None:
    listed = (await ann.rpc("tools/list", version=version, path=PATH)).json()["result"]["tools"]
    assert [tool["name"] for tool in listed] == [
        "create_conversation",
        "add_message",
        "get_conversation_history",
        "list_user_conversations",
        "update_message",
    ]
    refused = await ann.rpc("resources/list", version=version, path=PATH)
    assert refused.json()["error"]["code"] == -32601


async def test_each_endpoint_offers_only_its_own_tools(ann: Person) -> None:
    for path, name in ((PATH, "add_task"), ("/mcp", "add_message")):
        refused = await ann.rpc("tools/call", {"name": name, "arguments": {}}, path=path)
        assert refused.json()["error"]["code"] == -32602


async def test_a_conversation_is_created_written_and_read(call: Call, ann: Person) -> None:
    begun = await call("create_conversation", title="Groceries")
    assert begun == {"conversation_id": 1, "status": "created", "title": "Groceries"}
    added = await call("add_message", conversation_id=1, role="user", content="Buy milk")
    assert (added["message_id"], added["version"]) == (1, 1)
    await call("add_message", conversation_id=1, role="assistant", content="Done")
    changed = await call("update_message", conversation_id=1, message_id=1, content="Buy oats")
    assert changed["version"] == 2
    told = await call("get_conversation_history", conversation_id=1)
    assert [(one["role"], one["content"]) for one in told["messages"]] == [
        ("user", "Buy oats"),
        ("assistant", "Done"),
    ]
    listed = await call("list_user_conversations")
    assert [one["title"] for one in listed["conversations"]] == ["Groceries"]


async def test_a_repeated_call_is_marked_and_makes_nothing(call: Call) -> None:
    for _ in range(2):
        begun = await call("create_conversation", title="Once")
    assert begun == {
        "conversation_id": 1,
        "status": "created",
        "title": "Once",
        "repeated": True,
    }
    for keyed in ({}, {"idempotency_key": "k"}):
        message = {"conversation_id": 1, "role": "user", "content": f"Say {keyed}", **keyed}
        first = await call("add_message", **message)
        again = await call("add_message", **message)
        assert again == first | {"repeated": True}
    assert (await call("get_conversation_history", conversation_id=1))["messages"][-1]["id"] == 2


async def test_a_conversation_with_a_message_is_not_returned_for_a_repeat(call: Call) -> None:
    await call("create_conversation", title="Once")
    await call("add_message", conversation_id=1, role="user", content="Hello")
    assert (await call("create_conversation", title="Once"))["conversation_id"] == 2


async def test_an_equal_message_after_an_answer_is_new(call: Call) -> None:
    await call("create_conversation")
    for role, content in (("user", "ok"), ("assistant", "What else?"), ("user", "ok")):
        said = await call("add_message", conversation_id=1, role=role, content=content)
    assert said["message_id"] == 3


async def test_an_equal_message_after_thirty_seconds_is_new(
    call: Call, ann: Person, records: Records
) -> None:
    await call("create_conversation")
    message = {"conversation_id": 1, "role": "user", "content": "ok"}
    await call("add_message", **message)
    for table in ("message", "conversation"):
        await records.age(ann, table, "created_at", 31)
    assert (await call("add_message", **message))["message_id"] == 2


async def test_pages_lead_back_to_the_first_message(call: Call, ann: Person) -> None:
    await begin(ann)
    for number in range(1, 6):
        await say(ann, 1, f"Message {number}")
    seen, cursor = [], {}
    while True:
        page = await call("get_conversation_history", conversation_id=1, limit=2, **cursor)
        seen.append([one["id"] for one in page["messages"]])
        if "next_cursor" not in page:
            break
        cursor = {"cursor": page["next_cursor"]}
    assert seen == [[4, 5], [2, 3], [1]]


async def test_a_stale_version_is_refused_with_the_current_message(call: Call) -> None:
    await call("create_conversation")
    await call("add_message", conversation_id=1, role="user", content="One")
    await call("update_message", conversation_id=1, message_id=1, content="Two", if_version=1)
    with pytest.raises(RefusedByTool) as refused:
        await call("update_message", conversation_id=1, message_id=1, content="3", if_version=1)
    current = refused.value.current
    assert (current["message_id"], current["content"], current["version"]) == (1, "Two", 2)


def message(**changes: Any) -> dict[str, Any]:
    return {"conversation_id": 1, "role": "user", "content": "x"} | changes


@pytest.mark.parametrize(
    ("tool", "arguments", "wrong"),
    [
        ("create_conversation", {"title": "x" * 201}, {"title": "other"}),
        ("create_conversation", {"titel": "x"}, {"titel": "unknown_argument"}),
        ("create_conversation", {"user_id": "bob"}, "user_id_given"),
        ("add_message", message(content=" \n"), {"content": "nothing_visible"}),
        ("add_message", message(role="tool"), {"role": "other"}),
        ("add_message", message(content="\x00"), {"content": "control_characters"}),
        ("add_message", message(conversation_id=7), "conversation_not_found"),
        ("get_conversation_history", {"conversation_id": 0}, {"conversation_id": "other"}),
        ("get_conversation_history", {"conversation_id": 1, "limit": 201}, {"limit": "other"}),
        ("get_conversation_history", {"conversation_id": 1, "cursor": "x"}, "cursor_mismatch"),
        ("list_user_conversations", {"search": "\u200b"}, "search_empty"),
        (
            "update_message",
            {"conversation_id": 1, "message_id": 9, "content": "x"},
            "message_not_found",
        ),
    ],
)
async def test_a_wrong_call_is_refused_with_the_reason_and_stores_nothing(
    call: Call, ann: Person, tool: str, arguments: dict[str, Any], wrong: str | dict[str, str]
) -> None:
    await begin(ann)
    with pytest.raises(RefusedByTool) as refused:
        await call(tool, **arguments)
    assert (refused.value.arguments or refused.value.code) == wrong
    assert (await history(ann, 1))["messages"] == []


async def test_arguments_are_read_tolerantly(call: Call, ann: Person) -> None:
    await call("create_conversation", title=None)
    added = await call(
        "add_message", conversation_id="1", role="User", content="Hello", idempotency_key=""
    )
    assert added["message_id"] == 1
    history = await call("get_conversation_history", conversation_id=1.0, cursor=None)
    assert len(history["messages"]) == 1


# Authorization


async def sent(person: Person, token: str, path: str, tool: str, **arguments: Any) -> Any:
    return await person.rpc(
        "tools/call",
        {"name": tool, "arguments": arguments},
        headers={"Authorization": f"Bearer {token}"},
        path=path,
    )


async def test_each_tool_needs_its_scope_and_no_other(ann: Person) -> None:
    await begin(ann)
    for name, tool in TOOLS.items():
        needed = "conversations:read" if tool.reads_only else "conversations:write"
        assert tool.scope == needed
        person = ann.through(f"no-{name}")
        token = person.token(set(AGENT_SCOPES) - {needed})
        refused = await sent(person, token, PATH, name)
        assert refused.status_code == 403
        challenge = refused.headers["WWW-Authenticate"]
        assert f'resource_metadata="{METADATA}", scope="{needed}"' in challenge
        person = ann.through(f"only-{name}")
        let_in = await sent(person, person.token([needed]), PATH, name)
        assert let_in.status_code == 200


async def test_a_token_for_one_endpoint_is_refused_at_the_other(
    ann: Person, settings: Settings
) -> None:
    for own, other in ((settings.mcp_url, PATH), (settings.conversations_url, "/mcp")):
        claims = jwt.decode(ann.token(), options={"verify_signature": False}) | {"aud": [own]}
        headers = jwt.get_unverified_header(ann.token())
        token = jwt.encode(claims, settings.token_keys[0], algorithm="HS256", headers=headers)
        path = "/mcp" if other == PATH else PATH
        assert (await sent(ann, token, path, "none")).json()["error"]["code"] == -32602
        refused = await sent(ann, token, other, "none")
        assert refused.status_code == 401
        assert "invalid_token" in refused.headers["WWW-Authenticate"]


async def test_a_call_without_a_token_gets_the_address_of_the_resource_metadata(
    http: httpx.AsyncClient,
) -> None:
    refused = await http.post(PATH, json={})
    assert refused.status_code == 401
    assert refused.headers["WWW-Authenticate"] == (
        f'Bearer resource_metadata="{METADATA}", scope="conversations:read conversations:write"'
    )
    document = (await http.get(METADATA.removeprefix("http://localhost:8000"))).json()
    document.pop("authorization_servers", None)  # present only when the run has one
    assert document == {
        "resource": "http://localhost:8000/conversations/mcp",
        "resource_name": "Surelist conversations",
        "bearer_methods_supported": ["header"],
        "scopes_supported": ["conversations:read", "conversations:write"],
    }
