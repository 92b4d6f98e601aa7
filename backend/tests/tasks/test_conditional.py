"""ETags, If-None-Match, and whole tasks in PUT requests."""

from typing import Any

import pytest

from tests.support.asking import task
from tests.support.person import Person
from tests.support.records import Records

WHOLE: dict[str, Any] = {
    "title": "Call mom",
    "description": "About Sunday",
    "due": "2026-11-23T15:00",
    "priority": "high",
    "tags": ["family"],
}


@pytest.fixture
async def with_task(ann: Person) -> Person:
    """Ann with a completed task 1 that has every field."""
    await ann.call("add_task", **WHOLE)
    await ann.call("complete_task", task_id=1)
    return ann


async def etag(person: Person) -> str:
    return (await person.rest("GET", "/tasks/1")).headers["etag"]


async def test_an_unchanged_task_is_not_sent_again(with_task: Person) -> None:
    tag = await etag(with_task)
    for named in (tag, f"W/{tag}", f'"x", {tag}', f'W/"x",{tag}', "*", f" {tag} "):
        answer = await with_task.rest("GET", "/tasks/1", headers={"If-None-Match": named})
        assert (answer.status_code, answer.content, answer.headers["etag"]) == (304, b"", tag)


async def test_a_task_with_another_etag_is_sent(with_task: Person) -> None:
    tag = await etag(with_task)
    shown = await task(with_task, 1)
    for named in ('"2"', "2", '"2-000000000000"', tag.strip('"'), tag[:-2] + '"', "", '"'):
        answer = await with_task.rest("GET", "/tasks/1", headers={"If-None-Match": named})
        assert (answer.status_code, answer.json()) == (200, shown), named


async def test_an_etag_changes_with_the_task_and_with_the_time_zone(
    with_task: Person, records: Records
) -> None:
    first = await etag(with_task)
    await records.set_timezone(with_task, "Asia/Tokyo")
    elsewhere = await etag(with_task)
    await records.set_timezone(with_task, "UTC")
    again = await etag(with_task)
    await with_task.call("update_task", task_id=1, title="Call dad")
    assert first == again
    assert len({first, elsewhere, await etag(with_task)}) == 3
    assert [tag.partition("-")[0] for tag in (first, elsewhere)] == ['"2', '"2']


async def test_a_missing_task_is_not_found_for_any_if_none_match(ann: Person) -> None:
    answer = await ann.rest("GET", "/tasks/9", headers={"If-None-Match": "*"})
    assert answer.status_code == 404


@pytest.mark.parametrize("form", ["whole", "bare", "of another time zone"])
async def test_each_returned_etag_allows_one_change(
    with_task: Person, records: Records, form: str
) -> None:
    tag = await etag(with_task)
    if form == "bare":
        tag = tag.partition("-")[0] + '"'
    elif form == "of another time zone":
        await records.set_timezone(with_task, "Asia/Tokyo")
    statuses = [
        (
            await with_task.rest("PATCH", "/tasks/1", json=body, headers={"If-Match": tag})
        ).status_code
        for body in ({"title": "Call dad"}, {"title": "Call Ann"})
    ]
    assert statuses == [200, 412]


async def test_a_deletion_returns_its_version(with_task: Person) -> None:
    deleted = await with_task.rest("DELETE", "/tasks/1")
    assert (deleted.status_code, deleted.content) == (204, b"")
    assert deleted.headers["etag"] == await etag(with_task)
    assert deleted.headers["etag"].startswith('"3-')
    again = await with_task.rest("DELETE", "/tasks/1")
    assert again.headers["etag"] == deleted.headers["etag"]
    restored = await with_task.call("update_task", task_id=1, undo=3)
    assert restored["version"] == 4


async def test_a_whole_task_can_be_put_as_it_was_read(with_task: Person) -> None:
    read = await task(with_task, 1)
    answer = await with_task.rest("PUT", "/tasks/1", json=read)
    assert (answer.status_code, answer.json()) == (200, read)


async def test_a_whole_task_can_be_put_with_other_values(with_task: Person) -> None:
    read = await task(with_task, 1)
    changed = read | {"title": "Call dad", "due": "2026-11-24", "completed": False}
    answer = await with_task.rest("PUT", "/tasks/1", json=changed)
    now = answer.json()
    assert (answer.status_code, now["version"], now["status"]) == (200, 3, "pending")
    assert (now["title"], now["due"], now["weekday"]) == ("Call dad", "2026-11-24", "Tuesday")


async def test_a_repeated_put_has_the_same_result(with_task: Person) -> None:
    changed = await task(with_task, 1) | {"title": "Call dad"}
    first = await with_task.rest("PUT", "/tasks/1", json=changed)
    again = await with_task.rest("PUT", "/tasks/1", json=changed)
    assert (again.status_code, again.json()) == (200, first.json())


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("id", 2),
        ("status", "pending"),
        ("status", "deleted"),
        ("weekday", "Friday"),
        ("created_at", "2020-01-01T00:00:00+00:00"),
        ("updated_at", "yesterday"),
        ("completed_at", "2020-01-01T00:00:00+00:00"),
        ("deleted_at", "2020-01-01T00:00:00+00:00"),
    ],
)
async def test_a_changed_read_only_field_is_refused(
    with_task: Person, name: str, value: Any
) -> None:
    read = await task(with_task, 1)
    body = read | {"title": "Call dad", name: value}
    answer = await with_task.rest("PUT", "/tasks/1", json=body)
    assert (answer.status_code, answer.json()["task"]) == (422, read)
    assert answer.json()["code"] == "not_as_stored"
    assert f"cannot be written: {name}." in answer.json()["detail"]
    assert await task(with_task, 1) == read


async def test_a_put_of_an_outdated_task_is_refused(
    with_task: Person,
) -> None:
    read = await task(with_task, 1)
    await with_task.call("update_task", task_id=1, priority="low")
    answer = await with_task.rest("PUT", "/tasks/1", json=read | {"title": "Call dad"})
    assert (answer.status_code, answer.json()["task"]) == (412, await task(with_task, 1))


@pytest.mark.parametrize(
    ("name", "value"),
    [("id", "1"), ("version", 2.0), ("created_at", None), ("description_truncated", True)],
)
async def test_read_only_fields_are_validated_strictly(
    with_task: Person, name: str, value: Any
) -> None:
    body = await task(with_task, 1) | {name: value}
    assert (await with_task.rest("PUT", "/tasks/1", json=body)).status_code == 422


async def test_read_only_fields_do_not_change_the_request_hash_of_a_put(
    with_task: Person,
) -> None:
    read = await task(with_task, 1)
    key = {"Idempotency-Key": "k1"}
    bare = WHOLE | {"title": "Call dad", "completed": True, "due": read["due"]}
    first = await with_task.rest("PUT", "/tasks/1", json=read | bare, headers=key)
    again = await with_task.rest("PUT", "/tasks/1", json=bare, headers=key)
    assert (first.status_code, again.status_code) == (200, 200)
    assert again.json() == first.json()


async def test_a_future_version_has_another_error_than_a_past_one(
    with_task: Person,
) -> None:
    answer = await with_task.rest(
        "PATCH", "/tasks/1", json={"title": "x"}, headers={"If-Match": '"99"'}
    )
    assert answer.status_code == 412
    assert answer.json()["code"] == "version_unknown"
    assert "now at version 2" in answer.json()["detail"]
