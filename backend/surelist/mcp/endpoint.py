"""One POST to an MCP endpoint is one exchange: read, checked, answered, without sessions.

Both protocol eras take this path (docs/decisions/0004). What HTTP has to do with it is here: the
token, Host and Origin, the media types, the headers that repeat the body, the status.
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
from surelist.doors.web import ProtectedResource, refusal_headers
from surelist.errors import Fault, SurelistError, UnsupportedMediaType
from surelist.mcp.protocol import (
    KNOWN_METHODS,
    Headers,
    Message,
    ProtocolError,
    read_message,
    version_named,
    version_of,
)
from surelist.mcp.sdk import (
    HEADER_MISMATCH,
    INTERNAL_ERROR,
    INVALID_REQUEST,
    MCPError,
    check_accept_headers,
    find_duplicated_routing_header,
)
from surelist.mcp.server import Context, Toolset, answer
from surelist.observability.calls import note
from surelist.observability.mending import count_mended
from surelist.observability.transactions import note_meta

logger = logging.getLogger(__name__)


class McpEndpoint:
    """The ASGI application of one toolset."""

    def __init__(
        self,
        settings: Settings,
        authenticator: Authenticator,
        toolset: Toolset,
        resource: ProtectedResource,
    ) -> None:
        self._settings = settings
        self._toolset = toolset
        self._resource = resource
        self._authenticator = authenticator
        self._database: Database | None = None
        self._hosts = Hosts(settings)
        self._origins = Origins(settings)

    def serve(self, database: Database) -> None:
        """Answer from now on out of `database`."""
        self._database = database

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one HTTP request."""
        # RFC 9110 5.5: the space around a value is not of it; httptools leaves what trails.
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
            version_named(headers)
            if request_id is None:
                return Response(status_code=202)
            result = await self._result(headers, message, principal)
            count_mended(message.get("params"), request.headers.get("user-agent"))
        except ProtocolError as error:
            note(outcome="protocol_error")
            return _error(request_id, error.code, error.message, error.status, data=error.data)
        except SurelistError as error:
            note(outcome=error.kind)
            told = for_model(error)
            challenge = refusal_headers(error, told, self._settings, self._resource)
            return _error(request_id, INTERNAL_ERROR, told, error.status, challenge)
        except ClientDisconnect:
            raise
        except Exception:
            note(outcome="error")
            logger.exception("an MCP request failed")
            fault = Fault("internal_server_error")
            return _error(request_id, INTERNAL_ERROR, for_model(fault), fault.status)
        body = orjson.dumps({"jsonrpc": "2.0", "id": request_id, "result": result})
        return Response(body, media_type="application/json")

    async def _result(
        self, headers: Headers, message: Message, principal: Principal
    ) -> dict[str, Any]:
        if self._database is None:
            raise RuntimeError("a request before the app has started")
        version = version_of(headers, message)
        note(protocol=version)
        note_meta(message)
        context = Context(self._toolset, self._database, principal, version)
        try:
            return await answer(context, message["method"], message.get("params"))
        except MCPError as error:
            raise ProtocolError.answering(error, version) from None


def _check_media_types(request: Request) -> None:
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type != "application/json":
        raise UnsupportedMediaType("content_type_not_json")
    if "accept" in request.headers and not check_accept_headers(request)[0]:
        raise ProtocolError(INVALID_REQUEST, "The answer is application/json: accept it.", 406)


def _headers(request: Request) -> Headers:
    """The headers, of which those that repeat the body appear once."""
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
