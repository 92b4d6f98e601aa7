"""Reads the sentences of a refusal back into the code that they were rendered from."""

import re
from collections.abc import Mapping
from functools import cache
from string import Formatter

from surelist.doors.messages import ARGUMENTS, REFUSALS


def placeholders(*sentences: str) -> set[str]:
    """The names of the values that these sentences are filled with."""
    return {name for sentence in sentences for _, name, _, _ in Formatter().parse(sentence) if name}


def code_of(told: str) -> str | None:
    """The code that a model is told of by `told`; None when no sentence is like that."""
    fitting = [code for code, pattern in _patterns().items() if pattern.fullmatch(told)]
    return max(fitting, key=lambda code: _literal_length(REFUSALS[code].for_model()), default=None)


def wrong_arguments(told: str) -> dict[str, str]:
    """The wrong arguments that `told` names, and the code of each."""
    found: dict[str, str] = {}
    rest = told
    while match := _first_argument(rest):
        code, pattern = match
        found[pattern["name"]] = code
        rest = rest[pattern.end() :].lstrip()
    return found


def _first_argument(told: str) -> tuple[str, re.Match[str]] | None:
    for code, sentence in sorted(ARGUMENTS.items(), key=lambda one: -_literal_length(one[1])):
        if match := re.match(_pattern(sentence) + r'(?=$| "| Unknown | And | Nothing )', told):
            return code, match
    return None


@cache
def _patterns() -> Mapping[str, re.Pattern[str]]:
    return {
        code: re.compile(_pattern(refusal.for_model()), re.DOTALL)
        for code, refusal in REFUSALS.items()
    }


def _pattern(sentence: str) -> str:
    seen = set[str]()
    parts: list[str] = []
    for literal, name, _, _ in Formatter().parse(sentence):
        parts.append(re.escape(literal))
        if name:
            value = '[^"]+' if name == "name" else ".+?"
            parts.append(value if name in seen else f"(?P<{name}>{value})")
            seen.add(name)
    return "".join(parts)


def _literal_length(sentence: str) -> int:
    return sum(len(literal) for literal, _, _, _ in Formatter().parse(sentence))
