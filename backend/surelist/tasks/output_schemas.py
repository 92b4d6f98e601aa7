"""Output schemas of the tools: every field that an answer may have.

Clients build typed results from them and drop what they do not name (fastmcp, mcpo).
"""

from collections.abc import Mapping
from typing import Any

Schema = dict[str, Any]

TEXT: Schema = {"type": "string"}
INTEGER: Schema = {"type": "integer"}
BOOLEAN: Schema = {"type": "boolean"}
TEXTS: Schema = {"type": "array", "items": TEXT}


def _object(required: Mapping[str, Schema], optional: Mapping[str, Schema]) -> Schema:
    return {
        "type": "object",
        "properties": {**required, **optional},
        "required": list(required),
    }


_STANDING = {"task_id": INTEGER, "status": TEXT, "title": TEXT, "version": INTEGER}
_WHERE_SET = {"due": TEXT, "weekday": TEXT, "timezone": TEXT, "priority": TEXT, "tags": TEXTS}
_REPEATED = {"repeated": BOOLEAN}

CHANGED = _object(_STANDING, _WHERE_SET)
ADDED = _object(_STANDING, _WHERE_SET | _REPEATED)
UPDATED = _object(_STANDING, {"changed": TEXTS} | _WHERE_SET | _REPEATED)
"""`changed` is not required: clients hold the task that comes with a conflict against it too."""

_TASK: Schema = {
    "type": "object",
    "properties": {
        "id": INTEGER,
        "title": TEXT,
        "completed": BOOLEAN,
        "status": TEXT,
        "description": TEXT,
        "description_truncated": BOOLEAN,
        "due": TEXT,
        "weekday": TEXT,
        "priority": TEXT,
        "tags": TEXTS,
        "version": INTEGER,
        "created_at": TEXT,
        "updated_at": TEXT,
        "completed_at": TEXT,
        "deleted_at": TEXT,
    },
}
LISTED = _object(
    {
        "tasks": {"type": "array", "items": _TASK},
        "total": {"anyOf": [INTEGER, TEXT]},  # a list of types is unknown to some converters
        "now": TEXT,
        "weekday": TEXT,
        "timezone": TEXT,
    },
    {"next_cursor": TEXT},
)
