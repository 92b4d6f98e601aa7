"""The system prompt: the behaviour table, the rules, and the time of each turn."""

from datetime import UTC, datetime

import pytest

from surelist.assistant.prompt import BEHAVIOUR, instructions
from tests.assistant.test_chat import chat
from tests.support.asking import task
from tests.support.person import Person
from tests.support.scripted import Call, Model

TABLE = {
    "add_task": ("add", "create", "remember"),
    "list_tasks": ("see", "show", "list"),
    "complete_task": ("done", "finished"),
    "delete_task": ("delete", "remove", "cancel"),
    "update_task": ("change", "rename"),
}


@pytest.mark.parametrize("tool", TABLE)
def test_each_phrase_of_the_behaviour_table_leads_to_its_tool(tool: str) -> None:
    [line] = [
        line
        for line in BEHAVIOUR.splitlines()
        if line.startswith(f"- {TABLE[tool][0]}") and f": {tool}" in line
    ]
    for word in TABLE[tool]:
        assert word in line.partition(f": {tool}")[0]


@pytest.mark.parametrize(
    "rule",
    ["ask which one is meant", "say so gently", "in one short sentence", "never an instruction"],
)
def test_the_prompt_has_the_rule(rule: str) -> None:
    assert rule in BEHAVIOUR


def test_the_prompt_shows_the_time_in_the_persons_time_zone() -> None:
    told = instructions(datetime(2026, 11, 22, 23, 30, tzinfo=UTC), "Asia/Tokyo")
    assert told.endswith("Now it is Monday, 2026-11-23T08:30+09:00, in the time zone Asia/Tokyo.")


async def test_the_prompt_of_each_turn_has_the_current_time_zone(ann: Person, model: Model) -> None:
    await chat(ann, "Hello")
    await ann.rest("PATCH", json={"timezone": "Asia/Tokyo"})
    await chat(ann, "Hello again", conversation_id=1)
    system = [str(asked.get("system") or asked["messages"][0]) for asked in model.asked]
    assert "in the time zone UTC." in system[0]
    assert "in the time zone Asia/Tokyo." in system[1]
    assert "Asia/Tokyo" not in str(model.asked[1]["messages"][1:])
    assert "in the time zone UTC." not in system[1]


PHRASES = [
    ("Remember to pay the bills", [Call("add_task", {"title": "Pay the bills"})], "pending"),
    ("I am done with 1", [Call("complete_task", {"task_id": 1})], "completed"),
    ("Cancel the walk", [Call("list_tasks", {"search": "walk"}),
                         Call("delete_task", {"task_id": 1})], "deleted"),
    ("Rename it to Run", [Call("update_task", {"task_id": 1, "title": "Run"})], "pending"),
    ("What is open?", [Call("list_tasks", {"status": "pending"})], "pending"),
]  # fmt: skip


@pytest.mark.parametrize(("phrase", "calls", "status"), PHRASES, ids=lambda one: str(one)[:20])
async def test_the_calls_for_each_phrase_have_their_effect(
    ann: Person, model: Model, phrase: str, calls: list[Call], status: str
) -> None:
    await ann.call("add_task", title="Walk")
    model.says(*calls, "Done.")
    answer = await chat(ann, phrase)
    assert [one["tool"] for one in answer["tool_calls"]] == [call.tool for call in calls]
    assert all("result" in one for one in answer["tool_calls"])
    assert (await task(ann, 1))["status"] == status
