"""Corrected arguments are counted by client program and logged once a day."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from prometheus_client import REGISTRY

from surelist.observability import mending
from tests.support.observing import Caller, lines, tool_call
from tests.support.person import HANDSHAKE, Person
from tests.support.server import RunningServer, serving

CLIENT_INFO = "io.modelcontextprotocol/clientInfo"
MODERN = {
    "io.modelcontextprotocol/protocolVersion": "2026-07-28",
    "io.modelcontextprotocol/clientCapabilities": {},
}


@pytest.fixture(autouse=True)
def empty_state(monkeypatch: pytest.MonkeyPatch) -> None:
    """Start each test without stored programs."""
    for name in ("_programs", "_programs_by_caller", "_logged_on"):
        monkeypatch.setattr(mending, name, type(getattr(mending, name))())


def counted(client: str, kind: str) -> float:
    labels = {"client": client, "kind": kind}
    return REGISTRY.get_sample_value("surelist_arguments_mended_total", labels) or 0


async def mended(
    person: Person, name: Any = None, version: str = "2026-07-28", agent: str | None = None
) -> None:
    """Make one call with a null argument as the program `name`."""
    params: dict[str, Any] = {"name": "list_tasks", "arguments": {"search": None}}
    headers = {"User-Agent": agent} if agent else {"User-Agent": ""}
    if name is not None:
        params["_meta"] = MODERN | {CLIENT_INFO: {"name": name, "version": "1"}}
    sent = headers | {"MCP-Protocol-Version": version, "Authorization": f"Bearer {person.token()}"}
    if version == "2026-07-28":
        params.setdefault("_meta", MODERN)
        sent |= {"Mcp-Method": "tools/call", "Mcp-Name": "list_tasks"}
    body = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params}
    response = await person.http.post("/mcp", json=body, headers=sent)
    assert "isError" not in response.json()["result"]


@pytest.mark.parametrize(
    ("name", "agent", "counted_as"),
    [
        ("claude-code", None, "claude-code"),
        ("Visual Studio Code", "node", "visual-studio-code"),
        (None, "GeminiCLI/0.61 (linux)", "geminicli"),
        (None, None, "unknown"),
        ('x",kind="y', "python-httpx/0.28", "python-httpx"),
        ("a" * 41, None, "unknown"),
        ("name\nof two lines", None, "name-of-two-lines"),
        ("имя", None, "unknown"),
    ],
)
async def test_a_program_is_counted_by_its_normalized_name(
    ann: Person, name: str | None, agent: str | None, counted_as: str
) -> None:
    before = counted(counted_as, "null")
    await mended(ann, name, agent=agent)
    assert counted(counted_as, "null") == before + 1


async def test_a_program_of_the_2025_protocol_is_counted_by_its_client_info(
    ann: Person, newcomer: Callable[..., Person]
) -> None:
    hello = {
        "protocolVersion": HANDSHAKE,
        "capabilities": {},
        "clientInfo": {"name": "crewai", "version": "1"},
    }
    await ann.rpc("initialize", hello, version=HANDSHAKE)
    before, unknown = counted("crewai", "null"), counted("unknown", "null")
    await mended(ann, version=HANDSHAKE)
    await mended(newcomer(), version=HANDSHAKE)
    assert (counted("crewai", "null"), counted("unknown", "null")) == (before + 1, unknown + 1)


async def test_clients_cannot_exceed_the_number_of_names(ann: Person) -> None:
    for number in range(mending.MAX_PROGRAMS):
        await mended(ann, f"stranger-{number}")
    before = counted("other", "null")
    await mended(ann, "one-more")
    await mended(ann, "stranger-0")
    assert (counted("other", "null"), counted("one-more", "null")) == (before + 1, 0)


async def test_a_strict_call_is_not_counted(ann: Person) -> None:
    params = {"name": "list_tasks", "arguments": {"limit": 5}}
    params["_meta"] = MODERN | {CLIENT_INFO: {"name": "strict", "version": "1"}}
    await ann.rpc("tools/call", params)
    assert "strict" not in mending._programs


async def test_the_number_of_stored_callers_is_limited(
    newcomer: Callable[..., Person], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mending, "MAX_CALLERS", 3)
    for _ in range(5):
        await mended(newcomer())
    assert len(mending._logged_on) == 3


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    with serving(tmp_path_factory.mktemp("mending") / "data", workers=1) as server:
        yield server


def client_lines(log: Path) -> list[dict[str, Any]]:
    return [line for line in lines(log) if line["logger"] == "surelist.clients"]


def test_a_client_is_logged_once_a_day_and_counted_at_every_call(
    server: RunningServer,
) -> None:
    for client in ("cron", "crew"):
        with Caller(server, server.token("ann", client)) as caller:
            for _ in range(3):
                arguments = {"title": "x", "due": None, "tags": '["a"]', "priority": "HIGH"}
                caller.mcp(tool_call("add_task", arguments), **{"User-Agent": "CrewAI/1.15"})
    seen = [(line["user"], line["client"], line["kinds"]) for line in client_lines(server.log)]
    kinds = ["case", "null", "text"]
    assert seen == [("ann", "cron", kinds), ("ann", "crew", kinds)]
    with Caller(server, "") as monitor:
        exposed = monitor.http.get("/metrics").text
    for kind in kinds:
        assert f'surelist_arguments_mended_total{{client="crewai",kind="{kind}"}} 6.0' in exposed
