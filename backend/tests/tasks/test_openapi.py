"""Compares the declarations in /openapi.json with real responses."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import httpx
import pytest
from fastapi import Cookie, Query, Security
from jsonschema import Draft202012Validator

from surelist.access.auth import OWNER_SCOPE
from surelist.doors.routing import Door, ReadDoor, open_door, user_router
from tests.support.person import Person
from tests.support.records import Records

REST = Path(__file__).parents[3] / "specs" / "rest.md"
OPERATIONS = {
    ("/api/{user_id}/tasks", "get"),
    ("/api/{user_id}/tasks", "post"),
    ("/api/{user_id}/tasks/{task_id}", "get"),
    ("/api/{user_id}/tasks/{task_id}", "put"),
    ("/api/{user_id}/tasks/{task_id}", "patch"),
    ("/api/{user_id}/tasks/{task_id}", "delete"),
    ("/api/{user_id}/tasks/{task_id}/complete", "patch"),
}
TASKS = "/api/{user_id}/tasks"
TASK = f"{TASKS}/{{task_id}}"
COMPLETE = f"{TASK}/complete"
CALLS: list[tuple[str, str, dict[str, Any], int]] = [
    ("post", TASKS, {"json": {"title": "Buy milk", "description": "x" * 300}}, 201),
    ("post", TASKS, {"json": {"title": "Full", "due": "2026-11-23", "tags": ["a"],
                              "priority": "low"}, "headers": {"Idempotency-Key": "k"}}, 201),
    ("post", TASKS, {"json": {"title": "Other"}, "headers": {"Idempotency-Key": "k"}}, 409),
    ("post", TASKS, {"json": {"title": ""}}, 422),
    ("post", TASKS, {"headers": {"Authorization": "Bearer x"}, "json": {"title": "x"}}, 401),
    ("get", TASKS, {"params": {"limit": 1}}, 200),
    ("get", TASKS, {"params": {"limit": 0}}, 422),
    ("get", TASK, {}, 200),
    ("patch", TASK, {"json": {"title": "Buy oats"}}, 200),
    ("patch", TASK, {"json": {"title": "Buy rice"}, "headers": {"If-Match": '"1"'}}, 412),
    ("patch", TASK, {"json": {"undo": 1}}, 409),
    ("put", TASK, {"json": {"title": "Buy rice"}, "headers": {"If-Match": '"1"'}}, 412),
    ("put", TASK, {"json": {"title": "Buy rice"}}, 200),
    ("put", TASK, {"json": {}}, 422),
    ("patch", COMPLETE, {"headers": {"If-Match": '"1"'}}, 412),
    ("patch", COMPLETE, {}, 200),
    ("delete", TASK, {"headers": {"If-Match": '"1"'}}, 412),
    ("delete", TASK, {"headers": {"Idempotency-Key": "d"}}, 204),
    ("get", TASK, {}, 200),
    ("put", TASK, {"json": {"title": "x"}}, 409),
    ("patch", COMPLETE, {}, 409),
    ("delete", TASK, {"headers": {"Idempotency-Key": "k"}}, 409),
]  # fmt: skip


@pytest.fixture(scope="module")
async def document(http: httpx.AsyncClient) -> dict[str, Any]:
    """The OpenAPI document."""
    return (await http.get("/openapi.json")).json()


def described(document: dict[str, Any]) -> set[tuple[str, str]]:
    """The paths and methods of all operations."""
    return {(path, method) for path, item in document["paths"].items() for method in item}


def references(node: Any) -> Iterator[str]:
    """All references in the document."""
    if isinstance(node, dict):
        yield from ([node["$ref"]] if isinstance(node.get("$ref"), str) else [])
        for value in node.values():
            yield from references(value)
    elif isinstance(node, list):
        for value in node:
            yield from references(value)


def declared_responses(document: dict[str, Any], path: str, method: str) -> dict[str, Any]:
    """The responses of an operation by status, with resolved references."""
    shared = document["components"]["responses"]
    return {
        status: shared[response["$ref"].rpartition("/")[2]] if "$ref" in response else response
        for status, response in document["paths"][path][method]["responses"].items()
    }


def check(document: dict[str, Any], path: str, method: str, response: httpx.Response) -> None:
    """Assert that the operation declares the response, and that the response matches its schema."""
    declared = declared_responses(document, path, method)
    assert str(response.status_code) in declared, (method, path, response.status_code)
    content = declared[str(response.status_code)].get("content")
    if content is None:
        assert response.content == b""
        return
    schema = content[response.headers["content-type"]]["schema"]
    Draft202012Validator(schema | {"components": document["components"]}).validate(response.json())


def test_every_route_of_the_contract_is_described(document: dict[str, Any]) -> None:
    assert described(document) >= OPERATIONS


def test_every_reference_can_be_resolved(document: dict[str, Any]) -> None:
    for reference in references(document):
        node: Any = document
        for part in reference.removeprefix("#/").split("/"):
            node = node[part]
        assert node


def test_every_operation_declares_its_problems(document: dict[str, Any]) -> None:
    for path, method in OPERATIONS:
        responses = declared_responses(document, path, method)
        assert {"401", "403", "422", "429", "503"} <= set(responses)
        has_body = "requestBody" in document["paths"][path][method]
        assert has_body == ("413" in responses) == ("415" in responses)
        for status, response in responses.items():
            if int(status) >= 400:
                assert list(response["content"]) == ["application/problem+json"], (path, status)


def test_every_operation_declares_the_scope_of_the_contract(document: dict[str, Any]) -> None:
    needed = scopes_of_the_contract()
    assert len(needed) >= 20
    for path, method in described(document):
        if path.startswith("/api/"):
            ((scope,),) = (s["HTTPBearer"] for s in document["paths"][path][method]["security"])
            assert scope == needed.pop((method.upper(), path), OWNER_SCOPE), (path, method)
    assert not needed


def scopes_of_the_contract() -> dict[tuple[str, str], str]:
    """The scope of each route in specs/rest.md. Routes without one are for the person only."""
    rows = re.findall(
        r"^\| `(\w+) (/api/[^`]+)` \| `([a-z]+:[a-z]+)`", REST.read_text(), re.MULTILINE
    )
    return {(method, path): scope for method, path, scope in rows} | {
        ("POST", "/api/{user_id}/chat/stream"): "conversations:write"
    }


def test_a_route_without_a_scope_raises() -> None:
    router = user_router("", "tests")

    async def unguarded() -> None:
        """Declare no door."""

    async def unscoped(door: Annotated[Door, Security(open_door)]) -> None:
        """Declare a door without a scope."""

    with pytest.raises(TypeError, match="unguarded must depend on one door"):
        router.get("/unguarded")(unguarded)
    with pytest.raises(TypeError, match="unscoped must declare one door with one scope"):
        router.get("/unscoped")(unscoped)


def test_a_route_with_an_unsupported_parameter_raises() -> None:
    router = user_router("", "tests")

    async def cookie(door: ReadDoor, session: Annotated[str, Cookie()]) -> None:
        """Declare a cookie."""

    async def scalar(door: ReadDoor, page: Annotated[int, Query()]) -> None:
        """Declare a query parameter that is not a model."""

    for endpoint in (cookie, scalar):
        with pytest.raises(TypeError):
            router.get("/unread")(endpoint)


@pytest.mark.parametrize("key", ["", "x" * 201, "two\x0blines"])
async def test_every_write_takes_an_idempotency_key_and_refuses_one_out_of_bounds(
    newcomer: Any, document: dict[str, Any], key: str
) -> None:
    owner = newcomer("page", owner=True)
    writes = [(p, m) for p in document["paths"] for m in document["paths"][p] if m != "get"]
    assert len(writes) >= 12
    for path, method in writes:
        parameters = document["paths"][path][method]["parameters"]
        assert "Idempotency-Key" in {parameter["name"] for parameter in parameters}, (path, method)
        url = path[len("/api/{user_id}") :].format(
            task_id=1,
            event_id=1,
            call=1,
            client_id="claude",
            conversation_id=1,
            webhook_id="wh-0123456789abcdef",
        )
        answer = await owner.rest(method, url, headers={"Idempotency-Key": key})
        assert answer.status_code == 422
        wrong = {one["name"] for one in answer.json()["errors"]}
        assert "header.Idempotency-Key" in wrong, (path, method)


async def test_every_response_matches_its_declared_schema(
    ann: Person, document: dict[str, Any]
) -> None:
    for method, path, request, status in CALLS:
        response = await ann.rest(
            method, path[len("/api/{user_id}") :].format(task_id=1), **request
        )
        assert response.status_code == status, (method, path, request, response.text)
        check(document, path, method, response)


@pytest.mark.parametrize(("path", "method"), sorted(OPERATIONS - {(TASKS, "get"), (TASKS, "post")}))
async def test_the_response_for_a_missing_task_is_declared(
    ann: Person, document: dict[str, Any], path: str, method: str
) -> None:
    body = {"json": {"title": "x"}} if method in ("put", "patch") and path == TASK else {}
    response = await ann.rest(method, path[len("/api/{user_id}") :].format(task_id=9), **body)
    assert response.status_code == 404
    check(document, path, method, response)


@pytest.mark.parametrize(("path", "method"), sorted(OPERATIONS))
async def test_the_response_for_another_persons_path_is_declared(
    ann: Person, newcomer: Any, document: dict[str, Any], path: str, method: str
) -> None:
    url = path.format(user_id=newcomer().user_id, task_id=1)
    headers = {"Authorization": f"Bearer {ann.token()}"}
    body = {"json": {"title": "x"}} if method in ("put", "post", "patch") else {}
    if path == COMPLETE:
        body = {}
    response = await ann.http.request(method, url, headers=headers, **body)
    assert response.status_code == 403
    check(document, path, method, response)


@pytest.mark.parametrize(("path", "method"), sorted(one for one in OPERATIONS if one[1] != "get"))
async def test_the_response_for_a_purged_first_result_is_declared(
    ann: Person, records: Records, document: dict[str, Any], path: str, method: str
) -> None:
    await ann.call("add_task", title="Old")
    body = {"json": {"title": "x"}} if method != "delete" and path != COMPLETE else {}
    request = {"headers": {"Idempotency-Key": "k"}, **body}
    path_of_task = path[len("/api/{user_id}") :].format(task_id=1)
    await ann.rest(method, path_of_task, **request)
    for task_id in (1, 2):
        await ann.rest("DELETE", f"/tasks/{task_id}")
    await records.age_the_trash(ann, 31)
    response = await ann.rest(method, path_of_task, **request)
    assert response.status_code == 410
    check(document, path, method, response)
