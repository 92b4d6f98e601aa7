"""One log line for each call, without client input."""

import json
import logging
import re
import socket
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from surelist.observability.logs import JsonLines, describe_exception
from tests.support.observing import Caller, calls, calls_from, lines, modern, tool_call
from tests.support.person import Person
from tests.support.server import RunningServer, serving

MARK = "xyzzy"
"""Contained in all client input, and nowhere else."""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    with serving(tmp_path_factory.mktemp("logs") / "data", workers=2) as server:
        yield server


def test_no_client_input_is_in_any_log(server: RunningServer) -> None:
    token = server.token("ann", "cron")
    with Caller(server, token) as ann:
        send_mark_everywhere(ann)
        for wrong in (f"Bearer {MARK}", f"Bearer {token[:-4]}{MARK}", MARK, f"Basic {MARK}"):
            assert ann.mcp({}, Authorization=wrong).status_code == 401
            assert ann.rest("GET", "/tasks", headers={"Authorization": wrong}).status_code == 401
    written = server.log.read_text() + (server.data / "postgres.log").read_text()
    assert len(calls(server.log)) > 40
    assert MARK not in written.lower()
    assert all(part not in written for part in token.split("."))


def send_mark_everywhere(ann: Caller) -> None:
    task = ann.tool("add_task", title=MARK, description=MARK, tags=[MARK], idempotency_key=MARK)
    task_id = task["structuredContent"]["task_id"]
    for name, arguments in (
        ("add_task", {"title": MARK * 100}),
        ("add_task", {"title": MARK, "due": MARK}),
        ("add_task", {"title": f"\0{MARK}\ud800"}),
        ("add_task", {"title": "other", "idempotency_key": MARK}),
        ("add_task", {MARK: MARK}),
        ("list_tasks", {"search": MARK, "tag": MARK}),
        ("list_tasks", {"cursor": MARK}),
        ("list_tasks", {"sort": MARK}),
        ("complete_task", {"task_id": MARK}),
        ("update_task", {"task_id": task_id, "title": MARK.upper(), "if_version": 99}),
        ("update_task", {"task_id": task_id, "clear": [MARK]}),
        (MARK, {}),
    ):
        ann.mcp(tool_call(name, arguments))
    ann.mcp(tool_call("add_task", [MARK]))
    ann.mcp(tool_call("list_tasks", {}, _meta={MARK: MARK}))
    ann.mcp({"jsonrpc": "2.0", "id": MARK, "method": MARK})
    ann.mcp({"jsonrpc": "2.0", "method": f"notifications/{MARK}", "params": {MARK: 1}})
    for method, params in (
        ("resources/read", {"uri": f"surelist://tasks/{MARK}"}),
        ("prompts/get", {"name": MARK, "arguments": {MARK: MARK}}),
        ("initialize", {"protocolVersion": MARK, "clientInfo": {"name": MARK}}),
    ):
        ann.mcp({"jsonrpc": "2.0", "id": 1, "method": method, "params": params})
    ann.mcp(f'{{"{MARK}": ')
    ann.mcp(f"[{MARK}]".encode("utf-16"))
    ann.mcp(tool_call("list_tasks", {}), **modern(MARK))
    for header in ("MCP-Protocol-Version", "Origin", "Host", "Accept", "X-Forwarded-For"):
        ann.mcp(tool_call("list_tasks", {}), **{header: MARK})
    ann.mcp(tool_call("list_tasks", {}), **{"X-Request-Id": f"{MARK} is not an id"})
    for path in (f"/tasks?search={MARK}", f"/tasks?{MARK}=1", f"/tasks/{MARK}", f"/{MARK}"):
        ann.rest("GET", path)
    ann.rest("GET", "/tasks", params={"cursor": MARK})
    ann.rest("POST", "/tasks", json={"title": MARK}, headers={"Idempotency-Key": f"{MARK}-2"})
    ann.rest("POST", "/tasks", content=f'{{"title": "{MARK}', headers={"Content-Type": "text/x"})
    ann.rest("PATCH", f"/tasks/{task_id}", json={MARK: MARK})
    ann.rest("PATCH", f"/tasks/{task_id}", json={}, headers={"If-Match": MARK})
    ann.rest("GET", f"/../{MARK}/tasks")
    ann.http.request(MARK.upper(), "/mcp")
    ann.http.get(f"/{MARK}?{MARK}")
    leave_while_sending(ann)


def leave_while_sending(ann: Caller) -> None:
    address = (ann.http.base_url.host, ann.http.base_url.port)
    head = f"POST /mcp HTTP/1.1\r\nHost: localhost\r\nAuthorization: {ann.headers['Authorization']}"
    with socket.create_connection(address) as connection:
        connection.sendall(
            f"{head}\r\nContent-Type: application/json\r\nContent-Length: 99\r\n\r\n{MARK}".encode()
        )


