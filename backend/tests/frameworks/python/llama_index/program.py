"""llama-index-tools-mcp: the tools of an McpToolSpec, called as LlamaIndex's agents call them."""

import asyncio

from llama_index.core.tools import ToolSelection
from llama_index.core.tools.calling import acall_tool_with_selection
from llama_index.tools.mcp import BasicMCPClient, McpToolSpec
from speak import BEARER, URL, answer_calls, versions


async def main():
    tools = await McpToolSpec(BasicMCPClient(URL, headers=BEARER)).to_tool_list_async()

    async def call(tool, arguments):
        selected = ToolSelection(tool_id="1", tool_name=tool, tool_kwargs=arguments)
        return (await acall_tool_with_selection(selected, tools)).content

    shown = [tool.metadata.to_openai_tool()["function"] for tool in tools]
    schemas = {tool["name"]: tool["parameters"] for tool in shown}
    await answer_calls(versions("llama-index-tools-mcp", "llama-index-core", "mcp"), schemas, call)


asyncio.run(main())
