"""The effect of each revocation, restriction and rotation on each kind of credential.

The tests read the expected results from the table in specs/tokens.md.
"""

import json
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import jwt
import pytest
from starlette.applications import Starlette
from starlette.types import Message, Receive, Scope, Send

from surelist.access.auth import AGENT_SCOPES, LOCAL_USER, OWNER_SCOPE, sign_token
from surelist.agents.credential_check import SECONDS_BETWEEN_CHECKS, CredentialCheck
from surelist.config import Settings
from tests.access.test_auth import Clock as Time
from tests.conftest import running
from tests.support import page
from tests.support.better_auth import claims_of_client, claims_of_session
from tests.support.copies import Copy
from tests.support.person import Person

SPEC = Path(__file__).parents[3] / "specs" / "tokens.md"
OWNER = "token, `--owner`"
KINDS = ["session", "access token", "key", "token", OWNER]
EXPORT = "an export that is being streamed"
HEAD = f"| | {' | '.join(KINDS)} | {EXPORT} |"
MONTH = 30 * 86_400
READ_ONLY = {"name": "Less", "scopes": ["tasks:read"]}


def table() -> dict[str, dict[str, str]]:
    """The cells of the specification, by way and by credential."""
    lines = SPEC.read_text().partition(f"{HEAD}\n")[2].split("\n\n")[0].splitlines()[1:]
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    return {way: dict(zip([*KINDS, EXPORT], cells, strict=True)) for way, *cells in rows}


@dataclass
class World:
    """One user's list, with a credential of every kind on it."""

    settings: Settings
    app: Starlette
    http: httpx.AsyncClient
    time: Time
    clock: float = 1000.0
    tokens: dict[str, str] = field(default_factory=dict[str, str])

    @property
    def clients(self) -> list[str]:
        """The ids of the credentials that have a client of their own."""
        return [client_of(token) for kind, token in self.tokens.items() if kind != "session"]

    def session(self, user_id: str = LOCAL_USER, age: int = 0) -> str:
        """A session token for a sign-in of that age; it expires after a month."""
        now = int(time.time()) - age
        claims = claims_of_session(
            self.settings, user_id, iat=now, exp=now + MONTH, auth_time=now + age
        )
        return page.KEY.sign(claims)

    def ask(self, token: str, method: str, path: str, body: Any = None) -> Awaitable[Any]:
        headers = {"Authorization": f"Bearer {token}"}
        return self.http.request(method, f"/api/me{path}", json=body, headers=headers)

    async def do(self, method: str, path: str, body: Any = None, status: int = 204) -> Any:
        """Call as the person, with a session that has just signed in."""
        answer = await self.ask(self.session(), method, path, body)
        assert answer.status_code == status, answer.text
        return answer

    async def give_out(self) -> None:
        """Issue the credentials one minute ago, so that every later change has a later second."""
        scopes = {"scopes": list(AGENT_SCOPES)}
        key = await self.do("POST", "/keys", {"name": "Robot", "days": 1, **scopes}, 201)
        await self.do("PUT", "/agents/oauth", {"name": "OAuth", **scopes}, 200)
        now = int(time.time()) - 60
        claims = claims_of_client(
            self.settings, LOCAL_USER, client_id="oauth", iat=now, exp=now + MONTH
        )
        claims["scope"] = " ".join(AGENT_SCOPES)

        def printed(client: str, *more: str) -> str:
            scopes = (*AGENT_SCOPES, *more)
            return sign_token(
                self.settings, LOCAL_USER, scopes=scopes, days=30, client=client, issued_at=now
            )

        made = (
            self.session(age=60),
            page.KEY.sign(claims, {"typ": "at+jwt"}),
            key.json()["token"],
            printed("script"),
            printed("laptop", OWNER_SCOPE),
        )
        self.tokens = dict(zip(KINDS, made, strict=True))

    async def statuses(self, kind: str) -> list[int]:
        """The statuses of a read, a write and an owner's read, over REST and MCP."""
        token = self.tokens[kind]
        answers = [
            await self.ask(token, "GET", "/tasks"),
            await self.ask(token, "POST", "/tasks", {"title": f"By {kind}"}),
            await self.ask(token, "GET", "/agents"),
        ]
        if kind != "session":  # a session's audience is only the API
            caller = Bearing(token, self.http)
            for tool, arguments in (("list_tasks", {}), ("add_task", {"title": f"By {kind}"})):
                call = {"name": tool, "arguments": arguments}
                answers.insert(2, await caller.rpc("tools/call", call))
        for answer in answers:
            refused = {401: 'error="invalid_token"', 403: 'error="insufficient_scope"'}
            assert refused.get(answer.status_code, "") in answer.headers.get("WWW-Authenticate", "")
        return [answer.status_code for answer in answers]

    async def pass_by(self) -> None:
        """Let the worker's cached verdicts expire."""
        self.clock += SECONDS_BETWEEN_CHECKS

    async def export(self, kind: str, meanwhile: Callable[[], Awaitable[None]]) -> bool:
        """Whether an export is complete when `meanwhile` runs after its first bytes."""
        transport = httpx.ASGITransport(
            interrupted(self.app, meanwhile), raise_app_exceptions=False
        )
        headers = {"Authorization": f"Bearer {self.tokens[kind]}"}
        async with httpx.AsyncClient(transport=transport, base_url=self.settings.url) as http:
            answer = await http.get("/api/me/export", headers=headers)
        assert answer.status_code == 200
        try:
            return "events" in json.loads(answer.content)
        except ValueError:
            return False


