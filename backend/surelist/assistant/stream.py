"""Streams an answer as server-sent events, in the AI SDK's UI message format."""

import asyncio
from collections.abc import AsyncGenerator, Iterable
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from surelist.assistant.failures import FAILURE_MESSAGES
from surelist.assistant.parts import Part
from surelist.assistant.turns import NewMessage, Turn
from surelist.conversations.models import Content, ConversationId, MessageId
from surelist.data.database import Record
from surelist.doors import event_stream
from surelist.doors.arguments import ABSENT, Closed, wrong_arguments
from surelist.doors.event_stream import COMMENT, KEEPALIVE_SECONDS, message
from surelist.doors.routing import Door
from surelist.errors import Invalid

if TYPE_CHECKING:
    from surelist.assistant.answer import Chunk
    from surelist.assistant.chat import Assistant

HEADERS = event_stream.HEADERS | {"X-Vercel-Ai-Ui-Message-Stream": "v1"}

_CONTENT: TypeAdapter[str] = TypeAdapter(Content)
_END = b"data: [DONE]\n\n"


class UiPart(BaseModel):
    """A part of a UI message. Only the parts with text are used."""

    model_config = ConfigDict(extra="allow")

    type: Annotated[str, Field(max_length=100)]
    text: str = ""


class UiMessage(BaseModel):
    """A message in the format of `useChat`."""

    model_config = ConfigDict(extra="allow")

    role: Annotated[str, Field(max_length=20)]
    parts: list[UiPart]
    metadata: Any = None


class StreamedMessage(Closed):
    """A message to the assistant: `message`, or the last of `messages` in the body of `useChat`."""

    conversation_id: ConversationId = ABSENT
    message: Content = ABSENT
    replaces: MessageId = ABSENT
    id: Annotated[str, Field(max_length=200)] = ABSENT
    messages: list[UiMessage] = ABSENT
    trigger: Annotated[str, Field(max_length=100)] = ABSENT
    messageId: Annotated[str, Field(max_length=200)] | None = ABSENT  # noqa: N815 (the SDK's name)

    def new_message(self) -> NewMessage:
        """The message and its conversation. Raises Invalid."""
        if "message" in self.model_fields_set:
            return NewMessage(self.message, self.conversation_id, self.replaces)
        last = next((one for one in reversed(self.messages or []) if one.role == "user"), None)
        if last is None:
            raise Invalid("message_missing")
        text = "\n".join(part.text for part in last.parts if part.type == "text")
        try:
            content = _CONTENT.validate_python(text)
            conversation_id = self.conversation_id or self._conversation_in_metadata()
            return NewMessage(content, conversation_id, self.replaces)
        except ValidationError as error:
            errors = [{**one, "loc": ("messages", *one["loc"])} for one in error.errors()]
            raise Invalid("invalid_arguments", wrong=wrong_arguments(errors)) from None

    def _conversation_in_metadata(self) -> int | None:
        """The conversation id in the metadata of the latest answer, or None."""
        for one in reversed(self.messages or []):
            metadata = one.metadata
            if isinstance(metadata, dict):
                conversation_id: Any = metadata.get("conversation_id")  # pyright: ignore
                if isinstance(conversation_id, int):
                    return conversation_id
        return None


async def stream(assistant: "Assistant", door: Door, turn: Turn) -> AsyncGenerator[bytes]:
    """The events of a turn: those of a running turn, or again those of one that has ended."""
    yield message(_start_chunk(turn))
    if turn.answer:
        for chunk in _stored_chunks(turn.answer["parts"] or []):
            yield message(chunk)
        for chunk in _ending_chunks(turn.answer):
            yield message(chunk)
        yield _END
        return
    pieces: asyncio.Queue[Chunk | None] = asyncio.Queue()
    running = assistant.start(door, turn, pieces.put_nowait)
    running.add_done_callback(lambda _: pieces.put_nowait(None))
    try:
        while True:
            try:
                async with asyncio.timeout(KEEPALIVE_SECONDS):
                    piece = await pieces.get()
            except TimeoutError:
                yield COMMENT
                continue
            if piece is None:
                break
            yield message(piece)
        for chunk in _ending_chunks(running.result()):
            yield message(chunk)
        yield _END
    finally:
        running.cancel()  # has no effect on a finished turn; a cancelled one stores its answer


def _start_chunk(turn: Turn) -> "Chunk":
    metadata = {"conversation_id": turn.conversation_id, "message_id": turn.message["id"]}
    message_id = f"{turn.conversation_id}-{turn.message['id']}"
    return {"type": "start", "messageId": message_id, "messageMetadata": metadata}


def _ending_chunks(stored: Record | None) -> "Iterable[Chunk]":
    if stored is None:
        yield {"type": "error", "errorText": FAILURE_MESSAGES["interrupted"]}
        return
    metadata: dict[str, Any] = {"answer_id": stored["id"]}
    if stored["failure"]:
        metadata |= {"failure": stored["failure"]}
        yield {"type": "message-metadata", "messageMetadata": metadata}
        yield {"type": "error", "errorText": stored["content"]}
        return
    yield {"type": "finish", "messageMetadata": metadata}


def _stored_chunks(parts: list[Part]) -> "Iterable[Chunk]":
    """The chunks of stored parts."""
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
