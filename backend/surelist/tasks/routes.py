"""REST routes of tasks. Each calls one service function."""

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import Body, Header, Path, Query, Response
from pydantic import Field

from surelist.doors.arguments import ABSENT, PLAIN_DIGITS, Closed, ShownObject
from surelist.doors.cursors import Paged
from surelist.doors.problems import problems
from surelist.doors.routing import (
    IdempotencyKey,
    PersonDoor,
    ReadDoor,
    WriteDoor,
    answer,
    user_router,
)
from surelist.errors import Conflict, Gone, Invalid, NotFound, VersionMismatch
from surelist.ledger.undo import RowKey, undo_event
from surelist.ledger.write import Idempotency, Outcome
from surelist.tasks import etags, listing, representation, service
from surelist.tasks.models import (
    Clear,
    Description,
    Due,
    NewStatus,
    Priority,
    Tags,
    TaskFields,
    TaskId,
    Title,
    Version,
    values_of,
)
from surelist.tasks.representation import READ_ONLY, ReadOnlyFields, TaskPage, WholeTask
from surelist.tasks.subject import SUBJECT

TaskPath = Annotated[TaskId, PLAIN_DIGITS, Path(alias="task_id", strict=False)]
IfMatch = Annotated[str, Header(alias="If-Match", max_length=1000)]
IfNoneMatch = Annotated[str, Header(alias="If-None-Match", max_length=1000)]


class ListQuery(Paged, listing.Filters):
    """The query parameters of a list."""


class NewTask(TaskFields):
    """A task to create."""

    title: Title  # pyright: ignore[reportGeneralTypeIssues] (required here)


class Replacement(ReadOnlyFields, NewTask):
    """A whole task. Absent fields become empty."""

    completed: bool = False

    def written(self) -> dict[str, Any]:
        """The given fields that are not read-only."""
        return {name: value for name, value in self.given().items() if name not in READ_ONLY}


class _OtherChanges(Closed):
    status: NewStatus = ABSENT
    undo: Version = ABSENT


class Patch(_OtherChanges):
    """A merge patch (RFC 7396). Null empties a field, as does its name in `clear`.

    Or `undo` alone: the version of a change of this task to undo.
    """

    title: Title = ABSENT
    description: Description | None = ABSENT
    due: Due | None = ABSENT
    priority: Priority | None = ABSENT
    tags: Tags | None = ABSENT
    clear: Clear = ABSENT


MERGE_PATCH = {
    "requestBody": {
        "content": {
            "application/merge-patch+json": {"schema": {"$ref": "#/components/schemas/Patch"}}
        }
    }
}
"""The media type of a merge patch. The route also accepts `application/json`."""


class Completion(Closed):
    """The new state of a task."""

    completed: bool


class EmptyQuery(Closed):
    """The newest event that the person has seen."""

    up_to: Annotated[Version, PLAIN_DIGITS, Field(strict=False)]


class Emptied(ShownObject):
    """The number of purged tasks, and whether to call again for more."""

    purged: int
    more: bool


router = user_router("/tasks", "tasks")
trash = user_router("/trash", "tasks")


@router.get("", responses={200: {"model": TaskPage}})
async def list_tasks(door: ReadDoor, query: Annotated[ListQuery, Query()]) -> Response:
    """List tasks."""
    page = listing.Page(**query.given(listing.Page))
    return answer(_page(await door.read(lambda tx: listing.list_tasks(tx, query, page))))


@router.post(
    "",
    status_code=201,
    responses={201: {"model": WholeTask}} | problems(Conflict, Gone),
)
async def create_task(door: WriteDoor, new: NewTask, key: IdempotencyKey = ABSENT) -> Response:
    """Create a task."""
    values = values_of(new)
    return task_answer(await door.write(lambda tx: service.add(tx, values, key)), created=True)


@router.get(
    "/{task_id}",
    responses={200: {"model": WholeTask}, 304: {"description": "Not Modified"}}
    | problems(NotFound),
)
async def read_task(
    door: ReadDoor, task_id: TaskPath, if_none_match: IfNoneMatch = ABSENT
) -> Response:
    """Read one task, also from the trash; 304 if `If-None-Match` has its ETag."""
    task, timezone = await door.read(lambda tx: service.find(tx, task_id))
    read = task_answer(Outcome(SUBJECT, task, timezone, []))
    if if_none_match and etags.matches(if_none_match, read.headers["ETag"]):
        return Response(status_code=304, headers={"ETag": read.headers["ETag"]})
    return read


CHANGES = {200: {"model": WholeTask}} | problems(NotFound, Conflict, Gone, VersionMismatch)


