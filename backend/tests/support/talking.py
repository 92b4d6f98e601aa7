"""Conversations as tests arrange them: through the service."""

from collections.abc import Mapping
from typing import Any

from surelist.conversations import messages, service
from surelist.conversations.models import Role
from surelist.ledger.write import Idempotency
from tests.support.person import Person

WRITE = "conversations:write"


async def begin(person: Person, title: str | None = None) -> int:
    """Begin a conversation, and say which it is."""
    made, _ = await person.write(lambda tx: service.create(tx, title), WRITE)
    return made["id"]


async def say(
    person: Person, conversation_id: int, content: str, role: Role = "user", key: str | None = None
) -> Mapping[str, Any]:
    """Add a message."""
    retry = Idempotency.of("say", {"content": content}, key)
    message, _ = await person.write(
        lambda tx: messages.add(tx, conversation_id, role, content, retry), WRITE
    )
    return message


async def listed(person: Person, query: str = "") -> list[dict[str, Any]]:
    """The conversations over REST."""
    answer = await person.rest("GET", f"/conversations{query}")
    assert answer.status_code == 200, answer.text
    return answer.json()["conversations"]


async def history(person: Person, conversation_id: int, query: str = "") -> dict[str, Any]:
    """A page of messages over REST."""
    answer = await person.rest("GET", f"/conversations/{conversation_id}/messages{query}")
    assert answer.status_code == 200, answer.text
    return answer.json()
