import base64
from typing import Any

import pytest

from surelist.tasks.listing import COUNT_LIMIT
from tests.support.asking import every_page, ids, refusal
from tests.support.person import Person
from tests.support.records import Records

SORTS = ("created", "due", "priority", "title", "updated")
TASKS: list[dict[str, Any]] = [
    {"title": "pear", "due": "2026-11-25", "priority": "low", "tags": ["Fruit"]},
    {"title": "Apple", "priority": "high"},
    {"title": "äpple", "due": "2026-11-24T09:00"},
    {"title": "apple", "due": "2026-11-24", "priority": "high", "tags": ["fruit", "red"]},
    {"title": "Zebra", "due": "2026-11-24T09:00", "priority": "medium"},
    {"title": "pear", "priority": "low", "tags": ["tree"]},
    {"title": "10 plums", "due": "2027-01-01"},
    {"title": "_", "priority": "medium"},
    {"title": "🍐"},
    {"title": "Pear", "due": "2026-11-24T00:00", "tags": ["FRUIT"]},
]
ORDERS = {
    "created": [1, 2, 3, 4, 5, 6, 7, 8, 9, 10],
    "due": [4, 10, 3, 5, 1, 7, 2, 6, 8, 9],
    "priority": [2, 4, 5, 8, 1, 6, 3, 7, 9, 10],
    "title": [7, 8, 2, 3, 4, 1, 6, 10, 5, 9],
    "updated": [10, 9, 8, 7, 6, 5, 4, 3, 2, 1],
}


@pytest.fixture
async def with_tasks(ann: Person) -> Person:
    """Ann with TASKS. Each order has ties, and each filter has matches."""
    for task in TASKS:
        await ann.call("add_task", **task)
    return ann


async def test_an_empty_list_has_the_time_and_no_tasks(ann: Person) -> None:
    listed = await ann.call("list_tasks")
    assert listed == {
        "tasks": [],
        "total": 0,
        "now": listed["now"],
        "weekday": listed["weekday"],
        "timezone": "UTC",
    }


async def test_a_task_id_gives_a_list_of_one_whole_task(with_tasks: Person) -> None:
    listed = await with_tasks.call("list_tasks", task_id=1)
    [task] = listed.pop("tasks")
    assert listed == {
        "total": 1,
        "now": listed["now"],
        "weekday": listed["weekday"],
        "timezone": "UTC",
    }
    assert (task["id"], task["created_at"]) == (1, task["updated_at"])


@pytest.mark.parametrize("other", [{"status": "pending"}, {"limit": 1}, {"search": "pear"}])
async def test_a_task_id_with_other_arguments_is_refused(
    with_tasks: Person, other: dict[str, Any]
) -> None:
    refused = await refusal(with_tasks, "list_tasks", task_id=1, **other)
    assert refused.code == "task_id_with_others"


@pytest.mark.parametrize("sort", SORTS)
async def test_ties_are_ordered_by_id(with_tasks: Person, sort: str) -> None:
    assert await ids(with_tasks, sort=sort) == ORDERS[sort]


async def test_without_a_sort_the_oldest_task_is_first(with_tasks: Person) -> None:
    assert await ids(with_tasks) == ORDERS["created"]


async def test_the_sort_updated_begins_with_the_last_update(with_tasks: Person) -> None:
    await with_tasks.call("complete_task", task_id=4)
    await with_tasks.call("update_task", task_id=7, priority="low")
    assert (await ids(with_tasks, sort="updated"))[:3] == [7, 4, 10]


@pytest.mark.parametrize("limit", [1, 3, 5, 9, 10])
@pytest.mark.parametrize("sort", SORTS)
async def test_the_pages_together_are_the_list(with_tasks: Person, sort: str, limit: int) -> None:
    pages = await every_page(with_tasks, sort=sort, limit=limit)
    assert [row["id"] for page in pages for row in page["tasks"]] == ORDERS[sort]
    assert [len(page["tasks"]) for page in pages[:-1]] == [limit] * (len(pages) - 1)
    assert pages[-1]["tasks"], "the last page is not empty"
    assert {page["total"] for page in pages} == {10}


@pytest.mark.parametrize("sort", SORTS)
async def test_the_pages_of_a_filtered_list_together_are_that_list(
    with_tasks: Person, sort: str
) -> None:
    await with_tasks.call("complete_task", task_id=6)
    await with_tasks.call("delete_task", task_id=4)
    pages = await every_page(with_tasks, sort=sort, limit=1, status="pending", search="pear")
    assert sorted(row["id"] for page in pages for row in page["tasks"]) == [1, 10]
    assert {page["total"] for page in pages} == {2}


