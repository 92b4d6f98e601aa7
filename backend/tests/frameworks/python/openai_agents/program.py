"""openai-agents: an agent with an MCP server; with `strict`, schemas are made strict."""

import asyncio
import json
import sys

from agents import Agent, ModelResponse, RunConfig, Runner, Usage
from agents.mcp import MCPServerStreamableHttp
from agents.models.interface import Model
from openai.types.responses import (
    ResponseFunctionToolCall,
    ResponseOutputMessage,
    ResponseOutputText,
)
from speak import BEARER, URL, answer_calls, versions

DONE = ResponseOutputMessage(
    id="1",
    role="assistant",
    status="completed",
    type="message",
    content=[ResponseOutputText(annotations=[], text="done", type="output_text")],
)


class ScriptedModel(Model):
    call = None
    read = None
    tools = ()

    async def get_response(self, *_, **request):
        self.read, self.tools = request["input"], request["tools"]
        output, self.call = self.call or DONE, None
        return ModelResponse(output=[output], usage=Usage(), response_id=None)

    def stream_response(self, *_, **__):
        raise NotImplementedError


async def main():
    model = ScriptedModel()
    async with MCPServerStreamableHttp({"url": URL, "headers": BEARER}) as server:
        agent = Agent(
            "agent",
            model=model,
            mcp_servers=[server],
            mcp_config={"convert_schemas_to_strict": "strict" in sys.argv},
        )

        async def ask(call=None):
            model.call = call
            await Runner.run(agent, "Do it.", run_config=RunConfig(tracing_disabled=True))

        async def call(tool, arguments):
            await ask(
                ResponseFunctionToolCall(
                    name=tool, arguments=json.dumps(arguments), call_id="1", type="function_call"
                )
            )
            return json.dumps(model.read[-1]["output"])

        await ask()
        schemas = {tool.name: tool.params_json_schema for tool in model.tools}
        await answer_calls(versions("openai-agents", "mcp"), schemas, call)


asyncio.run(main())
