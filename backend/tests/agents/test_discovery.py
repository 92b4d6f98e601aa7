"""What is the same for everyone is told to nobody whose credential has been taken back."""

from collections.abc import Callable
from typing import Any

import pytest

from surelist.access.auth import Principal
from surelist.account.erasing import remove_some
from surelist.agents.credential_check import SECONDS_BETWEEN_CHECKS, Admission
from surelist.config import Settings
from surelist.data.database import open_pool
from surelist.data.isolation import Database, UserTransaction
from surelist.errors import Unauthenticated
from tests.agents.test_agents import Clock
from tests.agents.test_keys import Agent, make_key
from tests.support.person import HANDSHAKE, MODERN, Person

REQUESTS: list[tuple[str, dict[str, Any], str]] = [
    ("initialize", {"protocolVersion": HANDSHAKE, "capabilities": {},
                    "clientInfo": {"name": "t", "version": "1"}}, HANDSHAKE),
    ("ping", {}, HANDSHAKE),
    ("server/discover", {}, MODERN),
    ("tools/list", {}, MODERN),
    ("tools/list", {}, HANDSHAKE),
    ("resources/list", {}, MODERN),
    ("resources/templates/list", {}, HANDSHAKE),
    ("prompts/list", {}, MODERN),
    ("tools/call", {"name": "list_tasks", "arguments": {}}, MODERN),
    ("tools/call", {"name": "list_tasks", "arguments": {"colour": "red"}}, MODERN),
    ("tools/call", {"name": "add_task", "arguments": {"user_id": "x"}}, HANDSHAKE),
    ("tools/call", {"name": "burn_the_list", "arguments": {}}, MODERN),
    ("tools/call", {"name": "list_tasks", "arguments": "text"}, MODERN),
    ("prompts/get", {"name": "plan_my_day"}, MODERN),
    ("prompts/get", {"name": "unknown"}, MODERN),
    ("resources/read", {"uri": "surelist://tasks"}, MODERN),
    ("resources/read", {"uri": "surelist://elsewhere"}, HANDSHAKE),
    ("completion/complete", {"ref": {"type": "ref/prompt", "name": "plan_my_day"},
                             "argument": {"name": "id", "value": ""}}, MODERN),
    ("tasks/unknown", {}, HANDSHAKE),
]  # fmt: skip


@pytest.fixture
def owner(newcomer: Callable[..., Person]) -> Person:
    """A person in their own session."""
    return newcomer("web", owner=True)


class Counting(Admission):
    """The gate, which counts how often it asks the database."""

    def __init__(self, clock: Clock) -> None:
        super().__init__(clock)
        self.asked = 0

    async def __call__(self, tx: UserTransaction, principal: Principal, scope: str | None) -> None:
        self.asked += 1
        await super().__call__(tx, principal, scope)


@pytest.mark.parametrize(("method", "params", "version"), REQUESTS)
async def test_a_revoked_agent_is_refused_whatever_it_asks_for(
    owner: Person, method: str, params: dict[str, Any], version: str
) -> None:
    robot = Agent(owner, await make_key(owner))
    await owner.rest("DELETE", f"/agents/{robot.client}")
    answer = await robot.rpc(method, params, version=version)
    assert answer.status_code == 401
    assert 'error="invalid_token"' in answer.headers["WWW-Authenticate"]
    assert "revoked this agent" in answer.json()["error"]["message"]


@pytest.mark.parametrize(("method", "params", "version"), REQUESTS)
async def test_an_agent_that_is_not_revoked_is_answered(
    owner: Person, method: str, params: dict[str, Any], version: str
) -> None:
    robot = Agent(owner, await make_key(owner))
    assert (await robot.rpc(method, params, version=version)).status_code in (200, 400, 404)


async def test_a_credential_without_a_scope_is_still_told_what_there_is(ann: Person) -> None:
    headers = {"Authorization": f"Bearer {ann.token([])}"}
    answer = await ann.rpc("tools/list", headers=headers)
    assert answer.status_code == 200


async def test_the_database_is_asked_once_in_a_few_seconds(
    owner: Person, database: Database, app_settings: Settings
) -> None:
    clock = Clock()
    gate = Counting(clock)
    worker = Database(database._pool, app_settings, gate, remove_some)
    robot = Agent(owner, await make_key(owner)).principal
    for _ in range(3):
        await worker.admit(robot)
    assert gate.asked == 1
    await owner.rest("DELETE", f"/agents/{robot.caller.client_id}")
    clock.now += SECONDS_BETWEEN_CHECKS
    for _ in range(3):
        with pytest.raises(Unauthenticated, match="agent_revoked"):
            await worker.admit(robot)
    assert gate.asked == 2


async def test_it_is_not_counted_as_a_read(
    owner: Person, database: Database, app_settings: Settings
) -> None:
    one_read = app_settings.model_copy(update={"rate_reads": 1})
    clock = Clock()
    worker = Database(database._pool, one_read, Admission(clock), remove_some)
    robot = Agent(owner, await make_key(owner)).principal
    for _ in range(5):
        await worker.admit(robot)
        clock.now += SECONDS_BETWEEN_CHECKS


@pytest.fixture
async def cut_off(app_settings: Settings) -> Database:
    """A worker whose connections to the database are gone."""
    pool = await open_pool(app_settings, traced=False, checked=True)
    pool.terminate()
    return Database(pool, app_settings, Admission(), remove_some)


async def test_what_is_the_same_for_everyone_is_told_while_the_database_is_away(
    cut_off: Database, ann: Person
) -> None:
    await cut_off.admit(ann.principal)
