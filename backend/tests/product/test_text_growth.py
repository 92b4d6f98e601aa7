"""The CPU time of a call grows linearly with the length of its text, for any text and argument.

The tests measure the CPU time of this thread for texts of n and of 2n characters. They repeat until
the smallest measurements are in proportion. Linear work passes soon. Quadratic work has a ratio of
4 and never passes.
"""

import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import suppress
from itertools import count
from typing import Any
from urllib.parse import quote

import httpx
import orjson
import pytest

from surelist.errors import Invalid
from surelist.main import TOOLSETS
from surelist.tasks import words
from surelist.text import beginning, label
from tests.support.person import Person
from tests.support.talking import begin, say
from tests.support.write_openapi import openapi_document

OPENAPI = openapi_document()
RATIO = 3
ROUNDS = 40
FEWEST_ROUNDS = 3
"""A single slow measurement of the shorter text must not decide."""

UNBOUNDED = 200
"""The length for arguments without a maximum in their schema, which have a fixed format."""

TEXTS: dict[str, Callable[[int], str]] = {
    "marks": lambda n: "\u0f73\u0301\u0316" * n,
    "letters of many": lambda n: "\ufdfa" * n,
    "jamo": lambda n: "\u1100\u1161\u11a8" * n,
    "joiners": lambda n: "a\u200d" * n,
    "tag characters": lambda n: "\U000e0061" * n,
    "words": lambda n: " ".join(f"{i:x}" for i in range(n)),
    "ideographs": lambda n: "".join(chr(0x4E00 + i % 20_000) for i in range(n)),
    "letters that grow": lambda n: "\u0390\ufb03\u0130" * n,
    "wildcards": lambda n: "%_\\" * n,
    "letters without marks": lambda n: "\u0142\u00f8\u0131" * n,
    "kana": lambda n: "\u3042\uff76\uff9e" * n,
    "digits": lambda n: "\u0663\u0967" * n,
    "punctuation": lambda n: "\u2026\u00ab(\u201c" * n,
}
TURNED: dict[str, Callable[[int], str]] = {
    "turns": lambda n: "\u202a\u2067x\u2069\u202c" * n,
    "turns in each other": lambda n: "\u2067" * (n // 2) + "x" + "\u2069" * (n // 2),
}
"""Balanced bidi controls. A cut unbalances them, and a title with unbalanced ones is refused."""

SOUGHT = TEXTS.keys() - {"words"}
"""Texts that are valid as a search. The others have too many words."""

NEEDED: dict[str, Any] = {
    "task_id": 1,
    "call": 1,
    "title": "x",
    "description": "x",
    "priority": "low",
    "due": "2030-01-01",
    "tags": [],
    "client_id": "someone",
    "since": "2026-01-01T00:00:00Z",
    "name": "x",
    "scopes": ["tasks:read"],
    "days": 1,
    "timezone": "UTC",
    "token": "x",
    "code": "x",
    "event_id": 1,
    "completed": True,
    "conversation_id": 1,
    "message_id": 1,
    "role": "user",
    "content": "x",
    "message": "x",
    "url": "https://example.com/",
    "webhook_id": "wh-0123456789abcdef",
}
"""The other required arguments of a call."""

Send = Callable[[Person, Any], Awaitable[object]]


def texts_of(schema: dict[str, Any]) -> tuple[int, int] | None:
    """The maximum length and number of texts in an argument, or None if it has no text."""
    for one in schema.get("anyOf", [schema]):
        one = resolved(one)
        items = resolved(one.get("items", {}))
        if one.get("type") == "string" and not {"enum", "const"} & set(one):
            return one.get("maxLength", UNBOUNDED), 1
        if items.get("type") == "string" and "enum" not in items:
            return items.get("maxLength", UNBOUNDED), one.get("maxItems", 20)
    return None


def resolved(schema: dict[str, Any]) -> dict[str, Any]:
    while "$ref" in schema:
        schema = OPENAPI["components"]["schemas"][schema["$ref"].split("/")[-1]]
    return schema


def of_tools() -> Iterator[tuple[str, tuple[int, int], Send]]:
    for path, tool in (
        (resource.path, tool) for toolset, resource in TOOLSETS for tool in toolset.tools.values()
    ):
        schema = tool.listed()["inputSchema"]
        others = {name: NEEDED[name] for name in schema.get("required", [])}
        for name, argument in schema["properties"].items():
            if bounds := texts_of(argument):

                async def send(
                    person: Person,
                    value: Any,
                    tool: str = tool.name,
                    name: str = name,
                    path: str = path,
                    **more: Any,
                ) -> object:
                    params = {"name": tool, "arguments": more | {name: value}}
                    return await person.rpc("tools/call", params, path=path)

                yield f"{tool.name}({name})", bounds, given(send, others)


def given(send: Any, others: dict[str, Any]) -> Send:
    async def sent(person: Person, value: Any) -> object:
        return await send(person, value, **others)

    return sent


def of_routes() -> Iterator[tuple[str, tuple[int, int], Send]]:
    for path, methods in OPENAPI["paths"].items():
        for method, operation in methods.items():
            body = operation.get("requestBody", {}).get("content", {})
            schema = resolved(next(iter(body.values()))["schema"]) if body else {}
            needed = {
                name: NEEDED[name]
                for one in schema.get("anyOf", [schema])
                for name in resolved(one).get("required", [])
            }
            places = [
                (one["in"], one["name"], one["schema"])
                for one in operation.get("parameters", [])
                if one["name"] != "user_id"
            ]
            places += [
                ("body", name, field)
                for one in schema.get("anyOf", [schema])
                for name, field in resolved(one).get("properties", {}).items()
            ]
            for place, name, field in places:
                if bounds := texts_of(field):
                    send = route(method, path, needed if body else None, place, name)
                    yield f"{method} {path} {place} {name}", bounds, send


def route(method: str, path: str, needed: dict[str, Any] | None, place: str, name: str) -> Send:
    async def send(person: Person, value: Any) -> object:
        parts = {**NEEDED, "user_id": person.user_id}
        if place == "path":
            parts[name] = quote(value, safe="")
        request: dict[str, Any] = {"headers": {}, "params": {}}
        if needed is not None:
            request["content"] = orjson.dumps(needed | ({name: value} if place == "body" else {}))
            request["headers"]["Content-Type"] = "application/json"
        if place == "header":
            request["headers"][name] = value.encode()
        if place == "query":
            request["params"][name] = value
        where = path.format(**parts).removeprefix(f"/api/{person.user_id}")
        return await person.rest(method.upper(), where, **request)

    return send


ARGUMENTS = {name: (bounds, send) for name, bounds, send in (*of_tools(), *of_routes())}
_numbers = count(1)


def fresh(text: str, size: int, times: int) -> Any:
    """A new text of this size, or a list of them. Repeated texts would be cached."""
    values = [f"{next(_numbers)} {TEXTS[text](size)}"[:size] for _ in range(times)]
    return values if times > 1 else values[0]


async def cpu(send: Send, person: Person, value: Any) -> float:
    began = time.thread_time()
    await send(person, value)
    return time.thread_time() - began


async def grows_evenly(measure: Callable[[int], Awaitable[float]], n: int) -> bool:
    await measure(n)  # what is compiled, prepared or cached at first is so now
    once = twice = float("inf")
    for done in range(1, ROUNDS + 1):
        once = min(once, await measure(n))
        twice = min(twice, await measure(2 * n))
        if done >= FEWEST_ROUNDS and twice < RATIO * once:
            return True
    return False


async def with_one_of_each(newcomer: Callable[..., Person]) -> Person:
    """A person with a task and a conversation with a message."""
    person = newcomer("web", owner=True)
    await person.call("add_task", title="The first")
    await say(person, await begin(person), "The first")
    return person


@pytest.mark.parametrize("argument", ARGUMENTS)
async def test_work_grows_linearly_with_the_length_of_a_text(
    newcomer: Callable[..., Person], argument: str
) -> None:
    (size, times), send = ARGUMENTS[argument]
    person = await with_one_of_each(newcomer)
    for text in TEXTS:

        async def measure(n: int, text: str = text) -> float:
            return await cpu(send, person, fresh(text, n, times))

        assert await grows_evenly(measure, size // 2), text


def test_every_text_argument_is_tested() -> None:
    assert {"add_task(description)", "list_tasks(search)", "update_task(tags)"} <= set(ARGUMENTS)
    assert {"create_conversation(title)", "add_message(content)"} <= set(ARGUMENTS)
    assert {
        "post /api/{user_id}/tasks body title",
        "get /api/{user_id}/tasks query search",
        "post /api/{user_id}/chat body message",
    } <= set(ARGUMENTS)


WRITTEN = [
    argument
    for argument in ARGUMENTS
    if "user_id" in argument and argument.endswith((" title", " description", " tags", " search"))
]


@pytest.mark.parametrize("argument", WRITTEN)
async def test_every_route_accepts_the_texts(
    newcomer: Callable[..., Person], argument: str
) -> None:
    (size, times), send = ARGUMENTS[argument]
    person = await with_one_of_each(newcomer)
    for text in SOUGHT if argument.endswith("search") else TEXTS:
        answer = await send(person, fresh(text, size, times))
        assert isinstance(answer, httpx.Response)
        assert answer.is_success, answer.text


async def test_the_texts_are_stored_and_searched(ann: Person) -> None:
    for text in TEXTS:
        added = await ann.call(
            "add_task",
            title=fresh(text, 200, 1),
            description=fresh(text, 10_000, 1),
            tags=fresh(text, 50, 20),
        )
        assert added["status"] == "created"
        if text in SOUGHT:
            assert "total" in await ann.call("list_tasks", search=fresh(text, 200, 1))


FUNCTIONS: dict[str, Callable[[str], object]] = {
    "fold": words.fold,
    "folded": lambda value: words.folded({"title": value, "description": value, "tags": [value]}),
    "search_terms": lambda value: calls(words.search_terms, value),
    "search_patterns": lambda value: calls(words.search_patterns, value),
    "label": lambda value: calls(label, value),
    "beginning": beginning,
}


def calls(function: Callable[[str], object], value: str) -> object:
    with suppress(Invalid, ValueError):
        return function(value)
    return None


@pytest.mark.parametrize("function", FUNCTIONS)
@pytest.mark.parametrize("kind", TEXTS | TURNED)
async def test_text_functions_take_linear_time(function: str, kind: str) -> None:
    async def measure(n: int) -> float:
        value = (TEXTS | TURNED)[kind](n)[:n]
        began = time.thread_time()
        FUNCTIONS[function](value)
        return time.thread_time() - began

    assert await grows_evenly(measure, 20_000)
