"""The HTTP requests of the bench: each tool at each endpoint."""

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias
from urllib.parse import urlencode

import orjson

OLD, NEW = "2025-11-25", "2026-07-28"

Arguments: TypeAlias = Mapping[str, Any]
Door: TypeAlias = Callable[[str, str, Arguments], bytes]
"""Makes the HTTP request of a token, a tool's name and its arguments."""


def mcp(era: str) -> Door:
    """Tool calls of a client of that protocol version."""
    headers = f"Accept: application/json, text/event-stream\r\nMCP-Protocol-Version: {era}\r\n"
    meta = {
        "io.modelcontextprotocol/protocolVersion": era,
        "io.modelcontextprotocol/clientInfo": {"name": "bench", "version": "1"},
        "io.modelcontextprotocol/clientCapabilities": {},
    }

    def request(token: str, tool: str, arguments: Arguments) -> bytes:
        params: dict[str, Any] = {"name": tool, "arguments": arguments}
        named = headers
        if era == NEW:
            named += f"Mcp-Method: tools/call\r\nMcp-Name: {tool}\r\n"
            params["_meta"] = meta
        message = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params}
        return _http("POST", "/mcp", token, orjson.dumps(message), named)

    return request


def rest(tasks: str) -> Door:
    """The same calls over REST; `tasks` is the path of the list."""

    def request(token: str, tool: str, arguments: Arguments) -> bytes:
        fields = {name: value for name, value in arguments.items() if name != "task_id"}
        one = f"{tasks}/{arguments.get('task_id')}"
        match tool:
            case "list_tasks" if "task_id" in arguments:
                return _http("GET", one, token)
            case "list_tasks":
                return _http("GET", f"{tasks}?{urlencode(fields)}", token)
            case "add_task":
                return _http("POST", tasks, token, orjson.dumps(fields))
            case "complete_task":
                return _http("PATCH", f"{one}/complete", token, b'{"completed":true}')
            case "update_task":
                return _http("PATCH", one, token, orjson.dumps(fields))
            case _:
                return _http("DELETE", one, token)

    return request


def _http(method: str, path: str, token: str, body: bytes = b"", headers: str = "") -> bytes:
    head = f"{method} {path} HTTP/1.1\r\nHost: localhost:8000\r\nAuthorization: Bearer {token}\r\n"
    head += headers
    if body:
        head += f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n"
    return head.encode() + b"\r\n" + body
