"""Validation of text: lines, visible characters and balanced bidirectional controls (UAX #9)."""

import re

from surelist.errors import wrong_value

INVISIBLE = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e"
    "\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufff8"
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
)
"""Invisible characters, for use in a character class: Unicode's Default_Ignorable_Code_Point
(DerivedCoreProperties.txt). Unicode never adds this property to an assigned character."""

_BLANK_BRAILLE = "\u2800"
"""The braille pattern without dots, which lacks that property."""

_CONTROL = r"\x00-\x1f\x7f-\x9f\u2028\u2029"
_CONTROL_IN_LINES = r"\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f"
_BIDI_CONTROLS = r"\u202a-\u202e\u2066-\u2069"
_INVISIBLE_BMP = (
    r"\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f"
    r"\u2060-\u206f\u2800\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufff8"
)
"""INVISIBLE below U+10000, escaped. ECMA-262 needs a flag for higher escapes."""

_NOT_IN_A_LINE = re.compile(f"[{_CONTROL}]")
_NOT_IN_LINES = re.compile(f"[{_CONTROL_IN_LINES}]")
_SEEN = re.compile(rf"[^\s{INVISIBLE}{_BLANK_BRAILLE}]")
_BIDI = re.compile(f"[{_BIDI_CONTROLS}]")
_CLOSING = dict.fromkeys("\u202a\u202b\u202d\u202e", "\u202c") | dict.fromkeys(
    "\u2066\u2067\u2068", "\u2069"
)
"""The character that closes each opening bidirectional control (UAX #9, 2)."""

_ALLOWED = f"[^{_CONTROL}{_BIDI_CONTROLS}]"
LABEL_PATTERN = f"^{_ALLOWED}*[^{_CONTROL}{_BIDI_CONTROLS}{_INVISIBLE_BMP}\\s]{_ALLOWED}*$"
"""The pattern of a `label` without bidirectional controls."""

LINES_PATTERN = f"^[^{_CONTROL_IN_LINES}]*$"


def one_line(value: str) -> str:
    """`value`. Raises ValueError unless it is one line without control characters."""
    if _NOT_IN_A_LINE.search(value):
        raise wrong_value("not_one_line")
    return value


def some_lines(value: str) -> str:
    """`value`. Raises ValueError for control characters other than line breaks and tabs."""
    if _NOT_IN_LINES.search(value):
        raise wrong_value("control_characters")
    return value


def seen(value: str) -> str:
    """`value`. Raises ValueError if it has no visible character."""
    if not _SEEN.search(value):
        raise wrong_value("nothing_visible")
    return value


def label(value: str) -> str:
    """`value`. Raises ValueError unless it is one visible line with balanced bidi controls.

    Unbalanced embeddings, overrides and isolates would change the direction of the text after it
    (UAX #9).
    """
    if not _ends_its_turns(seen(one_line(value))):
        raise wrong_value("unbalanced_direction")
    return value


def beginning(value: str) -> str:
    """`value` from its first visible character on, without bidirectional controls."""
    found = _SEEN.search(value)
    return _BIDI.sub("", value[found.start() :]) if found else ""


def escape_bidi_controls(json: str) -> str:
    """`json` with bidirectional controls escaped, so that they cannot reorder the text after it."""
    if json.isascii():
        return json
    return _BIDI.sub(lambda match: f"\\u{ord(match[0]):04x}", json)


def _ends_its_turns(value: str) -> bool:
    expected: list[str] = []
    for control in _BIDI.findall(value):
        if control in _CLOSING:
            expected.append(_CLOSING[control])
        elif not expected or expected.pop() != control:
            return False
    return not expected
