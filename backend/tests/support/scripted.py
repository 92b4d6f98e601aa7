"""A model's server that says what a script says, as OpenAI's and as Anthropic's do, over HTTP."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route


@dataclass(frozen=True)
class Call:
    """A call of a tool; `arguments` that are text are sent as they are."""

    tool: str
    arguments: dict[str, Any] | str = field(default_factory=dict)
    id: str = ""

    @property
    def text(self) -> str:
        given = self.arguments
        return given if isinstance(given, str) else json.dumps(given)


@dataclass(frozen=True)
class Fault:
    """An HTTP error in the place of an answer."""

    status: int
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Silence:
    """Half an answer, and then nothing more: until the client goes, or for so many seconds."""

    begun: str = "I will"


@dataclass(frozen=True)
class Cut:
    """Half an answer, and then the end of the connection."""

    begun: str = "I will"


Step = str | Call | list[Call] | Fault | Silence | Cut


class Model:
    """What it is going to say, one step for each request, and what it was asked."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.script: list[Step] = []
        self.always: Step | None = None
        self.seconds = 0.0
        self.waits_for: asyncio.Event | None = None
        self.asked: list[dict[str, Any]] = []
        self.left = asyncio.Event()
        self.begun = asyncio.Event()

    def says(self, *steps: Step) -> None:
        """Take these for the next requests."""
        self.script = list(steps)

    async def next(self, request: Request) -> Step:
        self.asked.append(await request.json())
        self.begun.set()
        await asyncio.sleep(self.seconds)
        if self.waits_for:
            await self.waits_for.wait()
        if self.script:
            return self.script.pop(0)
        return "Done." if self.always is None else self.always


async def _pieces(model: Model, step: Step, whole: AsyncIterator[str]) -> AsyncIterator[str]:
    try:
        async for piece in whole:
            yield piece
        if isinstance(step, Silence):
            await asyncio.Event().wait()
        if isinstance(step, Cut):
            raise ConnectionResetError
    finally:
        model.left.set()


def _said(step: Step) -> tuple[str, list[Call]]:
    if isinstance(step, str):
        return step, []
    if isinstance(step, Call):
        return "", [step]
    if isinstance(step, list):
        return "", step
    if isinstance(step, Silence | Cut):
        return step.begun, []
    raise TypeError(step)


def _data(**chunk: Any) -> str:
    return f"data: {json.dumps(chunk)}\n\n"


async def _openai(step: Step) -> AsyncIterator[str]:
    text, calls = _said(step)

    def chunk(delta: dict[str, Any], finish: str | None = None) -> str:
        choice = {"index": 0, "delta": delta, "finish_reason": finish}
        known = {"id": "c", "object": "chat.completion.chunk", "created": 1, "model": "scripted"}
        return _data(**known, choices=[choice])

    yield chunk({"role": "assistant", "content": ""})
    for begin in range(0, len(text), 4000):
        yield chunk({"content": text[begin : begin + 4000]})
    for index, call in enumerate(calls):
        function = {"name": call.tool, "arguments": call.text}
        call_id = call.id or f"call_{index}_{id(call)}"
        told = {"index": index, "id": call_id, "type": "function", "function": function}
        yield chunk({"tool_calls": [told]})
    if isinstance(step, Silence | Cut):
        return
    yield chunk({}, "tool_calls" if calls else "stop")
    usage = {"prompt_tokens": 100, "completion_tokens": 10, "total_tokens": 110}
    known = {"id": "c", "object": "chat.completion.chunk", "created": 1, "model": "scripted"}
    yield _data(**known, choices=[], usage=usage)
    yield "data: [DONE]\n\n"


async def _anthropic(step: Step) -> AsyncIterator[str]:
    text, calls = _said(step)

    def event(kind: str, **more: Any) -> str:
        return f"event: {kind}\n" + _data(type=kind, **more)

    usage = {"input_tokens": 100, "output_tokens": 1}
    message = {"id": "m", "type": "message", "role": "assistant", "model": "scripted"}
    empty = {"content": [], "stop_reason": None, "stop_sequence": None, "usage": usage}
    yield event("message_start", message=message | empty)
    blocks: list[tuple[dict[str, Any], dict[str, Any]]] = []
    if text:
        blocks.append(({"type": "text", "text": ""}, {"type": "text_delta", "text": text}))
    for number, call in enumerate(calls):
        call_id = call.id or f"toolu_{number}_{id(call)}"
        start = {"type": "tool_use", "id": call_id, "name": call.tool, "input": {}}
        blocks.append((start, {"type": "input_json_delta", "partial_json": call.text}))
    for index, (start, delta) in enumerate(blocks):
        yield event("content_block_start", index=index, content_block=start)
        yield event("content_block_delta", index=index, delta=delta)
        if isinstance(step, Silence | Cut):
            return
        yield event("content_block_stop", index=index)
    stop = {"stop_reason": "tool_use" if calls else "end_turn", "stop_sequence": None}
    yield event("message_delta", delta=stop, usage={"output_tokens": 10})
    yield event("message_stop")


@asynccontextmanager
async def scripted_model() -> AsyncIterator[Model]:
    """A running server; its `url` is the beginning of both its addresses."""
    model = Model("")

    def answering(dialect: Any) -> Any:
        async def answer(request: Request) -> Response:
            step = await model.next(request)
            if isinstance(step, Fault):
                fault = {"type": "error", "error": {"type": "api_error", "message": "scripted"}}
                return JSONResponse(fault, step.status, step.headers)
            pieces = _pieces(model, step, dialect(step))
            return StreamingResponse(pieces, media_type="text/event-stream")

        return answer

    app = Starlette(
        routes=[
            Route("/v1/chat/completions", answering(_openai), methods=["POST"]),
            Route("/v1/messages", answering(_anthropic), methods=["POST"]),
        ]
    )
    config = uvicorn.Config(app, port=0, log_level="critical", lifespan="off")
    server = uvicorn.Server(config)
    server.install_signal_handlers = lambda: None  # type: ignore[attr-defined]
    serving = asyncio.create_task(server._serve())
    while not server.started:  # noqa: ASYNC110 (uvicorn has no event for it)
        await asyncio.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    model.url = f"http://127.0.0.1:{port}"
    try:
        yield model
    finally:
        server.should_exit = server.force_exit = True
        await serving
