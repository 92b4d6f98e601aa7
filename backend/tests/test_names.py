"""Names of clients are made plain as in specs/names.json."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surelist.names import FALLBACK, LONGEST, plain

EXAMPLES = json.loads((Path(__file__).parents[2] / "specs" / "names.json").read_text())


@pytest.mark.parametrize(("name", "shown"), EXAMPLES)
def test_names_match_the_examples_of_the_specification(name: str, shown: str) -> None:
    assert plain(name) == shown


@given(st.text())
def test_a_plain_name_is_short_and_stays_the_same(name: str) -> None:
    shown = plain(name)
    assert plain(shown) == shown
    assert 1 <= len(shown) <= LONGEST
    assert shown == FALLBACK or any(one.isalnum() for one in shown)
    assert not set(shown) & set('"“”<>:/\\{}[]\u202e\u200b\u3164')
