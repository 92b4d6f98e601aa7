"""No answer of the API or the MCP endpoints may be cached or sniffed."""

from collections.abc import Callable

import httpx
import pytest

from tests.support.person import Person
from tests.support.strangers import Hers
from tests.support.talking import begin
from tests.support.write_openapi import openapi_document

DOCUMENT = openapi_document()
ROUTES = [
    (method.upper(), path)
    for path, methods in DOCUMENT["paths"].items()
    for method in methods
    if method in ("get", "post", "put", "patch", "delete")
]
OTHERS = [
    *(
        (method, path)
        for path in ("/mcp", "/conversations/mcp")
        for method in ("GET", "POST", "DELETE", "OPTIONS")
    ),
    *(("GET", path) for path in ("/healthz", "/readyz", "/metrics", "/openapi.json")),
    *(("GET", path) for path in ("/", "/nothing", "/api", "/api/", "/api/me/nothing", "/mcp/x")),
    *((method, "/api/me/tasks") for method in ("TRACE", "OPTIONS", "HEAD", "DELETE")),
]
CACHED = tuple(
    f"/.well-known/oauth-protected-resource{path}" for path in ("", "/mcp", "/conversations/mcp")
)
BODIES = (
    b"{}",
    b"[",
    b'{"title": "Bread", "name": "x", "scopes": ["tasks:read"]}',
    b'{"title": "Bread"}',
    b'{"message": "Hello"}',
)


def is_marked(answer: httpx.Response, cache_control: str = "no-store") -> bool:
    return answer.headers.get_list("Cache-Control") == [cache_control] and answer.headers.get_list(
        "X-Content-Type-Options"
    ) == ["nosniff"]


@pytest.mark.parametrize(("method", "path"), ROUTES)
async def test_no_route_of_the_api_is_cached_whether_it_answers_or_refuses(
    http: httpx.AsyncClient, newcomer: Callable[..., Person], method: str, path: str
) -> None:
    person = newcomer("web", owner=True)
    await person.call("add_task", title="Buy milk")
    await begin(person)
    ids = {"task_id": 1, "event_id": 1, "call": 1, "client_id": "x", "conversation_id": 1}
    ids["webhook_id"] = Hers.webhook
    below = path.removeprefix("/api/{user_id}").format(**ids)
    statuses = set()
    for body in BODIES:
        sent = {"content": body, "headers": {"Content-Type": "application/json"}}
        answer = await person.rest(method, below, **sent)
        assert is_marked(answer), answer.text
        statuses.add(answer.status_code)
    assert statuses
    assert is_marked(await http.request(method, path.format(user_id="me", **ids)))
    assert is_marked(await http.request(method, path.format(user_id="someone", **ids)))


@pytest.mark.parametrize(("method", "path"), OTHERS)
async def test_nothing_else_is_cached_either(
    http: httpx.AsyncClient, method: str, path: str
) -> None:
    assert is_marked(await http.request(method, path))
    assert is_marked(await http.request(method, path, headers={"Origin": "https://evil.example"}))
    assert is_marked(await http.request(method, path, headers={"Authorization": "Bearer x"}))


async def test_mcp_is_not_cached_nor_is_what_is_too_large(ann: Person) -> None:
    assert is_marked(await ann.rpc("tools/list"))
    assert is_marked(await ann.rpc("tools/call", {"name": "add_task", "arguments": {"title": "x"}}))
    assert is_marked(await ann.rpc("nothing"))
    large = await ann.rest("POST", "/tasks", content=b"x" * 1_000_001)
    assert (large.status_code, is_marked(large)) == (413, True)


@pytest.mark.parametrize("path", CACHED)
async def test_the_cache_control_of_a_route_is_kept(http: httpx.AsyncClient, path: str) -> None:
    assert is_marked(await http.get(path), "max-age=3600")


async def test_a_crash_is_not_cached(ann: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    def crash(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("surelist.data.isolation.Database.read", crash)
    answer = await ann.rest("GET", "/tasks")
    assert (answer.status_code, is_marked(answer)) == (500, True)
    answer = await ann.rpc("tools/call", {"name": "list_tasks", "arguments": {}})
    assert (answer.status_code, is_marked(answer)) == (500, True)


async def test_a_preflight_is_not_cached(http: httpx.AsyncClient) -> None:
    asked = {"Origin": "http://localhost:8000", "Access-Control-Request-Method": "GET"}
    answer = await http.options("/api/me/tasks", headers=asked)
    assert (answer.status_code, is_marked(answer)) == (200, True)
