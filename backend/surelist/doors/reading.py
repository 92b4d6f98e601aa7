"""Converts the arguments of a tool call from the forms that clients send (specs/tools.md, Forms).

Valid arguments are used unchanged. Otherwise, each value that is one of the known forms of its
declared type is converted. All other values stay as they are, and validation refuses them.
"""

import re
from collections.abc import Callable, Mapping
from typing import Annotated, Any, Literal, TypeVar, cast, get_args, get_origin

import orjson
from pydantic import ValidationError
from pydantic.fields import FieldInfo

from surelist.doors.arguments import FREE_TEXT, Closed

ADDED_BY_CLIENTS = {
    "wait_for_previous",  # Gemini CLI 0.61 adds it to every tool; MemPalace/mempalace#322
    "task_progress",  # Cline, in some releases; cline/cline#8256, #9684 and #10426
}
"""Arguments that clients add to every tool call for their own use. They are ignored."""

EXACT = 2**53 - 1
"""The largest integer up to which every integer is exact as a float."""

_CANONICAL = re.compile(r"0|-?[1-9][0-9]{0,15}")
_BOOLEANS = {"true": True, "false": False}

Kind = Literal["null", "empty", "float", "text", "case", "added"]
"""The kind of a conversion: null or "" for an absent argument, 5.0 for 5, JSON text for its value,
another case of a word, or an argument that clients add."""

TEXT: frozenset[Kind] = frozenset({"text"})

Converter = Callable[[Any, set[Kind]], Any]
"""Converts a value that is one of the known forms, and adds the kind; returns others unchanged."""

M = TypeVar("M", bound=Closed)


def read(model: type[M], given: Mapping[str, Any]) -> tuple[M, frozenset[Kind]]:
    """The validated arguments, and the kinds of conversions. Raises ValidationError.

    Valid arguments cost no more than their validation.
    """
    try:
        return model.model_validate(given), frozenset()
    except ValidationError:
        kinds = set[Kind]()
        converted = _converted(model, given, kinds)
        if not kinds:
            raise
        return model.model_validate(converted), frozenset(kinds)


def prepare(model: type[Closed]) -> None:
    """Raise TypeError unless there is a converter for the type of each argument."""
    for field in model.model_fields.values():
        _converter_of(field.annotation)


def read_object(given: Any) -> Any:
    """The object in a JSON text; any other value unchanged."""
    return _parsed(given, dict) if isinstance(given, str) else given


def _converted(model: type[Closed], given: Mapping[str, Any], kinds: set[Kind]) -> dict[str, Any]:
    converted: dict[str, Any] = {}
    for name, value in given.items():
        field = model.model_fields.get(name)
        if field is None:
            if name in ADDED_BY_CLIENTS:
                kinds.add("added")
            else:
                converted[name] = value
        elif value is None:
            kinds.add("null")
        elif value == "" and _may_be_left_out(field):
            kinds.add("empty")
        else:
            converted[name] = _converter_of(field.annotation)(value, kinds)
    return converted


def _may_be_left_out(field: FieldInfo) -> bool:
    return not field.is_required() and FREE_TEXT not in field.metadata


def _converter_of(declared: Any) -> Converter:
    """The converter for a declared type."""
    while get_origin(declared) is Annotated:
        declared = get_args(declared)[0]
    if declared not in _CONVERTERS:
        _CONVERTERS[declared] = _make_converter(declared)
    return _CONVERTERS[declared]


def _make_converter(declared: Any) -> Converter:
    if get_origin(declared) is Literal:
        return _any_case(get_args(declared))
    if get_origin(declared) is list:
        return _list(_converter_of(get_args(declared)[0]))
    if isinstance(declared, type) and issubclass(declared, Closed):
        prepare(declared)
        return _object(declared)
    raise TypeError(f"No reader for arguments of type {declared}.")


def _as_it_is(value: Any, _kinds: set[Kind]) -> Any:
    return value


def _integer(value: Any, kinds: set[Kind]) -> Any:
    if isinstance(value, float) and value.is_integer() and abs(value) <= EXACT:
        kinds.add("float")
        return int(value)
    if isinstance(value, str) and _CANONICAL.fullmatch(value):
        kinds.add("text")
        return int(value)
    return value


def _boolean(value: Any, kinds: set[Kind]) -> Any:
    if isinstance(value, str) and value in _BOOLEANS:
        kinds.add("text")
        return _BOOLEANS[value]
    return value


def _any_case(words: tuple[str, ...]) -> Converter:
    by_lower = {word.lower(): word for word in words}

    def convert(value: Any, kinds: set[Kind]) -> Any:
        if not isinstance(value, str) or value in words or not value.isascii():
            return value
        word = by_lower.get(value.lower())
        if word is None:
            return value
        kinds.add("case")
        return word

    return convert


def _list(item: Converter) -> Converter:
    def convert(value: Any, kinds: set[Kind]) -> Any:
        listed = _from_text(value, list, kinds)
        if not isinstance(listed, list):
            return listed
        return [item(one, kinds) for one in cast("list[Any]", listed)]

    return convert


def _object(model: type[Closed]) -> Converter:
    def convert(value: Any, kinds: set[Kind]) -> Any:
        members = _from_text(value, dict, kinds)
        if not isinstance(members, dict):
            return members
        return _converted(model, cast("dict[str, Any]", members), kinds)

    return convert


def _from_text(value: Any, kind: type, kinds: set[Kind]) -> Any:
    parsed = _parsed(value, kind) if isinstance(value, str) else value
    if parsed is not value:
        kinds.add("text")
    return parsed


def _parsed(text: str, kind: type) -> Any:
    """The value of a JSON text, if its type is `kind`; otherwise the text."""
    try:
        parsed = orjson.loads(text)
    except orjson.JSONDecodeError:
        return text
    return parsed if isinstance(parsed, kind) else text


_CONVERTERS: dict[Any, Converter] = {str: _as_it_is, int: _integer, bool: _boolean}
