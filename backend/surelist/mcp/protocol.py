"""What is known of a JSON-RPC message before it is answered: that it is one, and its version.

The protocol has two eras (specs/tools.md): since 2026-07-28 each request says in its own envelope
what the 2025 revisions agreed on in a handshake.
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
"""A request's headers, by their names in lower case."""

Message = Mapping[str, Any]

VERSION_HEADER = "mcp-protocol-version"
HANDSHAKES = tuple(
    version for version in reversed(HANDSHAKE_PROTOCOL_VERSIONS) if version >= "2025-03-26"
)
"""The protocol versions with a handshake that are served, newest first."""

SERVED = {*MODERN_PROTOCOL_VERSIONS, *HANDSHAKES}

KNOWN_METHODS = SPEC_CLIENT_METHODS | SPEC_CLIENT_NOTIFICATION_METHODS
"""What a log line may name: any other method is whatever a client wrote."""


class ProtocolError(Exception):
    """A JSON-RPC error, with the HTTP status that goes with it."""

    def __init__(self, code: int, message: str, status: int = 400, data: Any = None) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.status = status
        self.data = data

    @classmethod
    def answering(cls, error: MCPError, version: str) -> "ProtocolError":
        """`error` as the answer to a request of `version` that was understood."""
        told = error.error
        # The 2025 revisions answer a request that was understood with 200, error or not.
        status = ERROR_CODE_HTTP_STATUS.get(told.code, 200) if is_modern(version) else 200
        return cls(told.code, told.message, status, told.data)


def is_modern(version: str) -> bool:
    """Whether a request of `version` carries its own envelope."""
    return version in MODERN_PROTOCOL_VERSIONS


def read_message(body: bytes) -> Message:
    """The one JSON-RPC request or notification in a body. Raises ProtocolError."""
    try:
        message = orjson.loads(body)
    except orjson.JSONDecodeError:
        raise ProtocolError(PARSE_ERROR, "The body is not JSON.") from None
    if isinstance(message, list):
        raise ProtocolError(INVALID_REQUEST, "Batches are not served: send one request at a time.")
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


def version_named(headers: Headers) -> str:
    """The version that the header names, or that its absence means. Raises ProtocolError."""
    version = headers.get(VERSION_HEADER, DEFAULT_NEGOTIATED_VERSION)
    if version not in SERVED:
        raise ProtocolError(
            UNSUPPORTED_PROTOCOL_VERSION,
            "Unsupported protocol version",
            data={"supported": list(MODERN_PROTOCOL_VERSIONS), "requested": version},
        )
    return version


def version_of(headers: Headers, message: Message) -> str:
    """The version that `message` is to be answered in. Raises ProtocolError.

    A request of 2026-07-28 says it in its envelope, which its headers must agree with; a handshake
    ends in the version that it asks for, or in the newest of its era; all others have a header.
    """
    version = version_named(headers)
    if is_modern(version):
        route = classify_inbound_request(message, headers=headers)
        if isinstance(route, InboundLadderRejection):
            status = ERROR_CODE_HTTP_STATUS.get(route.code, 400)
            raise ProtocolError(route.code, route.message, status, route.data)
        return route.protocol_version
    if message["method"] == "initialize":
        asked = message.get("params", {}).get("protocolVersion")
        return asked if asked in HANDSHAKES else HANDSHAKES[0]
    return version
