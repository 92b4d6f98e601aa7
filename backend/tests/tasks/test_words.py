import sys
import unicodedata
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surelist.errors import Invalid
from surelist.tasks.words import (
    MAX_WORDS,
    SORT_LENGTH,
    fold,
    folded,
    patterns,
    search_patterns,
    search_terms,
    sort_title,
)

TEXT = st.text(st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp"]))


def task(title: str, description: str | None = None, *tags: str) -> dict[str, Any]:
    return folded({"title": title, "description": description, "tags": tags})


def found(search: str, text: str) -> bool:
    """Whether LIKE ALL matches in PostgreSQL, for a search without tags."""
    return all(word in text for word in search_terms(search)[0])


def bare(text: str) -> str:
    """Remove accents and case with the rules of Unicode only."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    kept = "".join(one for one in decomposed if not unicodedata.combining(one))
    return unicodedata.normalize("NFC", kept).casefold()


def test_every_character_is_folded_by_unicode_rules_or_to_an_easier_one() -> None:
    for code in range(sys.maxunicode + 1):
        character = chr(code)
        by_unicode = bare(character)
        folds = fold(character)
        assert fold(folds) == folds, hex(code)
        assert fold(f"a{character}b").startswith("a"), hex(code)
        if folds != by_unicode:
            assert has_own_rule(by_unicode), hex(code)


def has_own_rule(folded_by_unicode: str) -> bool:
    """Whether a character has a rule of its own, such as Latin letters, digits or punctuation."""
    return any(
        unicodedata.category(part)[0] in "PC"
        or unicodedata.category(part) in ("Nd", "Mn")
        or "HANGUL" in unicodedata.name(part, "")
        or unicodedata.name(part, "").startswith(("LATIN ", "HIRAGANA ", "ARABIC TATWEEL"))
        for part in folded_by_unicode
    )


@given(TEXT)
def test_all_canonical_forms_fold_to_the_same_text(text: str) -> None:
    forms = {fold(unicodedata.normalize(form, text)) for form in ("NFC", "NFD")}
    assert forms == {fold(text)}


@given(st.text())
def test_folding_is_idempotent(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(st.text(alphabet="aeiouAEIOU\u0301\u0308\u00ad\u200d -_", max_size=20))
def test_accents_case_and_invisible_characters_are_ignored(text: str) -> None:
    seen = text.translate(dict.fromkeys([0x301, 0x308, 0xAD, 0x200D]))
    assert fold(text) == fold(seen.upper()) == fold(seen)


@pytest.mark.parametrize(
    ("written", "folds"),
    [
        ("Søren Łódź ÐÞÆŒ", "soren lodz dthaeoe"),
        ("IŞIK ışık İ", "isik isik i"),
        ("Straße", "strasse"),
        ("ｆｕｌｌ ＷＩＤＴＨ", "full width"),
        ("٣ ४ ５", "3 4 5"),
        ("ひらがな ヒラガナ ﾋﾗｶﾞﾅ", "ヒラカナ ヒラカナ ヒラカナ"),
        ("co\u00adop\u200d\u2060 كـــتاب", "coop كتاب"),
        ("‘a’ “b” c—d e…", "'a' \"b\" c-d e..."),
        ("c++ €5 1×2", "c++ €5 1×2"),
        ("한국 東京 ไทย မြန်မာ", "한국 東京 ไทย မြနမာ"),
        ("👩🏽\u200d🚀 ❤\ufe0f", "👩🏽🚀 ❤"),
        ("мама Ёж", "мама еж"),
    ],
)
def test_a_text_folds_to_the_expected_text(written: str, folds: str) -> None:
    assert fold(written) == folds


@given(TEXT, TEXT, st.data())
def test_a_search_finds_a_task_by_any_part_of_its_words(
    title: str, description: str, data: st.DataObject
) -> None:
    text = task(title, description)["search_text"]
    words = text.split()[:MAX_WORDS]
    parts = []
    for word in words:
        begin = data.draw(st.integers(0, len(word) - 1))
        parts.append(word[begin : data.draw(st.integers(begin + 1, len(word)))])
    search = " ".join(part for part in parts if not part.startswith("#"))
    if search:
        assert found(search, text)


@given(st.text(), st.lists(TEXT, max_size=3))
def test_a_search_finds_a_task_by_its_tags(title: str, tags: list[str]) -> None:
    assert task(title, None, *tags)["search_tags"] == [fold(tag) for tag in tags]
    assert all(fold(tag) in task(title, None, *tags)["search_text"] for tag in tags)


@pytest.mark.parametrize(
    ("search", "words", "tags"),
    [
        ("milk, (bread) “tea”!", ["milk", "bread", "tea"], []),
        ("c++ c# .net !? #", ["c++", "c#", ".net", "!?", "#"], []),
        ("#Home milk ＃Work", ["milk"], ["home", "work"]),
        ("a A á", ["a"], []),
        ("#home, ##x", [], ["home,", "#x"]),
    ],
)
def test_a_search_is_parsed_into_words_and_tags(
    search: str, words: list[str], tags: list[str]
) -> None:
    assert search_terms(search) == (words, tags)


@given(st.text())
def test_a_search_is_bounded(search: str) -> None:
    try:
        words, tags = search_terms(search)
    except Invalid:
        return
    assert 0 < len(words) + len(tags) <= MAX_WORDS
    assert all(words)
    assert all(tags)


@given(TEXT)
def test_a_pattern_escapes_the_wildcards_of_its_word(word: str) -> None:
    [pattern] = patterns([word])
    assert pattern[0] == pattern[-1] == "%"
    unescaped = pattern[1:-1].replace("\\\\", "").replace("\\%", "").replace("\\_", "")
    assert not set("%_\\") & set(unescaped)
    assert pattern[1:-1].replace("\\\\", "\0").replace("\\", "").replace("\0", "\\") == word


def test_a_search_without_tags_treats_a_hash_as_a_character() -> None:
    assert search_patterns("#home c#") == ["%#home%", "%c#%"]


@given(st.text(min_size=1))
def test_a_sort_key_fits_into_an_index(title: str) -> None:
    assert len(sort_title(title * 300)) <= SORT_LENGTH