@router.put("/{task_id}", responses=CHANGES)
async def replace_task(
    door: WriteDoor,
    task_id: TaskPath,
    new: Replacement,
    if_match: IfMatch = ABSENT,
    key: IdempotencyKey = ABSENT,
) -> Response:
    """Replace a task."""
    conditions = preconditions(f"replace {task_id}", new.written(), if_match, key)
    read_only = new.given(ReadOnlyFields)
    return task_answer(
        await door.write(
            lambda tx: service.replace(
                tx,
                task_id,
                values_of(new),
                completed=new.completed,
                read_only=read_only,
                **conditions,
            )
        )
    )


@router.patch("/{task_id}", responses=CHANGES, openapi_extra=MERGE_PATCH)
async def change_task(
    door: WriteDoor,
    task_id: TaskPath,
    patch: Patch,
    if_match: IfMatch = ABSENT,
    key: IdempotencyKey = ABSENT,
) -> Response:
    """Change the fields that are given."""
    asked, values = patch.model_fields_set, values_of(patch, patch.clear or ())
    conditions = preconditions(
        f"change {task_id}", values | patch.given(_OtherChanges), if_match, key
    )
    if not asked:
        raise Invalid("nothing_to_change")
    if "undo" not in asked:
        status = patch.status
        return task_answer(
            await door.write(
                lambda tx: service.update(tx, task_id, values, status=status, **conditions)
            )
        )
    if asked != {"undo"}:
        raise Invalid("undo_with_others")
    row_key = RowKey("task", task_id)
    return task_answer(
        await door.write(lambda tx: undo_event(tx, patch.undo, row_key=row_key, **conditions))
    )


@router.delete(
    "/{task_id}", status_code=204, responses=problems(NotFound, Conflict, Gone, VersionMismatch)
)
async def delete_task(
    door: WriteDoor, task_id: TaskPath, if_match: IfMatch = ABSENT, key: IdempotencyKey = ABSENT
) -> Response:
    """Move a task to the trash. The response has the new ETag."""
    conditions = preconditions(f"delete {task_id}", {}, if_match, key)
    deleted = task_answer(await door.write(lambda tx: service.delete(tx, task_id, **conditions)))
    return Response(status_code=204, headers={"ETag": deleted.headers["ETag"]})


@router.patch("/{task_id}/complete", responses=CHANGES)
async def complete_task(
    door: WriteDoor,
    task_id: TaskPath,
    completion: Annotated[Completion, Body()] = ABSENT,
    if_match: IfMatch = ABSENT,
    key: IdempotencyKey = ABSENT,
) -> Response:
    """Complete or reopen a task. Without a body, toggles it."""
    given = completion.given() if completion else {}
    conditions = preconditions(f"complete {task_id}", given, if_match, key)
    completed = completion.completed if completion else None
    return task_answer(
        await door.write(
            lambda tx: service.complete(tx, task_id, completed=completed, **conditions)
        )
    )


@router.delete(
    "/{task_id}/permanently",
    status_code=204,
    responses=problems(NotFound, Conflict, Gone, VersionMismatch),
)
async def purge_task(
    door: PersonDoor, task_id: TaskPath, if_match: IfMatch = ABSENT, key: IdempotencyKey = ABSENT
) -> Response:
    """Purge a task from the trash, with the contents of its events. For the person only."""
    conditions = preconditions(f"purge {task_id}", {}, if_match, key)
    await door.write(lambda tx: service.purge_task(tx, task_id, **conditions))
    return Response(status_code=204)


@trash.delete("", responses={200: {"model": Emptied}})
async def empty_trash(
    door: PersonDoor, query: Annotated[EmptyQuery, Query()], _key: IdempotencyKey = ABSENT
) -> Response:
    """Purge the tasks in the trash as of an event, some at a time. For the person only."""
    purged, more = await door.write(lambda tx: service.empty_trash(tx, query.up_to))
    return answer(Emptied(purged=purged, more=more))


def preconditions(
    operation: str, body: Mapping[str, Any], if_match: str | None, key: str | None
) -> dict[str, Any]:
    """The version and the idempotency of a write, from its headers and its body."""
    version = None if if_match is None else etags.version_in(if_match)
    idempotency = Idempotency.of(operation, body, key) if key else None
    return {"if_version": version, "idempotency": idempotency}


def task_answer(outcome: Outcome, *, created: bool = False) -> Response:
    """A response with a whole task and its ETag."""
    task = outcome.row
    answered = answer(representation.whole(task, outcome.timezone), 201 if created else 200)
    answered.headers["ETag"] = etags.etag(task["version"], answered.body)
    if created:
        answered.headers["Location"] = f"/api/me/tasks/{task['id']}"
    return answered


def _page(page: listing.Listing) -> TaskPage:
    shown: TaskPage = {"tasks": [representation.row(task, page.timezone) for task in page.tasks]}
    if page.cursor:
        shown["next_cursor"] = page.cursor
    return shown
