"""mcp-haystack: an agent with an MCPToolset, whose model makes the call that is due."""

import asyncio
import json
import os

from haystack import component
from haystack.components.agents import Agent
from haystack.dataclasses import ChatMessage, ToolCall
from haystack_integrations.tools.mcp import MCPToolset, StreamableHttpServerInfo
from speak import URL, answer_calls, versions


@component
class ScriptedModel:
    call: ToolCall | None = None

    @component.output_types(replies=list[ChatMessage])
    def run(self, messages: list[ChatMessage], tools=None):
        said, self.call = self.call, None
        reply = ChatMessage.from_assistant(*(() if said else ("done",)), tool_calls=said and [said])
        return {"replies": [reply]}


async def main():
    server = StreamableHttpServerInfo(url=URL, token=os.environ["MCP_TOKEN"])
    toolset = await asyncio.to_thread(MCPToolset, server, eager_connect=True)
    model = ScriptedModel()
    agent = Agent(chat_generator=model, tools=toolset)

    async def call(tool, arguments):
        model.call = ToolCall(tool, arguments)
        said = await asyncio.to_thread(agent.run, [ChatMessage.from_user("Do it.")])
        result = next(one.tool_call_result for one in said["messages"] if one.tool_call_result)
        return result.result if isinstance(result.result, str) else json.dumps(result.result)

    schemas = {tool.name: tool.tool_spec["parameters"] for tool in toolset}
    await answer_calls(versions("mcp-haystack", "haystack-ai", "mcp"), schemas, call)
    toolset.close()


asyncio.run(main())
