"""Handles the MCP methods of a toolset, for all protocol versions.

The SDK validates requests of each version. This module replaces the SDK's server and needs a tenth
of its time (docs/decisions/0004).
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from importlib.metadata import version
from typing import Any

from pydantic import ValidationError
from starlette.responses import Response

from surelist.access.auth import Principal
from surelist.data.isolation import Database
from surelist.doors.messages import for_model
from surelist.doors.reading import TEXT, read_object
from surelist.doors.toolbox import Tool
from surelist.errors import Invalid
from surelist.feed.feed import Feed
from surelist.mcp.protocol import is_modern
from surelist.mcp.sdk import (
    INVALID_PARAMS,
    METHOD_NOT_FOUND,
    MODERN_PROTOCOL_VERSIONS,
    SERVER_INFO_META_KEY,
    MCPError,
    validate_client_request,
)
from surelist.observability.call import note
from surelist.observability.mending import record_client_info

PUBLIC_CACHE = {"ttlMs": 3_600_000, "cacheScope": "public"}
"""Results that are the same for all users: clients and shared caches may keep them for an hour."""

PRIVATE_CACHE = {"ttlMs": 0, "cacheScope": "private"}

Params = Mapping[str, Any]
"""The parameters of a request, valid for its protocol version."""

Result = dict[str, Any]
"""A result without the fields that 2026-07-28 adds to every result."""


@dataclass(frozen=True, slots=True)
class Context:
    """The context of a request."""

    toolset: "Toolset"
    database: Database
    principal: Principal
    version: str


@dataclass(frozen=True, slots=True)
class Method:
    """The handler of a method, and the cache fields that 2026-07-28 adds to its result."""

    handle: Callable[[Context, Params], Awaitable[Result]]
    caching: Mapping[str, Any] = field(default_factory=dict[str, Any])
    opens_transaction: bool = False
    """Whether the handler opens a transaction, which checks the credential for revocation."""


Stream = Callable[[Feed, Context, str | int, Params], Awaitable[Response]]
"""Opens the response to the request with that id."""


@dataclass(frozen=True, eq=False)
class Toolset:
    """The tools and methods of one endpoint."""

    name: str
    title: str
    instructions: str
    tools: Mapping[str, Tool]
    methods: Mapping[str, Method]
    capabilities: Mapping[str, Any]
    streams: Mapping[str, Stream] = field(default_factory=dict[str, Any])
    """Methods of 2026-07-28 whose response stays open."""
    modern_capabilities: Mapping[str, Any] = field(default_factory=dict[str, Any])
    """Capabilities that 2026-07-28 has beside the others."""

    @cached_property
    def info(self) -> dict[str, Any]:
        """The `serverInfo` of the endpoint."""
        return {"name": self.name, "title": self.title, "version": version("surelist")}

    @cached_property
    def tool_list(self) -> list[dict[str, Any]]:
        """The tools of `tools/list`."""
        return [tool.listed() for tool in self.tools.values()]


async def answer(context: Context, method: str, params: Params | None) -> Result:
    """The result of a request. Raises MCPError, also for Invalid, and SurelistError from Tool.call.

    A revoked credential is refused for every method: `Database.admit` checks requests that open no
    transaction.
    """
    try:
        handler, params = _resolve(context, method, params)
        if not handler.opens_transaction:
            await context.database.admit(context.principal)
        result = await handler.handle(context, params or {})
    except (MCPError, Invalid) as error:
        raise await _refused(context, error) from None
    if not is_modern(context.version):
        return result
    meta = {SERVER_INFO_META_KEY: context.toolset.info}
    return {**result, **handler.caching, "resultType": "complete", "_meta": meta}


async def open_stream(
    feed: Feed, context: Context, request_id: str | int, method: str, params: Params | None
) -> Response:
    """The response that stays open, of one of the toolset's `streams`. Raises as `answer` does."""
    try:
        _validate(context, method, params)
        return await context.toolset.streams[method](feed, context, request_id, params or {})
    except (MCPError, Invalid) as error:
        raise await _refused(context, error) from None


async def _refused(context: Context, error: MCPError | Invalid) -> MCPError:
    """The error of an invalid request. Raises Unauthenticated for a revoked credential instead."""
    await context.database.admit(context.principal)
    return error if isinstance(error, MCPError) else MCPError(INVALID_PARAMS, for_model(error))


def _resolve(context: Context, method: str, params: Params | None) -> tuple[Method, Params | None]:
    """The method and the valid parameters of a request. Raises MCPError, Invalid."""
    if method == "tools/call" and params and isinstance(params.get("arguments"), str):
        params = _parse_arguments(params)
    _validate(context, method, params)
    handler = context.toolset.methods.get(method)
    if handler is None:
        raise MCPError(METHOD_NOT_FOUND, "Method not found")
    return handler, params


def _validate(context: Context, method: str, params: Params | None) -> None:
    try:
        validate_client_request(method, context.version, params)
    except KeyError:
        raise MCPError(METHOD_NOT_FOUND, "Method not found") from None
    except ValidationError:
        raise MCPError(INVALID_PARAMS, "Invalid request parameters") from None


def _parse_arguments(params: Params) -> Params:
    """Parameters of a tool call with parsed arguments. Some clients send arguments as JSON text.

    Raises Invalid.
    """
    arguments = read_object(params["arguments"])
    if isinstance(arguments, str):
        raise Invalid("arguments_are_text")
    note(mended=TEXT)
    return {**params, "arguments": arguments}


async def _initialize(context: Context, params: Params) -> Result:
    record_client_info(params)
    return {
        "protocolVersion": context.version,
        "capabilities": context.toolset.capabilities,
        "serverInfo": context.toolset.info,
        "instructions": context.toolset.instructions,
    }


async def _ping(_context: Context, _params: Params) -> Result:
    return {}


async def _discover(context: Context, _params: Params) -> Result:
    toolset = context.toolset
    return {
        "supportedVersions": list(MODERN_PROTOCOL_VERSIONS),
        "capabilities": {**toolset.capabilities, **toolset.modern_capabilities},
        "instructions": toolset.instructions,
    }


async def _list_tools(context: Context, _params: Params) -> Result:
    return {"tools": context.toolset.tool_list}


async def _call_tool(context: Context, params: Params) -> Result:
    tools = context.toolset.tools
    tool = tools.get(params["name"])
    if tool is None:
        raise Invalid("unknown_tool", name=params["name"][:50], allowed=[*tools])
    note(tool=tool.name)
    # Some clients send null for missing arguments.
    arguments: Params = params.get("arguments") or {}
    return await tool.call(context.database, context.principal, arguments)


CORE: Mapping[str, Method] = {
    "initialize": Method(_initialize),
    "ping": Method(_ping),
    "server/discover": Method(_discover, PUBLIC_CACHE),
    "tools/list": Method(_list_tools, PUBLIC_CACHE),
    "tools/call": Method(_call_tool, opens_transaction=True),
}
"""The methods of every toolset. The SDK defines the methods of each protocol version."""
