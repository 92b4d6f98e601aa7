"""The stored parts of an answer, in the format of the AI SDK's UI messages.

The parts of each response of the model begin with `{"type": "step-start"}`. Then follow, in order,
`{"type": "text", "text"}` and
`{"type": "tool-NAME", "toolCallId", "state", "input", "output" | "errorText"}`.
"""

import re
from typing import Any, TypeAlias

import orjson

Part: TypeAlias = dict[str, Any]

OUTPUT_BYTES = 20_000
"""The most bytes of a tool's result that are stored whole."""

_UNSTORABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")


def cleaned(value: Any) -> Any:
    """Remove control characters and surrogates, which PostgreSQL or a terminal cannot show."""
    if isinstance(value, str):
        return _UNSTORABLE.sub("", value)
    if isinstance(value, dict):
        return {cleaned(str(key)): cleaned(one) for key, one in value.items()}  # pyright: ignore
    if isinstance(value, list | tuple):
        return [cleaned(one) for one in value]  # pyright: ignore
    return value


def bounded(output: Any) -> Any:
    """A tool's result, or its first 2,000 bytes as text when it is longer than OUTPUT_BYTES."""
    output = cleaned(output)
    written = orjson.dumps(output)
    if len(written) <= OUTPUT_BYTES:
        return output
    return {"truncated": True, "beginning": written[:2000].decode(errors="ignore")}


def text_of(parts: list[Part]) -> str:
    """The text of all steps, with an empty line between two steps."""
    texts: list[str] = []
    for part in parts:
        if part["type"] == "step-start":
            texts = texts if not texts or not "".join(texts).strip() else [*texts, "\n\n"]
        elif part["type"] == "text":
            texts.append(part["text"])
    return "".join(texts).strip()


def tool_calls_of(parts: list[Part]) -> list[dict[str, Any]]:
    """The calls of tools: `tool`, `arguments`, and `result` or `error`."""
    return [
        {
            "tool": part["type"].removeprefix("tool-"),
            "arguments": part["input"],
            **({"result": part["output"]} if "output" in part else {}),
            **({"error": part["errorText"]} if "errorText" in part else {}),
        }
        for part in parts
        if part["type"].startswith("tool-")
    ]
