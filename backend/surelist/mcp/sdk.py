"""All imports from the MCP SDK.

Most names come from private modules, which change between minor versions. `mcp` is therefore pinned
to a minor version, and a test imports each name.
"""

try:
    from mcp.server.streamable_http import check_accept_headers
    from mcp.shared.exceptions import MCPError
    from mcp.shared.inbound import (
        ERROR_CODE_HTTP_STATUS,
        InboundLadderRejection,
        classify_inbound_request,
        find_duplicated_routing_header,
    )
    from mcp.shared.subscriptions import SUBSCRIPTION_ID_META_KEY
    from mcp_types import (
        DEFAULT_NEGOTIATED_VERSION,
        HEADER_MISMATCH,
        INTERNAL_ERROR,
        INVALID_PARAMS,
        INVALID_REQUEST,
        METHOD_NOT_FOUND,
        PARSE_ERROR,
        SERVER_INFO_META_KEY,
        UNSUPPORTED_PROTOCOL_VERSION,
    )
    from mcp_types.methods import (
        SPEC_CLIENT_METHODS,
        SPEC_CLIENT_NOTIFICATION_METHODS,
        validate_client_request,
    )
    from mcp_types.version import HANDSHAKE_PROTOCOL_VERSIONS, MODERN_PROTOCOL_VERSIONS
except ImportError as error:
    raise ImportError(
        f"{error}. This version of the MCP SDK moved it. Update surelist/mcp/sdk.py, and "
        "compare the new behaviour with docs/decisions/0004."
    ) from error

__all__ = [
    "DEFAULT_NEGOTIATED_VERSION",
    "ERROR_CODE_HTTP_STATUS",
    "HANDSHAKE_PROTOCOL_VERSIONS",
    "HEADER_MISMATCH",
    "INTERNAL_ERROR",
    "INVALID_PARAMS",
    "INVALID_REQUEST",
    "METHOD_NOT_FOUND",
    "MODERN_PROTOCOL_VERSIONS",
    "PARSE_ERROR",
    "SERVER_INFO_META_KEY",
    "SPEC_CLIENT_METHODS",
    "SPEC_CLIENT_NOTIFICATION_METHODS",
    "SUBSCRIPTION_ID_META_KEY",
    "UNSUPPORTED_PROTOCOL_VERSION",
    "InboundLadderRejection",
    "MCPError",
    "check_accept_headers",
    "classify_inbound_request",
    "find_duplicated_routing_header",
    "validate_client_request",
]
