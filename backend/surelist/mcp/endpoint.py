"""MCP over HTTP without sessions: each POST carries one request and gets one response.

All protocol versions take this path (docs/decisions/0004). This module handles the HTTP part:
tokens, Host and Origin, media types, headers that repeat the body, and status codes.
"""

import logging
from collections.abc import Mapping
from typing import Any

import orjson
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from surelist.access.auth import Authenticator, Principal
from surelist.config import Settings
from surelist.data.isolation import Database
from surelist.doors.messages import for_model
from surelist.doors.origins import Hosts, Origins
from surelist.doors.web import ProtectedResource, media_type, refusal_headers
from surelist.errors import Fault, SurelistError, UnsupportedMediaType
from surelist.feed.feed import Feed
from surelist.mcp.protocol import (
    KNOWN_METHODS,
    Headers,
    Message,
    ProtocolError,
    header_version,
    read_message,
    request_version,
)
from surelist.mcp.sdk import (
    HEADER_MISMATCH,
    INTERNAL_ERROR,
    INVALID_REQUEST,
    MCPError,
    check_accept_headers,
    find_duplicated_routing_header,
)
from surelist.mcp.server import Context, Toolset, answer, open_stream
from surelist.observability.call import note
from surelist.observability.mending import count_mended
from surelist.observability.transactions import record_meta

logger = logging.getLogger(__name__)


class McpEndpoint:
    """The ASGI application of one toolset."""

    def __init__(
        self,
        settings: Settings,
        authenticator: Authenticator,
        toolset: Toolset,
        resource: ProtectedResource,
        feed: Feed,
    ) -> None:
        self._settings = settings
        self._toolset = toolset
        self._resource = resource
        self._feed = feed
        self._authenticator = authenticator
        self._database: Database | None = None
        self._hosts = Hosts(settings)
        self._origins = Origins(settings)

    def set_database(self, database: Database) -> None:
        """Set the database before the first request."""
        self._database = database

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one HTTP request."""
        # RFC 9110 5.5: whitespace around a value is not part of it. httptools keeps trailing space.
        scope["headers"] = [(name, value.strip(b" \t")) for name, value in scope["headers"]]
        try:
            response = await self._respond(Request(scope, receive))
        except ClientDisconnect:
            return
        await response(scope, receive, send)

    async def _respond(self, request: Request) -> Response:
        if request.method != "POST":
            return Response(status_code=405, headers={"Allow": "POST"})
        if not self._hosts.serve(request.headers.get("host", "")):
            return Response("Invalid Host header", 421)
        origin = request.headers.get("origin")
        if origin and not self._origins.allow(origin):
            return Response("Invalid Origin header", 403)
        request_id: str | int | None = None
        try:
            principal = await self._authenticator.principal(
                request.headers.getlist("authorization"), self._settings.url + self._resource.path
            )
            note(user=principal.person_id, client=principal.caller.client_id)
            _check_media_types(request)
            message = read_message(await request.body())
            request_id = message.get("id")
            if message["method"] in KNOWN_METHODS:
                note(method=message["method"])
            headers = _headers(request)
            header_version(headers)
            if request_id is None:
                return Response(status_code=202)
            context = self._context(headers, message, principal)
            response = await self._answer(context, request_id, message)
            count_mended(message.get("params"), request.headers.get("user-agent"))
        except ProtocolError as error:
            note(outcome="protocol_error")
            return _error(request_id, error.code, error.message, error.status, data=error.data)
        except SurelistError as error:
            note(outcome=error.kind)
            text = for_model(error)
            challenge = refusal_headers(error, text, self._settings, self._resource)
            return _error(request_id, INTERNAL_ERROR, text, error.status, challenge)
        except ClientDisconnect:
            raise
        except Exception:
            note(outcome="error")
            logger.exception("an MCP request failed")
            fault = Fault("internal_server_error")
            return _error(request_id, INTERNAL_ERROR, for_model(fault), fault.status)
        return response

    def _context(self, headers: Headers, message: Message, principal: Principal) -> Context:
        if self._database is None:
            raise RuntimeError("request before startup")
        version = request_version(headers, message)
        note(protocol=version)
        record_meta(message)
        return Context(self._toolset, self._database, principal, version)

    async def _answer(self, context: Context, request_id: str | int, message: Message) -> Response:
        method, params = message["method"], message.get("params")
        try:
            if method in self._toolset.streams:
                return await open_stream(self._feed, context, request_id, method, params)
            result = await answer(context, method, params)
        except MCPError as error:
            raise ProtocolError.from_mcp_error(error, context.version) from None
        body = orjson.dumps({"jsonrpc": "2.0", "id": request_id, "result": result})
        return Response(body, media_type="application/json")


def _check_media_types(request: Request) -> None:
    if media_type(request.headers.get("content-type", "")) != "application/json":
        raise UnsupportedMediaType("content_type_not_json")
    if "accept" in request.headers and not check_accept_headers(request)[0]:
        raise ProtocolError(
            INVALID_REQUEST, "The response is application/json. Accept that type.", 406
        )


def _headers(request: Request) -> Headers:
    """The headers. Raises ProtocolError when one that repeats the body appears twice."""
    lines = request.headers.items()
    if duplicated := find_duplicated_routing_header(lines):
        raise ProtocolError(HEADER_MISMATCH, f"{duplicated} header appears more than once")
    return dict(lines)


def _error(
    request_id: str | int | None,
    code: int,
    message: str,
    status: int,
    headers: Mapping[str, str] | None = None,
    data: Any = None,
) -> Response:
    error = {"code": code, "message": message} | ({} if data is None else {"data": data})
    body = orjson.dumps({"jsonrpc": "2.0", "id": request_id, "error": error})
    return Response(body, status_code=status, headers=headers, media_type="application/json")
