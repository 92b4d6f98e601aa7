import json
import re
from typing import Any

import httpx
import pytest

from tests.support.asking import task
from tests.support.person import Person
from tests.support.records import Records
from tests.tasks.conftest import WHOLE

WRITES: list[tuple[str, str, dict[str, Any] | None]] = [
    ("PUT", "/tasks/1", {"title": "Replaced"}),
    ("PATCH", "/tasks/1", {"title": "Patched"}),
    ("DELETE", "/tasks/1", None),
    ("PATCH", "/tasks/1/complete", {"completed": True}),
    ("PATCH", "/tasks/1/complete", None),
]


async def send(
    person: Person, method: str, path: str, body: Any = None, **headers: str
) -> httpx.Response:
    """Send a request. Header names have underscores instead of hyphens."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    more = {} if body is None else {"json": body}
    return await person.rest(method, path, headers=named, **more)


def version(response: httpx.Response) -> int:
    """The version in an ETag."""
    tag = re.fullmatch(r'"([0-9]+)-[0-9a-f]{12}"', response.headers["etag"])
    assert tag, response.headers["etag"]
    return int(tag[1])


def problem(response: httpx.Response, status: int, kind: str) -> dict[str, Any]:
    """The problem in a response. Asserts its status and kind."""
    said = response.json()
    assert response.headers["content-type"] == "application/problem+json"
    assert (response.status_code, said["status"]) == (status, status), said
    assert said["type"] == f"urn:surelist:{kind}"
    assert said["title"]
    assert said["code"]
    assert said["detail"].endswith(".")
    return said


async def test_a_creation_returns_etag_and_location(ann: Person) -> None:
    response = await send(ann, "POST", "/tasks", WHOLE)
    created = response.json()
    assert response.status_code == 201
    assert version(response) == 1
    assert response.headers["location"] == "/api/me/tasks/1"
    assert created == await task(ann, 1)
    assert created == {
        "id": 1,
        "title": "Call mom",
        "completed": False,
        "status": "pending",
        "version": 1,
        "description": "About Sunday",
        "due": "2026-11-23",
        "weekday": "Monday",
        "priority": "high",
        "tags": ["family"],
        "created_at": created["created_at"],
        "updated_at": created["created_at"],
    }


async def test_the_location_of_a_creation_has_the_task(ann: Person) -> None:
    created = await send(ann, "POST", "/tasks", WHOLE)
    headers = {"Authorization": f"Bearer {ann.token()}"}
    found = await ann.http.get(created.headers["location"], headers=headers)
    assert (found.status_code, found.json()) == (200, created.json())
    assert version(found) == 1


async def test_a_task_is_read_also_from_the_trash(with_task: Person) -> None:
    await send(with_task, "DELETE", "/tasks/1")
    response = await send(with_task, "GET", "/tasks/1")
    assert (response.status_code, version(response)) == (200, 2)
    assert response.json() == await task(with_task, 1)


async def test_equal_posts_without_keys_add_two_tasks(ann: Person) -> None:
    ids = [(await send(ann, "POST", "/tasks", WHOLE)).json()["id"] for _ in range(2)]
    assert ids == [1, 2]


async def test_a_post_repeated_with_its_key_returns_the_first_task(
    ann: Person, records: Records
) -> None:
    first = await send(ann, "POST", "/tasks", WHOLE, Idempotency_Key="k1")
    await send(ann, "PATCH", "/tasks/1", {"title": "Changed since"})
    again = await send(ann, "POST", "/tasks", WHOLE, Idempotency_Key="k1")
    assert (again.status_code, again.json()) == (201, first.json())
    assert version(again) == 1
    assert await records.kinds(ann) == ["created", "updated"]


@pytest.mark.parametrize(("method", "path", "body"), WRITES)
async def test_a_change_repeated_with_its_key_returns_the_first_result(
    with_task: Person, records: Records, method: str, path: str, body: Any
) -> None:
    first = await send(with_task, method, path, body, Idempotency_Key="k1")
    await with_task.call("update_task", task_id=1, status="pending", title="Changed since")
    events = await records.events(with_task)
    again = await send(with_task, method, path, body, Idempotency_Key="k1")
    assert (again.status_code, again.content) == (first.status_code, first.content)
    assert again.headers.get("etag") == first.headers.get("etag")
    assert await records.events(with_task) == events


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "/tasks", {"title": "Other"}),
        ("PUT", "/tasks/1", {"title": "Other"}),
        ("PATCH", "/tasks/1", {"title": "Other"}),
        ("PATCH", "/tasks/2", {"title": "Patched"}),
        ("DELETE", "/tasks/1", None),
        ("PATCH", "/tasks/1/complete", None),
    ],
)
async def test_a_key_used_for_another_request_is_a_conflict(
    with_task: Person, records: Records, method: str, path: str, body: Any
) -> None:
    await with_task.call("add_task", title="Task 2")
    await send(with_task, "PATCH", "/tasks/1", {"title": "Patched"}, Idempotency_Key="k1")
    response = await send(with_task, method, path, body, Idempotency_Key="k1")
    assert "task" not in problem(response, 409, "conflict")
    assert await records.kinds(with_task) == ["created", "created", "updated"]


async def test_a_key_of_a_call_without_a_change_can_be_used_again(with_task: Person) -> None:
    await send(with_task, "PATCH", "/tasks/1", {"title": "Call mom"}, Idempotency_Key="k1")
    other = await send(with_task, "PATCH", "/tasks/1", {"title": "Dad"}, Idempotency_Key="k1")
    assert other.json()["title"] == "Dad"


@pytest.mark.parametrize("key", ["", "x" * 201, "a\x00b", "a\tb"])
async def test_a_key_out_of_bounds_is_refused(ann: Person, key: str) -> None:
    problem(await send(ann, "POST", "/tasks", WHOLE, Idempotency_Key=key), 422, "invalid")


@pytest.mark.parametrize(("method", "path", "body"), [("POST", "/tasks", WHOLE), *WRITES])
async def test_a_key_of_a_purged_task_is_gone(
    with_task: Person, records: Records, method: str, path: str, body: Any
) -> None:
    await send(with_task, method, path, body, Idempotency_Key="k1")
    for number in (1, 2):
        await send(with_task, "DELETE", f"/tasks/{number}")
    await records.age_the_trash(with_task, 31)
    for _ in range(2):
        problem(await send(with_task, method, path, body, Idempotency_Key="k1"), 410, "gone")
        await send(with_task, "POST", "/tasks", {"title": "Sweep"})


@pytest.mark.parametrize(("method", "path", "body"), WRITES)
async def test_a_stale_if_match_is_refused_with_the_current_task(
    with_task: Person, method: str, path: str, body: Any
) -> None:
    await with_task.call("update_task", task_id=1, priority="low")
    current = await task(with_task, 1)
    response = await send(with_task, method, path, body, If_Match='"1"')
    assert problem(response, 412, "precondition_failed")["task"] == current
    assert await task(with_task, 1) == current


@pytest.mark.parametrize("tag", ['"1"', "*", '"1-0123456789ab"'])
@pytest.mark.parametrize(("method", "path", "body"), WRITES)
async def test_a_write_with_a_current_if_match_is_accepted(
    with_task: Person, method: str, path: str, body: Any, tag: str
) -> None:
    response = await send(with_task, method, path, body, If_Match=tag)
    assert response.is_success
    assert (await task(with_task, 1))["version"] == 2


@pytest.mark.parametrize(
    "tag", ["1", 'W/"1"', '"1", "2"', '""', '"x"', '"01"', '"-1"', "", '"1-x"', '"1-"', '"1-0123"']
)
@pytest.mark.parametrize(("method", "path", "body"), WRITES)
async def test_an_unknown_etag_is_a_stale_one(
    with_task: Person, method: str, path: str, body: Any, tag: str
) -> None:
    problem(await send(with_task, method, path, body, If_Match=tag), 412, "precondition_failed")
    assert (await task(with_task, 1))["version"] == 1


async def test_a_put_empties_absent_fields(with_task: Person) -> None:
    await with_task.call("complete_task", task_id=1)
    response = await send(with_task, "PUT", "/tasks/1", {"title": "Replaced"})
    replaced = response.json()
    assert (response.status_code, version(response)) == (200, 3)
    assert replaced == {
        "id": 1,
        "title": "Replaced",
        "completed": False,
        "status": "pending",
        "version": 3,
        "created_at": replaced["created_at"],
        "updated_at": replaced["updated_at"],
    }


async def test_a_put_without_a_change_adds_no_event(with_task: Person) -> None:
    await with_task.call("complete_task", task_id=1)
    before = await task(with_task, 1)
    response = await send(with_task, "PUT", "/tasks/1", WHOLE | {"completed": True})
    assert (response.json(), version(response)) == (before, 2)


@pytest.mark.parametrize("path", ["/tasks/1", "/tasks/99"])
async def test_a_put_requires_a_title_and_adds_no_task(with_task: Person, path: str) -> None:
    problem(await send(with_task, "PUT", path, {"priority": "low"}), 422, "invalid")
    problem(await send(with_task, "PUT", "/tasks/99", WHOLE), 404, "not_found")
    assert (await with_task.call("list_tasks"))["total"] == 1


async def test_a_patch_changes_the_given_fields(with_task: Person) -> None:
    before = await task(with_task, 1)
    body = {"title": "Patched", "clear": ["tags"], "status": "completed"}
    response = await send(with_task, "PATCH", "/tasks/1", body)
    patched = response.json()
    assert patched == await task(with_task, 1)
    assert (patched["title"], patched["status"], "tags" in patched) == (
        "Patched",
        "completed",
        False,
    )
    assert (patched["due"], patched["priority"]) == (before["due"], before["priority"])


async def test_a_patch_can_undo_a_change(with_task: Person) -> None:
    await with_task.call("update_task", task_id=1, title="Changed")
    response = await send(with_task, "PATCH", "/tasks/1", {"undo": 2})
    assert (response.json()["title"], version(response)) == ("Call mom", 3)
    again = await send(with_task, "PATCH", "/tasks/1", {"undo": 2})
    assert again.json() == response.json()


async def test_an_undo_conflict_has_the_fields_and_the_task(with_task: Person) -> None:
    await with_task.call("update_task", task_id=1, title="Changed", priority="low", tags=["a"])
    await with_task.call("update_task", task_id=1, title="Again", tags=["b"])
    said = problem(await send(with_task, "PATCH", "/tasks/1", {"undo": 2}), 409, "conflict")
    assert (said["fields"], said["task"]) == (["title", "tags"], await task(with_task, 1))


@pytest.mark.parametrize("undo", [99, 2])
async def test_the_undo_of_an_event_of_another_task_is_not_found(
    with_task: Person, undo: int
) -> None:
    await with_task.call("add_task", title="Task 2")
    problem(await send(with_task, "PATCH", "/tasks/1", {"undo": undo}), 404, "not_found")


async def test_an_undo_after_a_purge_is_gone(with_task: Person, records: Records) -> None:
    await send(with_task, "DELETE", "/tasks/1")
    await records.age_the_trash(with_task, 31)
    await send(with_task, "POST", "/tasks", {"title": "Sweep"})
    problem(await send(with_task, "PATCH", "/tasks/1", {"undo": 2}), 410, "gone")


@pytest.mark.parametrize(
    "body", [{}, {"undo": 1, "title": "x"}, {"title": "x", "clear": ["title"]}]
)
async def test_an_empty_or_contradictory_patch_is_refused(
    with_task: Person, body: dict[str, Any]
) -> None:
    problem(await send(with_task, "PATCH", "/tasks/1", body), 422, "invalid")
    assert (await task(with_task, 1))["version"] == 1


FULL = {"title": "x", "description": "d", "due": "2026-11-23", "priority": "low", "tags": ["a"]}


@pytest.mark.parametrize("media_type", ["application/json", "application/merge-patch+json"])
@pytest.mark.parametrize("field", ["description", "due", "priority", "tags"])
async def test_null_in_a_merge_patch_empties_a_field(
    ann: Person, field: str, media_type: str
) -> None:
    await send(ann, "POST", "/tasks", FULL)
    patch = json.dumps({field: None, "title": "y"})
    headers = {"Content-Type": media_type}
    response = await ann.rest("PATCH", "/tasks/1", content=patch, headers=headers)
    assert response.status_code == 200
    patched = response.json()
    assert field not in patched
    assert patched["title"] == "y"
    assert {"description", "due", "priority", "tags"} - set(patched) == {field}


async def test_null_and_clear_together_empty_both(ann: Person) -> None:
    await send(ann, "POST", "/tasks", FULL)
    patched = (await send(ann, "PATCH", "/tasks/1", {"due": None, "clear": ["tags", "due"]})).json()
    assert set(patched) & {"description", "due", "priority", "tags"} == {"description", "priority"}


@pytest.mark.parametrize("body", [{"title": None}, {"status": None}, {"due": None, "clear": None}])
async def test_null_for_a_required_field_is_refused(
    with_task: Person, body: dict[str, Any]
) -> None:
    problem(await send(with_task, "PATCH", "/tasks/1", body), 422, "invalid")
    assert (await task(with_task, 1))["version"] == 1


async def test_a_repeated_deletion_has_the_same_result(with_task: Person, records: Records) -> None:
    answers = [await send(with_task, "DELETE", "/tasks/1") for _ in range(2)]
    assert [(one.status_code, one.content) for one in answers] == [(204, b""), (204, b"")]
    assert await records.kinds(with_task) == ["created", "deleted"]


async def test_complete_without_a_body_toggles_and_with_one_sets(with_task: Person) -> None:
    seen = []
    for body in (None, None, {"completed": True}, {"completed": True}, {"completed": False}):
        response = await send(with_task, "PATCH", "/tasks/1/complete", body)
        seen.append((response.json()["completed"], version(response)))
    assert seen == [(True, 2), (False, 3), (True, 4), (True, 4), (False, 5)]


@pytest.mark.parametrize(
    "body", [{}, {"completed": None}, {"completed": "true"}, {"completed": 1}, {"done": True}, []]
)
async def test_an_invalid_completion_is_refused(with_task: Person, body: Any) -> None:
    problem(await send(with_task, "PATCH", "/tasks/1/complete", body), 422, "invalid")
    assert (await task(with_task, 1))["version"] == 1


@pytest.mark.parametrize(("method", "path", "body"), [one for one in WRITES if one[0] != "DELETE"])
async def test_a_task_in_the_trash_is_a_conflict_until_it_is_restored(
    with_task: Person, method: str, path: str, body: Any
) -> None:
    await send(with_task, "DELETE", "/tasks/1")
    said = problem(await send(with_task, method, path, body), 409, "conflict")
    assert "in the trash" in said["detail"]
    restored = await send(with_task, "PATCH", "/tasks/1", {"status": "pending"})
    assert (restored.status_code, restored.json()["status"]) == (200, "pending")


async def test_the_pages_of_rest_equal_those_of_the_tool(ann: Person) -> None:
    for number in range(5):
        await ann.call("add_task", title=f"Task {number}", description="x" * 300, priority="low")
    listed = await ann.call("list_tasks", sort="updated", priority="low")
    query: dict[str, Any] = {"sort": "updated", "priority": "low", "limit": 2}
    pages = []
    for _ in range(3):
        response = await ann.rest("GET", "/tasks", params=query)
        pages.append(response.json())
        query["cursor"] = pages[-1].get("next_cursor")
    assert [row for page in pages for row in page["tasks"]] == listed["tasks"]
    assert [sorted(page) for page in pages] == [["next_cursor", "tasks"]] * 2 + [["tasks"]]


async def test_the_query_accepts_all_filters_of_the_list(with_task: Person) -> None:
    await with_task.call("add_task", title="Task 2", due="2026-11-24T10:00")
    for query, found in [
        ({"status": "pending", "search": "MOM", "tag": "Family", "priority": "high"}, [1]),
        ({"due_before": "2026-11-24T11:00+01:00"}, [1, 2]),
        ({"due_before": "2026-11-24T10:59+01:00"}, [1]),
        ({"due_after": "2026-11-24"}, [2]),
        ({"status": "deleted"}, []),
    ]:
        response = await with_task.rest("GET", "/tasks", params=query)
        assert [row["id"] for row in response.json()["tasks"]] == found


@pytest.mark.parametrize(
    "query",
    [
        {"limit": "0"}, {"limit": "201"}, {"limit": "x"}, {"limit": "1.5"}, {"limit": ""},
        {"limit": "9" * 5000}, {"limit": "1_0"}, {"limit": "5.0"}, {"limit": " 5"},
        {"status": "open"}, {"sort": "-due"}, {"priority": "urgent"},
        {"search": ""}, {"search": "\u200b"}, {"tag": ""}, {"tag": "x" * 51},
        {"due_before": "tomorrow"},
        {"due_after": "2026-02-30"}, {"cursor": "x"}, {"cursor": ""}, {"colour": "red"},
        {"task_id": "1"},
    ],
)  # fmt: skip
async def test_a_query_out_of_bounds_is_refused_and_not_clamped(
    with_task: Person, query: dict[str, str]
) -> None:
    said = problem(await with_task.rest("GET", "/tasks", params=query), 422, "invalid")
    [name] = query
    assert name in said["detail"]


@pytest.mark.parametrize(
    "body",
    [
        {}, {"title": ""}, {"title": None}, {"title": 7}, {"title": "x" * 201}, {"title": "a\nb"},
        {"title": "a\x00"}, {"title": "x", "description": None}, {"title": "x", "due": "tomorrow"},
        {"title": "x", "priority": "urgent"}, {"title": "x", "tags": "home"},
        {"title": "x", "tags": [""]}, {"title": "x", "colour": "red"},
        {"title": "x", "idempotency_key": "k"}, {"title": "x", "completed": True}, [], "x", 7,
    ],
)  # fmt: skip
async def test_a_body_out_of_bounds_is_refused(ann: Person, body: Any) -> None:
    problem(await send(ann, "POST", "/tasks", body), 422, "invalid")
    assert (await ann.call("list_tasks"))["tasks"] == []


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"null",
        rb'{"title": "\ud800"}',
        rb'{"title": "x", "description": "\udfff"}',
        rb'{"title": "x", "tags": ["\ud800"]}',
        rb'{"title": "x", "\ud800": 1}',
        b'{"title": NaN}',
        b'{"title": "x", "priority": NaN}',
        b'{"title": "x", "priority": Infinity}',
    ],
)
async def test_a_body_that_is_not_a_task_is_refused(ann: Person, body: bytes) -> None:
    headers = {"Content-Type": "application/json"}
    response = await ann.rest("POST", "/tasks", content=body, headers=headers)
    problem(response, 422, "invalid")
    assert (await ann.call("list_tasks"))["tasks"] == []


@pytest.mark.parametrize(
    "body",
    [
        b'{"title": "\xff"}',
        b'{"title": 1' + b"0" * 5000 + b"}",
        b"[" * 100_000,
        b'{"title": ' + b"[" * 100_000,
    ],
)
async def test_bytes_that_are_not_json_are_refused(ann: Person, body: bytes) -> None:
    headers = {"Content-Type": "application/json"}
    response = await ann.rest("POST", "/tasks", content=body, headers=headers)
    problem(response, 422, "invalid")
    assert response.json()["code"] == "body_not_json"
    assert (await ann.call("list_tasks"))["tasks"] == []


@pytest.mark.parametrize(
    "media_type", [None, "text/plain", "application/x-www-form-urlencoded", "text/json", "json"]
)
async def test_a_body_of_another_type_is_refused(ann: Person, media_type: str | None) -> None:
    headers = {"Content-Type": media_type} if media_type else {}
    response = await ann.rest("POST", "/tasks", content=b'{"title": "x"}', headers=headers)
    problem(response, 415, "unsupported_media_type")
    assert response.json()["code"] == "content_type_not_json"
    assert (await ann.call("list_tasks"))["tasks"] == []


@pytest.mark.parametrize(
    "task_id",
    [
        "0",
        "-1",
        "x",
        "1.5",
        "9007199254740992",
        "9" * 5000,
        "%00",
        "1.0",
        "1_0",
        "%2B1",
        "%201",
        "01",
        "1%0A",
        "%D9%A1",
    ],
)
async def test_an_invalid_task_id_in_the_path_is_refused(with_task: Person, task_id: str) -> None:
    problem(await send(with_task, "GET", f"/tasks/{task_id}"), 422, "invalid")


@pytest.mark.parametrize(("method", "path", "body"), [("GET", "/tasks/1", None), *WRITES])
async def test_a_missing_task_and_another_persons_task_have_the_same_response(
    ann: Person, newcomer: Any, method: str, path: str, body: Any
) -> None:
    missing = await send(ann, method, path, body)
    bob = newcomer()
    await bob.call("add_task", title="Bob's")
    stranger = await send(ann, method, path, body)
    problem(missing, 404, "not_found")
    assert (stranger.status_code, stranger.content) == (missing.status_code, missing.content)
    assert (await task(bob, 1))["version"] == 1


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("POST", "/tasks/1", 405),
        ("DELETE", "/tasks", 405),
        ("PUT", "/tasks", 405),
        ("GET", "/tasks/1/complete", 405),
        ("GET", "/tasks/", 404),
        ("GET", "/task", 404),
        ("GET", "/tasks/1/2", 404),
    ],
)
async def test_an_unknown_path_or_method_is_a_problem_too(
    with_task: Person, method: str, path: str, status: int
) -> None:
    response = await send(with_task, method, path)
    said = response.json()
    assert response.headers["content-type"] == "application/problem+json"
    assert (response.status_code, said["status"], said["type"]) == (status, status, "about:blank")
    assert ("allow" in response.headers) is (status == 405)


async def test_a_body_over_the_limit_is_refused(ann: Person) -> None:
    body = {"title": "x", "description": "x" * 1_000_000}
    problem(await send(ann, "POST", "/tasks", body), 413, "too_large")


@pytest.mark.parametrize(
    "body", [b"{", b"\xff", b"1" * 5000, b"[" * 100_000], ids=["half", "not UTF-8", "huge", "deep"]
)
async def test_a_body_that_is_not_json_is_refused(ann: Person, body: bytes) -> None:
    headers = {"Content-Type": "application/json"}
    response = await ann.rest("POST", "/tasks", content=body, headers=headers)
    problem(response, 422, "invalid")


async def test_the_path_accepts_me_and_no_other_user(ann: Person, newcomer: Any) -> None:
    headers = {"Authorization": f"Bearer {ann.token()}"}
    own = await ann.http.get("/api/me/tasks", headers=headers)
    other = await ann.http.get(f"/api/{newcomer().user_id}/tasks", headers=headers)
    assert (own.status_code, own.json()) == (200, {"tasks": []})
    problem(other, 403, "forbidden")


async def test_an_error_is_short_even_for_many_invalid_values(ann: Person) -> None:
    wrong = {"x" * 50_000: 1} | {f"unknown {n}": n for n in range(10_000)}
    refused = await ann.rest("POST", "/tasks", json={"title": "New"} | wrong)
    assert refused.status_code == 422
    assert len(refused.content) < 3000
    assert len(refused.json()["errors"]) == 10
    assert "And 9991 more are wrong." in refused.json()["detail"]
