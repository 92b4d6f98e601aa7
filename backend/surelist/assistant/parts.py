"""What an answer consists of, as stored: parts in the shape of the AI SDK's UI messages.

`{"type": "step-start"}` begins what one request to the model gave; `{"type": "text", "text"}` and
`{"type": "tool-NAME", "toolCallId", "state", "input", "output" | "errorText"}` follow in order.
"""

import re
from typing import Any, TypeAlias

import orjson

Part: TypeAlias = dict[str, Any]

OUTPUT_BYTES = 20_000
"""Of what one tool returned that are stored; of more, only the beginning."""

_UNSTORABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")


def cleaned(value: Any) -> Any:
    """`value` without the characters that PostgreSQL or a terminal would choke on."""
    if isinstance(value, str):
        return _UNSTORABLE.sub("", value)
    if isinstance(value, dict):
        return {cleaned(str(key)): cleaned(one) for key, one in value.items()}  # pyright: ignore
    if isinstance(value, list | tuple):
        return [cleaned(one) for one in value]  # pyright: ignore
    return value


def bounded(output: Any) -> Any:
    """What a tool returned, or its beginning as text when it is long."""
    output = cleaned(output)
    written = orjson.dumps(output)
    if len(written) <= OUTPUT_BYTES:
        return output
    return {"truncated": True, "beginning": written[:2000].decode(errors="ignore")}


def text_of(parts: list[Part]) -> str:
    """The words of the last step that has any."""
    said: list[str] = []
    for part in parts:
        if part["type"] == "step-start":
            said = said if not said or not "".join(said).strip() else [*said, "\n\n"]
        elif part["type"] == "text":
            said.append(part["text"])
    return "".join(said).strip()


def tool_calls_of(parts: list[Part]) -> list[dict[str, Any]]:
    """The tools that were called, with what they were given and what they returned."""
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
