"""Property tests of the conversion of tool arguments: known forms are read, others refused."""

import json
from copy import deepcopy
from typing import Annotated, Any, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import Field, ValidationError

from surelist.doors import reading
from surelist.doors.arguments import ABSENT, FREE_TEXT, Closed
from surelist.doors.reading import ADDED_BY_CLIENTS, read, read_object

Word = Literal["low", "High", "ok", "all"]
Title = Annotated[str, Field(min_length=1), FREE_TEXT]


class Step(Closed):
    """An object inside an argument."""

    title: Title
    number: int = ABSENT
    urgent: bool = ABSENT


class Everything(Closed):
    """An argument of every type that is read."""

    needed: int
    title: Title = ABSENT
    text: Annotated[str, FREE_TEXT] = ABSENT
    date: Annotated[str, Field(min_length=1)] = ABSENT
    number: int = 50
    flag: bool = ABSENT
    word: Word = "all"
    words: list[Word] = ABSENT
    names: list[str] = ABSENT
    step: Step = ABSENT
    steps: list[Step] = ABSENT


INTEGERS = st.integers(-(2**53) + 1, 2**53 - 1)
STEPS = st.fixed_dictionaries(
    {"title": st.text(min_size=1)}, optional={"number": INTEGERS, "urgent": st.booleans()}
)
WORDS = st.sampled_from(["low", "High", "ok", "all"])
STRICT: dict[str, st.SearchStrategy[Any]] = {
    "title": st.text(min_size=1),
    "text": st.text(),
    "date": st.text(min_size=1),
    "number": INTEGERS,
    "flag": st.booleans(),
    "word": WORDS,
    "words": st.lists(WORDS, max_size=4),
    "names": st.lists(st.text(), max_size=4),
    "step": STEPS,
    "steps": st.lists(STEPS, max_size=3),
}
GIVEN = st.fixed_dictionaries({"needed": INTEGERS}, optional=STRICT)
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner),
    max_leaves=6,
)


def otherwise(draw: st.DrawFn, value: Any, name: str = "") -> Any:
    """A strict value in one of the forms that are read."""
    if isinstance(value, bool):
        return draw(st.sampled_from([value, str(value).lower()]))
    if isinstance(value, int):
        return draw(st.sampled_from([value, float(value), str(value)]))
    if isinstance(value, str):
        cases = [value, value.upper(), value.lower(), value.title()]
        return draw(st.sampled_from(cases)) if name in ("word", "words") else value
    if isinstance(value, dict):
        inner = {key: otherwise(draw, one, key) for key, one in value.items()}
        inner |= {key: None for key in {"number", "urgent"} - inner.keys() if draw(st.booleans())}
    else:
        inner = [otherwise(draw, one, name) for one in value]
    return draw(st.sampled_from([inner, json.dumps(inner)]))


@st.composite
def spelled(draw: st.DrawFn) -> tuple[dict[str, Any], dict[str, Any]]:
    """Arguments in the strict form, and the same as a client may write them."""
    strict = draw(GIVEN)
    written = {name: otherwise(draw, value, name) for name, value in strict.items()}
    for name in STRICT.keys() - strict.keys():
        nothing = [None] if name in ("title", "text") else [None, ""]
        if draw(st.booleans()):
            written[name] = draw(st.sampled_from(nothing))
    for name in ADDED_BY_CLIENTS:
        if draw(st.booleans()):
            written[name] = draw(ANYTHING)
    return strict, written


@given(spelled())
def test_what_is_written_otherwise_is_read_as_the_strict_form(
    both: tuple[dict[str, Any], dict[str, Any]],
) -> None:
    strict, written = both
    as_it_came = deepcopy(written)
    read_strictly, mended = read(Everything, strict)
    assert not mended
    understood, kinds = read(Everything, written)
    assert understood == read_strictly
    assert understood.given() == read_strictly.given()
    assert bool(kinds) is (written != strict or _types(written) != _types(strict))
    assert written == as_it_came


def _types(value: Any) -> Any:
    """5 and 5.0 are equal, and so are 1 and true."""
    if isinstance(value, dict):
        return {name: _types(one) for name, one in value.items()}
    return [_types(one) for one in value] if isinstance(value, list) else type(value)


@given(st.sampled_from(["needed", *STRICT]), ANYTHING)
def test_only_the_known_forms_are_read(name: str, value: Any) -> None:
    try:
        understood, kinds = read(Everything, {"needed": 1} | {name: value})
    except ValidationError:
        return
    strict = understood.given()
    if name not in strict:
        assert value is None or (value == "" and name not in ("title", "text"))
        assert kinds == {"null" if value is None else "empty"}
        return
    assert strict[name] == _by_the_table(name, value)


def _by_the_table(name: str, value: Any) -> Any:
    """The expected value by the table of forms, implemented apart from the product."""
    if name in ("needed", "number") and not isinstance(value, bool):
        if isinstance(value, float) or (isinstance(value, str) and str(int(value)) == value):
            return int(value)
    elif name == "flag" and isinstance(value, str):
        return {"true": True, "false": False}[value]
    elif name == "word" and isinstance(value, str):
        return {"low": "low", "high": "High", "ok": "ok", "all": "all"}[value.lower()]
    elif name in ("words", "names", "step", "steps") and isinstance(value, str):
        return json.loads(value)
    return value


