"""/mcp over HTTP: versions, headers, bodies and released resources."""

import asyncio
import gc
import gzip
import json
import logging
from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import psutil
import pytest

from surelist.data.isolation import Database
from surelist.doors.web import BODY_BYTES
from tests.support.person import ERAS, HANDSHAKE, MODERN, Person

PARSE_ERROR, INVALID_REQUEST, UNKNOWN_METHOD, INVALID_PARAMS = -32700, -32600, -32601, -32602
INTERNAL_ERROR = -32603
HEADER_MISMATCH, UNSUPPORTED_VERSION = -32020, -32022
RESOURCE_NOT_FOUND = -32002
PING = {"jsonrpc": "2.0", "id": 1, "method": "ping"}
CLIENT = {
    "protocolVersion": HANDSHAKE,
    "capabilities": {},
    "clientInfo": {"name": "t", "version": "1"},
}
EARLIER = ("2025-11-25", "2025-06-18", "2025-03-26")
VERSIONS = (MODERN, *EARLIER)


def headers(ann: Person, **more: str) -> dict[str, str]:
    return {
        "Authorization": f"Bearer {ann.token()}",
        "Content-Type": "application/json",
        "Accept": "application/json, text/event-stream",
    } | {name.replace("_", "-"): value for name, value in more.items()}


