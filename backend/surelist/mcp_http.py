"""One POST to /mcp is one exchange: read, checked, served by the SDK, answered.

Both protocol eras take this path, without sessions and without streams (docs/decisions/0004). The
SDK's ServerRunner validates and dispatches; around it this does what the SDK's own transports do,
and what they leave undone: the token, Host and Origin, the size, the era, the HTTP status.
"""

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, cast

import anyio
import orjson
from mcp.server.connection import Connection
from mcp.server.lowlevel import Server
from mcp.server.runner import ServerRunner
from mcp.server.streamable_http import check_accept_headers
from mcp.server.transport_security import TransportSecurityMiddleware, TransportSecuritySettings
from mcp.shared.exceptions import MCPError, NoBackChannelError
from mcp.shared.inbound import (
    ERROR_CODE_HTTP_STATUS,
    InboundLadderRejection,
    classify_inbound_request,
    find_duplicated_routing_header,
)
from mcp.shared.message import ServerMessageMetadata
from mcp.shared.transport_context import TransportContext
from mcp_types import (
    DEFAULT_NEGOTIATED_VERSION,
    HEADER_MISMATCH,
    INTERNAL_ERROR,
    INVALID_PARAMS,
    INVALID_REQUEST,
    PARSE_ERROR,
    UNSUPPORTED_PROTOCOL_VERSION,
)
from mcp_types.methods import SPEC_CLIENT_METHODS, SPEC_CLIENT_NOTIFICATION_METHODS
from mcp_types.version import (
    HANDSHAKE_PROTOCOL_VERSIONS,
    MODERN_PROTOCOL_VERSIONS,
)
from pydantic import ValidationError
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from surelist.auth import Authenticator, Principal
from surelist.config import Settings
from surelist.errors import SurelistError, UnsupportedMediaType
from surelist.isolation import Database
from surelist.observability.calls import note
from surelist.web import refusal_headers

logger = logging.getLogger(__name__)

VERSION_HEADER = "mcp-protocol-version"
HANDSHAKES = tuple(
    version for version in reversed(HANDSHAKE_PROTOCOL_VERSIONS) if version >= "2025-03-26"
)
"""The protocol versions with a handshake that are served, newest first."""

KNOWN_METHODS = SPEC_CLIENT_METHODS | SPEC_CLIENT_NOTIFICATION_METHODS
"""What a log line may name: any other method is whatever a client wrote."""

_TRANSPORT = TransportContext(kind="streamable-http", can_send_request=False)


class ProtocolError(Exception):
    """A JSON-RPC error, with the HTTP status that goes with it."""

    def __init__(self, code: int, message: str, status: int = 400, data: Any = None) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.status = status
        self.data = data


@dataclass(slots=True)
class Exchange:
    """What the SDK calls a dispatch context: one request, answered once."""

    request_id: str | int
    message_metadata: ServerMessageMetadata
    cancel_requested: anyio.Event = field(default_factory=anyio.Event)
    transport: TransportContext = _TRANSPORT
    can_send_request: bool = False

    async def send_raw_request(
        self, method: str, params: object, opts: object = None
    ) -> dict[str, Any]:
        """Refuse: a stateless server has nobody to ask."""
        del params, opts
        raise NoBackChannelError(method)

    async def notify(self, method: str, params: object, opts: object = None) -> None:
        """Drop it: the answer is one JSON body."""

    async def progress(
        self, progress: float, total: float | None = None, message: str | None = None
    ) -> None:
        """Drop it: every call is quick."""


