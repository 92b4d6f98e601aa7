"""autogen-ext: the tools of mcp_server_tools, called as AutoGen's workbench calls them."""

import asyncio

from autogen_core.tools import StaticWorkbench
from autogen_ext.tools.mcp import StreamableHttpServerParams, mcp_server_tools
from speak import BEARER, URL, answer_calls, versions


async def main():
    tools = await mcp_server_tools(StreamableHttpServerParams(url=URL, headers=BEARER))
    workbench = StaticWorkbench(tools)

    async def call(tool, arguments):
        return (await workbench.call_tool(tool, arguments)).to_text()

    schemas = {tool["name"]: tool["parameters"] for tool in await workbench.list_tools()}
    await answer_calls(versions("autogen-ext", "mcp"), schemas, call)


asyncio.run(main())