def test_a_call_is_one_line_with_caller_operation_and_outcome(server: RunningServer) -> None:
    before = len(calls(server.log))
    with Caller(server, server.token("ann-2", "cron")) as ann:
        tool = ann.mcp(tool_call("list_tasks", {}), **{"X-Request-Id": "from-the-proxy_1"})
        ann.tool("complete_task", task_id=7)
        ann.mcp({"jsonrpc": "2.0", "id": 1, "method": "tools/list"})
        ann.mcp({"jsonrpc": "2.0", "id": 1, "method": "no/such"})
        made = ann.rest("POST", "/tasks", json={"title": "x"})
        ann.rest("GET", "/tasks/99")
        ann.http.get("/healthz")
        ann.http.get("/no/such/path")
        ann.http.get("/mcp")
    logged = calls_from(server.log, before, 9)
    assert [
        (one["door"], one["operation"], one.get("user"), one["outcome"], one["status"])
        for one in logged
    ] == [
        ("mcp", "list_tasks", "ann-2", "ok", 200),
        ("mcp", "complete_task", "ann-2", "not_found", 200),
        ("mcp", "tools/list", "ann-2", "ok", 200),
        ("mcp", "POST /mcp", "ann-2", "protocol_error", 200),
        ("api", "POST /api/{user_id}/tasks", "ann-2", "ok", 201),
        ("api", "GET /api/{user_id}/tasks/{task_id}", "ann-2", "not_found", 404),
        ("other", "GET /healthz", None, "ok", 200),
        ("other", "unknown", None, "not_found", 404),
        ("mcp", "GET /mcp", None, "method_not_allowed", 405),
    ]
    assert {one.get("client") for one in logged} == {"cron", None}
    assert all(0 < one["ms"] < 20_000 and one["time"].endswith("+00:00") for one in logged)
    assert logged[0]["request_id"] == "from-the-proxy_1" == tool.headers["X-Request-Id"]
    assert logged[4]["request_id"] == made.headers["X-Request-Id"]
    assert len({one["request_id"] for one in logged}) == len(logged)


@pytest.mark.parametrize("sent", ["a", "x" * 64, "3f-_Z"])
async def test_a_valid_request_id_is_kept(http: httpx.AsyncClient, sent: str) -> None:
    answer = await http.get("/healthz", headers={"X-Request-Id": sent})
    assert answer.headers["X-Request-Id"] == sent


@pytest.mark.parametrize("sent", ["", "x" * 65, f"{MARK} ", f"{MARK}\n", f"a.{MARK}", "\u00e9"])
async def test_an_invalid_request_id_is_replaced(http: httpx.AsyncClient, sent: str) -> None:
    answer = await http.get("/healthz", headers=[(b"X-Request-Id", sent.encode())])
    assert re.fullmatch("[0-9a-f]{32}", answer.headers["X-Request-Id"])


def test_an_exception_is_logged_with_class_and_place_of_all_causes() -> None:
    class Strange(ValueError):
        sqlstate = "22P02"

    def raise_it(text: str) -> None:
        try:
            raise Strange(text)
        except Strange as cause:
            raise RuntimeError(f"because of {text}") from cause

    try:
        raise_it(MARK)
    except RuntimeError as error:
        logged = describe_exception(error)
    assert [one["class"].rpartition(".")[2] for one in logged] == ["RuntimeError", "Strange"]
    assert logged[1]["sqlstate"] == "22P02"
    assert logged[1]["places"][0].startswith("observability/test_logs.py:")
    assert MARK not in json.dumps(logged)


@pytest.mark.parametrize("name", ["mcp.server.runner", "asyncio", "py.warnings"])
def test_messages_of_other_libraries_are_replaced_by_their_place(name: str) -> None:
    record = logging.LogRecord(name, logging.ERROR, "there.py", 7, MARK, (), None)
    line = json.loads(JsonLines().format(record))
    assert (line["at"], line["level"]) == ("there:7", "error")
    assert MARK not in json.dumps(line)


async def test_an_internal_error_is_a_500_with_its_id_and_one_traceback(
    ann: Person, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def broken(*_: object, **__: object) -> None:
        raise LookupError(MARK)

    caplog.set_level("INFO", "surelist")
    monkeypatch.setattr("surelist.data.isolation.Database.read", broken)
    for answer in (
        await ann.rpc("tools/call", {"name": "list_tasks", "arguments": {}}),
        await ann.rest("GET", "/tasks"),
    ):
        assert answer.status_code == 500
        assert MARK not in answer.text
        assert answer.headers["X-Request-Id"]
    tracebacks = [JsonLines().format(record) for record in caplog.records if record.exc_info]
    assert len(tracebacks) == 2
    assert all("LookupError" in one and MARK not in one for one in tracebacks)
    logged = [record.fields for record in caplog.records if record.getMessage() == "call"]
    assert [one["outcome"] for one in logged] == ["error", "error"]


def test_every_line_of_the_server_except_the_welcome_is_json(server: RunningServer) -> None:
    written = server.log.read_text().splitlines()
    assert [line for line in written if not line.startswith("{")] == [
        f"Surelist answers at {server.mcp_url}"
    ]
    assert lines(Path(server.log))
