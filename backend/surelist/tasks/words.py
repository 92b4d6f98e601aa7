"""How text is compared: blind to accents, case and punctuation."""

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

SORT_LENGTH = 200
"""Characters of a title that are sorted by: what a btree page surely takes."""

TERM_LENGTH = 40
"""Characters of a word that are indexed: what a btree page surely takes; the rest is compared."""

TERMS_SOUGHT = 8
"""Words of a search of which the rarest is looked for, the longest being the likeliest."""

_LAST = "\U0010ffff"
"""Behind every letter."""

_WORD = re.compile(r"[^\W_]+")
_IDEOGRAPH = re.compile(r"([\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff])")


def fold(text: str) -> str:
    """`text` without accents and case, in time that grows with its length alone.

    NFKD of a whole text sorts each run of combining marks, in quadratic time (UAX #15). Here the
    marks are dropped, so the characters are decomposed one by one, with the same result.
    """
    if text.isascii():
        return text.lower()
    bare = "".join(map(_bare, text.casefold()))
    return unicodedata.normalize("NFC", bare).casefold()


@lru_cache(maxsize=4096)
def _bare(character: str) -> str:
    """The letters that a character is made of, without marks."""
    decomposed = unicodedata.normalize("NFKD", character)
    return "".join(part for part in decomposed if not unicodedata.combining(part))


def words(text: str) -> list[str]:
    """The folded words of `text`; in scripts written without spaces, each character is one."""
    return _WORD.findall(_IDEOGRAPH.sub(r" \1 ", fold(text)))


def sort_title(title: str) -> str:
    """What a task is sorted by when it is sorted by title."""
    return fold(title)[:SORT_LENGTH]


def search_text(title: str, description: str | None, tags: Iterable[str]) -> str:
    """What a task is searched in: each word of it behind a space, then each tag on a line."""
    found = " ".join(words(f"{title}\n{description or ''}"))
    return f" {found}\n" + "".join(f"{tag_term(tag)}\n" for tag in tags)


def tag_term(tag: str) -> str:
    """What a tag is found by: nothing that a word begins with, and without a space."""
    return f"#{tag.casefold()}".replace(" ", "\t")


def tag_line(tag: str) -> str:
    """What stands in the search text of a task with `tag`, and in no other."""
    return f"\n{tag_term(tag)}\n"


def terms(search_text: str) -> set[str]:
    """All that a task is found by: the beginning of each word, and each tag."""
    found, *tags, _ = search_text.split("\n")
    return {word[:TERM_LENGTH] for word in found.split()}.union(tags)


def search_patterns(search: str) -> list[str]:
    """A LIKE pattern for each word of `search`: it must begin a word of the task."""
    return [f"% {word}%" for word in dict.fromkeys(words(search))]


def search_ranges(search: str) -> list[tuple[str, str]]:
    """The lowest and highest term that TERMS_SOUGHT of the words of `search` can begin."""
    longest = sorted(set(words(search)), key=len, reverse=True)[:TERMS_SOUGHT]
    return [(word[:TERM_LENGTH], word[:TERM_LENGTH] + _LAST) for word in longest]
