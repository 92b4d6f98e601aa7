"""Stored messages as the model reads them: structured, tool calls with their results."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from surelist.data.database import Record

if TYPE_CHECKING:
    from pydantic_ai.messages import ModelMessage

BUDGET_BYTES = 60_000
"""Of the newest messages that are given to the model; about 15,000 tokens."""

MESSAGES = 100
"""At most as many, however short."""


def heard(stored: Sequence[Record], said: Record) -> list[Record]:
    """The messages before `said`, oldest first, without those that were replaced.

    A message that replaces another takes the place of all from that one on.
    """
    kept: list[Record] = []
    before = said["replaces"] or said["id"]
    for message in reversed(stored):
        if message["id"] < before:
            kept.append(message)
        if message["id"] < said["id"] and message["replaces"]:
            before = min(before, message["replaces"])
    return kept[::-1]


def as_model_messages(stored: Iterable[Record]) -> "list[ModelMessage]":
    """Messages, oldest first, as requests to a model and its responses.

    They begin with words of the user's, and each tool call is followed by its result.
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
        said: list[TextPart | ToolCallPart] = []
        returned: list[ToolReturnPart] = []
        for part in step:
            if part["type"] == "text":
                said.append(TextPart(part["text"]))
                continue
            name, call_id = part["type"].removeprefix("tool-"), part["toolCallId"]
            said.append(ToolCallPart(name, part["input"], call_id))
            output = part["output"] if "output" in part else part.get("errorText", "No answer.")
            returned.append(ToolReturnPart(name, output, call_id))
        if said:
            messages.append(ModelResponse(parts=said))
        if returned:
            messages.append(ModelRequest(parts=returned))
    return messages


def _steps(parts: list[dict[str, Any]]) -> list[list[dict[str, Any]]]:
    steps: list[list[dict[str, Any]]] = [[]]
    for part in parts:
        if part["type"] == "step-start":
            steps.append([])
        else:
            steps[-1].append(part)
    return steps