@pytest.mark.parametrize("sort", SORTS)
async def test_changes_between_pages_neither_repeat_nor_omit_other_tasks(
    with_tasks: Person, sort: str
) -> None:
    first = await with_tasks.call("list_tasks", sort=sort, limit=4)
    seen = [row["id"] for row in first["tasks"]]
    await with_tasks.call("delete_task", task_id=seen[0])
    await with_tasks.call("delete_task", task_id=seen[-1])
    for task in TASKS:
        await with_tasks.call("add_task", **task, description="Added between the pages")
    rest = await every_page(with_tasks, sort=sort, limit=4, cursor=first["next_cursor"])
    old = [row["id"] for page in rest for row in page["tasks"] if row["id"] <= len(TASKS)]
    assert seen + old == ORDERS[sort]


async def test_pages_of_many_equal_sort_keys_omit_no_task(ann: Person, records: Records) -> None:
    await records.add_many(ann, 250)
    await records.run("UPDATE task SET sort_title = 'same' WHERE user_id = $1", ann.user_id)
    for sort in ("due", "title", "priority"):
        pages = await every_page(ann, sort=sort, limit=60)
        assert [row["id"] for page in pages for row in page["tasks"]] == list(range(1, 251))


async def test_the_default_page_has_fifty_tasks(ann: Person, records: Records) -> None:
    await records.add_many(ann, 51)
    listed = await ann.call("list_tasks")
    assert ([row["id"] for row in listed["tasks"]], listed["total"]) == (list(range(1, 51)), 51)
    assert len((await ann.call("list_tasks", limit=200))["tasks"]) == 51


@pytest.mark.parametrize("limit", [0, -1, 201, 10**30])
async def test_a_limit_out_of_bounds_is_refused_and_not_clamped(ann: Person, limit: int) -> None:
    assert [*(await refusal(ann, "list_tasks", limit=limit)).arguments] == ["limit"]


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        ({"status": "all"}, [1, 2, 3, 5, 6, 7, 8, 9, 10]),
        ({"status": "pending"}, [1, 2, 5, 6, 7, 8, 9, 10]),
        ({"status": "completed"}, [3]),
        ({"status": "deleted"}, [4]),
        ({"tag": "fruit"}, [1, 10]),
        ({"tag": " FrUiT "}, [1, 10]),
        ({"tag": "fru"}, []),
        ({"priority": "low"}, [1, 6]),
        ({"priority": "high"}, [2]),
        ({"search": "pear"}, [1, 6, 10]),
        ({"search": "pear", "priority": "low"}, [1, 6]),
        ({"search": "pear", "priority": "low", "tag": "tree"}, [6]),
        ({"search": "pear", "status": "completed"}, []),
        ({"tag": "fruit", "due_after": "2026-11-25"}, [1]),
        ({"tag": "red", "status": "deleted", "due_before": "2026-11-24"}, [4]),
    ],
)
async def test_all_filters_apply_together(
    with_tasks: Person, filters: dict[str, Any], found: list[int]
) -> None:
    await with_tasks.call("complete_task", task_id=3)
    await with_tasks.call("delete_task", task_id=4)
    listed = await with_tasks.call("list_tasks", **filters)
    assert [row["id"] for row in listed["tasks"]] == found
    assert listed["total"] == len(found)


@pytest.mark.parametrize(
    "tag", ["straße", 'a "quoted" \\ {tag}, with all', "null", "日本", "ÄRGER"]
)
async def test_a_tag_with_special_characters_is_found(ann: Person, tag: str) -> None:
    await ann.call("add_task", title="Tagged", tags=["other", tag])
    await ann.call("add_task", title="Not tagged", tags=["other"])
    assert await ids(ann, tag=tag) == await ids(ann, tag=tag.lower()) == [1]


async def test_a_tag_filter_matches_whole_tags_and_no_patterns(ann: Person) -> None:
    await ann.call("add_task", title="Tagged", tags=["abc", "d,e"])
    assert [await ids(ann, tag=tag) for tag in ("a%", "a_c", "ab", "d", "abc,d")] == [[]] * 5


async def test_a_row_cuts_a_long_description_and_marks_it(ann: Person) -> None:
    await ann.call("add_task", title="Exact", description="é" * 200)
    await ann.call("add_task", title="Cut", description="\U0001d54f" * 201)
    exact, cut = (await ann.call("list_tasks"))["tasks"]
    assert exact == {
        "id": 1,
        "title": "Exact",
        "completed": False,
        "status": "pending",
        "version": 1,
        "description": "é" * 200,
    }
    assert cut == {
        "id": 2,
        "title": "Cut",
        "completed": False,
        "status": "pending",
        "version": 2,
        "description": "\U0001d54f" * 200,
        "description_truncated": True,
    }


