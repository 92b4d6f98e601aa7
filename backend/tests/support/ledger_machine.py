"""Any sequence of calls by two users through two clients and both doors, held against a model."""

from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from datetime import timedelta
from itertools import zip_longest
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from surelist.tasks.fields import FIELDS
from tests.support import ledger_doors as doors
from tests.support.ledger_doors import TIME, Answer, Call, Request
from tests.support.ledger_model import ALIKE_SECONDS, TRASH_SECONDS, By, Event, Fields, ListModel
from tests.support.person import ERAS, Person, RefusedByTool
from tests.support.soundness import Ledgers
from tests.tasks.examples import EXAMPLES

AGENT, PERSON = By("claude", "agent"), By("web", "person")


@dataclass(frozen=True)
class Caller:
    """One of two users, through one of two clients, in one of two eras of MCP."""

    user: int
    by: By
    era: str


def objects(**optional: st.SearchStrategy[Any]) -> st.SearchStrategy[Fields]:
    return st.fixed_dictionaries({}, optional=optional)


def any_of(*values: Any) -> st.SearchStrategy[Any]:
    return st.sampled_from(values)


callers = st.builds(Caller, any_of(0, 0, 1), any_of(AGENT, PERSON), st.sampled_from(ERAS))
mostly_people = st.builds(Caller, any_of(0, 0, 1), any_of(PERSON, PERSON, AGENT), st.just(ERAS[0]))
values: dict[str, st.SearchStrategy[Any]] = {
    name: any_of(*examples) for name, examples in EXAMPLES.items()
}
titles = values.pop("title")

statuses = any_of("pending", "completed")
cleared = any_of(["due"], ["priority", "tags"])
changes = st.one_of(  # mostly one, so that changes do not all stand in each other's way
    *(
        strategy.map(lambda value, name=name: {name: value})
        for name, strategy in (values | {"status": statuses, "clear": cleared}).items()
    ),
    objects(status=statuses, **values).filter(bool),
    objects(title=titles, description=values["description"], clear=cleared).filter(bool),
)
keys = any_of("k1", "k2")
tasks = any_of(0, 0, 0, 1, 1, 2, 3, -1)
"""How many tasks the one meant is behind the newest."""
back = any_of(0, 0, 1, 1, 2, 2, 3, 5)
"""How many events the one meant is behind the last of its task."""
versions = st.one_of(st.none(), st.none(), any_of(0, 1, 1, 2))
"""Without a version; or with that of the task, or one before it."""
tags = st.one_of(versions, any_of("*", 'W/"1"', '"1", "2"', "1"))
guards = st.tuples(tags, st.one_of(st.none(), st.none(), keys))


