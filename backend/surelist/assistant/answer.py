"""Collects the parts of the model's answer from the events of its run."""

from collections.abc import Callable
from typing import Any

from pydantic_ai.messages import (
    AgentStreamEvent,
    FunctionToolCallEvent,
    FunctionToolResultEvent,
    PartDeltaEvent,
    PartEndEvent,
    PartStartEvent,
    TextPart,
    TextPartDelta,
    ToolCallPart,
)

from surelist.assistant.parts import Part, bounded, cleaned
from surelist.assistant.toolset import TaskTools
from surelist.conversations.models import CONTENT_LENGTH

Chunk = dict[str, Any]
"""One chunk of the AI SDK's UI message stream."""

NAME_LENGTH = 64
"""The most characters of a tool's name. A model may invent a name of any length."""


class TooLongError(Exception):
    """The model's answer is longer than CONTENT_LENGTH."""


class Answer:
    """The parts of an answer. Calls `emit` with each chunk as soon as it is known."""

    def __init__(self, tools: TaskTools, emit: Callable[[Chunk], None]) -> None:
        self.parts: list[Part] = []
        self._tools = tools
        self._emit = emit
        self._length = 0
        self._text: Part | None = None
        self._in_step = False

    def add(self, event: AgentStreamEvent) -> None:
        """Add the content of `event`. Raises TooLongError beyond CONTENT_LENGTH."""
        if isinstance(event, PartStartEvent):
            if event.index == 0:
                self._begin_step()
            if isinstance(event.part, TextPart):
                self._add_text(event.part.content)
        elif isinstance(event, PartDeltaEvent):
            if isinstance(event.delta, TextPartDelta):
                self._add_text(event.delta.content_delta)
        elif isinstance(event, PartEndEvent):
            self._end_text()
        elif isinstance(event, FunctionToolCallEvent):
            self._add_call(event.part)
        elif isinstance(event, FunctionToolResultEvent):
            self._add_result(event)

    def end(self) -> None:
        """End the open text and the open step, if there are any."""
        self._end_text()
        if self._in_step:
            self._emit({"type": "finish-step"})
            self._in_step = False

    def _begin_step(self) -> None:
        self.end()
        self._in_step = True
        self.parts.append({"type": "step-start"})
        self._emit({"type": "start-step"})

    def _add_text(self, text: str) -> None:
        text = cleaned(text)
        if not text:
            return
        if self._text is None:
            self._text = {"type": "text", "text": ""}
            self.parts.append(self._text)
            self._emit({"type": "text-start", "id": self._text_id})
        room = CONTENT_LENGTH - self._length
        self._text["text"] += text[:room]
        self._length += len(text[:room])
        self._emit({"type": "text-delta", "id": self._text_id, "delta": text[:room]})
        if len(text) > room:
            raise TooLongError

    @property
    def _text_id(self) -> str:
        return f"text-{len(self.parts)}"

    def _end_text(self) -> None:
        if self._text is not None:
            self._emit({"type": "text-end", "id": self._text_id})
            self._text = None

    def _add_call(self, call: ToolCallPart) -> None:
        self._end_text()
        try:
            arguments: Any = call.args_as_dict()
        except ValueError:
            arguments = {"text": str(call.args)}
        name = cleaned(call.tool_name)[:NAME_LENGTH] or "unnamed"
        part: Part = {
            "type": f"tool-{name}",
            "toolCallId": cleaned(call.tool_call_id)[:200],
            "state": "input-available",
            "input": bounded(arguments),
        }
        self.parts.append(part)
        self._emit(
            {
                "type": "tool-input-available",
                "toolCallId": part["toolCallId"],
                "toolName": name,
                "input": part["input"],
            }
        )

    def _add_result(self, event: FunctionToolResultEvent) -> None:
        call_id = cleaned(event.tool_call_id)[:200]
        part = next(
            one
            for one in reversed(self.parts)
            if one.get("toolCallId") == call_id and one["state"] == "input-available"
        )
        refused = True, {"error": str(event.part.content)}
        failed, answer = self._tools.results.get(event.tool_call_id, refused)
        result: Part = {"state": "output-available", "output": bounded(answer)}
        if failed:
            error = answer.get("error", "The call was refused.")
            result = {"state": "output-error", "errorText": cleaned(error)[:2000]}
        part |= result
        kind = "tool-output-error" if failed else "tool-output-available"
        rest = {name: value for name, value in result.items() if name != "state"}
        self._emit({"type": kind, "toolCallId": call_id, **rest})
