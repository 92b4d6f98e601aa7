"""dspy: tools made by `Tool.from_mcp_tool`, called as its ReAct module calls them."""

import asyncio

import httpx2
import mcp
from dspy import Tool
from mcp.client.streamable_http import streamable_http_client
from speak import BEARER, URL, answer_calls, versions


async def main():
    async with (
        httpx2.AsyncClient(headers=BEARER) as http,
        streamable_http_client(URL, http_client=http) as (read, write, *_),
        mcp.ClientSession(read, write) as session,
    ):
        await session.initialize()
        listed = (await session.list_tools()).tools
        tools = {tool.name: Tool.from_mcp_tool(session, tool) for tool in listed}

        async def call(tool, arguments):
            return str(await tools[tool].acall(**arguments))

        schemas = {
            name: {"type": "object", "properties": tool.args} for name, tool in tools.items()
        }
        await answer_calls(versions("dspy", "mcp"), schemas, call)


asyncio.run(main())
