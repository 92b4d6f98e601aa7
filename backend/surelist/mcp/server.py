"""How a toolset is served over MCP, for every protocol version alike.

The SDK's types say what each version's requests and results look like; what the SDK's own server
does around them is done here, in a tenth of its time (docs/decisions/0004).
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from importlib.metadata import version
from typing import Any

from pydantic import ValidationError

from surelist.access.auth import Principal
from surelist.data.isolation import Database
from surelist.doors.messages import for_model
from surelist.doors.reading import TEXT, read_object
from surelist.doors.toolbox import Tool
from surelist.errors import Invalid
from surelist.mcp.protocol import is_modern
from surelist.mcp.sdk import (
    INVALID_PARAMS,
    METHOD_NOT_FOUND,
    MODERN_PROTOCOL_VERSIONS,
    SERVER_INFO_META_KEY,
    MCPError,
    validate_client_request,
)
from surelist.observability.calls import note
from surelist.observability.mending import introduce

PUBLIC = {"ttlMs": 3_600_000, "cacheScope": "public"}
"""What is the same for everyone may be kept by clients, and by caches between, for an hour."""

PRIVATE = {"ttlMs": 0, "cacheScope": "private"}

Params = Mapping[str, Any]
"""A request's parameters, which have the shape that its version gives them."""

Result = dict[str, Any]
"""A result without what 2026-07-28 wraps around it."""


@dataclass(frozen=True, slots=True)
class Context:
    """What a request is answered out of, for whom, and in which version."""

    toolset: "Toolset"
    database: Database
    principal: Principal
    version: str


@dataclass(frozen=True, slots=True)
class Method:
    """How a method is answered, and what a client of 2026-07-28 may keep of the answer."""

    answer: Callable[[Context, Params], Awaitable[Result]]
    caching: Mapping[str, Any] = field(default_factory=dict[str, Any])
    opens: bool = False
    """Whether the answer comes out of a transaction, which looks at the credential by itself."""


@dataclass(frozen=True, eq=False)
class Toolset:
    """What one endpoint offers: its name, its tools, and the methods that it answers."""

    name: str
    title: str
    instructions: str
    tools: Mapping[str, Tool]
    methods: Mapping[str, Method]
    capabilities: Mapping[str, Any]

    @cached_property
    def info(self) -> dict[str, Any]:
        """What the server says that it is."""
        return {"name": self.name, "title": self.title, "version": version("surelist")}

    @cached_property
    def listed(self) -> list[dict[str, Any]]:
        """The tools as `tools/list` tells them."""
        return [tool.listed() for tool in self.tools.values()]


async def answer(context: Context, method: str, params: Params | None) -> Result:
    """The result of a request. Raises MCPError, also for Invalid, or what Tool.call raises.

    Whatever it is, a credential that no longer counts is told so: what is answered out of no
    transaction is held against `Database.admit`.
    """
    try:
        offered, params = _asked(context, method, params)
        if not offered.opens:
            await context.database.admit(context.principal)
        result = await offered.answer(context, params or {})
    except (MCPError, Invalid) as error:
        await context.database.admit(context.principal)
        if isinstance(error, MCPError):
            raise
        raise MCPError(INVALID_PARAMS, for_model(error)) from None
    if not is_modern(context.version):
        return result
    meta = {SERVER_INFO_META_KEY: context.toolset.info}
    return {**result, **offered.caching, "resultType": "complete", "_meta": meta}


def _asked(context: Context, method: str, params: Params | None) -> tuple[Method, Params | None]:
    """The method that a request asks for, and its parameters. Raises MCPError, Invalid."""
    if method == "tools/call" and params and isinstance(params.get("arguments"), str):
        params = _with_read_arguments(params)
    try:
        validate_client_request(method, context.version, params)
    except KeyError:
        raise MCPError(METHOD_NOT_FOUND, "Method not found") from None
    except ValidationError:
        raise MCPError(INVALID_PARAMS, "Invalid request parameters") from None
    offered = context.toolset.methods.get(method)
    if offered is None:
        raise MCPError(METHOD_NOT_FOUND, "Method not found")
    return offered, params


def _with_read_arguments(params: Params) -> Params:
    """The parameters of a tool call whose arguments are JSON text, as some clients write them.

    Raises Invalid.
    """
    arguments = read_object(params["arguments"])
    if isinstance(arguments, str):
        raise Invalid("arguments_are_text")
    note(mended=TEXT)
    return {**params, "arguments": arguments}


async def _initialize(context: Context, params: Params) -> Result:
    introduce(params)
    return {
        "protocolVersion": context.version,
        "capabilities": context.toolset.capabilities,
        "serverInfo": context.toolset.info,
        "instructions": context.toolset.instructions,
    }


async def _ping(_context: Context, _params: Params) -> Result:
    return {}


async def _discover(context: Context, _params: Params) -> Result:
    return {
        "supportedVersions": list(MODERN_PROTOCOL_VERSIONS),
        "capabilities": context.toolset.capabilities,
        "instructions": context.toolset.instructions,
    }


async def _list_tools(context: Context, _params: Params) -> Result:
    return {"tools": context.toolset.listed}


async def _call_tool(context: Context, params: Params) -> Result:
    tools = context.toolset.tools
    tool = tools.get(params["name"])
    if tool is None:
        raise Invalid("unknown_tool", name=params["name"][:50], allowed=[*tools])
    note(tool=tool.name)
    # Null comes from clients that write down what is not there.
    given: Params = params.get("arguments") or {}
    return await tool.call(context.database, context.principal, given)


CORE: Mapping[str, Method] = {
    "initialize": Method(_initialize),
    "ping": Method(_ping),
    "server/discover": Method(_discover, PUBLIC),
    "tools/list": Method(_list_tools, PUBLIC),
    "tools/call": Method(_call_tool, opens=True),
}
"""What every toolset answers: which version knows which method is the SDK's to say."""