class LedgerMachine(RuleBasedStateMachine):
    """Every answer must be the model's, and whatever is stored must be sound and nobody else's."""

    def __init__(
        self,
        run: Callable[[Coroutine[Any, Any, Any]], Any],
        newcomer: Callable[..., Person],
        ledgers: Ledgers,
    ) -> None:
        super().__init__()
        self.run = run
        self.ledgers = ledgers
        self.models = [ListModel({}), ListModel({})]
        agents = [newcomer(AGENT.client), newcomer(AGENT.client)]
        self.people = {AGENT: agents, PERSON: [one.through("web", owner=True) for one in agents]}
        self.looked_at = 0
        self.asked: list[tuple[Caller, Call | Request]] = []

    # How anything is asked

    def ask(self, caller: Caller, asked: Call | Request) -> Answer:
        """Ask, and be told what the model says."""
        self.asked.append((caller, asked))
        model, person = self.models[caller.user], self.people[caller.by][caller.user]
        if isinstance(asked, Call):
            expected = doors.called(model, caller.by, asked)
            told = self.run(call(person, caller.era, asked))
        else:
            expected = doors.requested(model, caller.by, asked)
            told = self.run(request(person, asked))
        assert told == expected, f"{caller} asks {asked}\nand is told {told}\nand not {expected}"
        return told

    def rest(
        self, caller: Caller, method: str, path: str, guard: Any = (None, None), **body: Any
    ) -> Answer:
        """Ask over REST; `guard` is an If-Match, as a tag or counted back, and a key."""
        tag, key = guard
        if isinstance(tag, int):
            tag = f'"{self.event_of(caller, int(path.split("/")[2]), tag)}"'
        headers = {"If-Match": tag, "Idempotency-Key": key}
        headers = {name: value for name, value in headers.items() if value}
        return self.ask(caller, Request(method, path, body or None, headers))

    def task(self, caller: Caller, behind: int) -> int:
        return max(1, self.models[caller.user].last_task - behind)

    def event_of(self, caller: Caller, task_id: int, behind: int) -> int:
        """That event of the task's, counted back from the last, or event 1."""
        events = self.models[caller.user].events.values()
        return ([1] * 9 + [one.id for one in events if one.task_id == task_id])[-1 - behind]

    def aimed(self, caller: Caller, task: int, version: int | None) -> Fields:
        task_id = self.task(caller, task)
        if version is None:
            return {"task_id": task_id}
        return {"task_id": task_id, "if_version": self.event_of(caller, task_id, version)}

    # What is asked

    @initialize(due=values["due"])
    def begin(self, due: str) -> None:
        for user in (0, 1):
            agent, person = Caller(user, AGENT, ERAS[0]), Caller(user, PERSON, ERAS[1])
            own = f"{self.people[AGENT][user].user_id}'s own"
            self.ask(agent, Call("add_task", {"title": "Buy milk", "description": own}))
            self.asked.clear()  # so that nobody else asks for what is this user's own
            self.rest(person, "POST", "/tasks", title="Call mom", due=due)

    @rule(caller=callers, title=titles, new=objects(**values, idempotency_key=keys))
    def add_task(self, caller: Caller, title: str, new: Fields) -> None:
        self.ask(caller, Call("add_task", {"title": title, **new}))

    @rule(caller=callers, title=titles)
    def add_task_plainly(self, caller: Caller, title: str) -> None:
        self.ask(caller, Call("add_task", {"title": title}))

    @rule(caller=callers, task=tasks, version=versions, tool=any_of("complete_task", "delete_task"))
    def complete_or_delete_task(
        self, caller: Caller, task: int, version: int | None, tool: str
    ) -> None:
        self.ask(caller, Call(tool, self.aimed(caller, task, version)))

    @rule(caller=callers, task=tasks, version=versions, changes=changes)
    def update_task(self, caller: Caller, task: int, version: int | None, changes: Fields) -> None:
        self.ask(caller, Call("update_task", self.aimed(caller, task, version) | changes))

    @rule(caller=callers, title=titles, new=objects(**values), guard=guards)
    def post(self, caller: Caller, title: str, new: Fields, guard: Any) -> None:
        self.rest(caller, "POST", "/tasks", (None, guard[1]), title=title, **new)

    @rule(
        caller=callers, task=tasks, guard=guards, title=titles,
        new=objects(**values, completed=st.booleans()),
    )  # fmt: skip
    def put(self, caller: Caller, task: int, guard: Any, title: str, new: Fields) -> None:
        self.rest(caller, "PUT", f"/tasks/{self.task(caller, task)}", guard, title=title, **new)

    @rule(caller=callers, task=tasks, guard=guards, changes=changes)
    def patch(self, caller: Caller, task: int, guard: Any, changes: Fields) -> None:
        self.rest(caller, "PATCH", f"/tasks/{self.task(caller, task)}", guard, **changes)

    @rule(caller=callers, task=tasks, guard=guards, body=objects(completed=st.booleans()))
    def complete(self, caller: Caller, task: int, guard: Any, body: Fields) -> None:
        self.rest(caller, "PATCH", f"/tasks/{self.task(caller, task)}/complete", guard, **body)

    @rule(caller=callers, task=tasks, guard=guards)
    def delete(self, caller: Caller, task: int, guard: Any) -> None:
        self.rest(caller, "DELETE", f"/tasks/{self.task(caller, task)}", guard)

    @rule(caller=mostly_people, task=tasks, guard=guards, deleting=st.booleans())
    def purge(self, caller: Caller, task: int, guard: Any, deleting: bool) -> None:
        path = f"/tasks/{self.task(caller, task)}"
        if deleting:
            self.rest(caller, "DELETE", path)
        self.rest(caller, "DELETE", f"{path}/permanently", guard)

    @rule(
        caller=callers, door=any_of("update_task", "PATCH", "POST"),
        task=tasks, behind=back, version=versions, key=st.one_of(st.none(), st.none(), keys),
    )  # fmt: skip
    def undo(
        self,
        caller: Caller,
        door: str,
        task: int,
        behind: int,
        version: int | None,
        key: str | None,
    ) -> None:
        aimed = self.aimed(caller, task, version)
        task_id, undo = aimed["task_id"], self.event_of(caller, self.task(caller, task), behind)
        tag = f'"{aimed["if_version"]}"' if "if_version" in aimed else None
        if door == "update_task":
            self.ask(caller, Call(door, aimed | {"undo": undo}))
        elif door == "PATCH":
            self.rest(caller, door, f"/tasks/{task_id}", (tag, key), undo=undo)
        else:
            self.rest(caller, door, f"/events/{undo}/undo", (tag, key))

    @rule(caller=callers, of=any_of(AGENT, PERSON), behind=st.integers(0, 9), dry_run=st.booleans())
    def undo_all(self, caller: Caller, of: By, behind: int, dry_run: bool) -> None:
        model, person = self.models[caller.user], self.people[caller.by][caller.user]
        if not model.events:
            return
        of_one = list(model.events)[-1 - min(behind, len(model.events) - 1)]
        since, first = self.run(self.ledgers.time_of(person.user_id, of_one))
        body = {"client_id": of.client, "since": since, "dry_run": dry_run}
        expected = doors.undone(model, caller.by, of.client, first, dry_run=dry_run)
        assert self.run(request(person, Request("POST", "/undo", body))) == expected

    @rule(caller=callers, behind=st.integers(0, 9))
    def undo_call(self, caller: Caller, behind: int) -> None:
        events = list(self.models[caller.user].events.values())
        call = next((one.call or one.id for one in events[-1 - behind :]), 1)
        self.rest(caller, "POST", f"/calls/{call}/undo")

    @rule(caller=mostly_people, version=any_of(None, None, '"1"'), key=any_of(None, "k1"))
    def undo_move(self, caller: Caller, version: str | None, key: str | None) -> None:
        """Undo the latest change of the time zone."""
        events = self.models[caller.user].events.values()
        moves = [one.id for one in events if one.task_id is None]
        if moves:
            self.rest(caller, "POST", f"/events/{moves[-1]}/undo", (version, key))

    @rule(
        caller=st.one_of(st.none(), st.none(), callers),
        which=any_of(0, 0, 0, 1, 1, 2, 3, 5, 8),
        later=any_of(0, 0, ALIKE_SECONDS + 1, TRASH_SECONDS + 1),
    )  # fmt: skip
    def ask_again(self, caller: Caller | None, which: int, later: int) -> None:
        """What was asked lately, word for word, by the same or by somebody else."""
        before, asked = self.asked[-1 - which % len(self.asked)]
        caller = caller or before
        if later:
            self.passes(caller.user, later)
        self.ask(caller, asked)

    # What is looked at

    @rule(
        caller=callers,
        query=objects(
            status=any_of("all", "pending", "completed", "deleted"),
            sort=any_of("created", "due", "priority", "title", "updated"),
            tag=any_of("home", "now"),
            priority=values["priority"],
            search=any_of("ilk", "call m", "CARE", "eggs", "ome"),
        ),
        limit=any_of(1, 2, 50),
    )  # fmt: skip
    def list_tasks(self, caller: Caller, query: Fields, limit: int) -> None:
        model, person = self.models[caller.user], self.people[caller.by][caller.user]
        self.ask(caller, Call("list_tasks", query))
        pages = self.run(every_page(person, "/tasks", "tasks", query | {"limit": limit}))
        assert pages == doors.rows(model, **query)

    @rule(
        caller=callers,
        query=objects(
            after=st.integers(0, 9),
            task_id=any_of(1, 2),
            client_id=any_of("claude", "web"),
            actor=any_of("person", "agent"),
            kind=any_of("created", "updated", "undone"),
        ),
        limit=any_of(1, 3, 50),
    )  # fmt: skip
    def list_events(self, caller: Caller, query: Fields, limit: int) -> None:
        model, person = self.models[caller.user], self.people[caller.by][caller.user]
        pages = self.run(every_page(person, "/events", "events", query | {"limit": limit}))
        assert pages == doors.events(model, **query)

    @rule(caller=mostly_people, what=any_of("task", "account", "export"), task=tasks)
    def read(self, caller: Caller, what: str, task: int) -> None:
        task_id = self.task(caller, task)
        if what == "task":
            self.ask(caller, Call("list_tasks", {"task_id": task_id}))
        self.rest(caller, "GET", {"task": f"/tasks/{task_id}", "account": ""}.get(what, "/export"))

    @rule(caller=callers, method=any_of("GET", "PUT", "PATCH", "DELETE"), task=tasks)
    def trespass(self, caller: Caller, method: str, task: int) -> None:
        """Ask at the path of the other user."""
        mine, other = (self.people[caller.by][user] for user in (caller.user, 1 - caller.user))
        told = self.run(
            mine.http.request(
                method,
                f"/api/{other.user_id}/tasks/{self.task(caller, task)}",
                headers={"Authorization": f"Bearer {mine.token()}"},
                json={"title": "Mine now"},
            )
        )
        assert told.status_code == 403

    # What happens to the account, and to its clock

    @rule(caller=mostly_people, timezone=any_of("UTC", "Asia/Tokyo", "America/Havana"))
    def move(self, caller: Caller, timezone: str) -> None:
        self.rest(caller, "PATCH", "", timezone=timezone)

    @rule(user=any_of(0, 1), by=any_of(AGENT, PERSON), sure=any_of(True, False, False, False))
    def erase(self, user: int, by: By, sure: bool) -> None:
        if sure:
            told = self.rest(Caller(user, by, ERAS[0]), "DELETE", "")
            del self.asked[-1]
            if told.status == 204:
                self.passes(user, 1)  # for the tokens issued in the same second are refused too

    @rule(user=any_of(0, 1), seconds=any_of(ALIKE_SECONDS + 1, TRASH_SECONDS + 1))
    def passes(self, user: int, seconds: int) -> None:
        """Let time go by, for one user."""
        self.run(self.ledgers.passes(self.people[AGENT][user].user_id, timedelta(seconds=seconds)))
        self.models[user].clock += seconds

    # What holds at every moment

    @invariant()
    def what_is_stored_is_sound_and_as_the_model_says(self) -> None:
        """Of one user and the other in turn: either's calls must leave the other's as it is."""
        self.looked_at = 1 - self.looked_at
        person = self.people[AGENT][self.looked_at]
        stored = map(_stored, self.run(self.ledgers.sound(person.user_id)))
        expected = map(_expected, self.models[self.looked_at].events.values())
        for one, other in zip_longest(stored, expected):
            assert one == other, f"stored is {one}\nand not {other}"

    def teardown(self) -> None:
        self.run(self.ledgers.apart(*(f"{one.user_id}'s own" for one in self.people[AGENT])))


