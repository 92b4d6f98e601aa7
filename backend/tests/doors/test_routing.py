"""A route authorizes the caller before it reads the body."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette

from tests.support.asking import task
from tests.support.person import Person
from tests.support.strangers import Hers

BROKEN = {"content": b"{", "headers": {"Content-Type": "application/json"}}
USER = "/api/{user_id}"
IDS = {
    "task_id": 1,
    "event_id": 1,
    "call": 1,
    "conversation_id": 1,
    "client_id": "claude",
    "webhook_id": Hers.webhook,
}


@pytest.fixture
async def writes(http: httpx.AsyncClient) -> list[tuple[str, str]]:
    """The method and path of every operation with a body."""
    paths = (await http.get("/openapi.json")).json()["paths"]
    return [
        (method, path[len(USER) :].format(**IDS))
        for path, operations in paths.items()
        for method in operations
        if method != "get"
    ]


async def test_without_a_token_even_a_broken_body_is_answered_401(
    http: httpx.AsyncClient, ann: Person, writes: list[tuple[str, str]]
) -> None:
    assert len(writes) >= 12
    for method, path in writes:
        for user in ("me", ann.user_id):
            answer = await http.request(method, f"/api/{user}{path}", **BROKEN)
            assert answer.status_code == 401, (method, path)
            assert "WWW-Authenticate" in answer.headers


async def test_on_anothers_path_even_a_broken_body_is_answered_403(
    ann: Person, newcomer: Callable[..., Person], writes: list[tuple[str, str]]
) -> None:
    bob = newcomer()
    for method, path in writes:
        headers = BROKEN["headers"] | {"Authorization": f"Bearer {bob.token()}"}
        answer = await ann.http.request(
            method, f"/api/{ann.user_id}{path}", content=b"{", headers=headers
        )
        assert answer.status_code == 403, (method, path)


async def test_with_the_token_a_broken_body_is_answered_422(ann: Person) -> None:
    assert (await ann.rest("POST", "/tasks", **BROKEN)).status_code == 422


async def test_a_request_verifies_its_token_once(
    ann: Person, app: Starlette, monkeypatch: pytest.MonkeyPatch
) -> None:
    from surelist.access.auth import Authenticator

    looked: list[str] = []
    principal = Authenticator.principal

    async def counted(self: Authenticator, authorization: Any, audience: str) -> Any:
        looked.append(audience)
        return await principal(self, authorization, audience)

    monkeypatch.setattr(Authenticator, "principal", counted)
    assert (await ann.rest("POST", "/tasks", json={"title": "One"})).status_code == 201
    assert len(looked) == 1


@pytest.mark.parametrize("body", [b"null", b" null\n"])
async def test_a_null_body_toggles_nothing(ann: Person, body: bytes) -> None:
    await ann.call("add_task", title="One")
    headers = {"Content-Type": "application/json"}
    answer = await ann.rest("PATCH", "/tasks/1/complete", content=body, headers=headers)
    assert answer.status_code == 422
    assert answer.json()["code"] == "body_null"
    assert (await task(ann, 1))["status"] == "pending"
    assert (await ann.rest("PATCH", "/tasks/1/complete")).json()["status"] == "completed"


async def test_a_path_with_a_line_break_is_answered_like_any_other(ann: Person) -> None:
    for path, status in (("/tasks/1%0A2", 422), ("/tasks%0A/1", 404), ("%0A", 403)):
        answer = await ann.rest("GET", path)
        assert answer.headers["content-type"] == "application/problem+json", path
        assert answer.status_code == status, path
