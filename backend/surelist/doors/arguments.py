"""Closed argument models: what they accept, how they refuse, how they are shown to a model."""

import re
from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, ValidationError
from pydantic_core import ErrorDetails
from typing_extensions import TypedDict

MAX_REPORTED_ERRORS = 10
"""How many wrong arguments one message names; a caller may send a million."""

NAME_SHOWN = 60
"""Characters of the name that a caller gave to one."""

ABSENT: Any = None
"""The default of an argument that may be left out: what was given is in `model_fields_set`."""


FREE_TEXT = object()
"""Marks a type whose values are a person's own words: an empty text is a text, not an omission."""


def _plain_digits(value: object) -> object:
    if isinstance(value, str) and not _PLAIN_DIGITS.fullmatch(value):
        raise ValueError("must be an integer, in digits alone")
    return value


NOT_SHOWN = ("title", "pattern", "format", "minLength")
"""Words of a schema for programs; a client that checked `minLength` would refuse to send the ""
that stands for nothing."""

LARGEST = 2**53 - 1
"""The largest integer that every JSON reader keeps exactly: a bound that no model needs to read."""

_PLAIN_DIGITS = re.compile(r"0|[1-9][0-9]{0,15}")
PLAIN_DIGITS = BeforeValidator(_plain_digits)
"""For an integer in a URL: of what Pydantic takes for one, `1_0` and `1.0` would be surprises."""


def drop_null_defaults(schema: dict[str, Any]) -> None:
    """Leave the default of arguments that may be left out away from their JSON schema."""
    for field in schema["properties"].values():
        if "default" in field and field["default"] is None:
            del field["default"]


class Closed(BaseModel):
    """Arguments in their own types only, and none but those declared."""

    model_config = ConfigDict(
        extra="forbid", strict=True, frozen=True, json_schema_extra=drop_null_defaults
    )

    def given(self, of: "type[Closed] | None" = None) -> dict[str, Any]:
        """The arguments that the caller gave, of those that `of` declares."""
        given, values = self.model_fields_set, self.__dict__
        return {name: values[name] for name in (of or type(self)).model_fields if name in given}

    def stands_alone(self, name: str) -> bool:
        """Whether no other argument was given, or only with the value that is its default."""
        values, fields = self.__dict__, type(self).model_fields
        return all(
            values[other] == fields[other].default for other in self.model_fields_set - {name}
        )


class ShownObject(TypedDict):
    """An object of an answer, with the declared fields and no others."""

    __pydantic_config__ = ConfigDict(extra="forbid")  # type: ignore[misc]


def explain(error: ValidationError | list[ErrorDetails], model: type[BaseModel]) -> str:
    """What is wrong with the arguments, each named, in sentences."""
    errors = (
        error.errors(include_url=False, include_context=False)
        if isinstance(error, ValidationError)
        else error
    )
    return join_messages(
        [_sentence(one, model) for one in errors[:MAX_REPORTED_ERRORS]], len(errors)
    )


def join_messages(sentences: list[str], wrong: int) -> str:
    """The first of `wrong` sentences, and how many more there are."""
    more = (
        [f"And {wrong - MAX_REPORTED_ERRORS} more are wrong."]
        if wrong > MAX_REPORTED_ERRORS
        else []
    )
    return " ".join(sentences[:MAX_REPORTED_ERRORS] + more)


def error_path(error: Mapping[str, Any]) -> str:
    """Where in the arguments the error is, in the caller's names, cut."""
    name = ".".join(str(part) for part in error["loc"])
    return name if len(name) <= NAME_SHOWN else name[:NAME_SHOWN] + "..."


def input_schema(model: type[Closed]) -> dict[str, Any]:
    """The JSON schema of a closed model, as models and the converters of clients read it.

    It does not say that it is closed: google-genai (2.34 to 3.6) fails on `additionalProperties`.
    What may be left out is `nullable`, which JSON Schema ignores, and without which mcpadapt 0.1.19
    takes it for required (grll/mcpadapt#90).
    """
    schema = model.model_json_schema()
    properties = {name: _bare(field) for name, field in schema["properties"].items()}
    required = schema.get("required", [])
    for name in properties.keys() - set(required):
        properties[name]["nullable"] = True
    bare = {"type": "object", "properties": properties}
    return bare | ({"required": required} if required else {})


def _bare(schema: Mapping[str, Any]) -> dict[str, Any]:
    return {
        key: _bare(value) if key == "items" else value
        for key, value in schema.items()
        if key not in NOT_SHOWN and value != LARGEST
    }


def _sentence(error: ErrorDetails, model: type[BaseModel]) -> str:
    name = error_path(error)
    if error["type"] == "missing":
        return f'"{name}" is required.'
    if error["type"] == "extra_forbidden":
        known = ", ".join(model.model_fields)
        return f'Unknown argument "{name}". Allowed: {known}.'
    if error["input"] is None:
        return f'"{name}" is null: leave it out.'
    message = error["msg"].removeprefix("Value error, ").replace("Input should", "should")
    return f'"{name}" {message[0].lower()}{message[1:]}.'