@pytest.mark.parametrize("name", ["needed", "number"])
@pytest.mark.parametrize(
    "value",
    [
        True, False, 1.5, 5.000001, 1e300, float("inf"), float("nan"), 2.0**53,
        "", " 5", "5 ", "+5", "05", "-0", "00", "1e1", "5.0", "0x5", "1_000", "\u0665", "\uff15",
        "five", "true", "null", "[5]", [5], {"n": 5}, "9" * 400, "5\n",
    ],
)  # fmt: skip
def test_a_value_that_is_no_form_of_an_integer_is_refused(name: str, value: Any) -> None:
    if value == "" and name == "number":
        assert read(Everything, {"needed": 1, name: value})[1] == {"empty"}
        return
    with pytest.raises(ValidationError):
        read(Everything, {"needed": 1} | {name: value})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("flag", "True"), ("flag", "yes"), ("flag", "1"), ("flag", 1), ("flag", 0.0),
        ("word", " low"), ("word", "lo"), ("word", "o\u212a"), ("word", "aLL\n"), ("word", 1),
        ("words", "low"), ("words", "low, all"), ("words", '"low"'), ("words", '{"low": 1}'),
        ("words", '["low"'), ("words", ["lo"]), ("words", [None]), ("words", {}),
        ("names", "home, work"), ("names", "home"), ("names", [1]), ("names", "[1]"),
        ("names", "null"), ("names", "[" * 5000), ("names", '["a"] ["b"]'), ("names", [None]),
        ("step", "{}"), ("step", "[]"), ("step", '{"title": ""}'), ("step", {"title": None}),
        ("step", {"title": "x", "colour": "red"}), ("step", '{"title": "x", "number": "05"}'),
        ("steps", {"title": "x"}), ("steps", [["x"]]), ("steps", '[{"title": 7}]'),
        ("title", ""), ("title", 7), ("title", True), ("title", ["x"]), ("text", 7),
        ("date", 20261123), ("date", ["2026"]), ("colour", "red"), ("colour", None),
        ("Number", 5), ("wait-for-previous", True),
    ],
)  # fmt: skip
def test_an_ambiguous_value_is_refused(name: str, value: Any) -> None:
    with pytest.raises(ValidationError):
        read(Everything, {"needed": 1} | {name: value})


def test_an_error_names_only_the_argument_that_is_wrong_after_conversion() -> None:
    with pytest.raises(ValidationError) as refused:
        read(Everything, {"needed": "7", "word": None, "number": "07"})
    assert [error["loc"] for error in refused.value.errors()] == [("number",)]


@pytest.mark.parametrize("more", [{}, {"number": "7"}, {"date": ""}, {"task_progress": "x"}])
def test_an_unknown_argument_is_refused_also_beside_converted_ones(more: dict[str, Any]) -> None:
    for name in ("colour", "Number", "wait-for-previous"):
        with pytest.raises(ValidationError) as refused:
            read(Everything, {"needed": "1", name: "red"} | more)
        assert [error["loc"] for error in refused.value.errors()] == [(name,)]


@pytest.mark.parametrize(
    ("written", "kinds"),
    [
        ({"needed": 1}, set()),
        ({"needed": 1, "title": None}, {"null"}),
        ({"needed": 1, "date": ""}, {"empty"}),
        ({"needed": 1.0}, {"float"}),
        ({"needed": "1"}, {"text"}),
        ({"needed": 1, "names": "[]"}, {"text"}),
        ({"needed": 1, "word": "ALL"}, {"case"}),
        ({"needed": 1, "task_progress": "- [ ] x"}, {"added"}),
        ({"needed": "1", "word": "high", "date": ""}, {"text", "case", "empty"}),
        ({"needed": 1, "text": ""}, set()),
    ],
)
def test_the_kinds_of_conversions_are_returned(written: dict[str, Any], kinds: set[str]) -> None:
    assert read(Everything, written)[1] == kinds


def test_an_argument_that_is_its_default_stands_beside_none() -> None:
    class Arguments(Closed):
        one: int = ABSENT
        limit: int = 50
        sort: Word = "all"

    assert Arguments(one=1).stands_alone("one")
    assert Arguments(one=1, limit=50, sort="all").stands_alone("one")
    assert not Arguments(one=1, limit=51).stands_alone("one")
    assert not Arguments(one=1, sort="low").stands_alone("one")


@pytest.mark.parametrize("text", ["[]", "7", "null", "", "{", '"{}"', "true"])
def test_text_without_a_json_object_stays_unchanged(text: str) -> None:
    assert read_object(text) == text


def test_an_argument_of_an_unsupported_type_fails_at_the_start() -> None:
    class Arguments(Closed):
        either: int | str = ABSENT

    with pytest.raises(TypeError, match="No reader"):
        reading.prepare(Arguments)
