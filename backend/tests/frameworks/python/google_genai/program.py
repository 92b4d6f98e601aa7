"""google-genai: a session given to `generate_content`, with automatic function calling."""

import asyncio
import json

import httpx2 as httpx
import mcp
from google import genai
from google.genai import types
from mcp.client.streamable_http import streamable_http_client
from speak import BEARER, URL, answer_calls, versions


class ScriptedModel:
    """Answers as Gemini: with the call that is due, then with a word once it has the result."""

    call = None
    request = None

    def __call__(self, request):
        self.request = json.loads(request.content)
        part = {"functionCall": self.call} if self.call else {"text": "done"}
        self.call = None
        return httpx.Response(
            200, json={"candidates": [{"content": {"role": "model", "parts": [part]}}]}
        )


async def main():
    model = ScriptedModel()
    options = types.HttpOptions(async_client_args={"transport": httpx.MockTransport(model)})
    gemini = genai.Client(api_key="none", http_options=options).aio.models
    async with (
        httpx.AsyncClient(headers=BEARER) as http,
        streamable_http_client(URL, http_client=http) as (read, write, *_),
        mcp.ClientSession(read, write) as session,
    ):
        await session.initialize()

        async def ask(tool=None, arguments=None):
            model.call = tool and {"name": tool, "args": arguments}
            # A dict: of a config object it makes a deep copy, which no session survives.
            await gemini.generate_content(
                model="gemini", contents="Do it.", config={"tools": [session]}
            )
            return model.request

        async def call(tool, arguments):
            said = (await ask(tool, arguments))["contents"][-1]["parts"][0]
            return json.dumps(said["functionResponse"]["response"])

        tools = (await ask())["tools"]
        schemas = {
            declared["name"]: declared["parameters"]
            for tool in tools
            for declared in tool["functionDeclarations"]
        }
        await answer_calls(versions("google-genai", "mcp"), schemas, call)


asyncio.run(main())
