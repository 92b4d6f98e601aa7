"""pydantic-ai: an agent with an MCPToolset, whose model makes the call that is due."""

import asyncio

from pydantic_ai import Agent
from pydantic_ai.mcp import MCPToolset
from pydantic_ai.messages import ModelResponse, TextPart, ToolCallPart
from pydantic_ai.models.function import FunctionModel
from speak import BEARER, URL, answer_calls, versions


class ScriptedModel:
    call = None
    messages = ()
    tools = ()

    def __call__(self, messages, info):
        self.messages, self.tools = messages, info.function_tools
        part, self.call = self.call or TextPart("done"), None
        return ModelResponse([part])


async def main():
    model = ScriptedModel()
    agent = Agent(FunctionModel(model), toolsets=[MCPToolset(URL, headers=BEARER)])

    async def call(tool, arguments):
        model.call = ToolCallPart(tool, arguments)
        await agent.run("Do it.")
        answer = model.messages[-1].parts[0]
        return answer.model_response() if hasattr(answer, "model_response") else answer.content

    async with agent:
        await agent.run("What can you do?")
        schemas = {tool.name: tool.parameters_json_schema for tool in model.tools}
        await answer_calls(versions("pydantic-ai-slim", "mcp"), schemas, call)


asyncio.run(main())
