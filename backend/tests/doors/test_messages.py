"""The table of sentences matches every place that raises an error."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from inspect import signature
from pathlib import Path
from typing import Any

import pytest

import surelist
from surelist import errors
from surelist.access.jwks import KeysUnavailable
from surelist.data.database import ConnectionLost
from surelist.doors.messages import (
    ARGUMENTS,
    REFUSALS,
    WrongArgument,
    WrongArguments,
    for_model,
    for_rest,
)
from surelist.errors import Invalid, SurelistError
from surelist.tasks.tools import TOOLS
from tests.support.asking import WHAT_TO_DO_NEXT, last_sentence, suggests_deletion
from tests.support.refusals import code_of, placeholders, wrong_arguments

SOURCE = Path(surelist.__file__).parent
SPECIFIED = Path(surelist.__file__).parents[2] / "specs" / "errors.md"
NOT_VALUES = {"current", "details"}
REFUSING = {
    one.__name__: one
    for one in (*vars(errors).values(), KeysUnavailable, ConnectionLost)
    if isinstance(one, type) and issubclass(one, SurelistError)
}
OF_ONE_CODE = {name for name, one in REFUSING.items() if "code" not in signature(one).parameters}
WAITING = {"TooManyRequests", "Unavailable", "KeysUnavailable", "ConnectionLost"}
"""Those whose sentences may say how long to wait."""

EXAMPLES: dict[str, Any] = {
    "wrong": WrongArguments([WrongArgument("title", "missing", {})], 0),
    "now": datetime(2026, 11, 27),  # noqa: DTZ001
    "time": datetime(2026, 3, 29, 2, 30),  # noqa: DTZ001
    "allowed": ["title", "due"],
    "limit": 1000,
    "fields": ["title", "due"],
    "what": "Task 7",
    "problem": "should be small",
    "signs": ".-_",
    "longest": 40,
    "scope": "account:manage",
}
"""Values of the sentences; those left out are numbers or words."""


@dataclass(frozen=True)
class Raised:
    """A place that creates an error: its code, its class and the names of its values."""

    code: str
    refusal: str
    values: frozenset[str]
    where: str


def calls_in(path: Path) -> Iterator[tuple[str, ast.Call]]:
    """The calls of a file, with the function's name; a class's `super().__init__` as its own."""
    tree = ast.parse(path.read_text())
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            yield node.func.id, node
        if isinstance(node, ast.ClassDef) and node.name in REFUSING:
            for one in ast.walk(node):
                if (
                    isinstance(one, ast.Call)
                    and isinstance(one.func, ast.Attribute)
                    and one.func.attr == "__init__"
                ):
                    yield node.name, one


def made_in_source(*functions: str) -> Iterator[Raised]:
    """Each call of one of these functions that names a code."""
    for path in sorted(SOURCE.rglob("*.py")):
        for function, call in calls_in(path):
            if function not in functions or not call.args:
                continue
            code, where = call.args[0], f"{path.relative_to(SOURCE)}:{call.lineno}"
            if function in OF_ONE_CODE and path.name != "errors.py":
                continue
            if path.name == "errors.py" and isinstance(code, ast.Name):
                continue  # a class hands its code on
            if isinstance(code, ast.Attribute) and code.attr == "code":
                continue  # a refusal is made again
            assert isinstance(code, ast.Constant), f"{where}: the code is not a literal"
            values = frozenset(word.arg or "**" for word in call.keywords) - NOT_VALUES
            yield Raised(code.value, function, values, where)


RAISED = list(made_in_source(*REFUSING))
CODES = sorted(REFUSALS)


def example(code: str) -> SurelistError:
    """A refusal of this code, with values."""
    refusal = Invalid(code)
    names = placeholders(*REFUSALS[code])
    refusal.values = {name: EXAMPLES.get(name, 2) for name in names}
    return refusal


def test_each_code_is_raised_and_has_sentences() -> None:
    assert {one.code for one in RAISED} == set(REFUSALS)


@pytest.mark.parametrize("raised", RAISED, ids=lambda one: f"{one.code}-{one.where}")
def test_each_refusal_gives_the_values_of_its_sentences(raised: Raised) -> None:
    optional = {"retry_after"} if raised.refusal in WAITING else set[str]()
    assert placeholders(*REFUSALS[raised.code]) - optional == raised.values - optional


def test_each_wrong_value_has_a_sentence_with_its_values() -> None:
    made = {one.code: one.values | {"name"} for one in made_in_source("wrong_value")}
    of_arguments = {
        "missing": {"name"},
        "unknown_argument": {"name", "allowed"},
        "unknown_field": {"name"},
        "null": {"name"},
        "other": {"name", "problem"},
    }
    assert {code: placeholders(one) for code, one in ARGUMENTS.items()} == made | of_arguments


@pytest.mark.parametrize("code", CODES)
def test_sentences_state_the_fact_and_then_what_to_do_next(code: str) -> None:
    for told in (for_model(example(code)), for_rest(example(code))):
        assert re.fullmatch(r'["A-Z].*\.', told)
        assert WHAT_TO_DO_NEXT.search(last_sentence(told)), told
        assert not suggests_deletion(told), told


@pytest.mark.parametrize("code", CODES)
def test_sentences_at_rest_name_no_tool_and_no_other_person(code: str) -> None:
    told = for_rest(example(code))
    assert not [tool for tool in TOOLS if tool in told]
    assert not re.search(r"\b(Ask|Tell) the person\b|\b[Cc]all again\b", told)


@pytest.mark.parametrize("code", CODES)
def test_the_sentences_for_models_lead_back_to_their_code(code: str) -> None:
    assert code_of(for_model(example(code))) == code


def test_wrong_arguments_are_read_back() -> None:
    wrong = [WrongArgument(f"argument-{code}", code, EXAMPLES) for code in ARGUMENTS]
    refusal = Invalid("invalid_arguments", wrong=WrongArguments(wrong, 5))
    assert wrong_arguments(for_model(refusal)) == {one.name: one.code for one in wrong}


def test_numbers_have_their_noun() -> None:
    assert "Wait 1 second, " in for_model(errors.Unavailable("server_busy"))
    assert "1,000,000 bytes" in for_rest(errors.TooLarge("body_too_large", limit=1_000_000))


def test_the_specification_lists_each_code_with_its_status() -> None:
    refusals, arguments = SPECIFIED.read_text().split("## Wrong arguments")
    listed = re.findall(r"^\| `(\w+)` \| (\d+) \|", refusals, re.MULTILINE)
    assert len(listed) == len(set(listed))
    raised = {(one.code, str(REFUSING[one.refusal].status)) for one in RAISED}
    assert set(listed) == raised
    of_arguments = re.findall(r"^\| `(\w+)` \|", arguments, re.MULTILINE)
    assert set(of_arguments) == set(ARGUMENTS) - {"other"}
