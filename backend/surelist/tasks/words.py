"""How text is compared and searched: blind to accents, case and ways to write the same letter."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

from anyascii import anyascii

from surelist.errors import Invalid
from surelist.text import INVISIBLE

WORDED = ("title", "description", "tags")
"""The columns that hold a task's words."""

SORT_LENGTH = 200
"""Characters of a title that are sorted by: what a btree page surely takes."""

WORDS_SOUGHT = 20
"""Words of one search: each may be compared with the whole text of every task."""

_CONTROLS = dict.fromkeys((*range(0x09), *range(0x0E, 0x1C), 0x7F))
"""Those that part no words."""

_IGNORED = re.compile(f"[{INVISIBLE}\u0640]")
"""What is not seen, and the Arabic tatweel, which only lengthens a word."""

_FIRST_HIRAGANA, _LAST_HIRAGANA = "\u3041", "\u3096"
_TO_KATAKANA = 0x60

_AROUND = "\"'()[]{}<>"
_BEHIND = ".,;:!?" + _AROUND
_WILDCARD = re.compile(r"[\\%_]")


def fold(text: str) -> str:
    """`text` as it is compared, in time that grows with its length alone (specs/tools.md).

    NFKD of a whole text sorts each run of combining marks, in quadratic time (UAX #15). Here the
    marks are dropped, so the characters are decomposed one by one, with the same result.
    """
    if text.isascii():
        return text.lower().translate(_CONTROLS)
    bare = "".join(map(_bare, text.casefold()))
    return unicodedata.normalize("NFC", bare).casefold().translate(_CONTROLS)


@lru_cache(maxsize=4096)
def _bare(character: str) -> str:
    """The letters that a character is made of, without marks."""
    return "".join(map(_plain, unicodedata.normalize("NFKD", character)))


def _plain(part: str) -> str:
    if unicodedata.combining(part) or _IGNORED.match(part):
        return ""
    if (digit := unicodedata.decimal(part, None)) is not None:
        return str(digit)
    if _FIRST_HIRAGANA <= part <= _LAST_HIRAGANA:
        return chr(ord(part) + _TO_KATAKANA)
    is_latin = unicodedata.name(part, "").startswith("LATIN ")
    if is_latin or unicodedata.category(part).startswith("P"):
        return anyascii(part) or part
    return part


def sort_title(title: str) -> str:
    """What a task is sorted by when it is sorted by title."""
    return fold(title)[:SORT_LENGTH]


def folded(task: Mapping[str, Any]) -> dict[str, Any]:
    """The columns that follow from WORDED: what `task` is sorted by and searched in."""
    title, description, tags = (task[name] for name in WORDED)
    return {
        "sort_title": sort_title(title),
        "search_text": fold("\n".join((title, *tags, description or ""))),
        "search_tags": [fold(tag) for tag in tags],
    }


FOLDED = frozenset(folded({"title": "", "description": None, "tags": ()}))
"""The names of those columns."""


def sought(search: str) -> tuple[list[str], list[str]]:
    """The words of a search, and the tags in it, which are words behind a `#`; each folded.

    Raises Invalid when there are none, or more than WORDS_SOUGHT.
    """
    words = _words(search)
    tags = [word[1:] for word in words if word.startswith("#") and word != "#"]
    return [word for word in words if word == "#" or not word.startswith("#")], tags


def patterns(words: Iterable[str]) -> list[str]:
    """For each word the LIKE pattern of the texts that it occurs in."""
    return ["%" + _WILDCARD.sub(r"\\\g<0>", word) + "%" for word in words]


def search_patterns(search: str) -> list[str]:
    """The patterns of a search in which there are no tags. Raises Invalid, as `sought` does."""
    return patterns(_words(search))


def _words(search: str) -> list[str]:
    words = list(dict.fromkeys(map(_core, fold(search).split())))
    if not words:
        raise Invalid("search_empty")
    if len(words) > WORDS_SOUGHT:
        raise Invalid("search_too_long", limit=WORDS_SOUGHT)
    return words


def _core(word: str) -> str:
    """The word without what encloses it or ends a sentence; a tag as it is."""
    if word.startswith("#"):
        return word
    return word.lstrip(_AROUND).rstrip(_BEHIND) or word
