"""The answers of the conversation routes match their schemas in /openapi.json."""

from typing import Any

import httpx
import pytest

from tests.support.person import Person
from tests.support.talking import begin, say
from tests.tasks.test_openapi import check

LIST = "/api/{user_id}/conversations"
ONE = f"{LIST}/{{conversation_id}}"
MESSAGES = f"{ONE}/messages"
CALLS: list[tuple[str, str, dict[str, Any], int]] = [
    ("get", LIST, {"params": {"limit": 1}}, 200),
    ("get", LIST, {"params": {"limit": 0}}, 422),
    ("get", ONE, {}, 200),
    ("get", MESSAGES, {}, 200),
    ("get", MESSAGES, {"params": {"limit": 1}}, 200),
    ("get", MESSAGES, {"params": {"cursor": "x"}}, 422),
    ("patch", ONE, {"json": {"title": "New"}}, 200),
    ("patch", ONE, {"json": {}}, 422),
    ("delete", f"{ONE}/permanently", {}, 409),
    ("delete", ONE, {}, 204),
    ("get", ONE, {}, 200),
    ("delete", f"{ONE}/permanently", {}, 204),
    ("get", ONE, {}, 404),
    ("get", MESSAGES, {}, 404),
    ("delete", ONE, {}, 404),
    ("patch", ONE, {"json": {"title": "New"}}, 404),
    ("delete", f"{ONE}/permanently", {}, 404),
]  # fmt: skip


@pytest.fixture(scope="module")
async def document(http: httpx.AsyncClient) -> dict[str, Any]:
    """The OpenAPI document."""
    return (await http.get("/openapi.json")).json()


async def test_every_response_matches_its_declared_schema(
    ann: Person, document: dict[str, Any]
) -> None:
    await begin(ann)
    await say(ann, 1, "Hello")
    await say(ann, 1, "And again", "assistant")
    owner = ann.through("page", owner=True)
    for method, path, request, status in CALLS:
        url = path[len("/api/{user_id}") :].format(conversation_id=1)
        response = await owner.rest(method, url, **request)
        assert response.status_code == status, (method, path, request, response.text)
        check(document, path, method, response)