class Bearing(Person):
    """A caller with this token."""

    def __init__(self, token: str, http: httpx.AsyncClient) -> None:
        self.http, self._token = http, token

    def token(self, scopes: Any = None) -> str:
        return self._token


def client_of(token: str) -> str:
    return jwt.decode(token, options={"verify_signature": False})["client_id"]


def interrupted(app: Starlette, meanwhile: Callable[[], Awaitable[None]]) -> Any:
    """The app, paused after the first bytes of its response until `meanwhile` has finished."""

    async def around(scope: Scope, receive: Receive, send: Send) -> None:
        begun = complete = False

        async def sending(message: Message) -> None:
            nonlocal begun, complete
            await send(message)
            complete = message["type"] == "http.response.body" and not message.get("more_body")
            if message["type"] == "http.response.body" and not begun:
                begun = True
                await meanwhile()

        await app(scope, receive, sending)
        if not complete:  # a server would close the connection; this transport has none
            await send({"type": "http.response.body"})

    return around


@asynccontextmanager
async def world_of(settings: Settings, time: Time) -> AsyncIterator[World]:
    async with running(settings) as app:
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url=settings.url) as http:
            world = World(settings, app, http, time)
            app.state.database._gate = CredentialCheck(lambda: world.clock)
            yield world


@pytest.fixture
async def world(
    copy: Copy, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[World]:
    apart = settings.model_copy(update={"database_url": copy.url()})
    async with world_of(apart, Time(monkeypatch)) as world:
        await world.give_out()
        yield world


# What ends or restricts credentials


async def revoke(world: World) -> None:
    for client in world.clients:
        await world.do("DELETE", f"/agents/{client}")
    await world.do("DELETE", "/agents/web", status=404)


async def allow_less(world: World) -> None:
    for client in world.clients:
        status = 409 if client.startswith("key-") else 200
        await world.do("PUT", f"/agents/{client}", READ_ONLY, status)


async def connect_again(world: World) -> None:
    await revoke(world)
    for client in world.clients:
        status = 409 if client.startswith("key-") else 200
        again = {"name": "Again", "scopes": list(AGENT_SCOPES)}
        await world.do("PUT", f"/agents/{client}", again, status)


async def erase(world: World) -> None:
    await world.do("DELETE", "")


async def end_sessions(world: World) -> None:
    await world.do("POST", "/sessions/end", {})


async def end_sessions_and_agents(world: World) -> None:
    await world.do("POST", "/sessions/end", {"agents": True})


async def let_a_key_expire(world: World) -> None:
    world.time.ahead = 86_400 + 60


Way = Callable[[World], Awaitable[None]]
WAYS: Mapping[str, Way] = {
    "its client is revoked": revoke,
    "its client is allowed less, by `PUT`": allow_less,
    "its client is revoked, then connected again": connect_again,
    "the list is erased": erase,
    "`sessions/end`": end_sessions,
    "`sessions/end` with `agents`": end_sessions_and_agents,
    "a key expires": let_a_key_expire,
}
NEW_SECRET = "n" * 32
RESTARTS: Mapping[str, Callable[[Settings], dict[str, Any]]] = {
    "a new secret, and the old one as the previous one": lambda old: {
        "BETTER_AUTH_SECRET_PREVIOUS": old.secret
    },
    "a new secret alone": lambda _: {},
}


def test_every_row_of_the_specification_table_is_tested() -> None:
    assert list(table()) == [*WAYS, *RESTARTS]
    cells = [row[kind] for row in table().values() for kind in KINDS]
    assert set(cells) == {"on", "less", "ends"}


def expected(before: list[int], cell: str) -> list[int]:
    if cell == "on":
        return before
    if cell == "ends":
        return [401] * len(before)
    rest, mcp = [200, 403], [403, 200]  # a read and a write; add_task and list_tasks
    return [*rest, *mcp, 403][: len(before)]


@pytest.mark.parametrize(("way", "row"), list(table().items()), ids=list(table()))
async def test_each_change_affects_each_credential_as_specified(
    world: World, way: str, row: dict[str, str], copy: Copy
) -> None:
    before = {kind: await world.statuses(kind) for kind in KINDS}
    agents = [200, 201, 200, 200]
    assert before == {
        "session": [200, 201, 200],
        "access token": [*agents, 403],
        "key": [*agents, 403],
        "token": [*agents, 403],
        OWNER: [*agents, 200],
    }
    if way in RESTARTS:
        rotated = Settings(
            SURELIST_URL=world.settings.url,
            SURELIST_ISSUER=world.settings.issuer,
            DATABASE_URL=copy.url(),
            BETTER_AUTH_SECRET=NEW_SECRET,
            **RESTARTS[way](world.settings),
        )
        async with world_of(rotated, world.time) as again:
            again.tokens = world.tokens
            after = {kind: await again.statuses(kind) for kind in KINDS}
    else:
        await WAYS[way](world)
        await world.pass_by()
        after = {kind: await world.statuses(kind) for kind in KINDS}
    assert after == {kind: expected(before[kind], row[kind]) for kind in KINDS}


EXPORTS = {
    "on": {"session": True, OWNER: True},
    "ends": {"session": False, OWNER: False},
    "on, `--owner` ends": {"session": True, OWNER: False},
    "ends, `--owner` on": {"session": False, OWNER: True},
}


@pytest.mark.parametrize("way", WAYS)
async def test_a_streamed_export_is_aborted_when_its_token_ends(world: World, way: str) -> None:
    whole = {}

    async def happens() -> None:
        await WAYS[way](world)
        await world.pass_by()

    async def while_the_other_streams() -> None:
        whole["session"] = await world.export("session", happens)

    await world.ask(world.tokens["session"], "POST", "/tasks", {"title": "One"})
    for kind in KINDS[1:]:
        await world.statuses(kind)
    whole[OWNER] = await world.export(OWNER, while_the_other_streams)
    assert whole == EXPORTS[table()[way][EXPORT]]


# What works again


async def test_after_an_erase_a_client_is_connected_again_before_any_of_its_tokens_counts(
    world: World,
) -> None:
    await erase(world)
    world.time.ahead = 2
    now = int(time.time())
    claims = claims_of_client(world.settings, LOCAL_USER, client_id="oauth", iat=now)
    token = page.KEY.sign(claims, {"typ": "at+jwt"})
    await world.pass_by()
    assert (await world.ask(token, "GET", "/tasks")).status_code == 401
    allowed = {"name": "OAuth", "scopes": list(AGENT_SCOPES)}
    await world.do("PUT", "/agents/oauth", allowed, 200)
    await world.pass_by()
    assert (await world.ask(token, "GET", "/tasks")).status_code == 200


async def test_a_session_that_begins_after_the_end_of_all_sessions_is_valid(world: World) -> None:
    await end_sessions(world)
    world.time.ahead = 2
    await world.pass_by()
    assert (await world.ask(world.session(), "GET", "/agents")).status_code == 200
