"""What each framework must manage: the six calls, and what must be stored after each of them.

Each call is made as each of `models.py` writes it. What was stored is asked over REST, beside the
framework.
"""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import httpx

from tests.frameworks.models import MODELS, Schema
from tests.frameworks.programs import Answer, Program

STEPS = ("add", "list", "complete", "update", "delete", "wrong")
LISTED = json.loads((Path(__file__).parents[1] / "tasks" / "tools.json").read_text())


class Door:
    """The user's tasks over REST."""

    def __init__(self, url: str, token: str) -> None:
        bearer = {"Authorization": f"Bearer {token}"}
        self._http = httpx.Client(base_url=f"{url}/api/me/", headers=bearer)

    def titled(self, title: str) -> list[dict[str, Any]]:
        listed = self._http.get("tasks", params={"limit": 200}).raise_for_status().json()["tasks"]
        return [task for task in listed if task["title"] == title]

    def task(self, task_id: int) -> dict[str, Any]:
        return self._http.get(f"tasks/{task_id}").raise_for_status().json()

    def add(self, fields: dict[str, Any]) -> None:
        self._http.post("tasks", json=fields).raise_for_status()


class Calls:
    """One model's calls, in order; each method raises AssertionError for what went wrong."""

    def __init__(self, program: Program, door: Door, model: str) -> None:
        self._program, self._door, self._model = program, door, model
        self._fields = {
            "title": f"Buy milk, {model}",
            "due": "2031-01-06",
            "priority": "high",
            "tags": ["home", "shop"],
        }
        self._id = 0

    def add(self) -> None:
        try:
            answer = self._do("add_task", **self._fields)
            assert self._fields["title"] in answer.text, f"the model reads: {answer.text}"
            added = self._door.titled(self._fields["title"])
            assert len(added) == 1, f"{len(added)} tasks were added"
            assert added[0].items() >= self._fields.items(), f"stored: {added[0]}"
        finally:
            if not self._door.titled(self._fields["title"]):
                self._door.add(self._fields)
            self._id = self._door.titled(self._fields["title"])[0]["id"]

    def list(self) -> None:
        for arguments in ({"search": self._fields["title"], "limit": 5}, {"task_id": self._id}):
            answer = self._do("list_tasks", **arguments)
            assert self._fields["title"] in answer.text, f"the model reads: {answer.text}"

    def complete(self) -> None:
        self._do("complete_task", task_id=self._id)
        self._expect(status="completed")

    def update(self) -> None:
        title = self._fields["title"].replace("milk", "oat milk")
        answer = self._do("update_task", task_id=self._id, title=title)
        self._fields["title"] = title
        self._expect(status="completed", **self._fields)
        assert title in answer.text, f"the model reads: {answer.text}"

    def wrong(self) -> None:
        before = self._door.task(self._id)
        answer = self._call("update_task", task_id=self._id, due="someday")
        assert self._door.task(self._id) == before, "a wrong argument changed the task"
        assert "due" in answer.text, f"the model reads: {answer.text}"

    def delete(self) -> None:
        self._do("delete_task", task_id=self._id)
        self._expect(status="deleted")

    def _call(self, tool: str, **arguments: Any) -> Answer:
        written = MODELS[self._model](self._program.tools[tool], arguments)
        return self._program.call(tool, written)

    def _do(self, tool: str, **arguments: Any) -> Answer:
        answer = self._call(tool, **arguments)
        assert not answer.raised, answer.text
        return answer

    def _expect(self, **fields: Any) -> None:
        task = self._door.task(self._id)
        stored = {name: task.get(name) for name in fields}
        assert stored == fields, f"stored: {stored}"


def failures_of_schemas(tools: dict[str, Schema]) -> dict[str, str]:
    """What is wrong with the schemas as a model is shown them: {"converts": what}, or nothing."""
    ours = {tool["name"]: set(tool["inputSchema"]["properties"]) for tool in LISTED}
    shown = {name: set(schema.get("properties", ())) for name, schema in tools.items()}
    return {} if shown == ours else {"converts": f"shows {shown}"}


def failures_of_calls(program: Program, door: Door, models: Iterable[str]) -> dict[str, str]:
    """What went wrong in each step, with the first model that it went wrong for."""
    failures = dict[str, str]()
    for model in models:
        calls = Calls(program, door, model)
        for step in ("add", "list", "complete", "update", "wrong", "delete"):
            try:
                getattr(calls, step)()
            except AssertionError as error:
                failures.setdefault(step, f"{model}, {step}: {error}")
    return failures
