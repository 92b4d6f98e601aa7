"""Names that strangers give (clients, keys, agents), made plain for people to read.

A client that is called `Claude" (checked by Surelist)` would put words into our mouth (RFC 9700,
RFC 7591 5). specs/names.json has examples, which the page's `client-name.ts` is held to as well.
"""

import unicodedata

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
"""What JavaScript takes for white space (ECMA-262, WhiteSpace and LineTerminator)."""

_INVISIBLE = frozenset(
    {0x034F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x3164, 0xFFA0}
    | {0x180B, 0x180C, 0x180D, 0x180F, *range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0)}
)
"""The letters and marks that are not to be seen: Default_Ignorable_Code_Point of Unicode."""


def plain(given: str) -> str:
    """The name that people read: NFC, with what `RULE` does not name left out, or FALLBACK."""
    kept: list[str] = []
    after_letter = False
    for character in unicodedata.normalize("NFC", given):
        category = "" if ord(character) in _INVISIBLE else unicodedata.category(character)
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
    """`name`; ValueError, which says the rule, when `plain` would change it."""
    if plain(name) != name:
        raise ValueError(f"is no plain name: one {RULE}")
    return name
