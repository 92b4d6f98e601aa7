import json
import warnings
from collections.abc import Iterator
from typing import Any

import orjson
import pytest
from jsonschema import Draft202012Validator

from surelist.mcp.tasks_toolset import INSTRUCTIONS
from surelist.tasks.tools import TOOLS
from tests.support.asking import task
from tests.support.person import ERAS, MODERN, Person
from tests.support.write_tool_list import SNAPSHOT, tool_list

SHOWN_TO_A_MODEL = ("name", "description", "inputSchema")
HINTS = ("readOnlyHint", "destructiveHint", "idempotentHint", "openWorldHint")

READ_BY_ALL = {
    "type", "description", "enum", "items", "default", "nullable",
    "minimum", "maximum", "maxLength", "maxItems",
}  # fmt: skip


def tokens(value: Any) -> int:
    """The number of tokens of `value` as JSON."""
    with warnings.catch_warnings(action="ignore", category=DeprecationWarning):  # its own
        from bpe_openai import get_encoding
    return len(get_encoding("o200k_base").encode(orjson.dumps(value).decode()))


def nodes(schema: Any) -> Iterator[dict[str, Any]]:
    """All objects in a schema."""
    if isinstance(schema, dict):
        yield schema
        for value in schema.values():
            yield from nodes(value)
    elif isinstance(schema, list):
        for value in schema:
            yield from nodes(value)


@pytest.fixture(params=ERAS)
async def answer(request: pytest.FixtureRequest, ann: Person) -> dict[str, Any]:
    """The result of `tools/list`, in each era."""
    response = await ann.rpc("tools/list", version=request.param)
    return response.json()["result"]


def test_the_tools_equal_the_reviewed_file() -> None:
    assert tool_list() == json.loads(SNAPSHOT.read_text())


async def test_both_eras_list_the_reviewed_tools(answer: dict[str, Any]) -> None:
    assert answer["tools"] == json.loads(SNAPSHOT.read_text())


async def test_the_tool_list_is_the_same_for_everyone(ann: Person, newcomer: Any) -> None:
    await ann.call("add_task", title="Makes no difference")
    answers = [(await person.rpc("tools/list")).content for person in (ann, newcomer("cursor"))]
    result = orjson.loads(answers[0])["result"]
    assert answers[0] == answers[1]
    assert (result["cacheScope"], result["ttlMs"]) == ("public", 3_600_000)


async def test_the_tool_list_is_within_its_budget(answer: dict[str, Any]) -> None:
    shown = [{part: tool[part] for part in SHOWN_TO_A_MODEL} for tool in answer["tools"]]
    assert tokens(shown) <= 1_000
    assert tokens(answer) <= 1_800
    assert len(orjson.dumps(answer)) <= 7_400


async def test_the_http_response_is_within_its_budget_of_bytes(ann: Person) -> None:
    assert len((await ann.rpc("tools/list")).content) <= 7_400


def test_there_are_five_tools() -> None:
    names = ["add_task", "list_tasks", "complete_task", "delete_task", "update_task"]
    assert [tool["name"] for tool in tool_list()] == list(TOOLS) == names


@pytest.mark.parametrize("tool", tool_list(), ids=lambda tool: tool["name"])
def test_input_schemas_use_only_keywords_that_all_converters_support(tool: dict[str, Any]) -> None:
    schema = tool["inputSchema"]
    Draft202012Validator.check_schema(schema)
    assert set(schema) <= {"type", "properties", "required"}
    assert "user_id" not in schema["properties"]
    for name, argument in schema["properties"].items():
        for node in (argument, argument.get("items", {})):
            assert set(node) <= READ_BY_ALL
            assert isinstance(node.get("type", "string"), str)
            assert None not in node.values()
        assert argument.get("nullable", False) is (name not in schema.get("required", []))


@pytest.mark.parametrize("tool", tool_list(), ids=lambda tool: tool["name"])
def test_an_output_schema_is_valid(tool: dict[str, Any]) -> None:
    Draft202012Validator.check_schema(tool["outputSchema"])
    assert tool["outputSchema"]["type"] == "object"
    for node in nodes(tool["outputSchema"]):
        assert isinstance(node.get("type", ""), str | dict), "the Inspector's strict check warns"


