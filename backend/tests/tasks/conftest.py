"""A task with every field, for the tests of tasks."""

from typing import Any

import pytest

from tests.support.person import Person

WHOLE: dict[str, Any] = {
    "title": "Call mom",
    "description": "About Sunday",
    "due": "2026-11-23",
    "priority": "high",
    "tags": ["family"],
}


@pytest.fixture
async def with_task(ann: Person) -> Person:
    """Ann with task 1, which has every field of WHOLE."""
    await ann.call("add_task", **WHOLE)
    return ann
