"""The board: an MCP App (io.modelcontextprotocol/ui) that shows a list of tasks inside its host."""

import re
from functools import cache
from pathlib import Path
from typing import Any

BOARD_URI = "ui://surelist/board"
"""The resource that a host shows for a result of list_tasks."""

_MIME_TYPE = "text/html;profile=mcp-app"
_META: dict[str, Any] = {"ui": {"csp": {}, "prefersBorder": True}}
"""The board loads nothing, so its content security policy needs no domain."""

_FOLDER = Path(__file__).parent
_PLACE = re.compile(r"/\* (\w+\.\w+) \*/")
_IMPORT_OR_EXPORT = re.compile(r"^(import .*;$|export (?=class))", re.MULTILINE)

BOARD: dict[str, Any] = {
    "uri": BOARD_URI,
    "name": "board",
    "title": "Board",
    "description": "A list of tasks as a board, for hosts with MCP Apps.",
    "mimeType": _MIME_TYPE,
    "_meta": _META,
}
"""The board in `resources/list`."""


@cache
def contents() -> dict[str, Any]:
    """The board in `resources/read`: one HTML document, with its styles and scripts inside."""
    page = (_FOLDER / "board.html").read_text(encoding="utf-8")
    text = _PLACE.sub(lambda place: _part(place[1]), page)
    return {"uri": BOARD_URI, "mimeType": _MIME_TYPE, "text": text, "_meta": _META}


def _part(name: str) -> str:
    """A file of the board. The scripts become one module."""
    return _IMPORT_OR_EXPORT.sub("", (_FOLDER / name).read_text(encoding="utf-8"))
