"""CORS: web pages of allowed origins may call REST and MCP, others may not."""

import httpx
import pytest

from surelist.config import Settings
from surelist.doors.origins import Origins
from tests.support.person import Person

PAGE = "http://localhost:3000"
STRANGER = "https://evil.example"
PREFLIGHT = {
    "Access-Control-Request-Method": "POST",
    "Access-Control-Request-Headers": (
        "authorization,content-type,mcp-protocol-version,mcp-method,mcp-name,idempotency-key,"
        "if-match,if-none-match,x-request-id"
    ),
}
DOORS = ["/mcp", "/api/me/tasks"]


@pytest.mark.parametrize("door", DOORS)
async def test_the_preflight_of_an_allowed_page_is_answered(
    http: httpx.AsyncClient, door: str
) -> None:
    answer = await http.options(door, headers={"Origin": PAGE} | PREFLIGHT)
    assert answer.status_code == 200
    assert answer.headers["Access-Control-Allow-Origin"] == PAGE
    allowed = answer.headers["Access-Control-Allow-Headers"].lower()
    asked = PREFLIGHT["Access-Control-Request-Headers"].split(",")
    assert [name for name in asked if name not in allowed] == []
    assert "POST" in answer.headers["Access-Control-Allow-Methods"]
    assert "Access-Control-Allow-Credentials" not in answer.headers


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("origin", [STRANGER, "null", f"{PAGE}.evil.example", None])
async def test_the_preflight_of_any_other_is_refused(
    http: httpx.AsyncClient, door: str, origin: str | None
) -> None:
    headers = PREFLIGHT | ({"Origin": origin} if origin else {})
    answer = await http.options(door, headers=headers)
    assert answer.status_code == 405
    assert not [name for name in answer.headers if name.startswith("access-control")]


async def test_an_allowed_page_can_read_what_it_needs(ann: Person) -> None:
    answers = [
        await ann.rest("POST", "/tasks", json={"title": "x"}, headers={"Origin": PAGE}),
        await ann.rpc("tools/list", headers={"Origin": PAGE}),
        await ann.http.post("/mcp", headers={"Origin": PAGE}),
    ]
    assert [answer.status_code for answer in answers] == [201, 200, 401]
    for answer in answers:
        assert answer.headers["Access-Control-Allow-Origin"] == PAGE
        assert "Origin" in answer.headers["Vary"]
        assert set(answer.headers["Access-Control-Expose-Headers"].split(", ")) == {
            "ETag",
            "Location",
            "MCP-Protocol-Version",
            "Retry-After",
            "WWW-Authenticate",
            "X-Request-Id",
        }


async def test_a_page_of_another_origin_gets_no_cors_headers(ann: Person) -> None:
    answer = await ann.rest("GET", "/tasks", headers={"Origin": STRANGER})
    assert "Access-Control-Allow-Origin" not in answer.headers
    assert (await ann.rpc("tools/list", headers={"Origin": STRANGER})).status_code == 403


@pytest.mark.parametrize("origin", ["http://localhost:6274", "http://127.0.0.1:8000"])
@pytest.mark.parametrize("door", DOORS)
async def test_pages_of_this_machine_may_call_a_server_of_this_machine(
    http: httpx.AsyncClient, door: str, origin: str
) -> None:
    answer = await http.options(door, headers={"Origin": origin} | PREFLIGHT)
    assert answer.status_code == 200
    assert answer.headers["Access-Control-Allow-Origin"] == origin


@pytest.mark.parametrize(
    "settings",
    [
        {"SURELIST_URL": "https://lists.example.com"},
        {"SURELIST_URL": "http://192.168.1.7:8000"},
        {"SURELIST_ALLOWED_ORIGINS": "http://localhost:3000"},
    ],
)
def test_loopback_pages_may_not_call_a_remote_server_or_one_with_a_list_of_origins(
    settings: dict[str, str],
) -> None:
    origins = Origins(Settings(**{"SURELIST_URL": "http://localhost:8000"} | settings))
    assert not origins.allow("http://localhost:6274")
    assert not origins.allow("http://127.0.0.1:8000")


METADATA = "/.well-known/oauth-protected-resource"


@pytest.mark.parametrize("path", [METADATA, f"{METADATA}/mcp", "/.well-known/openid-configuration"])
@pytest.mark.parametrize("origin", [STRANGER, "null", PAGE])
async def test_every_page_may_read_the_public_documents(
    http: httpx.AsyncClient, path: str, origin: str
) -> None:
    asked = {
        "Access-Control-Request-Method": "GET",
        "Access-Control-Request-Headers": "mcp-protocol-version",
    }
    preflight = await http.options(path, headers={"Origin": origin} | asked)
    assert preflight.status_code == 200
    assert preflight.headers["Access-Control-Allow-Origin"] == "*"
    assert preflight.headers["Access-Control-Allow-Headers"] == "mcp-protocol-version"
    answer = await http.get(path, headers={"Origin": origin, "MCP-Protocol-Version": "2025-11-25"})
    assert answer.status_code == (404 if path.endswith("configuration") else 200)
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert "Access-Control-Allow-Credentials" not in answer.headers


@pytest.mark.parametrize("path", ["/mcp/.well-known/x", "/api/me/tasks?/.well-known/", "/healthz"])
async def test_nothing_else_is_opened_to_every_page(http: httpx.AsyncClient, path: str) -> None:
    answer = await http.get(path, headers={"Origin": STRANGER})
    assert "Access-Control-Allow-Origin" not in answer.headers
