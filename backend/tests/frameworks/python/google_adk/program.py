"""google-adk: an agent with an McpToolset, whose model makes the call that is due."""

import asyncio
import json

from google.adk.agents import LlmAgent
from google.adk.models import BaseLlm, LlmResponse
from google.adk.runners import InMemoryRunner
from google.adk.tools.mcp_tool import McpToolset, StreamableHTTPConnectionParams
from google.genai import types
from speak import BEARER, URL, answer_calls, versions


class ScriptedModel(BaseLlm):
    call: types.FunctionCall | None = None
    request: object = None

    async def generate_content_async(self, llm_request, stream=False):
        self.request = llm_request
        part = types.Part(function_call=self.call) if self.call else types.Part(text="done")
        self.call = None
        yield LlmResponse(content=types.Content(role="model", parts=[part]))


async def main():
    model = ScriptedModel(model="scripted")
    toolset = McpToolset(connection_params=StreamableHTTPConnectionParams(url=URL, headers=BEARER))
    runner = InMemoryRunner(LlmAgent(name="agent", model=model, tools=[toolset]))

    async def ask(call=None):
        model.call = call
        await runner.run_debug("Do it.", quiet=True)
        return model.request

    async def call(tool, arguments):
        request = await ask(types.FunctionCall(name=tool, args=arguments))
        return json.dumps(request.contents[-1].parts[0].function_response.response)

    declared = (await ask()).config.tools[0].function_declarations
    schemas = {
        one.name: one.parameters_json_schema or one.parameters.model_dump(exclude_none=True)
        for one in declared
    }
    await answer_calls(versions("google-adk", "google-genai", "mcp"), schemas, call)
    await runner.close()


asyncio.run(main())
