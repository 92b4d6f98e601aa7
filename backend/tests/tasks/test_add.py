from typing import Any

import pytest

from tests.support.asking import refusal, task, titles
from tests.support.person import Person
from tests.support.records import Records

FAMILY = "\U0001f468\u200d\U0001f469\u200d\U0001f467"
E_ACUTE = "e\u0301"


async def test_an_added_task_is_returned_and_listed_as_stored(ann: Person) -> None:
    added = await ann.call(
        "add_task",
        title="  Buy groceries ",
        description="Milk\nBread",
        due="2026-11-23",
        priority="high",
        tags=[" home ", "food"],
    )
    [row] = (await ann.call("list_tasks"))["tasks"]
    assert added == {
        "task_id": 1,
        "status": "created",
        "title": "Buy groceries",
        "version": 1,
        "due": "2026-11-23",
        "weekday": "Monday",
        "priority": "high",
        "tags": ["home", "food"],
        "timezone": "UTC",
    }
    assert row == {
        "id": 1,
        "title": "Buy groceries",
        "completed": False,
        "status": "pending",
        "version": 1,
        "description": "Milk\nBread",
        "due": "2026-11-23",
        "weekday": "Monday",
        "priority": "high",
        "tags": ["home", "food"],
    }


async def test_a_task_with_only_a_title_has_no_other_fields(ann: Person) -> None:
    added = await ann.call("add_task", title="Call mom")
    shown = await task(ann, 1)
    assert added == {"task_id": 1, "status": "created", "title": "Call mom", "version": 1}
    assert shown == {
        "id": 1,
        "title": "Call mom",
        "completed": False,
        "status": "pending",
        "version": 1,
        "created_at": shown["created_at"],
        "updated_at": shown["created_at"],
    }


async def test_task_ids_of_each_person_begin_at_one(ann: Person, newcomer: Any) -> None:
    bob = newcomer()
    numbers = [
        (await person.call("add_task", title=title))["task_id"]
        for person, title in [(ann, "A"), (ann, "B"), (bob, "A"), (ann, "C"), (bob, "B")]
    ]
    assert numbers == [1, 2, 1, 3, 2]


@pytest.mark.parametrize(
    "title",
    [
        "x" * 200,
        " \t\n" + "x" * 200 + " \u00a0\u3000",
        "\U0001d54f" * 200,
        E_ACUTE * 100,
        FAMILY * 40,
        "\u202eright to left\u202c",
        "'; DROP TABLE task; --",
        "{title} %s %(x)s \\ \" ' \\u0000",
        "<script>alert(1)</script>",
        "null",
    ],
)
async def test_a_title_within_bounds_is_stored_unchanged(ann: Person, title: str) -> None:
    added = await ann.call("add_task", title=title)
    assert added["title"] == (await task(ann, 1))["title"] == title.strip()


@pytest.mark.parametrize(
    "title",
    ["", " \t\n\u3000", "x" * 201, " " + "x" * 201 + " ", "\U0001d54f" * 201, E_ACUTE * 101],
)
async def test_a_title_out_of_bounds_is_refused_and_not_cut(ann: Person, title: str) -> None:
    refused = await refusal(ann, "add_task", title=title)
    assert refused.arguments == {"title": "other"}
    assert await titles(ann) == []


CONTROL_CHARACTERS = ["\x00", "\x07", "\x1b", "\x7f", "\x85", "\x9f"]


@pytest.mark.parametrize("character", [*CONTROL_CHARACTERS, "\n", "\r", "\t", "\u2028", "\u2029"])
async def test_a_title_with_control_characters_is_refused(ann: Person, character: str) -> None:
    refused = await refusal(ann, "add_task", title=f"Buy{character}milk")
    assert refused.arguments == {"title": "not_one_line"}
    assert await titles(ann) == []


