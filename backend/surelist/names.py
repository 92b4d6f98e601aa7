"""Removes misleading characters from the names of clients, keys and agents.

Clients choose their names. `Claude" (checked by Surelist)` would look like a statement of ours
(RFC 9700, RFC 7591 5). specs/names.json has examples; tests check this module and the page's
`client-name.ts` against them.
"""

import re
import unicodedata

from surelist.errors import wrong_value
from surelist.text import INVISIBLE

LONGEST = 40
FALLBACK = "An agent"
SIGNS = ".-_'&+()"

RULE = (
    f"has letters, digits, spaces and {SIGNS} alone, at least one letter or digit, at most "
    f"{LONGEST} characters, and no two spaces in a row"
)

_SPACES = frozenset(
    "\t\n\v\f\r \u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
    "\u2028\u2029\u202f\u205f\u3000\ufeff"
)
"""White space in JavaScript (ECMA-262, WhiteSpace and LineTerminator)."""

_INVISIBLE = re.compile(f"[{INVISIBLE}]")


def plain(given: str) -> str:
    """`given` in NFC without the characters that `RULE` excludes; FALLBACK if nothing is left."""
    kept: list[str] = []
    after_letter = False
    for character in unicodedata.normalize("NFC", given):
        category = "" if _INVISIBLE.match(character) else unicodedata.category(character)
        is_letter = category.startswith("L")
        if is_letter or category == "Nd" or character in SIGNS:
            kept.append(character)
        elif character in _SPACES:
            kept.append(" ")
        elif after_letter and category.startswith("M"):
            kept.append(character)
        after_letter = is_letter
    name = " ".join("".join(kept).split())[:LONGEST].strip()
    return name if any(one.isalpha() or one.isdecimal() for one in name) else FALLBACK


def refuse_unless_plain(name: str) -> str:
    """`name`; ValueError when `plain` would change it."""
    if plain(name) != name:
        raise wrong_value("not_plain_name", signs=SIGNS, longest=LONGEST)
    return name
