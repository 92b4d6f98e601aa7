"""REST routes of the chat."""

import asyncio
from typing import TYPE_CHECKING, Any, NotRequired

from fastapi import Request, Response
from fastapi.responses import StreamingResponse

from surelist.assistant.failures import Failure
from surelist.assistant.model import require_model
from surelist.assistant.parts import tool_calls_of
from surelist.assistant.stream import HEADERS, StreamedMessage, stream
from surelist.assistant.turns import NewMessage, Turn
from surelist.conversations.models import Content, ConversationId, MessageId
from surelist.conversations.routes import ReadDoor, WriteDoor
from surelist.data.database import Record
from surelist.data.isolation import Database
from surelist.doors import event_stream
from surelist.doors.arguments import ABSENT, Closed, ShownObject
from surelist.doors.problems import problems
from surelist.doors.routing import IdempotencyKey, answer, user_router
from surelist.errors import Conflict, Gone, NotFound

if TYPE_CHECKING:
    from surelist.assistant.chat import Assistant
    from surelist.config import Settings


class ChatMessage(Closed):
    """A message to the assistant. Without `conversation_id`, it begins a new conversation.

    `replaces` is the id of the person's last message, if this one replaces it.
    """

    conversation_id: ConversationId = ABSENT
    message: Content
    replaces: MessageId = ABSENT


class ToolCall(ShownObject):
    """A call of a tool: its arguments, and its result or the reason why it was refused."""

    tool: str
    arguments: Any
    result: NotRequired[Any]
    error: NotRequired[str]


class ChatAnswer(ShownObject):
    """An answer. `message_id` is the id of the person's message, `answer_id` of the answer."""

    conversation_id: int
    message_id: int
    answer_id: int
    response: str
    tool_calls: list[ToolCall]
    failure: NotRequired[Failure]


class ChatModel(ShownObject):
    """The name of the chat's model, as `provider:model`."""

    model: str


STREAMED: dict[int | str, dict[str, Any]] = {
    200: {"description": "The AI SDK's UI message stream.", "content": event_stream.STREAMED}
}

router = user_router("/chat", "chat")


@router.get("", responses={200: {"model": ChatModel}})
async def chat_model(request: Request, door: ReadDoor) -> Response:
    """Read the name of the chat's model. Without a model, the error says how to set one."""
    await door.through(Database.admit)
    settings: Settings = request.app.state.settings
    require_model(settings)
    return answer({"model": settings.model})


@router.post(
    "",
    responses={200: {"model": ChatAnswer}} | problems(NotFound, Conflict, Gone),
)
async def chat(
    request: Request, door: WriteDoor, body: ChatMessage, key: IdempotencyKey = ABSENT
) -> Response:
    """Send a message to the assistant, and get its answer when the turn has ended."""
    assistant: Assistant = request.app.state.assistant
    message = NewMessage(body.message, body.conversation_id, body.replaces)
    turn = await assistant.begin(door, message, key)
    if turn.answer:
        return answer(_shown(turn, turn.answer))
    running = assistant.start(door, turn, lambda _: None)
    leaving = asyncio.create_task(event_stream.disconnected(request.receive))
    try:
        await asyncio.wait({running, leaving}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        leaving.cancel()
        running.cancel()  # has no effect on a finished turn; a cancelled one stores its answer
    return answer(_shown(turn, await running))


@router.post(
    "/stream",
    response_class=StreamingResponse,
    responses=STREAMED | problems(NotFound, Conflict, Gone),
)
async def chat_stream(
    request: Request, door: WriteDoor, body: StreamedMessage, key: IdempotencyKey = ABSENT
) -> Response:
    """Send a message to the assistant, and read its answer as a stream."""
    assistant: Assistant = request.app.state.assistant
    turn = await assistant.begin(door, body.new_message(), key)
    pieces = stream(assistant, door, turn)
    return StreamingResponse(pieces, media_type=event_stream.MEDIA_TYPE, headers=HEADERS)


def _shown(turn: Turn, stored: Record | None) -> ChatAnswer:
    if stored is None:
        raise Conflict("turn_lost", conversation_id=turn.conversation_id)
    shown: ChatAnswer = {
        "conversation_id": turn.conversation_id,
        "message_id": turn.message["id"],
        "answer_id": stored["id"],
        "response": stored["content"],
        "tool_calls": tool_calls_of(stored["parts"] or []),  # type: ignore[typeddict-item]
    }
    if stored["failure"]:
        shown["failure"] = stored["failure"]
    return shown
