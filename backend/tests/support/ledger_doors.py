"""What the two doors are to answer for a ListModel: specs/tools.md and specs/rest.md, in memory."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from tests.support.ledger_model import (
    By,
    Event,
    Fields,
    Guard,
    ListModel,
    Moved,
    Outcome,
    Refused,
    Task,
    Undone,
    wall_time,
)

TIME = "a time"
"""What stands here for every time that the server takes from its clock."""

RANKS = {"high": 0, "medium": 1, "low": 2, None: 3}
KINDS = {
    403: "insufficient_scope",
    404: "not_found",
    409: "conflict",
    410: "gone",
    412: "precondition_failed",
    422: "invalid",
}


@dataclass(frozen=True)
class Call:
    """A tool call."""

    tool: str
    arguments: Fields


@dataclass(frozen=True)
class Request:
    """A REST request, below the user's path."""

    method: str
    path: str
    body: Fields | None = None
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Answer:
    """A status, a body and, of the ETag, the version.

    A tool result has status 200 or, refused, 400.
    """

    status: int
    body: Any = None
    etag: str | None = None


def called(model: ListModel, by: By, call: Call) -> Answer:
    """What a tool call is told."""
    try:
        return Answer(200, _told(model, by, call.tool, dict(call.arguments)))
    except Refused as refused:
        task = refused.task
        return Answer(400, task and {"task_id": task.id, **whole(task, model.timezone)})


def _told(model: ListModel, by: By, tool: str, given: Fields) -> Fields:
    if tool == "list_tasks":
        return _listed(model, given)
    if tool == "add_task":
        key = given.pop("idempotency_key", None)
        return _outcome("created", model.add(by, given, key, window=True), model.timezone)
    task_id, guard = given.pop("task_id"), Guard(given.pop("if_version", None))
    if tool == "complete_task":
        return _outcome("completed", model.complete(by, task_id, guard), model.timezone)
    if tool == "delete_task":
        return _outcome("deleted", model.delete(by, task_id, guard), model.timezone)
    if "undo" in given:
        outcome = model.undo(by, given["undo"], guard, task_id)
    else:
        outcome = model.update(by, task_id, given, guard)
    return _outcome("updated", outcome, model.timezone) | {"changed": outcome.changed}


def _outcome(status: str, outcome: Outcome, timezone: str) -> Fields:
    task = row(outcome.task, timezone)
    told = {"task_id": task["id"], "status": status}
    for name in ("title", "version", "due", "weekday", "priority", "tags"):
        if name in task:
            told[name] = task[name]
    if outcome.repeated:
        told["repeated"] = True
    return told | ({"timezone": timezone} if "due" in task else {})


def _listed(model: ListModel, given: Fields) -> Fields:
    clock = {"now": TIME, "weekday": TIME, "timezone": model.timezone}
    if "task_id" in given:
        task = model.task(given["task_id"])
        if not task:
            raise Refused(404)
        return {"tasks": [whole(task, model.timezone)], "total": 1} | clock
    tasks = rows(model, **given)
    return {"tasks": tasks, "total": len(tasks)} | clock


def requested(model: ListModel, by: By, request: Request) -> Answer:
    """What a REST request is told."""
    try:
        return _answered(model, by, request)
    except Refused as refused:
        kind = KINDS[refused.status]
        body: Fields = {"type": f"urn:surelist:{kind}", "status": refused.status}
        if refused.task:
            body["task"] = whole(refused.task, model.timezone)
        if refused.fields:
            body["fields"] = refused.fields
        return Answer(refused.status, body)


def _answered(model: ListModel, by: By, request: Request) -> Answer:
    match request.path.strip("/").split("/"):
        case ["" | "export"]:
            return _of_account(model, by, request)
        case ["tasks"]:
            key = request.headers.get("Idempotency-Key")
            outcome = model.add(by, request.body or {}, key, window=False)
            return Answer(201, *_full(model, outcome))
        case ["tasks", task_id] if request.method == "GET":
            task = model.task(int(task_id))
            if not task:
                raise Refused(404)
            return Answer(200, *_full(model, Outcome(task, [])))
        case ["events", event_id, "undo"]:
            guard = _guard(f"undo {event_id}", request)
            outcome = model.undo(by, int(event_id), guard)
            if isinstance(outcome, Moved):
                moved = {"event": outcome.undoes, **_of(None), "version": outcome.event}
                return Answer(200, moved)
            return Answer(200, *_full(model, outcome))
        case ["calls", call, "undo"]:
            return _undone(model.undo_call(by, int(call)), dry_run=False)
        case [_, task_id, *which]:
            return _of_task(model, by, int(task_id), (request.method, *which), request)
    raise AssertionError(f"the model knows no {request}")


