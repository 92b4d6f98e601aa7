"""What specs/tools.md says of the five tools, in memory: one list, several clients."""

from dataclasses import dataclass, field
from itertools import count
from typing import Any

Fields = dict[str, Any]
EMPTY: Fields = {
    "title": None,
    "description": None,
    "priority": None,
    "tags": [],
    "completed": None,
    "deleted": None,
}
NAMES = {"completed": "status", "deleted": "status"}

_moments = count(1)


class Refused(Exception):
    """The call is refused, and changes nothing."""


@dataclass
class Happening:
    """One event: what it was, of which task, by whom, and the fields before and after."""

    kind: str
    task_id: int
    client: str
    before: Fields | None
    after: Fields
    asked: tuple[Any, ...] = ()
    key: str | None = None
    undoes: int | None = None


@dataclass
class TaskModel:
    """A task as it is now; `completed` and `deleted` are the moment at which it became so."""

    fields: Fields
    version: int

    @property
    def status(self) -> str:
        if self.fields["deleted"]:
            return "deleted"
        return "completed" if self.fields["completed"] else "pending"


@dataclass
class ListModel:
    """One user's list, and everything that has happened to it."""

    tasks: dict[int, TaskModel] = field(default_factory=dict)
    events: list[Happening] = field(default_factory=list)

    def add_task(self, client: str, *, idempotency_key: str | None = None, **new: Any) -> Fields:
        asked = tuple(sorted((name, str(value)) for name, value in new.items()))
        for version, event in enumerate(self.events, 1):
            if idempotency_key and (event.client, event.key) == (client, idempotency_key):
                if event.asked != asked:
                    raise Refused
                return self._as_of(version, "created") | {"repeated": True}
        if not idempotency_key:
            alike = [
                version
                for version, event in enumerate(self.events, 1)
                if event.kind == "created" and (event.client, event.asked) == (client, asked)
            ]
            if alike and self.tasks[self.events[alike[-1] - 1].task_id].version == alike[-1]:
                return self._as_of(alike[-1], "created") | {"repeated": True}
        task_id = len(self.tasks) + 1
        after = EMPTY | _stored(new)
        self.events.append(
            Happening("created", task_id, client, None, after, asked, idempotency_key)
        )
        self.tasks[task_id] = TaskModel(dict(after), len(self.events))
        return self._as_of(len(self.events), "created")

    def complete_task(self, client: str, task_id: int, if_version: int | None = None) -> Fields:
        task = self._out_of_trash(task_id)
        moment = task.fields["completed"] or next(_moments)
        return self._change(client, task_id, {"completed": moment}, if_version, "completed")

    def delete_task(self, client: str, task_id: int, if_version: int | None = None) -> Fields:
        moment = self._task(task_id).fields["deleted"] or next(_moments)
        return self._change(client, task_id, {"deleted": moment}, if_version, "deleted")

    def update_task(
        self,
        client: str,
        task_id: int,
        *,
        status: str | None = None,
        clear: list[str] | None = None,
        undo: int | None = None,
        if_version: int | None = None,
        **new: Any,
    ) -> Fields:
        if undo:
            return self._undo(client, task_id, undo, if_version)
        task = self._task(task_id) if status == "pending" else self._out_of_trash(task_id)
        columns = _stored(new) | {name: EMPTY[name] for name in clear or []}
        if status == "pending":
            columns |= {"completed": None, "deleted": None}
        if status == "completed":
            columns["completed"] = task.fields["completed"] or next(_moments)
        return self._change(client, task_id, columns, if_version, "updated")

    def _undo(self, client: str, task_id: int, undo: int, if_version: int | None) -> Fields:
        if undo > len(self.events) or self.events[undo - 1].task_id != task_id:
            raise Refused
        for version, event in enumerate(self.events, 1):
            if event.undoes == undo:
                return self._as_of(version, "updated") | {"repeated": True}
        undone, task = self.events[undo - 1], self.tasks[task_id]
        if not all(_stands(name, task.fields[name], left) for name, left in undone.after.items()):
            raise Refused
        before = {"deleted": True} if undone.before is None else dict(undone.before)
        if before.get("deleted"):
            before["deleted"] = next(_moments)
        return self._change(client, task_id, before, if_version, "updated", undoes=undo)

    def _task(self, task_id: int) -> TaskModel:
        if task_id not in self.tasks:
            raise Refused
        return self.tasks[task_id]

    def _out_of_trash(self, task_id: int) -> TaskModel:
        if self._task(task_id).fields["deleted"]:
            raise Refused
        return self.tasks[task_id]

    def _change(
        self,
        client: str,
        task_id: int,
        columns: Fields,
        if_version: int | None,
        status: str,
        undoes: int | None = None,
    ) -> Fields:
        task = self.tasks[task_id]
        after = {name: value for name, value in columns.items() if task.fields[name] != value}
        if not after:
            return self._told(task_id, status, task.fields, task.version, [])
        if if_version is not None and if_version != task.version:
            raise Refused
        was = task.status
        before = {name: task.fields[name] for name in after}
        task.fields |= after
        task.version = len(self.events) + 1
        kind = "undone" if undoes else _kind(after, was, task.status)
        self.events.append(Happening(kind, task_id, client, before, after, undoes=undoes))
        return self._told(task_id, status, task.fields, task.version, list(after))

    def _as_of(self, version: int, status: str) -> Fields:
        last = self.events[version - 1]
        fields = dict(EMPTY)
        for event in self.events[:version]:
            if event.task_id == last.task_id:
                fields |= event.after
        return self._told(last.task_id, status, fields, version, list(last.after))

    def _told(
        self, task_id: int, status: str, fields: Fields, version: int, changed: list[str]
    ) -> Fields:
        told = {
            "task_id": task_id,
            "status": status,
            "title": fields["title"],
            "version": version,
            "priority": fields["priority"],
            "tags": fields["tags"],
            "changed": sorted({NAMES.get(name, name) for name in changed}),
        }
        if status != "updated":
            del told["changed"]
        return {
            name: value for name, value in told.items() if value is not None and value != []
        } | ({"changed": told["changed"]} if status == "updated" else {})


def _stored(new: Fields) -> Fields:
    return {name: value if value != "" else None for name, value in new.items()}


def _stands(name: str, now: Any, left: Any) -> bool:
    return bool(now) == bool(left) if name in NAMES else now == left


def _kind(after: Fields, was: str, now: str) -> str:
    if not set(after) <= set(NAMES):
        return "updated"
    if now == "deleted":
        return "deleted"
    if was == "deleted":
        return "restored"
    return "completed" if now == "completed" else "reopened"
