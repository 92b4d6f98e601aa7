import time
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote

import pytest

from surelist.access.auth import AGENT_SCOPES, OWNER_SCOPE, Caller, Principal, sign_token
from surelist.account.erasing import remove_some
from surelist.agents.credential_check import SECONDS_BETWEEN_CHECKS, CredentialCheck
from surelist.data.isolation import Database, UserTransaction
from surelist.errors import InsufficientScope, Unauthenticated
from tests.agents.test_keys import Agent, agents, make_key
from tests.support.clock import Clock
from tests.support.copies import Copy, newcomers
from tests.support.person import Person
from tests.support.records import Records


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def worker(database: Database, settings: Any, clock: Clock) -> Database:
    """Another worker on the same database, with a clock of its own."""
    return Database(database._pool, settings, CredentialCheck(clock), remove_some)


@pytest.fixture
def owner(newcomer: Callable[..., Person]) -> Person:
    """A person in their own session."""
    return newcomer("web", owner=True)


async def nothing(mine: UserTransaction) -> None:
    """A unit of work."""


async def test_an_agent_is_listed_from_its_first_call(owner: Person) -> None:
    claude = owner.through("claude")
    await claude.call("list_tasks")
    (agent,) = await agents(owner)
    assert (agent["client_id"], agent["name"]) == ("claude", "claude")
    assert agent["scopes"] == sorted(claude.scopes)
    assert agent["created_at"] <= agent["last_used_at"]


async def test_the_person_is_not_listed_as_an_agent(owner: Person) -> None:
    await owner.call("add_task", title="Call mom")
    await owner.rest("GET", "/tasks")
    assert await agents(owner) == []


async def test_agents_are_listed_newest_first(owner: Person) -> None:
    for client in ("claude", "cursor", "cron"):
        await owner.through(client).call("list_tasks")
    assert [agent["client_id"] for agent in await agents(owner)] == ["cron", "cursor", "claude"]


async def test_agents_are_listed_in_pages_that_miss_none_and_repeat_none(
    owner: Person, records: Records
) -> None:
    for number in range(7):
        await make_key(owner, name=f"Robot {number}")
    await records.run(  # three of the same moment
        "UPDATE agent SET created_at = (SELECT max(created_at) FROM agent WHERE user_id = $1) "
        "WHERE user_id = $1 AND name IN ('Robot 2', 'Robot 3', 'Robot 4')",
        owner.user_id,
    )
    whole = await agents(owner)
    seen, query = [], "?limit=2"
    while query:
        page = (await owner.rest("GET", f"/agents{query}")).json()
        seen.append(page["agents"])
        cursor = page.get("next_cursor")
        query = cursor and f"?limit=2&cursor={cursor}"
    assert [len(page) for page in seen] == [2, 2, 2, 1]
    assert [one for page in seen for one in page] == whole
    assert len(whole) == 7


async def test_a_cursor_is_valid_only_in_its_own_list(
    owner: Person, newcomer: Callable[..., Person]
) -> None:
    for title in ("One", "Two"):
        await owner.call("add_task", title=title)
        await make_key(owner, name=title)
    lists = ("/tasks", "/events", "/agents")
    cursors = {
        path: (await owner.rest("GET", f"{path}?limit=1")).json()["next_cursor"] for path in lists
    }
    for path in lists:
        for of, cursor in cursors.items():
            answer = await owner.rest("GET", f"{path}?limit=1&cursor={cursor}")
            assert answer.status_code == (200 if path == of else 422), (path, of)
    stranger = newcomer("web", owner=True)
    for path, cursor in cursors.items():
        answer = await stranger.rest("GET", f"{path}?limit=1&cursor={cursor}")
        assert answer.status_code == 422


@pytest.mark.parametrize("query", ["limit=0", "limit=201", "limit=x", "cursor=", "after=1"])
async def test_a_page_of_agents_out_of_bounds_is_refused(owner: Person, query: str) -> None:
    assert (await owner.rest("GET", f"/agents?{query}")).status_code == 422


