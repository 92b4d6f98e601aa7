"""What `tools/list` says, kept beside the tests so that each change of it shows in review.

Write it anew from `backend/`: `../.venv/bin/python -m tests.support.write_tool_list`
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from surelist.conversations.tools import TOOLS as CONVERSATION_TOOLS
from surelist.doors.toolbox import Tool
from surelist.tasks.tools import TOOLS

TESTS = Path(__file__).parents[1]
SNAPSHOT = TESTS / "tasks" / "tools.json"
CONVERSATION_SNAPSHOT = TESTS / "conversations" / "tools.json"


def tool_list(tools: Mapping[str, Tool] = TOOLS) -> list[dict[str, Any]]:
    """The tools as they are."""
    return [tool.listed() for tool in tools.values()]


if __name__ == "__main__":
    for path, tools in ((SNAPSHOT, TOOLS), (CONVERSATION_SNAPSHOT, CONVERSATION_TOOLS)):
        path.write_text(json.dumps(tool_list(tools), indent=2, ensure_ascii=False) + "\n")