@pytest.mark.parametrize("character", CONTROL_CHARACTERS)
async def test_a_description_with_control_characters_is_refused(
    ann: Person, character: str
) -> None:
    refused = await refusal(ann, "add_task", title="Buy", description=f"milk{character}")
    assert refused.arguments == {"description": "control_characters"}
    assert await titles(ann) == []


@pytest.mark.parametrize(
    "description", ["a\r\n\tb\n", " kept ", "\U0001d54f" * 10_000, "\u2028", "x" * 10_000]
)
async def test_a_description_within_bounds_is_stored_unchanged(
    ann: Person, description: str
) -> None:
    await ann.call("add_task", title="Buy", description=description)
    assert (await task(ann, 1))["description"] == description


async def test_a_description_too_long_is_refused_and_not_cut(ann: Person) -> None:
    refused = await refusal(ann, "add_task", title="Buy", description="x" * 10_001)
    assert refused.arguments == {"description": "other"}
    assert await titles(ann) == []


async def test_an_empty_description_and_empty_tags_are_not_stored(ann: Person) -> None:
    await ann.call("add_task", title="Buy", description="", tags=[])
    assert not {"description", "tags"} & set(await task(ann, 1))


@pytest.mark.parametrize(
    ("tags", "kept"),
    [
        (["x" * 50], ["x" * 50]),
        ([f"tag {n}" for n in range(20)], [f"tag {n}" for n in range(20)]),
        ([" home ", "\tfood\n"], ["home", "food"]),
        (["Home", "food", "home", "HOME", "Food"], ["Home", "food"]),
        (["home", "food", "Home"], ["home", "food"]),
        (["Straße", "STRASSE"], ["Straße"]),
        (["null", '"', "\\", "{}", ","], ["null", '"', "\\", "{}", ","]),
    ],
)
async def test_tags_are_trimmed_and_the_first_of_equal_tags_is_kept(
    ann: Person, tags: list[str], kept: list[str]
) -> None:
    added = await ann.call("add_task", title="Buy", tags=tags)
    assert added["tags"] == (await task(ann, 1))["tags"] == kept


@pytest.mark.parametrize(
    "tags",
    [["x" * 51], [""], [" "], ["a\nb"], ["a\x00"], [f"tag {n}" for n in range(21)], ["a", 1]],
)
async def test_tags_out_of_bounds_are_refused(ann: Person, tags: list[Any]) -> None:
    refused = await refusal(ann, "add_task", title="Buy", tags=tags)
    assert {name.partition(".")[0] for name in refused.arguments} == {"tags"}
    assert await titles(ann) == []


@pytest.mark.parametrize("key", ["x" * 201, "a\x00b"])
async def test_an_idempotency_key_out_of_bounds_is_refused(ann: Person, key: str) -> None:
    refused = await refusal(ann, "add_task", title="Buy", idempotency_key=key)
    assert [*refused.arguments] == ["idempotency_key"]
    assert await titles(ann) == []


async def test_the_event_of_a_creation_has_its_author_and_all_fields(
    ann: Person, records: Records
) -> None:
    await ann.call("add_task", title="Buy", due="2026-11-23T15:00", priority="low")
    [event] = await records.events(ann)
    assert (event["id"], event["subject_id"], event["kind"], event["before"]) == (
        1,
        1,
        "created",
        None,
    )
    assert (event["actor"], event["client_id"], event["client_name"]) == (
        "agent",
        "claude",
        "claude",
    )
    assert event["after"] == {
        "title": "Buy",
        "description": None,
        "priority": 1,
        "due_on": "2026-11-23",
        "due_time": "15:00:00",
        "due_zone": None,
        "due_at": "2026-11-23T15:00:00+00:00",
        "tags": [],
        "completed_at": None,
        "deleted_at": None,
    }


async def test_the_event_of_a_persons_change_names_the_person(
    newcomer: Any, records: Records
) -> None:
    ann = newcomer(owner=True)
    await ann.call("add_task", title="Buy")
    assert [event["actor"] for event in await records.events(ann)] == ["person"]