async def test_a_revoked_agent_is_refused_over_rest_and_mcp_and_stays_listed(
    owner: Person, worker: Database
) -> None:
    robot = Agent(owner, await make_key(owner))
    await worker.read(robot.principal, nothing, "tasks:read")
    for _ in range(2):
        assert (await owner.rest("DELETE", f"/agents/{robot.client}")).status_code == 204
    refusals = [
        await robot.rest("GET", "/tasks"),
        await robot.rest("POST", "/tasks", json={"title": "Buy milk"}),
        await robot.rpc("tools/call", {"name": "list_tasks", "arguments": {}}),
        await robot.rpc("tools/call", {"name": "add_task", "arguments": {"title": "Buy milk"}}),
        await robot.rpc("resources/read", {"uri": "surelist://tasks"}),
    ]
    for refusal in refusals:
        assert refusal.status_code == 401
        assert 'error="invalid_token"' in refusal.headers["WWW-Authenticate"]
        assert "revoked this agent" in refusal.headers["WWW-Authenticate"]
    (agent,) = await agents(owner)
    assert agent["revoked_at"]
    assert (await owner.rest("GET", "/tasks")).json() == {"tasks": []}


async def test_revoking_again_keeps_the_first_time(owner: Person, records: Records) -> None:
    await owner.through("claude").call("list_tasks")
    revoked = "SELECT revoked_at FROM agent WHERE user_id = $1"
    await owner.rest("DELETE", "/agents/claude")
    first = await records.all(revoked, owner.user_id)
    await owner.rest("DELETE", "/agents/claude")
    assert await records.all(revoked, owner.user_id) == first


async def test_another_worker_refuses_a_revoked_agent_at_its_next_check(
    owner: Person, worker: Database, clock: Clock
) -> None:
    claude = owner.through("claude").principal
    await worker.write(claude, nothing, "tasks:write")
    await owner.rest("DELETE", "/agents/claude")
    await worker.write(claude, nothing, "tasks:write")  # which it let in not long ago
    clock.now += SECONDS_BETWEEN_CHECKS
    for unit in (worker.read, worker.write):
        with pytest.raises(Unauthenticated):
            await unit(claude, nothing, "tasks:read")


async def test_a_token_issued_after_its_client_was_revoked_is_refused_too(
    owner: Person, worker: Database
) -> None:
    await owner.through("claude").call("list_tasks")
    await owner.rest("DELETE", "/agents/claude")
    later = Principal(
        owner.user_id,
        owner.user_id,
        frozenset(AGENT_SCOPES),
        Caller("agent", "claude", "Claude"),
        int(time.time()) + 60,
        "token",
    )
    with pytest.raises(Unauthenticated, match="agent_revoked"):
        await worker.read(later, nothing, "tasks:read")
    robot = Agent(owner, await make_key(owner))
    await robot.call("list_tasks")


async def test_revoking_an_agent_with_the_client_id_of_the_session_does_not_end_the_session(
    owner: Person, worker: Database
) -> None:
    await owner.through("web").call("list_tasks")
    await owner.rest("DELETE", "/agents/web")
    await worker.write(owner.principal, nothing, "tasks:write")
    with pytest.raises(Unauthenticated, match="agent_revoked"):
        await worker.write(owner.through("web").principal, nothing, "tasks:write")


async def test_revoking_an_unknown_agent_is_not_found(owner: Person) -> None:
    for client_id in ("claude", "a/b", "%20"):
        assert (await owner.rest("DELETE", f"/agents/{client_id}")).status_code == 404
    for client_id in ("", "%00", "%0A", "x" * 101):
        assert (await owner.rest("DELETE", f"/agents/{client_id}")).status_code == 422


@pytest.mark.parametrize("written", [quote, lambda uri: quote(uri, safe="")])
async def test_an_agent_whose_id_is_a_uri_can_be_revoked(
    owner: Person, written: Callable[[str], str]
) -> None:
    uri = "https://client.example/oauth/metadata.json"
    await owner.through(uri).call("list_tasks")
    assert (await owner.rest("DELETE", f"/agents/{written(uri)}")).status_code == 204
    assert (await agents(owner))[0]["revoked_at"]


