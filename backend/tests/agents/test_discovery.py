"""MCP methods that need no scope are refused to ended credentials too."""

from collections.abc import Callable
from typing import Any

import pytest

from surelist.account.erasing import remove_some
from surelist.agents.credential_check import SECONDS_BETWEEN_CHECKS, CredentialCheck
from surelist.config import Settings
from surelist.data.database import open_pool
from surelist.data.isolation import Database
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
    ("resources/read", {"uri": "surelist://changes/0"}, MODERN),
    ("resources/read", {"uri": "ui://surelist/board"}, MODERN),
    ("completion/complete", {"ref": {"type": "ref/prompt", "name": "plan_my_day"},
                             "argument": {"name": "id", "value": ""}}, MODERN),
    ("tasks/unknown", {}, HANDSHAKE),
]  # fmt: skip


@pytest.fixture
def owner(newcomer: Callable[..., Person]) -> Person:
    """A person in their own session."""
    return newcomer("web", owner=True)


class Counting(CredentialCheck):
    """A credential check that counts its calls to the database."""

    def __init__(self, clock: Clock) -> None:
        super().__init__(clock)
        self.asked = 0

    async def __call__(self, *given: Any, **options: Any) -> None:
        self.asked += 1
        await super().__call__(*given, **options)


@pytest.mark.parametrize(("method", "params", "version"), REQUESTS)
async def test_a_revoked_agent_is_refused_for_every_method(
    owner: Person, method: str, params: dict[str, Any], version: str
) -> None:
    robot = Agent(owner, await make_key(owner))
    await owner.rest("DELETE", f"/agents/{robot.client}")
    answer = await robot.rpc(method, params, version=version)
    assert answer.status_code == 401
    assert 'error="invalid_token"' in answer.headers["WWW-Authenticate"]
    assert "revoked this agent" in answer.json()["error"]["message"]


@pytest.mark.parametrize(("method", "params", "version"), REQUESTS)
async def test_a_valid_agent_is_answered_for_every_method(
    owner: Person, method: str, params: dict[str, Any], version: str
) -> None:
    robot = Agent(owner, await make_key(owner))
    assert (await robot.rpc(method, params, version=version)).status_code in (200, 400, 404)


async def test_a_credential_without_scopes_may_list_the_tools(ann: Person) -> None:
    headers = {"Authorization": f"Bearer {ann.token([])}"}
    answer = await ann.rpc("tools/list", headers=headers)
    assert answer.status_code == 200


async def test_the_check_reads_the_database_once_in_a_few_seconds(
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


async def test_the_check_is_not_counted_as_a_read(
    owner: Person, database: Database, app_settings: Settings
) -> None:
    one_read = app_settings.model_copy(update={"rate_reads": 1})
    clock = Clock()
    worker = Database(database._pool, one_read, CredentialCheck(clock), remove_some)
    robot = Agent(owner, await make_key(owner)).principal
    for _ in range(5):
        await worker.admit(robot)
        clock.now += SECONDS_BETWEEN_CHECKS


@pytest.fixture
async def cut_off(app_settings: Settings) -> Database:
    """A worker without connections to the database."""
    pool = await open_pool(app_settings, traced=False, checked=True)
    pool.terminate()
    return Database(pool, app_settings, CredentialCheck(), remove_some)


async def test_the_check_passes_while_the_database_is_unavailable(
    cut_off: Database, ann: Person
) -> None:
    await cut_off.admit(ann.principal)
