"""Every route with a body, an id or a query refuses hostile input, and no data is lost.

Other tests cover the rest: bodies at /mcp in test_http, tokens in test_auth, arguments in
tasks/test_arguments, cursors in tasks/test_listing, patterns in tasks/test_search.
"""

from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import orjson
import pytest

from surelist.postgres.embedded import Cluster
from tests.support.person import Person
from tests.support.soundness import rows, sound_ledger

ROUTES: list[tuple[str, str, str, dict[str, Any]]] = [
    ("POST", "/tasks", "title", {}),
    ("PUT", "/tasks/1", "title", {}),
    ("PATCH", "/tasks/1", "title", {}),
    ("PATCH", "/tasks/1/complete", "completed", {}),
    ("POST", "/undo", "client_id", {"since": "2026-01-01T00:00:00Z"}),
    ("POST", "/undo", "since", {"client_id": "claude"}),
    ("PATCH", "", "timezone", {}),
    ("PUT", "/agents/claude", "name", {"scopes": ["tasks:read"]}),
    ("POST", "/keys", "name", {"scopes": ["tasks:read"], "days": 1}),
]
"""Method, path, a field of the body, and the other required fields."""

DEEP = 100_000
VALUES = {
    "NUL": rb'"a\u0000b"',
    "a lone surrogate": rb'"a\ud800b"',
    "NaN": b"NaN",
    "infinity": b"-Infinity",
    "a huge integer": b"9" * 400,
    "a negative integer": b"-9223372036854775809",
    "an enormous fraction": b"1e999",
    "a list": b'["a"]',
    "an object": b'{"a": 1}',
    "null": b"null",
    "not UTF-8": b'"\xff"',
    "100,000 deep": b"[" * DEEP + b"]" * DEEP,
    "objects 100,000 deep": b'{"a":' * DEEP + b"1" + b"}" * DEEP,
    "no end": b'"a',
    "over-long": b'"' + b"a" * 20_000 + b'"',
}
BODIES = {
    "a word": b"hello",
    "a list": b"[1]",
    "text": b'"text"',
    "a number": b"7",
    "deep": b"[" * DEEP,
    "XML": b"<title>x</title>",
    "a form": b"title=x",
}
TOO_LARGE = b'{"title": "' + b"a" * 1_000_000 + b'"}'


@pytest.fixture
async def owner(newcomer: Callable[..., Person]) -> Person:
    """A person with a task."""
    owner = newcomer("web", owner=True)
    await owner.call("add_task", title="Keep me")
    return owner


async def send(owner: Person, method: str, path: str, body: bytes) -> int:
    headers = {"Content-Type": "application/json"}
    response = await owner.rest(method, path, content=body, headers=headers)
    assert response.headers["content-type"] == "application/problem+json", response.text
    assert len(response.content) < 2_000
    return response.status_code


async def nothing_is_lost(owner: Person, cluster: Cluster) -> None:
    assert len(await sound_ledger(cluster, owner.user_id)) == 1
    [task] = await rows(cluster, "task", owner.user_id)
    assert (task["title"], task["version"]) == ("Keep me", 1)
    agents = await rows(cluster, "agent", owner.user_id)
    assert agents == []


@pytest.mark.parametrize(("method", "path", "field", "others"), ROUTES)
async def test_a_hostile_body_is_refused_by_every_route_and_changes_nothing(
    owner: Person, cluster: Cluster, method: str, path: str, field: str, others: dict[str, Any]
) -> None:
    begun = orjson.dumps({**others, field: None}).removesuffix(b"null}")
    bodies = BODIES | {name: begun + value + b"}" for name, value in VALUES.items()}
    answered = {name: await send(owner, method, path, body) for name, body in bodies.items()}
    expected = dict.fromkeys(bodies, 422)
    assert answered == expected
    assert await send(owner, method, path, TOO_LARGE) == 413
    await nothing_is_lost(owner, cluster)


IDS = [
    "0",
    "-1",
    "9223372036854775808",
    "9" * 400,
    "1.5",
    "1e0",
    "NaN",
    "\0",
    "\N{FULLWIDTH DIGIT ONE}",
    "1 OR 1=1",
    "%",
]
BY_ID: list[tuple[str, str, Any]] = [
    ("GET", "/tasks/{}", None),
    ("PUT", "/tasks/{}", {"title": "Lost"}),
    ("PATCH", "/tasks/{}", {"title": "Lost"}),
    ("PATCH", "/tasks/{}/complete", {"completed": True}),
    ("DELETE", "/tasks/{}", None),
    ("DELETE", "/tasks/{}/permanently", None),
    ("POST", "/events/{}/undo", None),
]


@pytest.mark.parametrize(("method", "path", "body"), BY_ID)
async def test_an_invalid_id_is_refused_by_every_route_and_changes_nothing(
    owner: Person, cluster: Cluster, method: str, path: str, body: Any
) -> None:
    request = {"json": body} if body else {}
    answered = {
        value: (await owner.rest(method, path.format(quote(value, safe="")), **request)).status_code
        for value in IDS
    }
    assert answered == dict.fromkeys(IDS, 422)
    await nothing_is_lost(owner, cluster)


QUERIES = [
    *(("/tasks", "limit", value) for value in ("0", "-1", "201", "9" * 400, "1.5", "NaN", "\0")),
    *(("/events", "limit", value) for value in ("0", "-1", "201", "9" * 400, "1.5", "NaN", "\0")),
    *(("/events", "after", value) for value in ("-1", "9" * 400, "NaN")),
    *(("/events", "task_id", value) for value in ("-1", "0", "9" * 400, "NaN")),
    *(("/events", "actor", value) for value in ("", "\0", "Person", "robot")),
    *(("/events", "kind", value) for value in ("", "\0", "completed")),
    *(("/events", "since", value) for value in ("", "\0", "0", "2026-11-23", "2026-11-23T10:00")),
    *(("/events", "until", value) for value in ("", "9" * 400, "0000-01-01T00:00:00Z")),
    *(("/events", "client_id", value) for value in ("", "\0", "a\nb", "a" * 101)),
    *((path, "cursor", "a" * 50) for path in ("/tasks", "/events", "/agents")),
    *((path, "cursor", "\0") for path in ("/tasks", "/events", "/agents")),
    ("/tasks", "search", "\0"),
    ("/tasks", "status", "lost"),
    ("/tasks", "sort", "title; DROP TABLE task"),
]


async def test_a_hostile_query_is_refused(owner: Person, cluster: Cluster) -> None:
    answered = {
        (path, name, value): (await owner.rest("GET", path, params={name: value})).status_code
        for path, name, value in QUERIES
    }
    assert answered == dict.fromkeys(QUERIES, 422)
    await nothing_is_lost(owner, cluster)
