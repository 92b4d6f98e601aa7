"""What text may hold: one line or several, something to see, and no direction left turned."""

import re

from surelist.errors import wrong_value

INVISIBLE = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e"
    "\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufff8"
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
)
"""The characters that are not seen, as part of a pattern: Default_Ignorable_Code_Point of Unicode
(DerivedCoreProperties.txt), a property to which no assigned character is added later."""

_BLANK = "\u2800"
"""A letter of braille without dots, which the property leaves out."""

_CONTROL = r"\x00-\x1f\x7f-\x9f\u2028\u2029"
_CONTROL_IN_LINES = r"\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f"
_DIRECTION = r"\u202a-\u202e\u2066-\u2069"
_UNSEEN = (
    r"\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f"
    r"\u2060-\u206f\u2800\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufff8"
)
"""INVISIBLE below U+10000, escaped: ECMA-262 reads no higher escape without a flag."""

_NOT_IN_A_LINE = re.compile(f"[{_CONTROL}]")
_NOT_IN_LINES = re.compile(f"[{_CONTROL_IN_LINES}]")
_SEEN = re.compile(rf"[^\s{INVISIBLE}{_BLANK}]")
_TURNS = re.compile(f"[{_DIRECTION}]")
_ENDS = dict.fromkeys("\u202a\u202b\u202d\u202e", "\u202c") | dict.fromkeys(
    "\u2066\u2067\u2068", "\u2069"
)
"""What ends each character that turns the direction (UAX #9, 2)."""

_OTHER = f"[^{_CONTROL}{_DIRECTION}]"
LABEL_PATTERN = f"^{_OTHER}*[^{_CONTROL}{_DIRECTION}{_UNSEEN}\\s]{_OTHER}*$"
"""What every `label` matches that turns no direction."""

LINES_PATTERN = f"^[^{_CONTROL_IN_LINES}]*$"


def one_line(value: str) -> str:
    """`value`, when it is one line without control characters; else ValueError."""
    if _NOT_IN_A_LINE.search(value):
        raise wrong_value("not_one_line")
    return value


def some_lines(value: str) -> str:
    """`value`, when it has no control characters but line breaks and tabs; else ValueError."""
    if _NOT_IN_LINES.search(value):
        raise wrong_value("control_characters")
    return value


def seen(value: str) -> str:
    """`value`, when it has a character that can be seen; else ValueError."""
    if not _SEEN.search(value):
        raise wrong_value("nothing_visible")
    return value


def label(value: str) -> str:
    """`value`, when it is one line to be shown beside other text; else ValueError.

    It has a character that can be seen, and ends each embedding, override and isolate that it
    begins, and no other: what follows it would run in another direction (UAX #9).
    """
    if not _ends_its_turns(seen(one_line(value))):
        raise wrong_value("unbalanced_direction")
    return value


def beginning(value: str) -> str:
    """What a label can be made of: from the first character that is seen, without turns."""
    found = _SEEN.search(value)
    return _TURNS.sub("", value[found.start() :]) if found else ""


def turns_escaped(json: str) -> str:
    """`json`, the same value, without a character that would turn the text behind it."""
    if json.isascii():
        return json
    return _TURNS.sub(lambda turn: f"\\u{ord(turn[0]):04x}", json)


def _ends_its_turns(value: str) -> bool:
    awaited: list[str] = []
    for turn in _TURNS.findall(value):
        if turn in _ENDS:
            awaited.append(_ENDS[turn])
        elif not awaited or awaited.pop() != turn:
            return False
    return not awaited