class McpEndpoint:
    """The ASGI application at /mcp."""

    def __init__(
        self, server: Server[Any], settings: Settings, authenticator: Authenticator
    ) -> None:
        self._server = server
        self._settings = settings
        self._authenticator = authenticator
        self._database: Database | None = None
        hosts = [*settings.allowed_hosts, *(f"{host}:*" for host in settings.allowed_hosts)]
        self._security = TransportSecurityMiddleware(
            TransportSecuritySettings(
                allowed_hosts=hosts, allowed_origins=list(settings.allowed_origins)
            )
        )

    def serve(self, database: Database) -> None:
        """Answer from now on out of `database`."""
        self._database = database

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one HTTP request."""
        # RFC 9110 5.5: the space around a value is not of it; httptools leaves what trails.
        scope["headers"] = [(name, value.strip(b" \t")) for name, value in scope["headers"]]
        request = Request(scope, receive)
        try:
            response = await self._respond(request)
        except ClientDisconnect:
            return
        await response(scope, receive, send)

    async def _respond(self, request: Request) -> Response:
        if request.method != "POST":
            return Response(status_code=405, headers={"Allow": "POST"})
        if (refusal := await self._security.validate_request(request)) is not None:
            return refusal
        request_id: str | int | None = None
        try:
            principal = await self._authenticator.principal(
                request.headers.getlist("authorization"), self._settings.mcp_url
            )
            note(user=principal.user_id, client=principal.caller.client_id)
            message = await _read_message(request)
            request_id = message.get("id")
            if message["method"] in KNOWN_METHODS:
                note(operation=message["method"])
            _check_version_header(request)
            if request_id is None:
                return Response(status_code=202)
            result = await self._serve(request, message, principal)
        except ProtocolError as error:
            note(outcome="protocol_error")
            return _error(request_id, error.code, error.message, error.status, data=error.data)
        except SurelistError as error:
            note(outcome=error.kind)
            headers = refusal_headers(error, self._settings)
            return _error(request_id, INTERNAL_ERROR, error.message, error.status, headers)
        except ClientDisconnect:
            raise
        except Exception:
            note(outcome="error")
            logger.exception("an MCP request failed")
            message = (
                "Something went wrong in the server; nothing is known to have changed. Try again."
            )
            return _error(request_id, INTERNAL_ERROR, message, 500)
        body = orjson.dumps({"jsonrpc": "2.0", "id": request_id, "result": result})
        return Response(body, media_type="application/json")

    async def _serve(
        self, request: Request, message: Mapping[str, Any], principal: Principal
    ) -> dict[str, Any]:
        modern = request.headers.get(VERSION_HEADER) in MODERN_PROTOCOL_VERSIONS
        connection = (_modern if modern else _handshake)(request, message)
        runner = ServerRunner(self._server, connection, self._database)
        exchange = Exchange(message["id"], ServerMessageMetadata(request_context=principal))
        try:
            return await runner.on_request(exchange, message["method"], message.get("params"))
        except MCPError as error:
            # The 2025 revisions answer a request that was understood with 200, error or not.
            status = ERROR_CODE_HTTP_STATUS.get(error.error.code, 200) if modern else 200
            raise ProtocolError(
                error.error.code, error.error.message, status, error.error.data
            ) from None
        except ValidationError:
            raise ProtocolError(
                INVALID_PARAMS, "Invalid request parameters", 400 if modern else 200
            ) from None


async def _read_message(request: Request) -> dict[str, Any]:
    """The one JSON-RPC request or notification in the body."""
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type != "application/json":
        raise UnsupportedMediaType("Send the request as Content-Type: application/json.")
    if "accept" in request.headers and not check_accept_headers(request)[0]:
        raise ProtocolError(INVALID_REQUEST, "The answer is application/json: accept it.", 406)
    try:
        message = orjson.loads(await request.body())
    except orjson.JSONDecodeError:
        raise ProtocolError(PARSE_ERROR, "The body is not JSON.") from None
    if isinstance(message, list):
        raise ProtocolError(INVALID_REQUEST, "Batches are not served: send one request at a time.")
    if not isinstance(message, dict) or not _is_message(fields := cast("dict[str, Any]", message)):
        raise ProtocolError(INVALID_REQUEST, "The body is not a JSON-RPC 2.0 request.")
    return fields


def _is_message(message: Mapping[str, Any]) -> bool:
    request_id = message.get("id", 0)
    return (
        message.get("jsonrpc") == "2.0"
        and isinstance(message.get("method"), str)
        and isinstance(request_id, str | int)
        and not isinstance(request_id, bool)
        and isinstance(message.get("params", {}), dict)
    )


def _check_version_header(request: Request) -> None:
    if duplicated := find_duplicated_routing_header(request.headers.items()):
        raise ProtocolError(HEADER_MISMATCH, f"{duplicated} header appears more than once")
    version = request.headers.get(VERSION_HEADER)
    if version is not None and version not in (*MODERN_PROTOCOL_VERSIONS, *HANDSHAKES):
        raise ProtocolError(
            UNSUPPORTED_PROTOCOL_VERSION,
            "Unsupported protocol version",
            data={"supported": list(MODERN_PROTOCOL_VERSIONS), "requested": version},
        )


def _modern(request: Request, message: Mapping[str, Any]) -> Connection:
    """The connection that a request of 2026-07-28 describes in its own envelope."""
    route = classify_inbound_request(message, headers=request.headers)
    if isinstance(route, InboundLadderRejection):
        status = ERROR_CODE_HTTP_STATUS.get(route.code, 400)
        raise ProtocolError(route.code, route.message, status, route.data)
    return Connection.from_envelope(
        route.protocol_version, route.client_info, route.client_capabilities
    )


def _handshake(request: Request, message: Mapping[str, Any]) -> Connection:
    """The connection of a 2025 revision, which a header names on every request but the first."""
    version = request.headers.get(VERSION_HEADER, DEFAULT_NEGOTIATED_VERSION)
    params = message.get("params", {})
    if message["method"] == "initialize" and isinstance(params.get("protocolVersion"), str):
        if params["protocolVersion"] not in HANDSHAKES:
            params["protocolVersion"] = HANDSHAKES[0]
        version = params["protocolVersion"]
    return Connection.from_envelope(version, None, None)


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