async def test_a_token_from_before_its_agents_valid_after_is_refused(
    owner: Person, worker: Database
) -> None:
    key = await make_key(owner)
    caller = Caller("agent", key["client_id"], key["name"])
    older = Principal(
        owner.user_id, owner.user_id, frozenset(AGENT_SCOPES), caller, int(time.time()) - 60, "key"
    )
    with pytest.raises(Unauthenticated, match="agent_tokens_ended"):
        await worker.read(older, nothing, "tasks:read")
    await Agent(owner, key).call("list_tasks")


async def test_after_an_erase_every_older_token_is_refused_also_the_persons(
    owner: Person, worker: Database, clock: Clock
) -> None:
    claude = owner.through("claude")
    principals = owner.principal, claude.principal
    for principal in principals:
        await worker.read(principal, nothing, "tasks:read")
    assert (await owner.rest("DELETE", "")).status_code == 204
    clock.now += SECONDS_BETWEEN_CHECKS
    for principal in principals:
        with pytest.raises(Unauthenticated, match="erased"):
            await worker.read(principal, nothing, "tasks:read")
    later = int(time.time()) + 2
    for principal in principals:
        again = replace(principal, issued_at=later)
        await worker.read(again, nothing, "tasks:read")


# The statements of a check, and how often they run


async def statements_of(
    worker: Database, principal: Principal, monkeypatch: pytest.MonkeyPatch
) -> list[str]:
    """The kinds of statements that an empty unit of work runs."""
    ran: list[str] = []
    for name in ("fetch_one", "execute"):
        method: Callable[..., Awaitable[Any]] = getattr(UserTransaction, name)

        async def noted(
            self: UserTransaction, statement: Any, *, method: Any = method, **values: Any
        ) -> Any:
            ran.append(statement.sql.split()[0])
            return await method(self, statement, **values)

        monkeypatch.setattr(UserTransaction, name, noted)
    await worker.read(principal, nothing, "tasks:read")
    monkeypatch.undo()
    return ran


