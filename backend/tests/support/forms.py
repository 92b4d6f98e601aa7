"""Calls of the five tools, each with the other ways in which clients write the same."""

import json
from typing import Any

BEFORE: list[tuple[str, dict[str, Any]]] = [
    ("add_task", {"title": "Call mom", "description": "About Sunday", "tags": ["family"]}),
    ("update_task", {"task_id": 1, "priority": "low", "due": "2026-11-23"}),
]
"""What a list has been through: its task 1 is at version 2."""

STRICT: dict[str, list[dict[str, Any]]] = {
    "add_task": [
        {"title": "5", "description": "[1]", "due": "2026-11-24T10:00", "priority": "high",
         "tags": ["7", "true", "[]"], "idempotency_key": "5"},
    ],
    "list_tasks": [
        {"status": "pending", "search": "mom", "tag": "family", "priority": "low",
         "due_before": "2026-11-24", "due_after": "2026-11-22", "sort": "due", "limit": 5},
        {"task_id": 1},
    ],
    "complete_task": [{"task_id": 1, "if_version": 2}],
    "delete_task": [{"task_id": 1, "if_version": 2}],
    "update_task": [
        {"task_id": 1, "title": "5", "description": "null", "due": "2026-11-25",
         "status": "completed", "clear": ["priority", "tags"], "if_version": 2},
        {"task_id": 1, "priority": "medium", "tags": ["a", "b"]},
        {"task_id": 1, "undo": 2},
    ],
}  # fmt: skip
OPTIONAL = {
    "add_task": ["description", "due", "priority", "tags", "idempotency_key"],
    "list_tasks": [
        "status", "task_id", "search", "tag", "priority", "due_before", "due_after", "sort",
        "limit", "cursor",
    ],
    "complete_task": ["if_version"],
    "delete_task": ["if_version"],
    "update_task": [
        "title", "description", "due", "priority", "tags", "status", "clear", "undo", "if_version",
    ],
}  # fmt: skip
WORDS = ("status", "priority", "sort")
FREE_TEXT = ("title", "description")


def ways(name: str, value: Any) -> list[Any]:
    """The other ways to write the value of an argument."""
    if isinstance(value, int):
        return [str(value), float(value)]
    if isinstance(value, list):
        upper = [[word.upper() for word in value]] if name == "clear" else []
        return [json.dumps(value), json.dumps(value, indent=1), *upper]
    return [value.upper(), value.title()] if name in WORDS else []


def written(tool: str, strict: dict[str, Any]) -> list[dict[str, Any]]:
    """Calls that mean the same as this one: one argument written otherwise, or all of them."""
    calls = [strict | {name: way} for name, value in strict.items() for way in ways(name, value)]
    absent = [name for name in OPTIONAL[tool] if name not in strict]
    calls += [strict | {name: None} for name in absent]
    calls += [strict | {name: ""} for name in absent if name not in FREE_TEXT]
    calls.append(strict | dict.fromkeys(absent))
    calls.append(strict | {"wait_for_previous": True, "task_progress": "- [x] listed"})
    calls.append({name: (ways(name, value) or [value])[0] for name, value in strict.items()})
    return calls


CALLS = [
    (tool, strict, call)
    for tool, several in STRICT.items()
    for strict in several
    for call in written(tool, strict)
]