@pytest.mark.parametrize("filters", [{}, {"status": "pending"}, {"search": "many"}])
async def test_a_total_is_exact_up_to_a_thousand_and_then_1000_plus(
    ann: Person, records: Records, filters: dict[str, str]
) -> None:
    await records.add_many(ann, COUNT_LIMIT)
    assert (await ann.call("list_tasks", **filters, limit=1))["total"] == 1000
    await ann.call("add_task", title="many and one")
    listed = await ann.call("list_tasks", **filters, limit=1)
    assert listed["total"] == "1000+"
    next_page = await ann.call("list_tasks", **filters, limit=1, cursor=listed["next_cursor"])
    assert next_page["total"] == "1000+"


@pytest.fixture
async def cursor(with_tasks: Person) -> str:
    """The cursor after Ann's first task by due date."""
    return (await with_tasks.call("list_tasks", sort="due", limit=1))["next_cursor"]


@pytest.mark.parametrize("character", ["\U00020000", "\U0001f350", "\U0001e900"])
async def test_a_cursor_after_the_longest_title_works(ann: Person, character: str) -> None:
    for number in range(2):
        await ann.call("add_task", title=character * 199 + str(number))
    first = await ann.call("list_tasks", sort="title", limit=1)
    assert await ids(ann, sort="title", limit=1, cursor=first["next_cursor"]) == [2]
    path = f"/tasks?sort=title&limit=1&cursor={first['next_cursor']}"
    assert [task["id"] for task in (await ann.rest("GET", path)).json()["tasks"]] == [2]


@pytest.mark.parametrize(
    "other",
    [
        {},
        {"sort": "title"},
        {"sort": "due", "status": "pending"},
        {"sort": "due", "search": "pear"},
        {"sort": "due", "tag": "fruit"},
        {"sort": "due", "due_before": "2027-01-01"},
    ],
)
async def test_a_cursor_of_another_list_is_refused(
    with_tasks: Person, cursor: str, other: dict[str, str]
) -> None:
    refused = await refusal(with_tasks, "list_tasks", cursor=cursor, **other)
    assert refused.code == "cursor_mismatch"


async def test_a_cursor_works_with_another_limit_and_with_explicit_defaults(
    with_tasks: Person, cursor: str
) -> None:
    rest = await ids(with_tasks, sort="due", status="all", limit=3, cursor=cursor)
    assert rest == ORDERS["due"][1:4]


async def test_another_person_s_cursor_is_refused(
    cursor: str, newcomer: Any, records: Records
) -> None:
    bob = newcomer()
    await records.add_many(bob, 3)
    refused = await refusal(bob, "list_tasks", sort="due", cursor=cursor)
    assert refused.code == "cursor_mismatch"


async def test_a_cursor_with_any_changed_byte_is_refused(with_tasks: Person, cursor: str) -> None:
    sealed = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
    for position in range(len(sealed)):
        changed = bytearray(sealed)
        changed[position] ^= 1
        forged = base64.urlsafe_b64encode(changed).rstrip(b"=").decode()
        refused = await refusal(with_tasks, "list_tasks", sort="due", cursor=forged)
        assert refused.code == "cursor_mismatch"


@pytest.mark.parametrize("cursor", ["x", "????", "AAAA", "\x00", "ü", "null", "0", "=" * 1000])
async def test_an_invalid_cursor_is_refused(with_tasks: Person, cursor: str) -> None:
    assert (await refusal(with_tasks, "list_tasks", cursor=cursor)).code == "cursor_mismatch"


@pytest.mark.parametrize("cursor", ["x" * 1001, "x" * 2001])
async def test_a_cursor_out_of_bounds_is_refused(with_tasks: Person, cursor: str) -> None:
    refused = await refusal(with_tasks, "list_tasks", cursor=cursor)
    assert refused.code == ("cursor_mismatch" if len(cursor) <= 2000 else "invalid_arguments")


@pytest.mark.parametrize("sort", SORTS)
async def test_a_cursor_for_any_title_is_within_the_bounds_of_cursors(
    ann: Person, sort: str
) -> None:
    for ending in ("a", "b"):
        await ann.call("add_task", title="\ufdfa" * 199 + ending)
        await ann.call("add_task", title="\U0001d54f" * 198 + "🍐" + ending)
        await ann.call("add_task", title="\\" * 198 + '"' + ending)
    pages = await every_page(ann, sort=sort, limit=1)
    assert sorted(row["id"] for page in pages for row in page["tasks"]) == [1, 2, 3, 4, 5, 6]
