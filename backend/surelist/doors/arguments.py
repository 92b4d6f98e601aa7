"""The base class of arguments, with their errors and their JSON schemas."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, ValidationError
from typing_extensions import TypedDict

from surelist.doors.messages import WrongArgument, WrongArguments
from surelist.errors import wrong_value

MAX_REPORTED_ERRORS = 10
"""The most wrong arguments that one message names. A call may have a million."""

NAME_SHOWN = 60
"""The most characters of a wrong argument's name that a message shows."""

ABSENT: Any = None
"""The default of an optional argument. `model_fields_set` has the arguments that were given."""


FREE_TEXT = object()
"""Marks a type of free text, where an empty string is a value and not an omission."""


def _plain_digits(value: object) -> object:
    if isinstance(value, str) and not _PLAIN_DIGITS.fullmatch(value):
        raise wrong_value("not_digits")
    return value


NOT_SHOWN = ("title", "pattern", "format", "minLength")
"""Keywords that are left out of a tool's schema: models do not need them. With `minLength`, clients
that validate would refuse to send the "" that means "left out"."""

LARGEST = 2**53 - 1
"""The largest integer that every JSON parser reads exactly. The schemas of tools leave it out."""

_PLAIN_DIGITS = re.compile(r"0|[1-9][0-9]{0,15}")
PLAIN_DIGITS = BeforeValidator(_plain_digits)
"""For an integer in a URL: refuses `1_0` and `1.0`, which Pydantic would accept."""


def drop_null_defaults(schema: dict[str, Any]) -> None:
    """Remove the default `null` of optional arguments from their JSON schema."""
    for field in schema["properties"].values():
        if "default" in field and field["default"] is None:
            del field["default"]


class Closed(BaseModel):
    """The base class of arguments: strict types, and no undeclared arguments."""

    model_config = ConfigDict(
        extra="forbid", strict=True, frozen=True, json_schema_extra=drop_null_defaults
    )

    def given(self, of: "type[Closed] | None" = None) -> dict[str, Any]:
        """The arguments that the caller gave; with `of`, only those that `of` declares."""
        given, values = self.model_fields_set, self.__dict__
        return {name: values[name] for name in (of or type(self)).model_fields if name in given}

    def stands_alone(self, name: str) -> bool:
        """Whether each other argument is absent or equal to its default."""
        values, fields = self.__dict__, type(self).model_fields
        return all(
            values[other] == fields[other].default for other in self.model_fields_set - {name}
        )


class ShownObject(TypedDict):
    """The base class of objects in answers: no undeclared fields."""

    __pydantic_config__ = ConfigDict(extra="forbid")  # type: ignore[misc]


def explain(error: ValidationError, model: type[BaseModel]) -> WrongArguments:
    """Describe each wrong argument of `model`."""
    return wrong_arguments(error.errors(include_url=False), list(model.model_fields))


def wrong_arguments(
    errors: Sequence[Mapping[str, Any]], allowed: list[str] | None = None
) -> WrongArguments:
    """Describe the first of Pydantic's errors. `allowed` are the names of all arguments."""
    named = [_wrong_argument(one, allowed) for one in errors[:MAX_REPORTED_ERRORS]]
    return WrongArguments(named, len(errors) - len(named))


def input_schema(model: type[Closed]) -> dict[str, Any]:
    """The input schema of a tool with these arguments.

    It has no `additionalProperties`, on which google-genai (2.34 to 3.6) fails. Optional arguments
    are `nullable`: JSON Schema ignores it, but without it mcpadapt 0.1.19 treats them as required
    (grll/mcpadapt#90).
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
    """The path of the wrong argument, such as `tags.0`, cut to NAME_SHOWN characters."""
    name = ".".join(str(part) for part in error["loc"])
    return name if len(name) <= NAME_SHOWN else name[:NAME_SHOWN] + "..."
