"""REST for tasks: each route a door onto one service function."""

import re
from typing import Annotated, Any

from fastapi import APIRouter, Header, Path, Query, Response
from pydantic import BeforeValidator, Field

from surelist.arguments import ABSENT, Closed
from surelist.errors import Invalid
from surelist.ledger.service import Retry
from surelist.routing import UserDoor, answer, problems
from surelist.tasks import listing, representation, service
from surelist.tasks.changes import Outcome
from surelist.tasks.models import NewTask, TaskChanges, TaskId, Version
from surelist.tasks.representation import TaskPage, WholeTask
from surelist.tasks.undo import undo

PLAIN_DIGITS = re.compile(r"0|[1-9][0-9]{0,15}")
"""An integer in a URL: of what Pydantic takes for one, `1_0` and `1.0` would be surprises."""


def _plain_digits(value: Any) -> Any:
    if isinstance(value, str) and not PLAIN_DIGITS.fullmatch(value):
        raise ValueError("must be an integer, in digits alone")
    return value


TaskPath = Annotated[TaskId, BeforeValidator(_plain_digits), Path(alias="task_id", strict=False)]
Key = Annotated[
    str | None,
    Header(alias="Idempotency-Key", min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f]*$"),
]
IfMatch = Annotated[str | None, Header(alias="If-Match", pattern=r'^(\*|"[1-9][0-9]{0,15}")$')]


class ListQuery(listing.Filters):
    """The query of a list."""

    limit: Annotated[int, BeforeValidator(_plain_digits), Field(ge=1, le=200, strict=False)] = 50
    cursor: Annotated[str, Field(min_length=1, max_length=1000)] = ABSENT


class Replacement(NewTask):
    """A whole task: what is absent becomes empty."""

    completed: bool = False


class Patch(TaskChanges):
    """Changes to a task; or `undo` alone, a version of this task to take back."""

    undo: Version = ABSENT


class Completion(Closed):
    """Whether the task is completed."""

    completed: bool


router = APIRouter(prefix="/api/{user_id}/tasks", tags=["tasks"])


@router.get("", responses={200: {"model": TaskPage}} | problems(401, 403, 422, 503))
async def list_tasks(door: UserDoor, query: Annotated[ListQuery, Query()]) -> Response:
    """List tasks."""
    page = listing.Page(**query.given(listing.Page))
    return answer(_page(await door.read(lambda mine: listing.list_tasks(mine, query, page))))


@router.post(
    "",
    status_code=201,
    responses={201: {"model": WholeTask}} | problems(401, 403, 409, 410, 413, 422, 503),
)
async def create_task(door: UserDoor, new: NewTask, key: Key = None) -> Response:
    """Create a task."""
    retry = Retry.of("add", new.given(NewTask), key)
    return _task(await door.write(lambda mine: service.add(mine, new, retry)), created=True)


@router.get("/{task_id}", responses={200: {"model": WholeTask}} | problems(401, 403, 404, 422, 503))
async def read_task(door: UserDoor, task_id: TaskPath) -> Response:
    """Read one task, also from the trash."""
    task, timezone = await door.read(lambda mine: service.find(mine, task_id))
    return _task(Outcome(task, timezone, []))


CHANGES = {200: {"model": WholeTask}} | problems(401, 403, 404, 409, 410, 412, 413, 422, 503)


@router.put("/{task_id}", responses=CHANGES)
async def replace_task(
    door: UserDoor, task_id: TaskPath, new: Replacement, if_match: IfMatch = None, key: Key = None
) -> Response:
    """Replace a task."""
    guards = _guards(f"replace {task_id}", new, if_match, key)
    return _task(
        await door.write(
            lambda mine: service.replace(mine, task_id, new, completed=new.completed, **guards)
        )
    )


@router.patch("/{task_id}", responses=CHANGES)
async def change_task(
    door: UserDoor, task_id: TaskPath, patch: Patch, if_match: IfMatch = None, key: Key = None
) -> Response:
    """Change the fields that are given."""
    guards = _guards(f"change {task_id}", patch, if_match, key)
    if not patch.model_fields_set:
        raise Invalid("Nothing to change was given. Send at least one field.")
    if "undo" not in patch.model_fields_set:
        return _task(await door.write(lambda mine: service.update(mine, task_id, patch, **guards)))
    if patch.model_fields_set != {"undo"}:
        raise Invalid('"undo" stands alone. Send it without other fields.')
    return _task(await door.write(lambda mine: undo(mine, patch.undo, task_id=task_id, **guards)))


@router.delete(
    "/{task_id}", status_code=204, responses=problems(401, 403, 404, 409, 410, 412, 422, 503)
)
async def delete_task(
    door: UserDoor, task_id: TaskPath, if_match: IfMatch = None, key: Key = None
) -> Response:
    """Put a task into the trash."""
    guards = _guards(f"delete {task_id}", None, if_match, key)
    await door.write(lambda mine: service.delete(mine, task_id, **guards))
    return Response(status_code=204)


@router.patch("/{task_id}/complete", responses=CHANGES)
async def complete_task(
    door: UserDoor,
    task_id: TaskPath,
    completion: Completion | None = None,
    if_match: IfMatch = None,
    key: Key = None,
) -> Response:
    """Complete or reopen a task; without a body, whichever it is not."""
    guards = _guards(f"complete {task_id}", completion, if_match, key)
    completed = completion.completed if completion else None
    return _task(
        await door.write(
            lambda mine: service.complete(mine, task_id, completed=completed, **guards)
        )
    )


def _guards(
    operation: str, body: Closed | None, if_match: str | None, key: str | None
) -> dict[str, Any]:
    version = int(if_match.strip('"')) if if_match and if_match != "*" else None
    retry = Retry.of(operation, body.given() if body else {}, key) if key else None
    return {"if_version": version, "retry": retry}


def _task(outcome: Outcome, *, created: bool = False) -> Response:
    task = outcome.task
    headers = {"ETag": f'"{task["version"]}"'}
    if created:
        headers["Location"] = f"/api/me/tasks/{task['id']}"
    return answer(representation.whole(task, outcome.timezone), 201 if created else 200, headers)


def _page(page: listing.Listing) -> TaskPage:
    shown: TaskPage = {"tasks": [representation.row(task, page.timezone) for task in page.tasks]}
    if page.cursor:
        shown["next_cursor"] = page.cursor
    return shown
