"""Reads the arguments of a tool call as released clients write them (specs/tools.md, Forms).

The declared type of each argument decides. A value that is strictly of its type is taken as it is;
only then is the same value looked for in another spelling, and what would need a guess is left for
the strict model to refuse.
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
"""Arguments that clients give to every tool, for themselves; a list to keep short."""

EXACT = 2**53 - 1
"""Every integer up to here is exact as a float."""

_CANONICAL = re.compile(r"0|-?[1-9][0-9]{0,15}")
_BOOLEANS = {"true": True, "false": False}

Kind = Literal["null", "empty", "float", "text", "case", "added"]
"""What was put right: null or "" for nothing, 5.0 for 5, JSON text for what it says, another case
of a word, an argument that clients add."""

TEXT: frozenset[Kind] = frozenset({"text"})

Mend = Callable[[Any, set[Kind]], Any]
"""The strict form of a value, where it is one of the forms; else the value as it came."""

M = TypeVar("M", bound=Closed)


def read(model: type[M], given: Mapping[str, Any]) -> tuple[M, frozenset[Kind]]:
    """The arguments, and what was put right to understand them. Raises ValidationError.

    A call in the strict form costs nothing more than its validation.
    """
    try:
        return model.model_validate(given), frozenset()
    except ValidationError:
        kinds = set[Kind]()
        mended = _mended(model, given, kinds)
        if not kinds:
            raise
        return model.model_validate(mended), frozenset(kinds)


def prepare(model: type[Closed]) -> None:
    """See to it that every argument is of a type that can be read. Raises TypeError."""
    for field in model.model_fields.values():
        _mend_of(field.annotation)


def read_object(given: Any) -> Any:
    """The object that JSON text holds; anything else as it came."""
    return _parsed(given, dict) if isinstance(given, str) else given


def _mended(model: type[Closed], given: Mapping[str, Any], kinds: set[Kind]) -> dict[str, Any]:
    mended: dict[str, Any] = {}
    for name, value in given.items():
        field = model.model_fields.get(name)
        if field is None:
            if name in ADDED_BY_CLIENTS:
                kinds.add("added")
            else:
                mended[name] = value
        elif value is None:
            kinds.add("null")
        elif value == "" and _may_be_left_out(field):
            kinds.add("empty")
        else:
            mended[name] = _mend_of(field.annotation)(value, kinds)
    return mended


def _may_be_left_out(field: FieldInfo) -> bool:
    return not field.is_required() and FREE_TEXT not in field.metadata


def _mend_of(declared: Any) -> Mend:
    """How values of a declared type are put right."""
    while get_origin(declared) is Annotated:
        declared = get_args(declared)[0]
    if declared not in _MENDS:
        _MENDS[declared] = _made(declared)
    return _MENDS[declared]


def _made(declared: Any) -> Mend:
    if get_origin(declared) is Literal:
        return _any_case(get_args(declared))
    if get_origin(declared) is list:
        return _list(_mend_of(get_args(declared)[0]))
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


def _any_case(words: tuple[str, ...]) -> Mend:
    by_lower = {word.lower(): word for word in words}

    def mend(value: Any, kinds: set[Kind]) -> Any:
        if not isinstance(value, str) or value in words or not value.isascii():
            return value
        word = by_lower.get(value.lower())
        if word is None:
            return value
        kinds.add("case")
        return word

    return mend


def _list(item: Mend) -> Mend:
    def mend(value: Any, kinds: set[Kind]) -> Any:
        listed = _from_text(value, list, kinds)
        if not isinstance(listed, list):
            return listed
        return [item(one, kinds) for one in cast("list[Any]", listed)]

    return mend


def _object(model: type[Closed]) -> Mend:
    def mend(value: Any, kinds: set[Kind]) -> Any:
        told = _from_text(value, dict, kinds)
        if not isinstance(told, dict):
            return told
        return _mended(model, cast("dict[str, Any]", told), kinds)

    return mend


def _from_text(value: Any, kind: type, kinds: set[Kind]) -> Any:
    parsed = _parsed(value, kind) if isinstance(value, str) else value
    if parsed is not value:
        kinds.add("text")
    return parsed


def _parsed(text: str, kind: type) -> Any:
    """What JSON text says, if that is a `kind`; else the text."""
    try:
        parsed = orjson.loads(text)
    except orjson.JSONDecodeError:
        return text
    return parsed if isinstance(parsed, kind) else text


_MENDS: dict[Any, Mend] = {str: _as_it_is, int: _integer, bool: _boolean}
