"""The AI SDK's UI message stream: an answer piece by piece, as server-sent events."""

import asyncio
from collections.abc import AsyncGenerator, Iterable
from typing import TYPE_CHECKING, Annotated, Any

import orjson
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from surelist.assistant.failures import SAID
from surelist.assistant.parts import Part
from surelist.assistant.turns import Said, Turn
from surelist.conversations.models import Content, ConversationId, MessageId
from surelist.data.database import Record
from surelist.doors.arguments import ABSENT, Closed, wrong_arguments
from surelist.doors.routing import Door
from surelist.errors import Invalid

if TYPE_CHECKING:
    from surelist.assistant.answer import Chunk
    from surelist.assistant.chat import Assistant

HEADERS = {
    "X-Accel-Buffering": "no",
    "X-Vercel-Ai-Ui-Message-Stream": "v1",
}
SECONDS_BETWEEN_SIGNS = 15
"""How long a connection may be silent before a comment shows that it is alive."""

_CONTENT: TypeAdapter[str] = TypeAdapter(Content)
_END = b"data: [DONE]\n\n"


class UiPart(BaseModel):
    """A part of a UI message; only texts are read."""

    model_config = ConfigDict(extra="allow")

    type: Annotated[str, Field(max_length=100)]
    text: str = ""


class UiMessage(BaseModel):
    """A message as `useChat` keeps it."""

    model_config = ConfigDict(extra="allow")

    role: Annotated[str, Field(max_length=20)]
    parts: list[UiPart]
    metadata: Any = None


class StreamedMessage(Closed):
    """What a person says: `message`, or the body of `useChat`, whose last message it is."""

    conversation_id: ConversationId = ABSENT
    message: Content = ABSENT
    replaces: MessageId = ABSENT
    id: Annotated[str, Field(max_length=200)] = ABSENT
    messages: list[UiMessage] = ABSENT
    trigger: Annotated[str, Field(max_length=100)] = ABSENT
    messageId: Annotated[str, Field(max_length=200)] | None = ABSENT  # noqa: N815 (the SDK's word)

    def said(self) -> Said:
        """What is said, and where. Raises Invalid."""
        if "message" in self.model_fields_set:
            return Said(self.message, self.conversation_id, self.replaces)
        last = next((one for one in reversed(self.messages or []) if one.role == "user"), None)
        if last is None:
            raise Invalid("message_missing")
        text = "\n".join(part.text for part in last.parts if part.type == "text")
        try:
            content = _CONTENT.validate_python(text)
            return Said(content, self.conversation_id or self._led_in(), self.replaces)
        except ValidationError as error:
            errors = [{**one, "loc": ("messages", *one["loc"])} for one in error.errors()]
            raise Invalid("invalid_arguments", wrong=wrong_arguments(errors)) from None

    def _led_in(self) -> int | None:
        """The conversation that the answers so far were given in."""
        for message in reversed(self.messages or []):
            metadata = message.metadata
            if isinstance(metadata, dict):
                conversation_id: Any = metadata.get("conversation_id")  # pyright: ignore
                if isinstance(conversation_id, int):
                    return conversation_id
        return None


async def stream(assistant: "Assistant", door: Door, turn: Turn) -> AsyncGenerator[bytes]:
    """The events of a turn: while it runs, or again when it has ended before."""
    yield _event(_start(turn))
    if turn.answer:
        for chunk in _again(turn.answer["parts"] or []):
            yield _event(chunk)
        for chunk in _ending(turn.answer):
            yield _event(chunk)
        yield _END
        return
    pieces: asyncio.Queue[Chunk | None] = asyncio.Queue()
    running = assistant.start(door, turn, pieces.put_nowait)
    running.add_done_callback(lambda _: pieces.put_nowait(None))
    try:
        while True:
            try:
                async with asyncio.timeout(SECONDS_BETWEEN_SIGNS):
                    piece = await pieces.get()
            except TimeoutError:
                yield b":\n\n"
                continue
            if piece is None:
                break
            yield _event(piece)
        for chunk in _ending(running.result()):
            yield _event(chunk)
        yield _END
    finally:
        running.cancel()  # of one that nobody reads any more; what was done is stored


def _start(turn: Turn) -> "Chunk":
    told = {"conversation_id": turn.conversation_id, "message_id": turn.message["id"]}
    message_id = f"{turn.conversation_id}-{turn.message['id']}"
    return {"type": "start", "messageId": message_id, "messageMetadata": told}


def _ending(stored: Record | None) -> "Iterable[Chunk]":
    if stored is None:
        yield {"type": "error", "errorText": SAID["interrupted"]}
        return
    told = {"answer_id": stored["id"]}
    if stored["failure"]:
        metadata = told | {"failure": stored["failure"]}
        yield {"type": "message-metadata", "messageMetadata": metadata}
        yield {"type": "error", "errorText": stored["content"]}
        return
    yield {"type": "finish", "messageMetadata": told}


def _again(parts: list[Part]) -> "Iterable[Chunk]":
    """The chunks that stored parts came as."""
    stepping = False
    for number, part in enumerate(parts):
        if part["type"] == "step-start":
            if stepping:
                yield {"type": "finish-step"}
            stepping = True
            yield {"type": "start-step"}
        elif part["type"] == "text":
            text_id = f"text-{number + 1}"
            yield {"type": "text-start", "id": text_id}
            yield {"type": "text-delta", "id": text_id, "delta": part["text"]}
            yield {"type": "text-end", "id": text_id}
        else:
            call_id, name = part["toolCallId"], part["type"].removeprefix("tool-")
            known = {"toolCallId": call_id}
            yield {
                "type": "tool-input-available",
                **known,
                "toolName": name,
                "input": part["input"],
            }
            if "output" in part:
                yield {"type": "tool-output-available", **known, "output": part["output"]}
            elif "errorText" in part:
                yield {"type": "tool-output-error", **known, "errorText": part["errorText"]}
    if stepping:
        yield {"type": "finish-step"}


def _event(chunk: "Chunk") -> bytes:
    return b"data: " + orjson.dumps(chunk) + b"\n\n"