def _of_account(model: ListModel, by: By, request: Request) -> Answer:
    if request.path == "/export":
        if by.actor != "person":
            raise Refused(403)
        return Answer(200, _export(model))
    if request.method == "DELETE":
        model.erase(by)
        return Answer(204)
    if request.method == "PATCH":
        model.set_timezone(by, (request.body or {})["timezone"])
    return Answer(200, account(model))


def _of_task(
    model: ListModel, by: By, task_id: int, write: tuple[str, ...], request: Request
) -> Answer:
    body = request.body or {}
    operations = {
        ("PUT",): "replace",
        ("PATCH",): "change",
        ("DELETE",): "delete",
        ("PATCH", "complete"): "complete",
        ("DELETE", "permanently"): "purge",
    }
    guard = _guard(f"{operations[write]} {task_id}", request)
    match operations[write]:
        case "purge":
            model.purge(by, task_id, guard)
            return Answer(204)
        case "delete":
            _, etag = _full(model, model.delete(by, task_id, guard))
            return Answer(204, etag=etag)
        case "replace":
            outcome = model.replace(by, task_id, body, guard)
        case "complete":
            outcome = model.complete(by, task_id, guard, completed=body.get("completed"))
        case _ if "undo" in body:
            outcome = model.undo(by, body["undo"], guard, task_id)
        case _:
            outcome = model.update(by, task_id, body, guard)
    return Answer(200, *_full(model, outcome))


def _guard(operation: str, request: Request) -> Guard:
    """The guard that the headers say; a tag that was never given out is no version of any task."""
    tag, key = request.headers.get("If-Match", "*"), request.headers.get("Idempotency-Key")
    digits = re.fullmatch(r'"(\d+)"', tag)
    version = None if tag == "*" else int(digits[1]) if digits else 0
    return Guard(version, (operation, request.body or {}) if key else None, key)


def _full(model: ListModel, outcome: Outcome) -> tuple[Fields, str]:
    return whole(outcome.task, model.timezone), f'"{outcome.task.version}"'


def account(model: ListModel) -> Fields:
    """The account with its counts."""
    statuses = [task.status for task in model.tasks]
    return {
        "timezone": model.timezone,
        "now": TIME,
        "pending": statuses.count("pending"),
        "completed": statuses.count("completed"),
        "last_event": model.last_event,
        "last_task": model.last_task,
        "created_at": TIME,
    }


def undone(model: ListModel, by: By, client: str, since: int, *, dry_run: bool) -> Answer:
    """What an undo of all is told, `since` being the first event that it is about."""
    return _undone(model.undo_all(by, client, since, keep=not dry_run), dry_run=dry_run)


def _undone(undone: Undone, *, dry_run: bool) -> Answer:
    taken_back, left = undone
    body = {
        "undone": [
            {"event": event, **_of(task_id), "version": version}
            for event, task_id, version in taken_back
        ],
        "left": [
            {"event": event, **_of(task_id), "fields": fields} for event, task_id, fields in left
        ],
        "dry_run": dry_run,
    }
    return Answer(200, body)


def _export(model: ListModel) -> Fields:
    return {
        "as_of": model.last_event,
        "timezone": model.timezone,
        "tasks": [whole(task, model.timezone) for task in model.tasks],
        "events": exported_events(model),
        "conversations": [],
        "webhooks": [],
        "messages": [],
    }


# What is shown of a task, of a list and of an event


def row(task: Task, timezone: str) -> Fields:
    """A task as a list shows it."""
    fields = task.fields
    shown = {
        "id": task.id,
        "title": fields["title"],
        "completed": fields["completed"] is not None,
        "status": task.status,
        "version": task.version,
    }
    shown |= {name: fields[name] for name in ("description", "priority", "tags") if fields[name]}
    if fields["due"]:
        due = _written(fields["due"], timezone)
        shown |= {"due": due, "weekday": f"{date.fromisoformat(due[:10]):%A}"}
    return shown


