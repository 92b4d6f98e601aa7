"""A running `surelist serve` as its operator sees it: the log, and what it says of calls."""

import json
import time
from pathlib import Path
from typing import Any

import httpx

from tests.support.person import MODERN
from tests.support.server import RunningServer

JSON = "application/json"


def tool_call(tool: str, arguments: Any, **more: Any) -> dict[str, Any]:
    """The body of a tool call of the 2025 revisions."""
    params = {"name": tool, "arguments": arguments} | more
    return {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params}


class Caller:
    """Calls a running server with one token."""

    def __init__(self, server: RunningServer, token: str) -> None:
        self.http = httpx.Client(base_url=server.url, timeout=20)
        self.headers = {"Authorization": f"Bearer {token}"}

    def __enter__(self) -> "Caller":
        return self

    def __exit__(self, *_: object) -> None:
        self.http.close()

    def mcp(self, body: Any, **headers: str) -> httpx.Response:
        """Post to /mcp; a body that is no text is sent as JSON."""
        content = body if isinstance(body, str | bytes) else json.dumps(body)
        sent = self.headers | {"Content-Type": JSON} | headers
        return self.http.post("/mcp", content=content, headers=sent)

    def tool(self, name: str, **arguments: Any) -> dict[str, Any]:
        """The result of a tool call."""
        answer = self.mcp(tool_call(name, arguments)).raise_for_status().json()
        return answer["result"]

    def rest(self, method: str, path: str, **request: Any) -> httpx.Response:
        """One REST request below /api/me."""
        headers = self.headers | request.pop("headers", {})
        return self.http.request(method, f"/api/me{path}", headers=headers, **request)


def lines(log: Path) -> list[dict[str, Any]]:
    """The JSON lines of a log."""
    return [json.loads(line) for line in log.read_text().splitlines() if line.startswith("{")]


def calls(log: Path) -> list[dict[str, Any]]:
    """The lines of a log that tell of calls."""
    return [line for line in lines(log) if line["logger"] == "surelist.calls"]


def calls_from(log: Path, first: int, number: int) -> list[dict[str, Any]]:
    """The lines of `number` calls, beginning with the one at `first`, once they are written."""
    for _ in range(100):
        if len(told := calls(log)[first:]) >= number:
            return told
        time.sleep(0.05)  # a line is written after its answer has left
    raise AssertionError(f"{number} calls were made, and these are told: {told}")


def modern(mark: str) -> dict[str, str]:
    """Headers of 2026-07-28 with something odd in each."""
    return {"MCP-Protocol-Version": MODERN, "Mcp-Method": mark, "Mcp-Name": mark}
