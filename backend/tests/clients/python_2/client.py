"""The official Python client, 2.x: `client.py auto` or `client.py legacy`.

With a token in MCP_TOKEN, or else it signs in as MCP_CLIENT_NAME.
"""

import json
import os
import sys
from contextlib import asynccontextmanager
from importlib.metadata import version

import anyio
import httpx2
from mcp import Client, MCPError
from mcp.client.streamable_http import streamable_http_client
from sign_in import signing_in

PATIENCE = 30


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


@asynccontextmanager
async def authorized(url):
    if token := os.environ.get("MCP_TOKEN"):
        bearer = {"Authorization": f"Bearer {token}"}
        async with httpx2.AsyncClient(headers=bearer, timeout=PATIENCE) as http:
            yield http
    else:
        async with (
            signing_in(url, os.environ["MCP_CLIENT_NAME"]) as auth,
            httpx2.AsyncClient(auth=auth, timeout=PATIENCE) as http,
        ):
            yield http


async def main(mode):
    url = os.environ["MCP_URL"]
    async with authorized(url) as http:
        transport = streamable_http_client(url, http_client=http)
        async with Client(transport, mode=mode) as client:
            tools = [tool.name for tool in (await client.list_tools()).tools]
            hello = {"protocol": client.protocol_version, "tools": tools}
            print(json.dumps({"library": f"mcp {version('mcp')}", **hello}), flush=True)
            async for line in anyio.wrap_file(sys.stdin):
                print(json.dumps(await answer(client, **json.loads(line))), flush=True)


anyio.run(main, sys.argv[1])
