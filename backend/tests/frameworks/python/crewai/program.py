"""crewai-tools: the tools of an MCPServerAdapter, called as CrewAI calls them for a model."""

import asyncio

from crewai.utilities.agent_utils import convert_tools_to_openai_schema
from crewai_tools import MCPServerAdapter
from speak import BEARER, URL, answer_calls, versions


async def main():
    server = {"url": URL, "transport": "streamable-http", "headers": BEARER}
    with MCPServerAdapter(server) as tools:
        declared, functions, _ = convert_tools_to_openai_schema(tools)

        async def call(tool, arguments):
            return await asyncio.to_thread(functions[tool], **arguments)

        shown = [tool["function"] for tool in declared]
        schemas = {tool["name"]: tool["parameters"] for tool in shown}
        await answer_calls(versions("crewai-tools", "mcpadapt", "mcp"), schemas, call)


asyncio.run(main())