async def call(person: Person, era: str, asked: Call) -> Answer:
    """A tool call as it is told."""
    try:
        told = await person.call(asked.tool, version=era, **asked.arguments)
    except RefusedByTool as refused:
        return Answer(400, timeless(refused.current))
    if asked.tool == "list_tasks":
        told["weekday"] = TIME
    return Answer(200, timeless(told))


async def request(person: Person, asked: Request) -> Answer:
    """A REST request as it is told."""
    told = await person.rest(
        asked.method,
        asked.path,
        headers=asked.headers,
        **({"json": asked.body} if asked.body else {}),
    )
    body = timeless(told.json()) if told.content else None
    if told.is_error:
        body = {name: body[name] for name in ("type", "status", "task", "fields") if name in body}
    if asked.path == "" and body and not told.is_error:
        assert body.pop("user_id") == person.user_id
        del body["stored_bytes"]  # which are counted where the rows are looked at
    etag = told.headers.get("ETag")
    return Answer(told.status_code, body, etag and etag.partition("-")[0] + '"')


async def every_page(person: Person, path: str, of: str, query: Fields) -> list[Fields]:
    """What all pages of a list hold together."""
    found: list[Fields] = []
    cursor: Fields = {}
    while True:
        told = await person.rest("GET", path, params=query | cursor)
        page = told.json()
        assert len(page[of]) <= query["limit"]
        found += timeless(page[of])
        if "next_cursor" not in page:
            return found
        assert page[of]
        cursor = {"cursor": page["next_cursor"]}


def timeless(told: Any) -> Any:
    """What was told, with TIME for whatever the clock said; lists of field names in their order."""
    if isinstance(told, list):
        return [timeless(one) for one in told]
    if not isinstance(told, dict):
        return told
    known = {"at", "now"}
    shown = {
        name: TIME if name in known or name.endswith("_at") else timeless(value)
        for name, value in told.items()
    }
    for of_names in ("changed", "fields"):
        if of_names in shown:
            shown[of_names] = sorted(shown[of_names])
    return shown


FIELD_OF = {column: field.name for field in FIELDS for column in field.empty}
FIELD_OF["timezone"] = "timezone"


def _stored(event: Fields) -> tuple[Any, ...]:
    told = (event[name] for name in ("id", "kind", "subject_id", "actor", "client_id"))
    changed = (
        values if values is None else {FIELD_OF[name] for name in values}
        for values in (event["before"], event["after"])
    )
    return (*told, event["idempotency_key"], event["undoes"], event["call"], *changed)


def _expected(event: Event) -> tuple[Any, ...]:
    told = (event.id, event.kind, event.task_id, event.by.actor, event.by.client)
    changed = (values if values is None else set(values) for values in (event.before, event.after))
    return (*told, event.key, event.undoes, event.call, *changed)
