"""The official Python client, 1.x, in an environment of its own."""

import json
import os
import sys
from importlib.metadata import version

import anyio
import httpx
from mcp import ClientSession, McpError
from mcp.client.streamable_http import streamable_http_client


async def answer(session, tool, arguments):
    try:
        result = await session.call_tool(tool, arguments)
    except McpError as refused:
        return {"code": refused.error.code, "message": refused.error.message}
    return {
        "is_error": result.isError,
        "structured": result.structuredContent,
        "text": "".join(block.text for block in result.content),
    }


async def main():
    bearer = {"Authorization": f"Bearer {os.environ['MCP_TOKEN']}"}
    async with (
        httpx.AsyncClient(headers=bearer) as http,
        streamable_http_client(os.environ["MCP_URL"], http_client=http) as (read, write, _),
        ClientSession(read, write) as session,
    ):
        protocol = (await session.initialize()).protocolVersion
        tools = [tool.name for tool in (await session.list_tools()).tools]
        hello = {"protocol": protocol, "tools": tools}
        print(json.dumps({"library": f"mcp {version('mcp')}", **hello}), flush=True)
        async for line in anyio.wrap_file(sys.stdin):
            print(json.dumps(await answer(session, **json.loads(line))), flush=True)


anyio.run(main)
