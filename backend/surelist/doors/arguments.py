"""Closed argument models: what they accept, how they refuse, how they are shown to a model."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, ValidationError
from typing_extensions import TypedDict

from surelist.doors.messages import WrongArgument, WrongArguments
from surelist.errors import wrong_value

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
        raise wrong_value("not_digits")
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


def explain(error: ValidationError, model: type[BaseModel]) -> WrongArguments:
    """What is wrong with the arguments of `model`, each named."""
    return wrong_arguments(error.errors(include_url=False), list(model.model_fields))


def wrong_arguments(
    errors: Sequence[Mapping[str, Any]], allowed: list[str] | None = None
) -> WrongArguments:
    """The first of Pydantic's errors. `allowed` are the arguments that there are, if known."""
    named = [_wrong_argument(one, allowed) for one in errors[:MAX_REPORTED_ERRORS]]
    return WrongArguments(named, len(errors) - len(named))


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


def _wrong_argument(error: Mapping[str, Any], allowed: list[str] | None) -> WrongArgument:
    name = _path(error)
    if error["type"] == "missing":
        return WrongArgument(name, "missing", {})
    if error["type"] == "extra_forbidden" and allowed is None:
        return WrongArgument(name, "unknown_field", {})
    if error["type"] == "extra_forbidden":
        return WrongArgument(name, "unknown_argument", {"allowed": allowed})
    if error["input"] is None:
        return WrongArgument(name, "null", {})
    problem = error["msg"].removeprefix("Value error, ").replace("Input should", "should")
    values = {"problem": problem[0].lower() + problem[1:], **error.get("ctx", {})}
    return WrongArgument(name, error["type"], values)


def _path(error: Mapping[str, Any]) -> str:
    """Where in the arguments the error is, in the caller's names, cut."""
    name = ".".join(str(part) for part in error["loc"])
    return name if len(name) <= NAME_SHOWN else name[:NAME_SHOWN] + "..."
