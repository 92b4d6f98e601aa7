"""The five tools. Models read their docstrings."""

from datetime import datetime
from typing import Annotated, Any

from pydantic import AfterValidator, Field

from surelist.data.isolation import UserTransaction
from surelist.doors.arguments import ABSENT, Closed
from surelist.doors.toolbox import Answer, tool
from surelist.errors import Invalid
from surelist.ledger.times import zone
from surelist.ledger.undo import RowKey, undo_event
from surelist.ledger.write import Outcome
from surelist.tasks import listing, representation, service
from surelist.tasks.board import BOARD_URI
from surelist.tasks.models import Clear, NewStatus, TaskFields, TaskId, Title, Version, values_of
from surelist.tasks.output_schemas import ADDED, CHANGED, LISTED, UPDATED
from surelist.text import one_line


class AddTask(TaskFields):
    """The arguments of add_task."""

    title: Title  # pyright: ignore[reportGeneralTypeIssues] (required here)
    idempotency_key: Annotated[
        str,
        Field(min_length=1, max_length=200, description="Same key, same task: for retries."),
        AfterValidator(one_line),
    ] = ABSENT


class OneTask(Closed):
    """The arguments of complete_task and delete_task."""

    task_id: TaskId
    if_version: Version = ABSENT


class ListTasks(listing.Page, listing.Filters):
    """The arguments of list_tasks."""

    task_id: Annotated[TaskId, Field(description="This one task, in full.")] = ABSENT


class _Target(Closed):
    task_id: TaskId


class UpdateTask(TaskFields, _Target):
    """The arguments of update_task."""

    status: NewStatus = ABSENT
    clear: Clear = ABSENT
    undo: Annotated[Version, Field(description="A version of this task to take back.")] = ABSENT
    if_version: Annotated[Version, Field(description="Refuse if changed since.")] = ABSENT


@tool(title="Add a task", returns=ADDED)
async def add_task(tx: UserTransaction, arguments: AddTask) -> Answer:
    """Add a task to the user's list. A repeated call returns the first task, marked repeated."""
    values, key = values_of(arguments), arguments.idempotency_key
    return _result("created", await service.add(tx, values, key, window=service.DUPLICATE_WINDOW))


@tool(title="List tasks", returns=LISTED, reads_only=True, idempotent=True, view=BOARD_URI)
async def list_tasks(tx: UserTransaction, arguments: ListTasks) -> Answer:
    """List the user's tasks, or search them; the other tools take their ids from here. Also tells
    the time. "all" leaves out deleted ones."""
    if "task_id" not in arguments.model_fields_set:
        return page_result(await listing.list_tasks(tx, arguments, arguments))
    if not arguments.stands_alone("task_id"):
        raise Invalid("task_id_with_others")
    task, timezone = await service.find(tx, arguments.task_id)
    return {"tasks": [representation.whole(task, timezone)], "total": 1} | _clock(timezone)


@tool(title="Complete a task", returns=CHANGED, idempotent=True)
async def complete_task(tx: UserTransaction, arguments: OneTask) -> Answer:
    """Mark a task as completed. It stays so when called again."""
    return _result(
        "completed",
        await service.complete(tx, arguments.task_id, if_version=arguments.if_version),
    )


@tool(title="Delete a task", returns=CHANGED, destructive=True, idempotent=True)
async def delete_task(tx: UserTransaction, arguments: OneTask) -> Answer:
    """Move a task to the trash, where it can be restored for 30 days. Only on the user's wish: a
    task that is done is completed, not deleted."""
    return _result(
        "deleted",
        await service.delete(tx, arguments.task_id, if_version=arguments.if_version),
    )


@tool(title="Update a task", returns=UPDATED, destructive=True)
async def update_task(tx: UserTransaction, arguments: UpdateTask) -> Answer:
    """Change fields of a task: what is left out stays. Also reopens, restores and undoes."""
    updated = await _updated(tx, arguments)
    return _result("updated", updated, changed=updated.changed)


TOOLS = {one.name: one for one in (add_task, list_tasks, complete_task, delete_task, update_task)}


async def _updated(tx: UserTransaction, arguments: UpdateTask) -> Outcome:
    task_id, if_version = arguments.task_id, arguments.if_version
    asked = arguments.model_fields_set - {"task_id", "if_version"}
    if not asked:
        raise Invalid("nothing_to_change")
    if "undo" in asked:
        if asked != {"undo"}:
            raise Invalid("undo_with_others")
        row_key = RowKey("task", task_id)
        return await undo_event(tx, arguments.undo, row_key=row_key, if_version=if_version)
    values = values_of(arguments, arguments.clear or ())
    return await service.update(tx, task_id, values, status=arguments.status, if_version=if_version)


def _result(status: str, outcome: Outcome, **more: Any) -> Answer:
    task = outcome.row
    result = {"task_id": task["id"], "status": status, "title": task["title"], **more}
    result |= representation.fields_after_title(task, outcome.timezone)
    if outcome.repeated:
        result["repeated"] = True
    return result | ({"timezone": outcome.timezone} if task["due_at"] else {})


def page_result(page: listing.Listing) -> Answer:
    """The result of list_tasks for a page."""
    result: Answer = {
        "tasks": [representation.row(task, page.timezone) for task in page.tasks],
        "total": f"{listing.COUNT_LIMIT}+" if page.total is None else page.total,
    }
    return result | ({"next_cursor": page.cursor} if page.cursor else {}) | _clock(page.timezone)


def _clock(timezone: str) -> Answer:
    now = datetime.now(zone(timezone))
    return {"now": now.isoformat(timespec="seconds"), "weekday": f"{now:%A}", "timezone": timezone}
