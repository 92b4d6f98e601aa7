"""Folds text for searching and sorting: removes accents, case and variants of a letter."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

from anyascii import anyascii

from surelist.errors import Invalid
from surelist.text import INVISIBLE

SEARCHED_COLUMNS = ("title", "description", "tags")
"""The columns that a search covers."""

SORT_LENGTH = 200
"""The length of sort keys from titles. They must fit into a B-tree page."""

MAX_WORDS = 20
"""The most words in a search. Each may be compared with the whole text of every task."""

_CONTROLS = dict.fromkeys((*range(0x09), *range(0x0E, 0x1C), 0x7F))
"""Control characters that do not separate words."""

_IGNORED = re.compile(f"[{INVISIBLE}\u0640]")
"""Invisible characters, and the Arabic tatweel, which only stretches a word."""

_FIRST_HIRAGANA, _LAST_HIRAGANA = "\u3041", "\u3096"
_TO_KATAKANA = 0x60

_ENCLOSING = "\"'()[]{}<>"
_TRAILING = ".,;:!?" + _ENCLOSING
_WILDCARD = re.compile(r"[\\%_]")


def fold(text: str) -> str:
    """Fold `text` for comparison, in linear time (specs/tools.md).

    NFKD of a whole text sorts each run of combining marks in quadratic time (UAX #15). Since fold
    removes the marks, it can decompose each character separately with the same result.
    """
    if text.isascii():
        return text.lower().translate(_CONTROLS)
    letters = "".join(map(_without_marks, text.casefold()))
    return unicodedata.normalize("NFC", letters).casefold().translate(_CONTROLS)


@lru_cache(maxsize=4096)
def _without_marks(character: str) -> str:
    """The folded letters of a character, without marks."""
    return "".join(map(_fold_part, unicodedata.normalize("NFKD", character)))


def _fold_part(part: str) -> str:
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
    """The sort key of a title."""
    return fold(title)[:SORT_LENGTH]


def folded(task: Mapping[str, Any]) -> dict[str, Any]:
    """The columns for sorting and searching, computed from SEARCHED_COLUMNS."""
    title, description, tags = (task[name] for name in SEARCHED_COLUMNS)
    return {
        "sort_title": sort_title(title),
        "search_text": fold("\n".join((title, *tags, description or ""))),
        "search_tags": [fold(tag) for tag in tags],
    }


FOLDED = frozenset(folded({"title": "", "description": None, "tags": ()}))
"""The names of the columns for sorting and searching."""


def search_terms(search: str) -> tuple[list[str], list[str]]:
    """The folded words and tags of a search. A tag is a word that begins with `#`.

    Raises Invalid for no words, or more than MAX_WORDS.
    """
    words = _words(search)
    tags = [word[1:] for word in words if word.startswith("#") and word != "#"]
    return [word for word in words if word == "#" or not word.startswith("#")], tags


def patterns(words: Iterable[str]) -> list[str]:
    """A LIKE pattern for each word. It matches texts that contain the word."""
    return ["%" + _WILDCARD.sub(r"\\\g<0>", word) + "%" for word in words]


def search_patterns(search: str) -> list[str]:
    """The patterns of a search without tags. Raises Invalid in the same way as `search_terms`."""
    return patterns(_words(search))


def _words(search: str) -> list[str]:
    words = list(dict.fromkeys(map(_trim, fold(search).split())))
    if not words:
        raise Invalid("search_empty")
    if len(words) > MAX_WORDS:
        raise Invalid("search_too_long", limit=MAX_WORDS)
    return words


def _trim(word: str) -> str:
    """Remove enclosing and trailing punctuation from a word. Returns a tag unchanged."""
    if word.startswith("#"):
        return word
    return word.lstrip(_ENCLOSING).rstrip(_TRAILING) or word
