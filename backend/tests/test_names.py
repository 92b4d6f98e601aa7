"""Strangers' names are plain in both languages: specs/names.json is the table."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surelist.names import FALLBACK, LONGEST, plain

EXAMPLES = json.loads((Path(__file__).parents[2] / "specs" / "names.json").read_text())


@pytest.mark.parametrize(("name", "shown"), EXAMPLES)
def test_a_name_is_shown_as_the_table_says(name: str, shown: str) -> None:
    assert plain(name) == shown


@given(st.text())
def test_a_name_is_short_plain_and_the_same_when_it_is_made_plain_again(name: str) -> None:
    shown = plain(name)
    assert plain(shown) == shown
    assert 1 <= len(shown) <= LONGEST
    assert shown == FALLBACK or any(one.isalnum() for one in shown)
    assert not set(shown) & set('"“”<>:/\\{}[]\u202e\u200b\u3164')
