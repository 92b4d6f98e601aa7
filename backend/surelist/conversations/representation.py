"""Conversations and messages as JSON, without empty fields and with local times."""

from typing import Any, Literal, NotRequired, cast

from surelist.data.database import Record
from surelist.doors.arguments import ShownObject
from surelist.ledger.representation import ShownEvent, event
from surelist.ledger.times import local


class ShownConversation(ShownObject):
    """A conversation. `messages` is the number of its messages."""

    id: int
    title: NotRequired[str]
    messages: int
    client_id: str
    client_name: str
    created_at: str
    updated_at: str
    deleted_at: NotRequired[str]


class ConversationPage(ShownObject):
    """A page of conversations, last written first."""

    conversations: list[ShownConversation]
    next_cursor: NotRequired[str]


class MessageChange(ShownEvent):
    """A change that a message caused. `undone_by` is the id of the event that undid it."""

    undone_by: NotRequired[int]


class ShownMessage(ShownObject):
    """A message. Only answers of the built-in assistant have `parts` and `reply_to`.

    `replaces` is the id of the earlier message that this one replaces.
    """

    id: int
    role: Literal["user", "assistant", "tool"]
    content: str
    parts: NotRequired[list[Any]]
    reply_to: NotRequired[int]
    replaces: NotRequired[int]
    failure: NotRequired[str]
    client_id: str
    client_name: str
    version: int
    created_at: str
    updated_at: NotRequired[str]
    changes: NotRequired[list[MessageChange]]


class ExportedMessage(ShownMessage):
    """A message with the id of its conversation."""

    conversation_id: int


class MessagePage(ShownObject):
    """A page of messages, oldest first. The first page has the newest messages."""

    messages: list[ShownMessage]
    next_cursor: NotRequired[str]


_TOOL_FIELDS = ("id", "role", "content", "client_name", "created_at", "updated_at", "version")


def whole(conversation: Record, timezone: str) -> ShownConversation:
    """A conversation without its messages."""
    shown = {
        "id": conversation["id"],
        "title": conversation["title"],
        "messages": conversation["last_message"],
        "client_id": conversation["client_id"],
        "client_name": conversation["client_name"],
    }
    for name in ("created_at", "updated_at", "deleted_at"):
        shown[name] = conversation[name] and local(conversation[name], timezone)
    return cast("ShownConversation", _without_empty(shown))


def message_change(stored: Record, timezone: str) -> MessageChange:
    """A change, with the event that undid it."""
    shown = cast("MessageChange", event(stored, timezone))
    if stored["undone_by"] is not None:
        shown["undone_by"] = stored["undone_by"]
    return shown


def whole_message(message: Record, timezone: str) -> ShownMessage:
    """A message without the changes that it caused."""
    names = ("id", "role", "content", "parts", "reply_to", "replaces", "failure")
    shown = {name: message[name] for name in names}
    shown |= {name: message[name] for name in ("client_id", "client_name", "version")}
    for name in ("created_at", "updated_at"):
        shown[name] = message[name] and local(message[name], timezone)
    return cast("ShownMessage", _without_empty(shown))


def tool_conversation(conversation: Record, timezone: str) -> dict[str, Any]:
    """A conversation as the tools return it."""
    shown = whole(conversation, timezone)
    return {name: value for name, value in shown.items() if name != "client_id"}


def tool_message(message: Record, timezone: str) -> dict[str, Any]:
    """A message as the tools return it."""
    shown = whole_message(message, timezone)
    return {name: value for name, value in shown.items() if name in _TOOL_FIELDS}


def _without_empty(shown: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in shown.items() if value is not None}
