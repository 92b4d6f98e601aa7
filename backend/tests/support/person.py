"""Somebody with a token, who calls tools and REST as their agents would."""

import time
from collections.abc import Awaitable, Callable, Iterable
from typing import Any, TypeVar

import httpx
from mcp_types.methods import serialize_server_result

from surelist.access.auth import AGENT_SCOPES, OWNER_SCOPE, Caller, Principal, sign_token
from surelist.config import Settings
from surelist.data.isolation import Database, UserTransaction
from tests.support import page
from tests.support.refusals import code_of, wrong_arguments

T = TypeVar("T")

MODERN = "2026-07-28"
HANDSHAKE = "2025-11-25"
ERAS = (MODERN, HANDSHAKE)
NAMED = {"tools/call": "name", "prompts/get": "name", "resources/read": "uri"}


class RefusedByTool(Exception):
    """The tool answered with `isError`; `current` is the task that came with it.

    `code` is that of specs/errors.md, and `arguments` holds the code of each wrong argument.
    """

    def __init__(self, result: dict[str, Any]) -> None:
        super().__init__(result["content"][0]["text"])
        self.message = str(self)
        self.code = code_of(self.message)
        wrong = self.code == "invalid_arguments"
        self.arguments = wrong_arguments(self.message) if wrong else {}
        self.current = result.get("structuredContent")
        if self.current is not None:
            assert self.current.pop("error") == self.message


class Person:
    """One user, through one client."""

    def __init__(
        self,
        http: httpx.AsyncClient,
        settings: Settings,
        database: Database,
        user_id: str,
        client: str,
        *,
        owner: bool = False,
    ) -> None:
        self.http = http
        self.settings = settings
        self.database = database
        self.user_id = user_id
        self.client = client
        self.scopes = (*AGENT_SCOPES, OWNER_SCOPE) if owner else AGENT_SCOPES

    def through(self, client: str, *, owner: bool = False) -> "Person":
        """The same user, through another client."""
        return Person(self.http, self.settings, self.database, self.user_id, client, owner=owner)

    def token(self, scopes: Iterable[str] | None = None) -> str:
        """A token of this user and client."""
        if scopes is None and self._has_session:
            return page.session(self.settings, self.user_id)
        scopes = self.scopes if scopes is None else scopes
        return sign_token(self.settings, self.user_id, scopes=scopes, days=1, client=self.client)

    @property
    def principal(self) -> Principal:
        """What the token stands for."""
        actor = "person" if OWNER_SCOPE in self.scopes else "agent"
        caller = Caller(actor, self.client, self.client)
        kind = "session" if self._has_session else "token"
        return Principal(
            self.user_id, self.user_id, frozenset(self.scopes), caller, int(time.time()), kind
        )

    @property
    def _has_session(self) -> bool:
        """Whether this is the person on the web page, and not somebody with a printed token."""
        on_page = self.client == "web" and OWNER_SCOPE in self.scopes
        return on_page and page.has_sessions(self.settings)

    async def read(
        self, work: Callable[[UserTransaction], Awaitable[T]], scope: str = "tasks:read"
    ) -> T:
        """Run a service function in a reading transaction of this user's."""
        return await self.database.read(self.principal, work, scope)

    async def write(
        self, work: Callable[[UserTransaction], Awaitable[T]], scope: str = "tasks:write"
    ) -> T:
        """Run a service function in a writing transaction of this user's."""
        return await self.database.write(self.principal, work, scope)

    async def rpc(
        self,
        method: str,
        params: dict[str, Any] | None = None,
        *,
        version: str = MODERN,
        headers: dict[str, str] | None = None,
        request_id: int | str = 1,
        path: str = "/mcp",
    ) -> httpx.Response:
        """One JSON-RPC request to an MCP endpoint, as a client of `version` sends it."""
        params = dict(params or {})
        sent = {"Authorization": f"Bearer {self.token()}", "MCP-Protocol-Version": version}
        if version == MODERN:
            params["_meta"] = {
                "io.modelcontextprotocol/protocolVersion": version,
                "io.modelcontextprotocol/clientCapabilities": {},
            }
            sent["Mcp-Method"] = method
            if method in NAMED:
                sent["Mcp-Name"] = params[NAMED[method]]
        body = {"jsonrpc": "2.0", "id": request_id, "method": method, "params": params}
        response = await self.http.post(path, json=body, headers=sent | (headers or {}))
        if response.is_success and "result" in (answer := response.json()):
            # What the SDK's own server would make of it: docs/decisions/0004.
            assert answer["result"] == serialize_server_result(method, version, answer["result"])
        return response

    async def call(
        self, tool: str, *, version: str = MODERN, path: str = "/mcp", **arguments: Any
    ) -> dict[str, Any]:
        """The structured content of a tool call; RefusedByTool when it is an error."""
        response = await self.rpc(
            "tools/call", {"name": tool, "arguments": arguments}, version=version, path=path
        )
        result = response.json()["result"]
        if result.get("isError"):
            raise RefusedByTool(result)
        return result["structuredContent"]

    async def rest(self, method: str, path: str = "", **request: Any) -> httpx.Response:
        """One REST request below this user's path, such as `/tasks/1`."""
        headers = {"Authorization": f"Bearer {self.token()}"} | request.pop("headers", {})
        return await self.http.request(
            method, f"/api/{self.user_id}{path}", headers=headers, **request
        )