async def test_a_worker_checks_every_five_seconds_and_records_use_once_a_minute(
    copy: Copy, settings: Any, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    apart = settings.model_copy(update={"database_url": copy.url()})
    async with newcomers(apart) as newcomer:
        ann = newcomer()
        worker = Database(ann.database._pool, apart, CredentialCheck(clock), remove_some)
        claude = ann.principal
        first = ["SELECT", "SELECT", "SELECT", "INSERT"]  # but the first with the account held
        assert await statements_of(worker, claude, monkeypatch) == first
        assert await statements_of(worker, claude, monkeypatch) == []
        clock.now += SECONDS_BETWEEN_CHECKS
        assert await statements_of(worker, claude, monkeypatch) == ["SELECT"]
        await copy.run("UPDATE agent SET last_used_at = now() - interval '59 seconds'")
        clock.now += SECONDS_BETWEEN_CHECKS
        assert await statements_of(worker, claude, monkeypatch) == ["SELECT"]
        await copy.run("UPDATE agent SET last_used_at = now() - interval '60 seconds'")
        clock.now += SECONDS_BETWEEN_CHECKS
        assert await statements_of(worker, claude, monkeypatch) == ["SELECT", "UPDATE"]
        ((used,),) = await copy.rows("SELECT last_used_at FROM agent")
        assert datetime.now(UTC) - used < timedelta(seconds=30)


def printed(person: Person, *scopes: str) -> Principal:
    """The principal of a printed token with these scopes."""
    caller = Caller("agent", "claude", "claude")
    return Principal(
        person.user_id, person.user_id, frozenset(scopes), caller, int(time.time()), "token"
    )


async def test_a_printed_token_adds_its_scopes_to_its_agent_and_removes_none(
    owner: Person, worker: Database
) -> None:
    for scope in ("tasks:read", "tasks:write", "tasks:read"):
        await worker.read(printed(owner, scope), nothing, scope)
    (agent,) = await agents(owner)
    assert agent["scopes"] == ["tasks:read", "tasks:write"]


async def test_no_token_adds_scopes_to_an_agent_once_the_person_has_set_them(
    owner: Person, worker: Database, clock: Clock
) -> None:
    await worker.write(printed(owner, *AGENT_SCOPES), nothing, "tasks:write")
    allowed = {"name": "Claude", "scopes": ["tasks:read"]}
    await owner.rest("PUT", "/agents/claude", json=allowed)
    clock.now += SECONDS_BETWEEN_CHECKS
    for scopes in (AGENT_SCOPES, (*AGENT_SCOPES, OWNER_SCOPE)):
        await worker.read(printed(owner, *scopes), nothing, "tasks:read")
        with pytest.raises(InsufficientScope):
            await worker.write(printed(owner, *scopes), nothing, "tasks:write")
    (agent,) = await agents(owner)
    assert agent | allowed == agent


async def test_an_owners_token_without_the_owner_scope_is_recorded_as_an_agent(
    owner: Person,
) -> None:
    laptop = owner.through("laptop", owner=True)
    allowed = {"name": "Laptop", "scopes": ["tasks:read", "tasks:write"]}
    assert (await laptop.rest("PUT", "/agents/laptop", json=allowed)).status_code == 200
    laptop.database._gate._cache.clear()
    await laptop.call("add_task", title="One")
    event, _ = (await owner.rest("GET", "/events")).json()["events"]
    assert (event["actor"], event["client_id"]) == ("agent", "laptop")


async def test_a_cached_refusal_neither_counts_nor_takes_a_connection(
    owner: Person, worker: Database, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    claude = printed(owner, *AGENT_SCOPES)
    await worker.read(claude, nothing, "tasks:read")
    await owner.rest("DELETE", "/agents/claude")
    clock.now += SECONDS_BETWEEN_CHECKS
    with pytest.raises(Unauthenticated, match="agent_revoked"):
        await worker.read(claude, nothing, "tasks:read")

    async def never(*_: Any, **__: Any) -> Any:
        raise AssertionError("the call was counted or took a connection")

    monkeypatch.setattr(worker, "_run", never)
    monkeypatch.setattr(worker._rates, "spend", never)
    for unit, scope in ((worker.read, "tasks:read"), (worker.write, "tasks:write")):
        with pytest.raises(Unauthenticated, match="agent_revoked"):
            await unit(claude, nothing, scope)


async def test_a_cached_refusal_of_a_scope_neither_counts_nor_takes_a_connection(
    owner: Person, worker: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    claude = printed(owner, *AGENT_SCOPES)
    allowed = {"name": "Claude", "scopes": ["tasks:read"]}
    await owner.rest("PUT", "/agents/claude", json=allowed)
    with pytest.raises(InsufficientScope):
        await worker.write(claude, nothing, "tasks:write")

    async def never(*_: Any, **__: Any) -> Any:
        raise AssertionError("the call was counted or took a connection")

    monkeypatch.setattr(worker, "_run", never)
    monkeypatch.setattr(worker._rates, "spend", never)
    with pytest.raises(InsufficientScope):
        await worker.write(claude, nothing, "tasks:write")


async def test_one_agent_is_read_by_its_id(owner: Person) -> None:
    await owner.through("https://client.example/a").call("list_tasks")
    (agent,) = await agents(owner)
    for written in ("https://client.example/a", "https%3A%2F%2Fclient.example%2Fa"):
        answer = await owner.rest("GET", f"/agents/{written}")
        assert (answer.status_code, answer.json()) == (200, agent)
    assert (await owner.rest("GET", "/agents/claude")).status_code == 404


async def test_a_token_of_the_owner_is_listed_and_revoked_like_any_other(owner: Person) -> None:
    token = sign_token(
        owner.settings,
        owner.user_id,
        scopes=("tasks:read", OWNER_SCOPE),
        days=400,
        client="laptop",
    )
    headers = {"Authorization": f"Bearer {token}"}
    new = {"name": "Robot", "scopes": ["tasks:read"], "days": 1}
    assert (await owner.rest("GET", "/agents", headers=headers)).status_code == 200
    (agent,) = await agents(owner)
    assert (agent["client_id"], agent["scopes"]) == ("laptop", [OWNER_SCOPE, "tasks:read"])
    assert (await owner.rest("DELETE", "/agents/laptop")).status_code == 204
    owner.database._gate._cache.clear()
    for method, path in (("GET", "/agents"), ("GET", "/tasks"), ("DELETE", "")):
        assert (await owner.rest(method, path, headers=headers)).status_code == 401
    assert (await owner.rest("POST", "/keys", json=new, headers=headers)).status_code == 401
