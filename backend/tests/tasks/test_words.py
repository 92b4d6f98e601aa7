import sys
import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from surelist.tasks.words import (
    SORT_LENGTH,
    TERM_LENGTH,
    TERMS_SOUGHT,
    fold,
    search_patterns,
    search_ranges,
    search_text,
    sort_title,
    tag_line,
    tag_term,
    terms,
    words,
)

TAGS = st.text(st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp"]), min_size=1, max_size=50)
"""What a tag can be: one line without control characters."""


def found(search: str, text: str) -> bool:
    """What PostgreSQL decides with LIKE ALL, the patterns having no wildcards but their own."""
    return all(pattern[1:-1] in text for pattern in search_patterns(search))


def folded_whole(text: str) -> str:
    """What `fold` was before it took each character by itself."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    bare = "".join(character for character in decomposed if not unicodedata.combining(character))
    return unicodedata.normalize("NFC", bare).casefold()


def test_every_character_is_folded_as_it_was_when_texts_were_decomposed_whole() -> None:
    for code in range(sys.maxunicode + 1):
        character = chr(code)
        assert fold(character) == folded_whole(character), hex(code)
        assert fold(f"a{character}\u1161") == folded_whole(f"a{character}\u1161"), hex(code)


MARKS = st.text(st.characters(categories=["Mn", "Mc", "Lo", "Lu", "Cf"]))


@given(st.one_of(st.text(), MARKS))
def test_a_text_is_folded_as_it_was_when_texts_were_decomposed_whole(text: str) -> None:
    assert fold(text) == folded_whole(text)


@given(st.text())
def test_folding_is_the_same_for_every_canonical_form(text: str) -> None:
    forms = {fold(unicodedata.normalize(form, text)) for form in ("NFC", "NFD")}
    assert forms == {fold(text)}


@given(st.text())
def test_what_is_folded_stays_so(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(st.text())
def test_words_are_letters_and_digits_only(text: str) -> None:
    assert all(word and word.isalnum() for word in words(text))


@given(st.text())
def test_words_of_words_are_the_same_words(text: str) -> None:
    assert words(" ".join(words(text))) == words(text)


@given(st.text(), st.text())
def test_a_task_is_found_by_its_own_words_in_any_order(title: str, description: str) -> None:
    text = search_text(title, description, [])
    assert found(title, text)
    assert found(description, text)
    assert found(f"{description} {title}", text)


@given(st.text(), st.data())
def test_a_task_is_found_by_the_beginning_of_each_word(title: str, data: st.DataObject) -> None:
    beginnings = [word[: data.draw(st.integers(1, len(word)))] for word in words(title)]
    assert found(" ".join(beginnings), search_text(title, None, []))


@given(st.text(), st.text(), st.lists(TAGS, max_size=3))
def test_whatever_matches_a_task_is_led_to_by_its_terms(
    search: str, title: str, tags: list[str]
) -> None:
    text = search_text(title, None, tags)
    for looked_for in (search, title, title[:3], *tags):
        ranges = search_ranges(looked_for)
        if found(looked_for, text):
            assert all(any(low <= term <= high for term in terms(text)) for low, high in ranges)


@given(st.text(), st.lists(TAGS, max_size=3), TAGS)
def test_a_task_has_a_tag_s_line_exactly_when_it_has_the_tag(
    title: str, tags: list[str], tag: str
) -> None:
    has = tag.casefold() in [one.casefold() for one in tags]
    text = search_text(title, None, tags)
    assert (tag_line(tag) in text) == (tag_term(tag) in terms(text)) == has


@given(st.text(), TAGS)
def test_a_tag_is_no_word(title: str, tag: str) -> None:
    tagged, bare = search_text(title, None, [tag]), search_text(title, None, [])
    assert found(tag, tagged) == found(tag, bare)
    assert [low for low, _ in search_ranges(tag) if low == tag_term(tag)] == []


@given(st.text(min_size=1))
def test_a_term_fits_an_index(text: str) -> None:
    assert all(len(term) <= TERM_LENGTH for term in terms(search_text(text * 300, None, [])))
    assert len(search_ranges(text * 300)) <= TERMS_SOUGHT


@given(st.text())
def test_a_pattern_has_no_wildcard_but_its_own(search: str) -> None:
    for pattern in search_patterns(search):
        assert pattern[:2] == "% "
        assert pattern[-1] == "%"
        assert not set("%_\\") & set(pattern[1:-1])


@given(st.text(alphabet="aeiouAEIOU\u0301\u0308 -_", max_size=20))
def test_accents_and_case_make_no_difference(text: str) -> None:
    bare = text.replace("\u0301", "").replace("\u0308", "")
    assert words(text) == words(bare.upper()) == words(bare)


@given(st.text(min_size=1))
def test_what_is_sorted_by_fits_an_index(title: str) -> None:
    assert len(sort_title(title * 300)) <= SORT_LENGTH


def test_scripts_without_spaces_have_a_word_for_each_character() -> None:
    assert words("東京tower 한국 カナ") == ["東", "京", "tower", "한", "국", "カ", "ナ"]