def closed(schema: Any) -> Any:
    """A copy of an output schema that allows no other fields."""
    if isinstance(schema, list):
        return [closed(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    told = {name: closed(one) for name, one in schema.items()}
    return told | ({"additionalProperties": False} if schema.get("type") == "object" else {})


async def test_an_output_schema_names_every_field_that_is_returned(ann: Person) -> None:
    schemas = {tool["name"]: closed(tool["outputSchema"]) for tool in tool_list()}
    named = {name: set[str]() for name in schemas}
    for name, arguments, succeeds in STORY:
        if succeeds:
            answer = await ann.call(name, **arguments)
            Draft202012Validator(schemas[name]).validate(answer)
            named[name] |= {*answer, *(field for one in answer.get("tasks", ()) for field in one)}
    declared = {
        name: {*schema["properties"], *_of_a_task(schema)} for name, schema in schemas.items()
    }
    assert {name: declared[name] - named[name] for name in declared} == {
        "add_task": set(),
        "list_tasks": set(),
        "complete_task": set(),
        "delete_task": set(),
        "update_task": set(),
    }


def _of_a_task(schema: dict[str, Any]) -> set[str]:
    return set(schema["properties"].get("tasks", {}).get("items", {}).get("properties", {}))


def test_the_title_is_also_in_the_annotations_for_older_clients() -> None:
    assert all(tool["annotations"]["title"] == tool["title"] for tool in tool_list())


def test_each_tool_has_its_annotations() -> None:
    said = {
        tool["name"]: tuple(tool["annotations"][hint] for hint in HINTS) for tool in tool_list()
    }
    assert said == {
        "add_task": (False, False, False, False),
        "list_tasks": (True, False, True, False),
        "complete_task": (False, False, True, False),
        "delete_task": (False, True, True, False),
        "update_task": (False, True, False, False),
    }


def test_every_tool_has_a_title_and_a_short_description() -> None:
    for tool in tool_list():
        assert tool["title"]
        assert 20 < len(tool["description"]) < 250
        assert "\n" not in tool["description"]


def test_the_instructions_are_short() -> None:
    assert tokens(INSTRUCTIONS) <= 50


STORY: list[tuple[str, dict[str, Any], bool]] = [
    ("list_tasks", {}, True),
    ("add_task", {"title": "Bare"}, True),
    ("add_task", {"title": "Bare"}, True),
    ("add_task", {"title": "Full", "description": "x" * 300, "due": "2026-11-23T15:00",
                  "priority": "high", "tags": ["a"], "idempotency_key": "k"}, True),
    ("add_task", {"title": "Other", "idempotency_key": "k"}, False),
    ("list_tasks", {"limit": 1}, True),
    ("list_tasks", {"task_id": 2}, True),
    ("list_tasks", {"task_id": 2, "status": "all", "sort": "created", "limit": 50}, True),
    ("list_tasks", {"task_id": 9}, False),
    ("update_task", {"task_id": 2, "due": "2026-11-24"}, True),
    ("update_task", {"task_id": 2, "due": "2026-11-24"}, True),
    ("update_task", {"task_id": 2, "title": "Late", "if_version": 2}, False),
    ("update_task", {"task_id": 2, "undo": 2}, False),
    ("update_task", {"task_id": 2, "undo": 3}, True),
    ("update_task", {"task_id": 2, "undo": 3}, True),
    ("update_task", {"task_id": 2}, False),
    ("complete_task", {"task_id": 2, "if_version": 2}, False),
    ("complete_task", {"task_id": 2}, True),
    ("delete_task", {"task_id": 2, "if_version": 2}, False),
    ("delete_task", {"task_id": 2}, True),
    ("complete_task", {"task_id": 2}, False),
    ("list_tasks", {"status": "deleted"}, True),
    ("list_tasks", {"task_id": 2}, True),
    ("list_tasks", {"search": "\u200b"}, False),
]  # fmt: skip


@pytest.mark.parametrize("era", ERAS)
async def test_every_result_matches_its_schema_and_equals_its_text(ann: Person, era: str) -> None:
    schemas = {tool["name"]: Draft202012Validator(tool["outputSchema"]) for tool in tool_list()}
    for name, arguments, succeeds in STORY:
        response = await ann.rpc("tools/call", {"name": name, "arguments": arguments}, version=era)
        result = response.json()["result"]
        assert result.get("isError", False) is not succeeds, (name, arguments, result)
        structured = result.get("structuredContent")
        if structured is not None:
            schemas[name].validate(structured)
            assert result["content"][-1]["text"] == orjson.dumps(structured).decode()
            assert not any(None in node.values() for node in nodes(structured))
        assert len(result["content"]) == (1 if succeeds or structured is None else 2)
        assert succeeds <= (structured is not None)


async def test_the_task_in_a_conflict_matches_the_schema_of_the_called_tool(
    ann: Person,
) -> None:
    await ann.call("add_task", title="Buy milk", due="2026-11-23")
    await ann.call("update_task", task_id=1, title="Buy oats")
    current = await task(ann, 1)
    response = await ann.rpc(
        "tools/call", {"name": "complete_task", "arguments": {"task_id": 1, "if_version": 1}}
    )
    result = response.json()["result"]
    refusal = result["content"][0]["text"]
    assert refusal.startswith("Task 1 has changed since version 1: it is now at version 2")
    assert result["structuredContent"] == {"error": refusal, "task_id": 1, **current}
    Draft202012Validator(TOOLS["complete_task"].listed()["outputSchema"]).validate(
        result["structuredContent"]
    )


@pytest.mark.parametrize("era", ERAS)
@pytest.mark.parametrize("name", ["purge_task", "", "ADD_TASK"])
async def test_an_unknown_tool_is_a_protocol_error_with_the_allowed_ones(
    ann: Person, name: str, era: str
) -> None:
    response = await ann.rpc("tools/call", {"name": name, "arguments": {}}, version=era)
    assert response.json()["error"]["code"] == -32602
    assert response.status_code == (400 if era == MODERN else 200)