def whole(task: Task, timezone: str) -> Fields:
    """A task in full."""
    times = [f"{name}_at" for name in ("completed", "deleted") if task.fields[name]]
    return row(task, timezone) | dict.fromkeys(["created_at", "updated_at", *times], TIME)


def rows(
    model: ListModel,
    status: str = "all",
    sort: str = "created",
    tag: str | None = None,
    priority: str | None = None,
    search: str = "",
) -> list[Fields]:
    """The rows of a list, all pages together."""

    def key(task: Task) -> Any:
        due = task.fields["due"]
        return {
            "created": (),
            "title": task.fields["title"].casefold(),
            "priority": RANKS[task.fields["priority"]],
            "updated": -task.version,
            "due": (due is None, due and datetime.fromisoformat(_instant(due, model.timezone))),
        }[sort]

    wanted = [
        task
        for task in model.tasks
        if (task.status == status or (status == "all" and task.status != "deleted"))
        and tag in (None, *task.fields["tags"])
        and priority in (None, task.fields["priority"])
        and all(word in _text(task) for word in search.casefold().split())
    ]
    return [row(task, model.timezone) for task in sorted(wanted, key=key)]


def _text(task: Task) -> str:
    fields = task.fields
    return "\n".join((fields["title"], fields["description"] or "", *fields["tags"])).casefold()


def events(
    model: ListModel,
    after: int | None = None,
    task_id: int | None = None,
    client_id: str | None = None,
    actor: str | None = None,
    kind: str | None = None,
) -> list[Fields]:
    """The events of a list, all pages together: newest first, or oldest first `after` one."""
    wanted = [
        _event(event, model.timezone) | _titled_and_undone(model, event)
        for event in model.events.values()
        if event.id > (after or 0)
        and task_id in (None, event.task_id)
        and client_id in (None, event.by.client)
        and actor in (None, event.by.actor)
        and kind in (None, event.kind)
    ]
    return wanted if after is not None else wanted[::-1]


def _titled_and_undone(model: ListModel, event: Event) -> Fields:
    """The fields that only a list of events has."""
    titles = {task.id: task.fields["title"] for task in model.tasks}
    undone_by = {one.undoes: one.id for one in model.events.values() if one.undoes}
    more = {"title": titles.get(event.task_id or 0), "undone_by": undone_by.get(event.id)}
    return {name: value for name, value in more.items() if value is not None}


def exported_events(model: ListModel) -> list[Fields]:
    """All events in an export, oldest first."""
    return [_event(event, model.timezone) for event in model.events.values()]


def _of(task_id: int | None) -> Fields:
    if task_id is None:
        return {"subject": "account"}
    return {"subject": "task", "subject_id": task_id, "task_id": task_id}


def _event(event: Event, timezone: str) -> Fields:
    name = "Surelist" if event.by.actor == "system" else event.by.client
    shown = {
        "id": event.id,
        **_of(event.task_id),
        "kind": event.kind,
        "actor": event.by.actor,
        "client_id": event.by.client,
        "client_name": name,
        "at": TIME,
    }
    if event.call:
        shown["call"] = event.call
    if event.undoes:
        shown["undoes"] = event.undoes
    for side in ("before", "after"):
        fields = getattr(event, side)
        if fields is not None:
            shown[side] = dict(_shown(fields.items(), timezone))
    return shown


def _shown(fields: Iterable[tuple[str, Any]], timezone: str) -> Iterable[tuple[str, Any]]:
    for name, value in fields:
        if name in ("completed", "deleted"):
            yield name, value is not None
        elif name == "due" and value:
            yield name, _written(value, timezone)
        else:
            yield name, value


def _written(due: str | datetime, timezone: str) -> str:
    if isinstance(due, str):
        return due
    return _at(due, timezone).astimezone(ZoneInfo(timezone)).isoformat()


def _instant(due: str | datetime, timezone: str) -> str:
    """When it falls due: a day at its start in the time zone."""
    if isinstance(due, datetime):
        return _at(due, timezone).isoformat()
    return datetime.fromisoformat(due).replace(tzinfo=ZoneInfo(timezone)).isoformat()


def _at(due: datetime, timezone: str) -> datetime:
    return due if due.tzinfo else wall_time(due, timezone)
