"""Output schemas of the tools, with every field of their results.

Some clients build typed results from them and drop other fields (fastmcp, mcpo).
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


_REQUIRED = {"task_id": INTEGER, "status": TEXT, "title": TEXT, "version": INTEGER}
_OPTIONAL = {"due": TEXT, "weekday": TEXT, "timezone": TEXT, "priority": TEXT, "tags": TEXTS}
_REPEATED = {"repeated": BOOLEAN}

CHANGED = _object(_REQUIRED, _OPTIONAL)
ADDED = _object(_REQUIRED, _OPTIONAL | _REPEATED)
UPDATED = _object(_REQUIRED, {"changed": TEXTS} | _OPTIONAL | _REPEATED)
"""`changed` is optional, since clients also validate the task in a conflict with this schema."""

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
        "total": {"anyOf": [INTEGER, TEXT]},  # some converters do not support a list of types
        "now": TEXT,
        "weekday": TEXT,
        "timezone": TEXT,
    },
    {"next_cursor": TEXT},
)
