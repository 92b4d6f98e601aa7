"""What `tools/list` says, kept beside the tests so that each change of it shows in review.

Write it anew from `backend/`: `../.venv/bin/python -m tests.tasks.write_tool_list`
"""

import json
from pathlib import Path
from typing import Any

from surelist.tasks.tools import TOOLS

SNAPSHOT = Path(__file__).with_name("tools.json")


def tool_list() -> list[dict[str, Any]]:
    """The tools as they are."""
    return [tool.listed() for tool in TOOLS.values()]


if __name__ == "__main__":
    SNAPSHOT.write_text(json.dumps(tool_list(), indent=2, ensure_ascii=False) + "\n")
