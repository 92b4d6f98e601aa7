"""How models write the arguments of a call, given the schema that a framework shows them."""

from collections.abc import Callable
from typing import Any

Arguments = dict[str, Any]
Schema = dict[str, Any]
BLANK = {"string": "", "integer": 0, "array": []}


def sparing(_: Schema, arguments: Arguments) -> Arguments:
    """A model that gives only what it needs."""
    return arguments


def filling(schema: Schema, arguments: Arguments) -> Arguments:
    """A model that fills in what it is shown: a default, else null, else a blank if it must."""
    filled = dict[str, Any]()
    for name, shown in schema["properties"].items():
        if shown.get("default") is not None:
            filled[name] = shown["default"]
        elif takes_null(shown):
            filled[name] = None
        elif name in schema.get("required", ()):
            filled[name] = shown["enum"][0] if "enum" in shown else BLANK.get(shown["type"])
    return filled | arguments


def nulling(schema: Schema, arguments: Arguments) -> Arguments:
    """A model that takes OpenAPI's `nullable: true` for an invitation to write null."""
    properties = schema["properties"].items()
    return {name: None for name, shown in properties if shown.get("nullable")} | arguments


def floating(_: Schema, arguments: Arguments) -> Arguments:
    """An encoder that writes every number as a float."""
    return {
        name: float(value) if isinstance(value, int) else value for name, value in arguments.items()
    }


MODELS: dict[str, Callable[[Schema, Arguments], Arguments]] = {
    "sparing": sparing,
    "filling": filling,
    "nulling": nulling,
    "floating": floating,
}


def takes_null(shown: Schema) -> bool:
    """Whether null is valid by JSON Schema."""
    kinds = shown.get("type")
    return (isinstance(kinds, list) and "null" in kinds) or any(
        one.get("type") == "null" for one in shown.get("anyOf", ())
    )
