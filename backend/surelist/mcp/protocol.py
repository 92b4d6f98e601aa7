"""Parses JSON-RPC messages and determines their protocol version.

MCP has two eras (specs/tools.md). The 2025 versions negotiate in a handshake. Since 2026-07-28,
each request carries the same data in its own envelope.
"""

from collections.abc import Mapping
from typing import Any, cast

import orjson

from surelist.mcp.sdk import (
    DEFAULT_NEGOTIATED_VERSION,
    ERROR_CODE_HTTP_STATUS,
    HANDSHAKE_PROTOCOL_VERSIONS,
    INVALID_REQUEST,
    MODERN_PROTOCOL_VERSIONS,
    PARSE_ERROR,
    SPEC_CLIENT_METHODS,
    SPEC_CLIENT_NOTIFICATION_METHODS,
    UNSUPPORTED_PROTOCOL_VERSION,
    InboundLadderRejection,
    MCPError,
    classify_inbound_request,
)

Headers = Mapping[str, str]
"""HTTP headers by name, in lower case."""

Message = Mapping[str, Any]

VERSION_HEADER = "mcp-protocol-version"
HANDSHAKE_VERSIONS = tuple(
    version for version in reversed(HANDSHAKE_PROTOCOL_VERSIONS) if version >= "2025-03-26"
)
"""Supported versions with a handshake, newest first."""

SUPPORTED_VERSIONS = {*MODERN_PROTOCOL_VERSIONS, *HANDSHAKE_VERSIONS}

KNOWN_METHODS = SPEC_CLIENT_METHODS | SPEC_CLIENT_NOTIFICATION_METHODS
"""Methods that may be logged. Other names are client input."""


class ProtocolError(Exception):
    """A JSON-RPC error with its HTTP status."""

    def __init__(self, code: int, message: str, status: int = 400, data: Any = None) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.status = status
        self.data = data

    @classmethod
    def from_mcp_error(cls, error: MCPError, version: str) -> "ProtocolError":
        """`error` as the response to a valid request of `version`."""
        fields = error.error
        # The 2025 versions respond to every valid request with 200, even with an error.
        status = ERROR_CODE_HTTP_STATUS.get(fields.code, 200) if is_modern(version) else 200
        return cls(fields.code, fields.message, status, fields.data)


def is_modern(version: str) -> bool:
    """Whether requests of `version` carry an envelope."""
    return version in MODERN_PROTOCOL_VERSIONS


def read_message(body: bytes) -> Message:
    """Parse a body with one JSON-RPC request or notification. Raises ProtocolError."""
    try:
        message = orjson.loads(body)
    except orjson.JSONDecodeError:
        raise ProtocolError(PARSE_ERROR, "The body is not JSON.") from None
    if isinstance(message, list):
        raise ProtocolError(
            INVALID_REQUEST, "Batches are not supported. Send one request at a time."
        )
    if not isinstance(message, dict) or not _is_message(fields := cast("dict[str, Any]", message)):
        raise ProtocolError(INVALID_REQUEST, "The body is not a JSON-RPC 2.0 request.")
    return fields


def _is_message(message: Message) -> bool:
    request_id = message.get("id", 0)
    return (
        message.get("jsonrpc") == "2.0"
        and isinstance(message.get("method"), str)
        and isinstance(request_id, str | int)
        and not isinstance(request_id, bool)
        and isinstance(message.get("params", {}), dict)
    )


def header_version(headers: Headers) -> str:
    """The version in the header, or the default without one. Raises ProtocolError."""
    version = headers.get(VERSION_HEADER, DEFAULT_NEGOTIATED_VERSION)
    if version not in SUPPORTED_VERSIONS:
        raise ProtocolError(
            UNSUPPORTED_PROTOCOL_VERSION,
            "Unsupported protocol version",
            data={"supported": list(MODERN_PROTOCOL_VERSIONS), "requested": version},
        )
    return version


def request_version(headers: Headers, message: Message) -> str:
    """The protocol version of the response to `message`. Raises ProtocolError.

    A request of 2026-07-28 names it in its envelope, and its headers must match. `initialize` gets
    the version that it requests, or else the newest with a handshake. Other requests use the
    header.
    """
    version = header_version(headers)
    if is_modern(version):
        route = classify_inbound_request(message, headers=headers)
        if isinstance(route, InboundLadderRejection):
            status = ERROR_CODE_HTTP_STATUS.get(route.code, 400)
            raise ProtocolError(route.code, route.message, status, route.data)
        return route.protocol_version
    if message["method"] == "initialize":
        requested = message.get("params", {}).get("protocolVersion")
        return requested if requested in HANDSHAKE_VERSIONS else HANDSHAKE_VERSIONS[0]
    return version
