"""smolagents: the tools of an MCPClient, called as a ToolCallingAgent calls them."""

import asyncio

from smolagents import MCPClient, Model, ToolCallingAgent
from smolagents.models import get_tool_json_schema
from speak import BEARER, URL, answer_calls, versions


async def main():
    server = {"url": URL, "transport": "streamable-http", "headers": BEARER}
    with MCPClient(server, structured_output=False) as tools:
        agent = ToolCallingAgent(tools, model=Model(), verbosity_level=0)

        async def call(tool, arguments):
            return str(await asyncio.to_thread(agent.execute_tool_call, tool, arguments))

        shown = [get_tool_json_schema(tool)["function"] for tool in tools]
        schemas = {tool["name"]: tool["parameters"] for tool in shown}
        await answer_calls(versions("smolagents", "mcpadapt", "mcp"), schemas, call)


asyncio.run(main())
