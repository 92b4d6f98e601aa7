"""The official Python client, 2.x: `client.py auto` or `client.py legacy`."""

import json
import os
import sys
from importlib.metadata import version

import anyio
import httpx2
from mcp import Client, MCPError
from mcp.client.streamable_http import streamable_http_client


async def answer(client, tool, arguments):
    try:
        result = await client.call_tool(tool, arguments)
    except MCPError as refused:
        return {"code": refused.error.code, "message": refused.error.message}
    return {
        "is_error": result.is_error,
        "structured": result.structured_content,
        "text": "".join(block.text for block in result.content),
    }


async def main(mode):
    bearer = {"Authorization": f"Bearer {os.environ['MCP_TOKEN']}"}
    async with httpx2.AsyncClient(headers=bearer) as http:
        transport = streamable_http_client(os.environ["MCP_URL"], http_client=http)
        async with Client(transport, mode=mode) as client:
            tools = [tool.name for tool in (await client.list_tools()).tools]
            hello = {"protocol": client.protocol_version, "tools": tools}
            print(json.dumps({"library": f"mcp {version('mcp')}", **hello}), flush=True)
            async for line in anyio.wrap_file(sys.stdin):
                print(json.dumps(await answer(client, **json.loads(line))), flush=True)


anyio.run(main, sys.argv[1])
