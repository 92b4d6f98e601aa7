"""Converts stored messages to the model's messages, with tool calls and their results."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from surelist.data.database import Record

if TYPE_CHECKING:
    from pydantic_ai.messages import ModelMessage

BUDGET_BYTES = 60_000
"""Bytes of the newest messages that the model gets: about 15,000 tokens."""

MAX_MESSAGES = 100
"""The most messages that the model gets."""


def earlier_messages(stored: Sequence[Record], new: Record) -> list[Record]:
    """The messages before `new`, oldest first, without replaced ones.

    A message that replaces another replaces all messages from that one on.
    """
    kept: list[Record] = []
    before = new["replaces"] or new["id"]
    for message in reversed(stored):
        if message["id"] < before:
            kept.append(message)
        if message["id"] < new["id"] and message["replaces"]:
            before = min(before, message["replaces"])
    return kept[::-1]


def as_model_messages(stored: Iterable[Record]) -> "list[ModelMessage]":
    """Convert messages, oldest first, to requests to a model and its responses.

    The first one is a message of the user, and the result of each tool call follows the call.
    """
    from pydantic_ai.messages import ModelRequest, ModelResponse, TextPart, UserPromptPart

    messages: list[ModelMessage] = []
    for message in stored:
        if message["role"] == "user":
            messages.append(ModelRequest(parts=[UserPromptPart(message["content"])]))
        elif not messages:
            continue
        elif message["parts"] and not message["failure"]:
            messages += _answer(message["parts"])
        else:
            messages.append(ModelResponse(parts=[TextPart(message["content"])]))
    return messages


def _answer(parts: list[dict[str, Any]]) -> "list[ModelMessage]":
    from pydantic_ai.messages import (
        ModelRequest,
        ModelResponse,
        TextPart,
        ToolCallPart,
        ToolReturnPart,
    )

    messages: list[ModelMessage] = []
    for step in _steps(parts):
        response: list[TextPart | ToolCallPart] = []
        results: list[ToolReturnPart] = []
        for part in step:
            if part["type"] == "text":
                response.append(TextPart(part["text"]))
                continue
            name, call_id = part["type"].removeprefix("tool-"), part["toolCallId"]
            response.append(ToolCallPart(name, part["input"], call_id))
            output = part["output"] if "output" in part else part.get("errorText", "No answer.")
            results.append(ToolReturnPart(name, output, call_id))
        if response:
            messages.append(ModelResponse(parts=response))
        if results:
            messages.append(ModelRequest(parts=results))
    return messages


def _steps(parts: list[dict[str, Any]]) -> list[list[dict[str, Any]]]:
    steps: list[list[dict[str, Any]]] = [[]]
    for part in parts:
        if part["type"] == "step-start":
            steps.append([])
        else:
            steps[-1].append(part)
    return steps
