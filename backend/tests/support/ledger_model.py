"""What specs/ say of one user's list, in memory: its events, and what they add up to.

Nothing is kept but the events and the account: a task is what its events, replayed, make of it.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, TypeAlias
from zoneinfo import ZoneInfo

Fields = dict[str, Any]
"""A task's fields, or those that an event changed. `completed` and `deleted` are when it became so,
as the clock and a number. A `due` day is its text, a time that floats has no zone, a time that was
given with an offset is an instant."""

Asked = tuple[str, Fields]
"""What a call asks for, in its own words: by this a repeated call is known."""

EMPTY: Fields = {
    "title": None,
    "description": None,
    "due": None,
    "priority": None,
    "tags": [],
    "completed": None,
    "deleted": None,
}
STATUS = ("completed", "deleted")
ALIKE_SECONDS = 30
TRASH_SECONDS = 30 * 24 * 60 * 60


class Refused(Exception):
    """The call is refused with this HTTP status, and has changed nothing."""

    def __init__(
        self, status: int, task: "Task | None" = None, fields: list[str] | None = None
    ) -> None:
        super().__init__(status)
        self.status = status
        self.task = task
        self.fields = fields


@dataclass(frozen=True)
class By:
    """Who calls."""

    client: str
    actor: str = "agent"


SYSTEM = By("surelist", "system")


@dataclass(frozen=True)
class Event:
    """One change of a task or, without `task_id`, of the account.

    A purge empties `before`, `after` and `asked`. `call` is the first event of its call, if it made
    several.
    """

    id: int
    task_id: int | None
    kind: str
    by: By
    at: int
    before: Fields | None
    after: Fields | None
    asked: Asked | None
    key: str | None
    undoes: int | None
    call: int | None = None


@dataclass(frozen=True)
class Moved:
    """What an undo of a change of time zone is told: what it undid, and the event that did so."""

    undoes: int
    event: int


@dataclass(frozen=True)
class Task:
    """A task as an event left it."""

    id: int
    version: int
    fields: Fields

    @property
    def status(self) -> str:
        if self.fields["deleted"]:
            return "deleted"
        return "completed" if self.fields["completed"] else "pending"


@dataclass(frozen=True)
class Outcome:
    """What a write made of its task; `repeated` when an earlier call had made it."""

    task: Task
    changed: list[str]
    repeated: bool = False


@dataclass(frozen=True)
class Guard:
    """What protects a write: the version that it is for, and how a repeated call is known."""

    if_version: int | None = None
    asked: Asked | None = None
    key: str | None = None


NONE = Guard()


Undone: TypeAlias = tuple[
    list[tuple[int, int | None, int]], list[tuple[int, int | None, list[str]]]
]
"""What was taken back, as (event, task, event that did so), and what was left, with its fields."""


@dataclass
class ListModel:
    """One user's list, and everything that has happened to it."""

    events: dict[int, Event]
    last_event: int = 0
    last_task: int = 0
    timezone: str = "UTC"
    clock: int = 0
    moments: int = 0

    # What stands

    def task(self, task_id: int) -> Task | None:
        """The task, when there is one that can be seen."""
        task = self._as_left(task_id)
        return None if task and self._expired(task) else task

    @property
    def tasks(self) -> list[Task]:
        """Every task that can be seen, by id."""
        found = map(self.task, range(1, self.last_task + 1))
        return [task for task in found if task]

    def _as_left(self, task_id: int, by: int | None = None) -> Task | None:
        """The task as that event left it, or the last one; None when it is purged."""
        found = None
        for event in self.events.values():
            if event.task_id == task_id and event.id <= (by or self.last_event):
                if event.after is None:
                    return None
                found = Task(task_id, event.id, (found.fields if found else {}) | event.after)
        return found

    def _expired(self, task: Task) -> bool:
        deleted = task.fields["deleted"]
        return bool(deleted) and self.clock - deleted[0] >= TRASH_SECONDS

    def due(self, text: str) -> str | datetime:
        """A due date as it is stored."""
        if len(text) == len("2026-11-23"):
            return text
        at = datetime.fromisoformat(text)
        if at.tzinfo:
            return at.astimezone(UTC)
        there = wall_time(at, self.timezone).astimezone(ZoneInfo(self.timezone))
        if there.replace(tzinfo=None) != at:
            raise Refused(422)
        return at

    # Writes of tasks: all or nothing, each after the sweep of the trash

    def add(self, by: By, new: Fields, key: str | None = None, *, window: bool) -> Outcome:
        asked = ("add", {name: value for name, value in new.items() if value})
        with self._whole():
            if first := self._begin(by, Guard(None, asked, key)):
                return first
            alike = [
                event
                for event in self.events.values()
                if (event.kind, event.by.client, event.asked) == ("created", by.client, asked)
                and self.clock - event.at < ALIKE_SECONDS
            ]
            if window and not key and alike:
                task = self.task(alike[-1].task_id)
                if task and task.version == alike[-1].id:
                    return Outcome(task, [], repeated=True)
            self.last_task += 1
            after = EMPTY | self._stored(new)
            self._append("created", self.last_task, by, None, after, Guard(None, asked, key))
            return self._as_of(self.last_event)

    def complete(
        self, by: By, task_id: int, guard: Guard = NONE, *, completed: bool | None = True
    ) -> Outcome:
        def decide(task: Task) -> Fields:
            done = not task.fields["completed"] if completed is None else completed
            return {"completed": self._since(task, "completed") if done else None}

        return self._change(by, task_id, guard, decide)

    def delete(self, by: By, task_id: int, guard: Guard = NONE) -> Outcome:
        def decide(task: Task) -> Fields:
            return {"deleted": self._since(task, "deleted")}

        return self._change(by, task_id, guard, decide, in_trash=True)

    def update(self, by: By, task_id: int, changes: Fields, guard: Guard = NONE) -> Outcome:
        status = changes.get("status")
        emptied = {name: EMPTY[name] for name in changes.get("clear", [])}
        given = {name: changes[name] for name in changes if name not in ("status", "clear")}

        def decide(task: Task) -> Fields:
            columns = self._stored(given, task) | emptied
            if status == "pending":
                return columns | {"completed": None, "deleted": None}
            return columns | ({"completed": self._since(task, "completed")} if status else {})

        return self._change(by, task_id, guard, decide, in_trash=status == "pending")

    def replace(self, by: By, task_id: int, new: Fields, guard: Guard = NONE) -> Outcome:
        given = {name: value for name, value in new.items() if name != "completed"}

        def decide(task: Task) -> Fields:
            done = self._since(task, "completed") if new.get("completed") else None
            return EMPTY | self._stored(given, task) | {"completed": done}

        return self._change(by, task_id, guard, decide)

    def undo(
        self, by: By, event_id: int, guard: Guard = NONE, task_id: int | None = None
    ) -> Outcome | Moved:
        with self._whole():
            return self._begin(by, guard) or self._undo(by, event_id, guard, task_id)

    def undo_all(self, by: By, client: str, since: int, *, keep: bool) -> Undone:
        """Undo what `client` did from the event `since` on; what was undone, and what was left."""
        with self._whole(keep=keep):
            self._sweep()
            events = {
                event.id: event
                for event in self.events.values()
                if event.by.client == client and event.id >= since and event.kind != "purged"
            }
            return self._undo_events(by, events)

    def undo_call(self, by: By, call: int) -> Undone:
        """Undo what a call did; what was undone, and what was left."""
        with self._whole():
            self._sweep()
            events = {
                event.id: event
                for event in self.events.values()
                if (event.call or event.id) == call
            }
            if not events:
                raise Refused(404)
            return self._undo_events(by, events)

    def _undo_events(self, by: By, events: dict[int, Event]) -> Undone:
        undone: list[tuple[int, int | None, int]] = []
        left: list[tuple[int, int | None, list[str]]] = []
        effective = [
            event for event in self._effective(events) if event.task_id or by.actor == "person"
        ]
        with self._one_call():
            for event in sorted(effective, key=lambda event: event.task_id is not None):
                try:
                    outcome = self._undo(by, event.id, NONE, None)
                except Refused as refused:
                    left.append((event.id, event.task_id, refused.fields or []))
                else:
                    made = outcome.event if isinstance(outcome, Moved) else outcome.task.version
                    undone.append((event.id, event.task_id, made))
        return undone, left

    def purge(self, by: By, task_id: int, guard: Guard = NONE) -> None:
        self._for_the_person(by)
        with self._whole():
            if self._begin(by, guard):
                return
            task = self._found(task_id)
            if not task.fields["deleted"]:
                raise Refused(409)
            self._refuse_unless_at(guard.if_version, task)
            self._purge(by, task_id, guard)

    # Writes of the account

    def set_timezone(self, by: By, timezone: str) -> None:
        self._for_the_person(by)
        if timezone != self.timezone:
            self._move("updated", by, timezone, NONE)

    def _move(
        self, kind: str, by: By, timezone: str, guard: Guard, undoes: int | None = None
    ) -> None:
        before, after = {"timezone": self.timezone}, {"timezone": timezone}
        self._append(kind, None, by, before, after, guard, undoes)
        self.timezone = timezone

    def erase(self, by: By) -> None:
        self._for_the_person(by)
        self.events, self.timezone = {}, "UTC"

    def _for_the_person(self, by: By) -> None:
        if by.actor != "person":
            raise Refused(403)

    # How a write goes

    @contextmanager
    def _whole(self, *, keep: bool = True) -> Iterator[None]:
        before = (dict(self.events), self.last_event, self.last_task, self.timezone)
        try:
            yield
        except Refused:
            keep = False
            raise
        finally:
            if not keep:
                self.events, self.last_event, self.last_task, self.timezone = before

    @contextmanager
    def _one_call(self) -> Iterator[None]:
        """What is appended meanwhile is of one call."""
        first = self.last_event + 1
        yield
        if self.last_event > first:
            for number in range(first, self.last_event + 1):
                self.events[number] = replace(self.events[number], call=first)

    def _begin(self, by: By, guard: Guard) -> Outcome | Moved | None:
        """Sweep the trash; the first result of the guard's key, if it has been used."""
        first = self._first(by, guard.key)
        if first and first.asked not in (None, guard.asked):
            raise Refused(409)
        self._sweep()
        first = self._first(by, guard.key)
        if first and not first.asked:
            raise Refused(410)
        if first and first.task_id is None:
            return Moved(first.undoes or 0, first.id)
        if first and first.kind == "purged":
            return Outcome(Task(first.task_id, first.id, {}), [], repeated=True)
        return self._as_of(first.id, repeated=True) if first else None

    def _first(self, by: By, key: str | None) -> Event | None:
        used = (e for e in self.events.values() if key and (e.by.client, e.key) == (by.client, key))
        return next(used, None)

    def _sweep(self) -> None:
        """Purge what has been in the trash for 30 days, longest first; never more than 20 here."""
        tasks = map(self._as_left, range(1, self.last_task + 1))
        expired = [task for task in tasks if task and self._expired(task)]
        with self._one_call():
            for task in sorted(expired, key=lambda task: task.fields["deleted"]):
                self._purge(SYSTEM, task.id, NONE)

    def _purge(self, by: By, task_id: int, guard: Guard) -> None:
        for event in list(self.events.values()):
            if event.task_id == task_id:
                self.events[event.id] = replace(event, before=None, after=None, asked=None)
        self._append("purged", task_id, by, None, None, guard)

    def _found(self, task_id: int, *, in_trash: bool = True) -> Task:
        task = self.task(task_id)
        if not task:
            raise Refused(404)
        if task.fields["deleted"] and not in_trash:
            raise Refused(409, task)
        return task

    def _change(
        self,
        by: By,
        task_id: int,
        guard: Guard,
        decide: Callable[[Task], Fields],
        *,
        in_trash: bool = False,
    ) -> Outcome:
        with self._whole():
            if first := self._begin(by, guard):
                return first
            task = self._found(task_id, in_trash=in_trash)
            return self._save(by, task, decide(task), guard)

    def _undo(self, by: By, event_id: int, guard: Guard, task_id: int | None) -> Outcome | Moved:
        event = self.events.get(event_id)
        if not event or task_id not in (None, event.task_id):
            raise Refused(404)
        if event.task_id is None:
            return self._undo_move(by, event, guard)
        if event.after is None:
            raise Refused(410)
        if undone := [one.id for one in self.events.values() if one.undoes == event_id]:
            return self._as_of(undone[0], repeated=True)
        task = self._found(event.task_id)
        if changed := [
            n for n, left in event.after.items() if not _stands(n, task.fields[n], left)
        ]:
            raise Refused(409, task, names(changed))
        before = event.before or {"deleted": True}
        if before.get("deleted"):
            before = before | {"deleted": self._now()}
        return self._save(by, task, before, guard, undoes=event_id)

    def _undo_move(self, by: By, event: Event, guard: Guard) -> Moved:
        self._for_the_person(by)
        for one in self.events.values():
            if one.undoes == event.id:
                return Moved(event.id, one.id)
        if self.timezone != (event.after or {})["timezone"]:
            raise Refused(409, fields=["timezone"])
        if guard.if_version is not None:
            raise Refused(412)
        self._move("undone", by, (event.before or {})["timezone"], guard, event.id)
        return Moved(event.id, self.last_event)

    def _effective(self, theirs: dict[int, Event]) -> list[Event]:
        """The changes whose effect stands, newest first: of an undo and what it took back, both
        among these, neither is left."""
        undone = {event.undoes for event in self.events.values()}
        effective: list[Event] = []
        for event in reversed(theirs.values()):
            chain = [event]
            while chain[-1].undoes in theirs:
                chain.append(theirs[chain[-1].undoes])
            if event.id not in undone and len(chain) % 2 == 1:
                effective.append(event)
        return effective

    def _save(
        self, by: By, task: Task, columns: Fields, guard: Guard, undoes: int | None = None
    ) -> Outcome:
        after = {name: value for name, value in columns.items() if task.fields[name] != value}
        if not after:
            return Outcome(task, [])
        self._refuse_unless_at(guard.if_version, task)
        before = {name: task.fields[name] for name in after}
        new = Task(task.id, self.last_event + 1, task.fields | after)
        kind = "undone" if undoes else _kind(after, task.status, new.status)
        self._append(kind, task.id, by, before, after, guard, undoes)
        return Outcome(new, names(after))

    def _refuse_unless_at(self, version: int | None, task: Task) -> None:
        if version not in (None, task.version):
            raise Refused(412, task)

    def _append(
        self,
        kind: str,
        task_id: int | None,
        by: By,
        before: Fields | None,
        after: Fields | None,
        guard: Guard,
        undoes: int | None = None,
    ) -> None:
        self.last_event += 1
        self.events[self.last_event] = Event(
            self.last_event,
            task_id,
            kind,
            by,
            self.clock,
            before,
            after,
            guard.asked,
            guard.key,
            undoes,
        )

    def _as_of(self, event_id: int, *, repeated: bool = False) -> Outcome:
        event = self.events[event_id]
        task = event.task_id and self._as_left(event.task_id, event_id)
        if not task:
            raise Refused(410)
        return Outcome(task, names(event.after or ()), repeated)

    def _since(self, task: Task, name: str) -> Any:
        return task.fields[name] or self._now()

    def _now(self) -> tuple[int, int]:
        self.moments += 1
        return self.clock, self.moments

    def _stored(self, given: Fields, task: Task | None = None) -> Fields:
        stored = {name: None if value == "" else value for name, value in given.items()}
        if "due" in given:
            stored["due"] = self.due(given["due"])
            now = task and task.fields["due"]
            if isinstance(now, datetime) and now != stored["due"]:
                at = wall_time(now, self.timezone) if now.tzinfo is None else now
                stored["due"] = now if at == stored["due"] else stored["due"]
        return stored


def wall_time(floating: datetime, timezone: str) -> datetime:
    """The instant of a time that floats, where the user is; past the gap that skips it."""
    return floating.replace(tzinfo=ZoneInfo(timezone)).astimezone(UTC)


def names(fields: Any) -> list[str]:
    """Fields as people call them."""
    return sorted({"status" if name in STATUS else name for name in fields})


def _stands(name: str, now: Any, left: Any) -> bool:
    return bool(now) == bool(left) if name in STATUS else now == left


def _kind(after: Fields, was: str, now: str) -> str:
    if not set(after) <= set(STATUS):
        return "updated"
    if now == "deleted":
        return "deleted"
    if was == "deleted":
        return "restored"
    return "updated"
