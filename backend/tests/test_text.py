"""Labels (titles, tags) are seen, and turn no direction beyond themselves."""

import json
import re
import sys
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surelist.text import LABEL_PATTERN, beginning, label
from tests.support.asking import refusal, task, titles
from tests.support.person import Person, RefusedByTool
from tests.support.talking import begin, say

CONVERSATIONS = "/conversations/mcp"

UNSEEN = ["\u200b", "\u00ad\u2060", "\u3164", "\u2800 \u2800", "\U000e0061", "\ufe0f\u200d"]
TURNED = ["\u202eabc", "abc\u202c", "\u2067abc\u202c", "\u2067\u202aabc\u2069\u202c", "a\u2068"]
CLOSED = ["\u202a+49 30\u202c", "\u2068שלום\u2069 (1)", "\u2067\u202aabc\u202c\u2069", "a\u200fb"]


@pytest.mark.parametrize("field", ["title", "tags"])
@pytest.mark.parametrize("value", [*UNSEEN, *TURNED])
async def test_a_label_that_is_not_seen_or_reaches_beyond_itself_is_refused_at_both_doors(
    ann: Person, field: str, value: str
) -> None:
    code = "unbalanced_direction" if value in TURNED else "nothing_visible"
    fields = {"title": "x"} | {field: [value] if field == "tags" else value}
    assert [*(await refusal(ann, "add_task", **fields)).arguments.values()] == [code]
    answer = await ann.rest("POST", "/tasks", json=fields)
    assert answer.status_code == 422
    assert [one["code"] for one in answer.json()["errors"]] == [code]
    assert await titles(ann) == []


@pytest.mark.parametrize("title", CLOSED)
async def test_a_label_that_ends_its_turns_is_kept_to_the_letter(ann: Person, title: str) -> None:
    await ann.call("add_task", title=title, tags=[title])
    shown = await task(ann, 1)
    assert (shown["title"], shown["tags"]) == (title, [title])


@pytest.mark.parametrize("title", [UNSEEN[0], TURNED[0]])
async def test_a_title_of_a_conversation_is_such_a_label(ann: Person, title: str) -> None:
    with pytest.raises(RefusedByTool) as refused:
        await ann.call("create_conversation", path=CONVERSATIONS, title=title)
    code = "unbalanced_direction" if title in TURNED else "nothing_visible"
    assert refused.value.arguments == {"title": code}
    conversation = await begin(ann)
    changed = await ann.rest("PATCH", f"/conversations/{conversation}", json={"title": title})
    assert changed.status_code == 422


async def test_the_title_that_a_message_gives_is_such_a_label(ann: Person) -> None:
    conversation = await begin(ann)
    await say(ann, conversation, " \u200b\n" + "\u2060" * 80 + "\u202eDreams\nof gardens")
    shown = (await ann.rest("GET", f"/conversations/{conversation}")).json()
    assert shown["title"] == "Dreams"


async def test_a_message_that_is_not_seen_is_refused(ann: Person) -> None:
    message = {"conversation_id": await begin(ann), "role": "user", "content": "\u200b"}
    with pytest.raises(RefusedByTool) as refused:
        await ann.call("add_message", path=CONVERSATIONS, **message)
    assert refused.value.arguments == {"content": "nothing_visible"}


async def test_a_description_that_turns_the_direction_turns_no_text_of_a_result(
    ann: Person,
) -> None:
    await ann.call("add_task", title="x", description="abc \u202e\u2067 שלום")
    results = [
        await ann.rpc("tools/call", {"name": "list_tasks", "arguments": {}}),
        await ann.rpc("resources/read", {"uri": "surelist://tasks"}),
        await ann.rpc("resources/read", {"uri": "surelist://tasks/1"}),
    ]
    for answer in results:
        result = answer.json()["result"]
        text = (result.get("content") or result["contents"])[0]["text"]
        assert beginning(text) == text
        shown = json.loads(text)
        assert "abc \u202e\u2067 שלום" in json.dumps(shown, ensure_ascii=False)
        assert shown == result.get("structuredContent", shown)


def is_label(value: str) -> bool:
    try:
        return label(value) == value
    except ValueError:
        return False


def test_every_character_that_unicode_calls_a_letter_a_sign_or_a_number_is_seen() -> None:
    unseen = {chr(code) for code in range(sys.maxunicode + 1) if not is_label(chr(code))}
    told = {one for one in unseen if unicodedata.category(one)[0] in "LNSP"}
    assert told == set("\u115f\u1160\u3164\uffa0\u2800")


@given(st.text())
def test_what_the_schema_takes_is_a_label(value: str) -> None:
    if re.fullmatch(LABEL_PATTERN, value) and max(value) < "\U00010000":
        assert is_label(value)


@given(st.text(st.sampled_from("x \u200b\u202a\u202b\u202c\u202e\u2066\u2067\u2068\u2069")))
def test_a_beginning_is_a_label_or_nothing(value: str) -> None:
    assert beginning(value) == "" or is_label(beginning(value).strip())
