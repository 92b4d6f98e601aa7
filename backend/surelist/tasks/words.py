"""How text is compared: blind to accents, case and punctuation."""

import re
import unicodedata

SORT_LENGTH = 200
"""Characters of a title that are sorted by: what a btree page surely takes."""

_WORD = re.compile(r"[^\W_]+")
_IDEOGRAPH = re.compile(r"([\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff])")


def fold(text: str) -> str:
    """`text` without accents and case."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    bare = "".join(character for character in decomposed if not unicodedata.combining(character))
    return unicodedata.normalize("NFC", bare).casefold()


def words(text: str) -> list[str]:
    """The folded words of `text`; in scripts written without spaces, each character is one."""
    return _WORD.findall(_IDEOGRAPH.sub(r" \1 ", fold(text)))


def sort_title(title: str) -> str:
    """What a task is sorted by when it is sorted by title."""
    return fold(title)[:SORT_LENGTH]


def search_text(title: str, description: str | None) -> str:
    """What a task is searched in: each word of it behind a space."""
    return " " + " ".join(words(f"{title}\n{description or ''}"))


def search_patterns(search: str) -> list[str]:
    """A LIKE pattern for each word of `search`: it must begin a word of the task."""
    return [f"% {word}%" for word in dict.fromkeys(words(search))]
