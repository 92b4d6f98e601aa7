"""semantic-kernel: an MCPStreamableHttpPlugin, called as the kernel calls it for a model."""

import asyncio
import json

from semantic_kernel import Kernel
from semantic_kernel.connectors.ai.function_calling_utils import (
    kernel_function_metadata_to_function_call_format,
)
from semantic_kernel.connectors.mcp import MCPStreamableHttpPlugin
from semantic_kernel.contents import ChatHistory, FunctionCallContent
from speak import BEARER, URL, answer_calls, versions


async def main():
    kernel = Kernel()
    async with MCPStreamableHttpPlugin(
        name="surelist", url=URL, headers=BEARER, load_prompts=False
    ) as plugin:
        kernel.add_plugin(plugin)

        async def call(tool, arguments):
            history = ChatHistory()
            called = FunctionCallContent(
                id="1", name=f"surelist-{tool}", arguments=json.dumps(arguments)
            )
            await kernel.invoke_function_call(called, history)
            return str(history.messages[-1].items[0].result)

        shown = [
            kernel_function_metadata_to_function_call_format(function)["function"]
            for function in kernel.get_full_list_of_function_metadata()
        ]
        schemas = {tool["name"].removeprefix("surelist-"): tool["parameters"] for tool in shown}
        await answer_calls(versions("semantic-kernel", "mcp"), schemas, call)


asyncio.run(main())
