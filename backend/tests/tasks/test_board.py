"""The board of MCP Apps, as clients read it. frontend/e2e/board.e2e.ts uses it in a browser."""

import gzip
import re
from typing import Any

from surelist.tasks.board import BOARD_URI
from tests.support.person import Person

MAX_BYTES = 100_000


async def _board(person: Person) -> dict[str, Any]:
    result = (await person.rpc("resources/read", {"uri": BOARD_URI})).json()["result"]
    [content] = result["contents"]
    return content


async def test_only_list_tasks_names_the_board(ann: Person) -> None:
    tools = (await ann.rpc("tools/list")).json()["result"]["tools"]
    views = {tool["name"]: tool["_meta"] for tool in tools if "_meta" in tool}
    assert views == {"list_tasks": {"ui": {"resourceUri": BOARD_URI}}}


async def test_the_board_is_one_small_document_that_loads_nothing(ann: Person) -> None:
    board = await _board(ann)
    text = board["text"]
    assert board["mimeType"] == "text/html;profile=mcp-app"
    assert board["_meta"]["ui"]["csp"] == {}
    assert len(gzip.compress(text.encode())) <= MAX_BYTES
    assert not re.search(r"^\s*(import|export) |/\* \w+\.\w+ \*/", text, re.MULTILINE)
    assert not re.search(r"https?:|\bsrc=|\burl\(|@import|fetch\(", text)
    assert text.count("<script") == text.count("</script") == 1


async def test_the_resource_list_and_its_contents_agree(ann: Person) -> None:
    resources = (await ann.rpc("resources/list")).json()["result"]["resources"]
    [listed] = [one for one in resources if one["uri"] == BOARD_URI]
    board = await _board(ann)
    assert {name: board[name] for name in ("mimeType", "_meta")} == {
        name: listed[name] for name in ("mimeType", "_meta")
    }


async def test_the_board_needs_the_scope_of_resources(ann: Person) -> None:
    ann.scopes = ("tasks:write",)
    assert (await ann.rpc("resources/read", {"uri": BOARD_URI})).status_code == 403