async def post(ann: Person, body: Any, **more: str) -> httpx.Response:
    """Post `body` with valid headers, except for those in `more`."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return await ann.http.post("/mcp", content=content, headers=headers(ann, **more))


def assert_error(response: httpx.Response, status: int, code: int, request_id: Any = None) -> Any:
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/json"
    body = response.json()
    assert body["jsonrpc"] == "2.0"
    assert body["id"] == request_id
    assert "result" not in body
    assert body["error"]["code"] == code, response.text
    return body["error"]


# Versions


@pytest.mark.parametrize("version", EARLIER)
async def test_a_handshake_agrees_on_the_requested_version(ann: Person, version: str) -> None:
    params = CLIENT | {"protocolVersion": version}
    response = await post(ann, PING | {"method": "initialize", "params": params})
    assert response.status_code == 200
    assert "mcp-session-id" not in response.headers
    result = response.json()["result"]
    assert result["protocolVersion"] == version
    assert result["serverInfo"]["name"] == "surelist"
    assert {"tools", "resources", "prompts", "completions"} <= set(result["capabilities"])
    done = {"jsonrpc": "2.0", "method": "notifications/initialized"}
    response = await post(ann, done, MCP_Protocol_Version=version)
    assert (response.status_code, response.content) == (202, b"")
    response = await post(ann, PING, MCP_Protocol_Version=version)
    assert response.json() == {"jsonrpc": "2.0", "id": 1, "result": {}}


@pytest.mark.parametrize("wanted", ["2024-11-05", "2027-01-01", MODERN, "", "latest"])
async def test_a_handshake_for_an_unsupported_version_agrees_on_the_newest_one(
    ann: Person, wanted: str
) -> None:
    params = CLIENT | {"protocolVersion": wanted}
    response = await post(ann, PING | {"method": "initialize", "params": params})
    assert response.json()["result"]["protocolVersion"] == HANDSHAKE


async def test_discovery_lists_every_supported_version(ann: Person) -> None:
    result = (await ann.rpc("server/discover")).json()["result"]
    assert result["supportedVersions"][0] == MODERN
    assert set(result["supportedVersions"]) <= set(VERSIONS)
    assert {"tools", "resources", "prompts", "completions"} <= set(result["capabilities"])


async def test_a_request_without_a_version_has_the_oldest_one(ann: Person) -> None:
    response = await post(ann, PING | {"method": "tools/list"})
    assert len(response.json()["result"]["tools"]) == 5


@pytest.mark.parametrize("version", ["2024-11-05", "2027-01-01", "2025-11-2", "x", ""])
async def test_an_unsupported_version_is_refused_with_the_supported_ones(
    ann: Person, version: str
) -> None:
    response = await post(ann, PING, MCP_Protocol_Version=version)
    error = assert_error(response, 400, UNSUPPORTED_VERSION, 1)
    assert error["data"] == {"supported": [MODERN], "requested": version}


@pytest.mark.parametrize(
    "wrong",
    [
        {"Mcp-Method": "tools/call"},
        {"Mcp-Method": ""},
        {"MCP-Protocol-Version": MODERN, "Mcp-Method": "Tools/List"},
    ],
)
async def test_a_header_that_differs_from_the_body_is_refused(
    ann: Person, wrong: dict[str, str]
) -> None:
    assert_error(await ann.rpc("tools/list", headers=wrong), 400, HEADER_MISMATCH, 1)


async def test_a_name_that_differs_from_the_body_is_refused(ann: Person) -> None:
    await ann.call("add_task", title="Stay")
    params = {"name": "delete_task", "arguments": {"task_id": 1}}
    response = await ann.rpc("tools/call", params, headers={"Mcp-Name": "list_tasks"})
    assert_error(response, 400, HEADER_MISMATCH, 1)
    assert (await ann.call("list_tasks"))["total"] == 1


async def test_an_envelope_of_another_version_than_its_header_is_refused(ann: Person) -> None:
    body = PING | {
        "method": "tools/list",
        "params": {
            "_meta": {
                "io.modelcontextprotocol/protocolVersion": "2027-01-01",
                "io.modelcontextprotocol/clientCapabilities": {},
            }
        },
    }
    response = await post(ann, body, MCP_Protocol_Version=MODERN, Mcp_Method="tools/list")
    assert_error(response, 400, HEADER_MISMATCH, 1)


@pytest.mark.parametrize(
    "meta", [None, {}, {"io.modelcontextprotocol/protocolVersion": 7}, [], "x"]
)
async def test_a_modern_request_without_its_envelope_is_refused(ann: Person, meta: Any) -> None:
    body = PING | {"method": "tools/list", "params": {} if meta is None else {"_meta": meta}}
    response = await post(ann, body, MCP_Protocol_Version=MODERN, Mcp_Method="tools/list")
    assert response.status_code == 400
    assert response.json()["error"]["code"] in (INVALID_PARAMS, HEADER_MISMATCH, INVALID_REQUEST)


@pytest.mark.parametrize("name", ["MCP-Protocol-Version", "Mcp-Method", "Mcp-Name"])
async def test_a_routing_header_sent_twice_is_refused(ann: Person, name: str) -> None:
    value = {"MCP-Protocol-Version": MODERN, "Mcp-Method": "ping", "Mcp-Name": "x"}[name]
    sent = [*headers(ann).items(), (name, value), (name.lower(), value)]
    response = await ann.http.post("/mcp", json=PING, headers=sent)
    assert_error(response, 400, HEADER_MISMATCH, 1)


async def test_an_unknown_session_id_is_ignored(ann: Person) -> None:
    for version in ERAS:
        response = await ann.rpc("tools/list", version=version, headers={"Mcp-Session-Id": "x"})
        assert response.status_code == 200
        assert "mcp-session-id" not in response.headers


# Methods and headers of HTTP


@pytest.mark.parametrize(
    "method", ["GET", "DELETE", "PUT", "PATCH", "OPTIONS", "HEAD", "TRACE", "QUERY"]
)
async def test_only_post_is_allowed(ann: Person, method: str) -> None:
    response = await ann.http.request(method, "/mcp", headers=headers(ann))
    assert response.status_code == 405
    assert response.headers["allow"] == "POST"


@pytest.mark.parametrize("path", ["/mcp/", "/mcp/x", "//mcp", "/MCP"])
async def test_no_other_path_is_served_and_none_redirects(ann: Person, path: str) -> None:
    response = await ann.http.post(f"http://localhost:8000{path}", json=PING, headers=headers(ann))
    assert response.status_code == 404


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("localhost", 200),
        ("localhost:8000", 200),
        ("localhost:1", 200),
        ("127.0.0.1:8000", 200),
        ("LOCALHOST:8000", 200),
        ("LocalHost", 200),
        ("[::1]:8000", 200),
        ("[::1]", 200),
        ("localhost:", 200),
        ("localhost:8000:8000", 421),
        ("localhost:evil", 421),
        ("::1", 421),
        ("[::2]:8000", 421),
        ("evil.example", 421),
        ("evil.example:8000", 421),
        ("localhost.evil.example", 421),
        ("evil-localhost", 421),
        ("localhost@evil.example", 421),
        ("", 421),
    ],
)
async def test_unknown_hosts_are_refused(ann: Person, host: str, status: int) -> None:
    assert (await post(ann, PING, Host=host)).status_code == status


@pytest.mark.parametrize(
    ("origin", "status"),
    [
        ("http://localhost:8000", 200),
        ("http://localhost:3000", 200),
        ("http://localhost:9999", 200),
        ("https://localhost:8000", 200),
        ("http://127.0.0.1:8000", 200),
        ("http://127.0.0.1", 200),
        ("http://[::1]:6274", 200),
        ("http://inspector.localhost:6274", 200),
        ("http://127.0.0.1.evil.example", 403),
        ("http://localhost.evil.example:8000", 403),
        ("http://evil.example:8000@localhost", 403),
        ("http://localhost@evil.example", 403),
        ("http://localhost:8000/", 403),
        ("http://localhost:x", 403),
        ("http://[::1", 403),
        ("http://0.0.0.0:8000", 403),
        ("http://192.168.1.7:8000", 403),
        ("file://localhost", 403),
        ("chrome-extension://localhost", 403),
        ("http://evil.example", 403),
        ("http://localhost:8000.evil.example", 403),
        ("null", 403),
    ],
)
async def test_only_own_and_local_origins_may_call(ann: Person, origin: str, status: int) -> None:
    assert (await post(ann, PING, Origin=origin)).status_code == status


async def test_an_unknown_origin_is_refused_before_its_token_is_checked(ann: Person) -> None:
    for more in ({"Host": "evil.example"}, {"Origin": "http://evil.example"}):
        response = await post(ann, PING, Authorization="Bearer a.b.c", **more)
        assert response.status_code in (421, 403)
        assert "www-authenticate" not in response.headers


@pytest.mark.parametrize(
    ("content_type", "status"),
    [
        ("application/json", 200),
        ("application/json; charset=utf-8", 200),
        ("Application/JSON", 200),
        ("text/plain", 415),
        ("application/x-www-form-urlencoded", 415),
        ("application/jsonx", 415),
        ("application/json-rpc", 415),
        ("", 415),
    ],
)
async def test_the_content_type_must_be_json(ann: Person, content_type: str, status: int) -> None:
    response = await post(ann, PING, Content_Type=content_type)
    assert response.status_code == status


@pytest.mark.parametrize("encoding", ["gzip", "br", "zstd", "deflate, gzip", "x"])
async def test_an_encoded_body_is_refused_with_the_accepted_encoding(
    ann: Person, encoding: str
) -> None:
    response = await post(ann, gzip.compress(json.dumps(PING).encode()), Content_Encoding=encoding)
    assert_error(response, 415, INTERNAL_ERROR)
    assert response.headers["accept-encoding"] == "identity"
    response = await ann.rest(
        "POST", "/tasks", content=b"x", headers={"Content-Encoding": encoding}
    )
    assert (response.status_code, response.headers["accept-encoding"]) == (415, "identity")
    assert response.headers["content-type"] == "application/problem+json"
    assert response.json()["type"] == "urn:surelist:unsupported_media_type"


@pytest.mark.parametrize("encoding", ["identity", "Identity", " identity "])
async def test_the_identity_encoding_is_accepted(ann: Person, encoding: str) -> None:
    assert (await post(ann, PING, Content_Encoding=encoding)).status_code == 200


async def test_the_encoding_of_an_empty_body_is_ignored(ann: Person) -> None:
    await ann.call("add_task", title="x")
    for method, path in (("GET", "/tasks/1"), ("PATCH", "/tasks/1/complete")):
        response = await ann.rest(method, path, headers={"Content-Encoding": "gzip"})
        assert response.status_code == 200


@pytest.mark.parametrize(
    ("accept", "status"),
    [
        ("application/json", 200),
        ("application/json, text/event-stream", 200),
        ("*/*", 200),
        ("application/*", 200),
        ("application/json;q=0.5", 200),
        ("text/html", 406),
        ("text/event-stream", 406),
        ("image/*", 406),
    ],
)
async def test_accept_must_allow_the_response_type(ann: Person, accept: str, status: int) -> None:
    assert (await post(ann, PING, Accept=accept)).status_code == status


async def test_a_client_without_accept_gets_a_response(ann: Person) -> None:
    request = ann.http.build_request("POST", "/mcp", json=PING, headers=headers(ann))
    del request.headers["Accept"]
    assert (await ann.http.send(request)).status_code == 200


async def test_only_allowed_origins_get_cors_headers(
    ann: Person,
) -> None:
    allowed = await post(ann, PING, Origin="http://localhost:3000")
    assert allowed.headers["access-control-allow-origin"] == "http://localhost:3000"
    refused = await post(ann, PING, Origin="http://evil.example")
    assert "access-control-allow-origin" not in refused.headers


# Bodies


NOT_JSON = {
    "nothing": b"",
    "a word": b"hello",
    "cut off": b'{"jsonrpc": "2.0", "id": 1, "method": "pi',
    "more behind it": json.dumps(PING).encode() * 2,
    "not a number": b'{"jsonrpc": "2.0", "id": 1, "method": "ping", "params": {"x": NaN}}',
    "infinity": b'{"jsonrpc": "2.0", "id": 1, "method": "ping", "params": {"x": Infinity}}',
    "half a character": b'{"jsonrpc": "2.0", "id": 1, "method": "ping\\ud800"}',
    "not UTF-8": b'{"jsonrpc": "2.0", "id": 1, "method": "ping", "params": {"x": "\xff"}}',
    "UTF-16": json.dumps(PING).encode("utf-16"),
    "a null byte": b'{"jsonrpc": "2.0", "id": 1, "method": "pi\x00ng"}',
    "single quotes": b"{'jsonrpc': '2.0', 'id': 1, 'method': 'ping'}",
    "100,000 deep": b"[" * 100_000,
    "100,000 deep and closed": b"[" * 100_000 + b"]" * 100_000,
    "100,000 deep inside": b'{"jsonrpc": "2.0", "id": 1, "method": "ping", "params": '
    + b'{"a":' * 100_000
    + b"1"
    + b"}" * 100_001,
}


@pytest.mark.parametrize("name", NOT_JSON)
async def test_a_body_that_is_not_json_is_refused(ann: Person, name: str) -> None:
    assert_error(await post(ann, NOT_JSON[name]), 400, PARSE_ERROR)


NOT_A_REQUEST: dict[str, Any] = {
    "null": None,
    "true": True,
    "a number": 7,
    "text": "ping",
    "a batch": [PING],
    "an empty batch": [],
    "an empty object": {},
    "no version": {"id": 1, "method": "ping"},
    "version 1.0": PING | {"jsonrpc": "1.0"},
    "a version that is a number": PING | {"jsonrpc": 2.0},
    "no method": {"jsonrpc": "2.0", "id": 1},
    "a method that is null": PING | {"method": None},
    "a method that is a number": PING | {"method": 7},
    "a method that is a list": PING | {"method": ["ping"]},
    "an id that is null": PING | {"id": None},
    "an id that is true": PING | {"id": True},
    "an id that is a fraction": PING | {"id": 1.5},
    "an id that is an object": PING | {"id": {}},
    "an id that is a list": PING | {"id": [1]},
    "params that are a list": PING | {"params": []},
    "params that are text": PING | {"params": "x"},
    "params that are null": PING | {"params": None},
    "a response": {"jsonrpc": "2.0", "id": 1, "result": {}},
    "an error": {"jsonrpc": "2.0", "id": 1, "error": {"code": 1, "message": "x"}},
}


@pytest.mark.parametrize("version", ERAS)
@pytest.mark.parametrize("name", NOT_A_REQUEST)
async def test_a_body_that_is_not_a_request_is_refused(
    ann: Person, name: str, version: str
) -> None:
    response = await post(ann, NOT_A_REQUEST[name], MCP_Protocol_Version=version)
    assert_error(response, 400, INVALID_REQUEST)


@pytest.mark.parametrize("request_id", [0, -1, 2**53, "", "x" * 1000, "1", "ünï"])
async def test_an_id_is_returned_with_its_type(ann: Person, request_id: Any) -> None:
    body = (await post(ann, PING | {"id": request_id})).json()
    assert body == {"jsonrpc": "2.0", "id": request_id, "result": {}}
    assert type(body["id"]) is type(request_id)


@pytest.mark.parametrize("version", ERAS)
@pytest.mark.parametrize(
    "method", ["notifications/initialized", "notifications/cancelled", "notifications/unheard_of"]
)
async def test_a_notification_is_accepted_without_a_result(
    ann: Person, method: str, version: str
) -> None:
    body = {"jsonrpc": "2.0", "method": method, "params": {"requestId": 1}}
    response = await post(ann, body, MCP_Protocol_Version=version)
    assert (response.status_code, response.content) == (202, b"")


async def test_a_tool_call_without_an_id_does_nothing(ann: Person) -> None:
    params = {"name": "add_task", "arguments": {"title": "New"}}
    response = await post(ann, {"jsonrpc": "2.0", "method": "tools/call", "params": params})
    assert response.status_code == 202
    assert (await ann.call("list_tasks"))["total"] == 0


def padded(size: int) -> bytes:
    empty = len(json.dumps(PING | {"params": {"x": ""}}))
    return json.dumps(PING | {"params": {"x": "a" * (size - empty)}}).encode()


async def test_the_largest_body_is_read_and_a_larger_one_is_not(ann: Person) -> None:
    assert (await post(ann, padded(BODY_BYTES))).status_code == 200
    response = await post(ann, padded(BODY_BYTES + 1))
    assert response.status_code == 413
    assert f"{BODY_BYTES:,}" in response.json()["error"]["message"]


async def test_an_endless_body_is_refused_while_it_arrives(ann: Person) -> None:
    sent = 0

    async def endless() -> Any:
        nonlocal sent
        while True:
            sent += 1
            assert sent < 30, "the server reads on and on"
            yield b"x" * (BODY_BYTES // 10)

    sending = Sending(ann, endless())
    await sending.through("/mcp")
    assert sending.status == 413
    assert sent == 11


async def test_a_body_in_many_small_pieces_is_read_completely(ann: Person) -> None:
    async def pieces() -> Any:
        for byte in json.dumps(PING).encode():
            yield bytes([byte])

    response = await ann.http.post("/mcp", content=pieces(), headers=headers(ann))
    assert response.json()["result"] == {}


class Sending:
    """An ASGI request whose body arrives in pieces."""

    def __init__(self, ann: Person, pieces: Any) -> None:
        self.ann = ann
        self.pieces = pieces
        self.sent: list[Any] = []

    async def through(self, path: str, method: str = "POST") -> None:
        app = self.ann.http._transport.app
        scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": method,
            "scheme": "http",
            "path": path,
            "raw_path": path.encode(),
            "query_string": b"",
            "root_path": "",
            "headers": [
                (b"host", b"localhost:8000"),
                *((n.lower().encode(), v.encode()) for n, v in headers(self.ann).items()),
            ],
            "client": ("127.0.0.1", 1),
            "server": ("127.0.0.1", 8000),
        }
        await app(scope, self._receive, self._send)

    async def _receive(self) -> Any:
        try:
            piece = await anext(self.pieces)
        except StopAsyncIteration:
            return {"type": "http.disconnect"}
        return {"type": "http.request", "body": piece, "more_body": True}

    async def _send(self, message: Any) -> None:
        self.sent.append(message)

    @property
    def status(self) -> int | None:
        return self.sent[0]["status"] if self.sent else None


@pytest.mark.parametrize(
    ("method", "path"),
    [("POST", "/mcp"), ("POST", "/api/me/tasks"), ("PATCH", "/api/me/tasks/1")],
)
async def test_a_client_that_disconnects_while_sending_changes_nothing_and_logs_no_error(
    ann: Person, caplog: pytest.LogCaptureFixture, method: str, path: str
) -> None:
    async def pieces() -> Any:
        yield b'{"title": "New", '

    sending = Sending(ann, pieces())
    with caplog.at_level(logging.WARNING):
        await sending.through(path, method)
    assert [r.message for r in caplog.records if r.levelno >= logging.ERROR] == []
    assert sending.status is None or sending.status < 500
    assert (await ann.call("list_tasks"))["total"] == 0


# Methods and parameters


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("method", ["nothing/of/that/kind", "tools", "resources/subscribe"])
async def test_an_unknown_method_has_its_own_code(ann: Person, version: str, method: str) -> None:
    response = await ann.rpc(method, {"uri": "surelist://tasks"}, version=version)
    assert_error(response, 404 if version == MODERN else 200, UNKNOWN_METHOD, 1)


@pytest.mark.parametrize("method", ["", "ping\x00", "x" * 100_000])
async def test_a_method_name_that_no_header_can_hold_is_unknown(ann: Person, method: str) -> None:
    response = await post(ann, PING | {"method": method}, MCP_Protocol_Version=HANDSHAKE)
    assert_error(response, 200, UNKNOWN_METHOD, 1)


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("name", ["no_such_tool", "", "ADD_TASK", "add-task", "__class__"])
async def test_an_unknown_tool_is_a_protocol_error_in_every_version(
    ann: Person, version: str, name: str
) -> None:
    response = await ann.rpc("tools/call", {"name": name, "arguments": {}}, version=version)
    error = assert_error(response, 400 if version == MODERN else 200, INVALID_PARAMS, 1)
    assert "add_task" in error["message"]


async def test_null_arguments_are_empty_arguments(ann: Person) -> None:
    body = PING | {"method": "tools/call", "params": {"name": "list_tasks", "arguments": None}}
    response = await post(ann, body, MCP_Protocol_Version="2025-06-18")
    assert response.status_code == 200
    assert response.json()["result"]["structuredContent"]["tasks"] == []


@pytest.mark.parametrize("version", ERAS)
@pytest.mark.parametrize(
    "params", [{}, {"name": 7}, {"name": None}, {"name": "list_tasks", "arguments": []}]
)
async def test_a_malformed_tool_call_is_a_protocol_error(
    ann: Person, version: str, params: dict[str, Any]
) -> None:
    body = PING | {"method": "tools/call", "params": params}
    response = await post(ann, body, MCP_Protocol_Version=HANDSHAKE)
    assert_error(response, 200, INVALID_PARAMS, 1)


@pytest.mark.parametrize("version", ERAS)
@pytest.mark.parametrize(
    ("method", "params"),
    [
        ("prompts/get", {"name": "no_such_prompt"}),
        ("prompts/get", {"name": "plan_my_day", "arguments": {"x": "y"}}),
        (
            "completion/complete",
            {
                "ref": {"type": "ref/prompt", "name": "no_such_prompt"},
                "argument": {"name": "x", "value": ""},
            },
        ),
        (
            "completion/complete",
            {
                "ref": {"type": "ref/resource", "uri": "surelist://elsewhere/{id}"},
                "argument": {"name": "id", "value": ""},
            },
        ),
        (
            "completion/complete",
            {
                "ref": {"type": "ref/resource", "uri": "surelist://tasks/{id}"},
                "argument": {"name": "title", "value": ""},
            },
        ),
    ],
)
async def test_an_unknown_name_is_an_invalid_parameter(
    ann: Person, version: str, method: str, params: dict[str, Any]
) -> None:
    response = await ann.rpc(method, params, version=version)
    assert_error(response, 400 if version == MODERN else 200, INVALID_PARAMS, 1)


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize(
    "uri",
    [
        "surelist://tasks/1",
        "surelist://tasks/0",
        "surelist://tasks/-1",
        "surelist://tasks/01x",
        "surelist://tasks/" + "9" * 40,
        "surelist://tasks/",
        "surelist://elsewhere",
        "file:///etc/passwd",
        "x",
    ],
)
async def test_a_missing_resource_has_the_code_of_its_version(
    ann: Person, version: str, uri: str
) -> None:
    response = await ann.rpc("resources/read", {"uri": uri}, version=version)
    modern = version == MODERN
    code = INVALID_PARAMS if modern else RESOURCE_NOT_FOUND
    error = assert_error(response, 400 if modern else 200, code, 1)
    assert error["data"] == {"uri": uri}


async def test_digits_of_another_script_are_no_task_id(ann: Person) -> None:
    await ann.call("add_task", title="First")
    uri = {"uri": "surelist://tasks/\u0661"}
    response = await ann.rpc("resources/read", uri, version=HANDSHAKE)
    assert_error(response, 200, RESOURCE_NOT_FOUND, 1)


@pytest.mark.parametrize("text", ["a\x00b", "\x00"])
async def test_a_null_character_never_reaches_the_database(ann: Person, text: str) -> None:
    await ann.call("add_task", title="First")
    for name, arguments in (
        ("add_task", {"title": f"a{text}"}),
        ("add_task", {"title": "x", "description": text}),
        ("add_task", {"title": "x", "tags": [f"a{text}"]}),
        ("add_task", {"title": "x", "due": text}),
        ("add_task", {"title": "x", "idempotency_key": f"a{text}"}),
        ("list_tasks", {"search": f"a{text}"}),
        ("list_tasks", {"tag": f"a{text}"}),
        ("list_tasks", {"cursor": f"a{text}"}),
        ("update_task", {"task_id": 1, "title": f"a{text}"}),
    ):
        for version in ERAS:
            params = {"name": name, "arguments": arguments}
            response = await ann.rpc("tools/call", params, version=version)
            assert response.status_code == 200, (name, arguments, response.text)
    for prefix in (text, f"1{text}"):
        params = {
            "ref": {"type": "ref/resource", "uri": "surelist://tasks/{id}"},
            "argument": {"name": "id", "value": prefix},
        }
        response = await ann.rpc("completion/complete", params)
        assert response.json()["result"]["completion"]["values"] == []


# Released resources


@pytest.fixture
def counted(database: Database) -> Callable[[], Awaitable[tuple[int, int]]]:
    async def count() -> tuple[int, int]:
        await asyncio.gather(*database._endings)
        gc.collect()
        return len(asyncio.all_tasks()), psutil.Process().num_fds()

    return count


async def test_a_request_leaks_no_task_and_no_file_descriptor(
    ann: Person, counted: Callable[[], Awaitable[tuple[int, int]]]
) -> None:
    async def every_kind() -> None:
        for version in ERAS:
            await ann.call("add_task", version=version, title="New")
            await ann.rpc("tools/call", {"name": "nothing", "arguments": {}}, version=version)
            await ann.rpc("resources/read", {"uri": "surelist://tasks"}, version=version)
            await post(ann, PING | {"method": "initialize", "params": CLIENT})
        await post(ann, b"{")
        await post(ann, b"x" * (BODY_BYTES + 1))
        await ann.http.get("/mcp", headers=headers(ann))
        await post(ann, {"jsonrpc": "2.0", "method": "notifications/initialized"})

    await asyncio.gather(*(ann.call("list_tasks") for _ in range(ann.settings.pool_size)))
    await every_kind()
    before = await counted()
    for _ in range(5):
        await every_kind()
    assert await counted() == before
