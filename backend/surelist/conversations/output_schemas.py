"""Output schemas of the conversation tools, with every field that a result may have."""

from typing import Any

Schema = dict[str, Any]

_TEXT: Schema = {"type": "string"}
_INTEGER: Schema = {"type": "integer"}
_BOOLEAN: Schema = {"type": "boolean"}


def _object(required: dict[str, Schema], optional: dict[str, Schema]) -> Schema:
    return {
        "type": "object",
        "properties": {**required, **optional},
        "required": list(required),
    }


_CONVERSATION = _object(
    {"id": _INTEGER, "messages": _INTEGER, "created_at": _TEXT, "updated_at": _TEXT},
    {"title": _TEXT, "client_name": _TEXT},
)
_MESSAGE = _object(
    {"id": _INTEGER, "role": _TEXT, "content": _TEXT, "created_at": _TEXT, "version": _INTEGER},
    {"client_name": _TEXT, "updated_at": _TEXT},
)
_WRITTEN = {"message_id": _INTEGER, "conversation_id": _INTEGER, "status": _TEXT}

CREATED = _object(
    {"conversation_id": _INTEGER, "status": _TEXT}, {"title": _TEXT, "repeated": _BOOLEAN}
)
ADDED = _object(_WRITTEN | {"version": _INTEGER}, {"repeated": _BOOLEAN})
UPDATED = _object({"message_id": _INTEGER, "version": _INTEGER}, _WRITTEN)
READ = _object(
    {"conversation_id": _INTEGER, "messages": {"type": "array", "items": _MESSAGE}},
    {"next_cursor": _TEXT},
)
LISTED = _object(
    {"conversations": {"type": "array", "items": _CONVERSATION}}, {"next_cursor": _TEXT}
)
