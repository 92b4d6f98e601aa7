"""REST for conversations: each route a door onto one service function."""

from typing import Annotated

from fastapi import APIRouter, Path, Query, Response

from surelist.access.auth import OWNER_SCOPE
from surelist.conversations import listing, service
from surelist.conversations.models import ConversationId, ConversationTitle
from surelist.conversations.records import find
from surelist.conversations.representation import (
    ConversationPage,
    MessagePage,
    ShownConversation,
    message_change,
    whole,
    whole_message,
)
from surelist.doors.arguments import ABSENT, PLAIN_DIGITS, Closed
from surelist.doors.routing import IdempotencyKey, OwnedRoute, UserDoor, answer, problems
from surelist.errors import Invalid

READ = "conversations:read"
WRITE = "conversations:write"

ConversationPath = Annotated[
    ConversationId, PLAIN_DIGITS, Path(alias="conversation_id", strict=False)
]


class ConversationPatch(Closed):
    """Changes to a conversation: its title, or whether it is in the trash."""

    title: ConversationTitle = ABSENT
    deleted: bool = ABSENT


router = APIRouter(
    prefix="/api/{user_id}/conversations", tags=["conversations"], route_class=OwnedRoute
)
CHANGES = {200: {"model": ShownConversation}} | problems(401, 403, 404, 413, 422, 429, 503)


@router.get("", responses={200: {"model": ConversationPage}} | problems(401, 403, 422, 429, 503))
async def list_conversations(
    door: UserDoor, query: Annotated[listing.ConversationQuery, Query()]
) -> Response:
    """List conversations, those written to last first."""
    page = await door.read(lambda tx: listing.list_conversations(tx, query), READ)
    shown: ConversationPage = {
        "conversations": [whole(one, page.timezone) for one in page.conversations]
    }
    if page.cursor:
        shown["next_cursor"] = page.cursor
    return answer(shown)


@router.get(
    "/{conversation_id}",
    responses={200: {"model": ShownConversation}} | problems(401, 403, 404, 422, 429, 503),
)
async def read_conversation(door: UserDoor, conversation_id: ConversationPath) -> Response:
    """Read one conversation without its messages, also from the trash."""
    found = await door.read(lambda tx: find(tx, conversation_id), READ)
    return answer(whole(found, found["timezone"]))


@router.patch("/{conversation_id}", responses=CHANGES)
async def change_conversation(
    door: UserDoor,
    conversation_id: ConversationPath,
    patch: ConversationPatch,
    _key: IdempotencyKey = ABSENT,
) -> Response:
    """Rename a conversation, move it to the trash, or restore it."""
    if not patch.model_fields_set:
        raise Invalid("Nothing to change was given. Send at least one field.")
    changed = await door.write(
        lambda tx: service.change(tx, conversation_id, **patch.given()), WRITE
    )
    return answer(whole(changed, changed["timezone"]))


@router.delete(
    "/{conversation_id}", status_code=204, responses=problems(401, 403, 404, 422, 429, 503)
)
async def delete_conversation(
    door: UserDoor, conversation_id: ConversationPath, _key: IdempotencyKey = ABSENT
) -> Response:
    """Put a conversation into the trash."""
    await door.write(lambda tx: service.change(tx, conversation_id, deleted=True), WRITE)
    return Response(status_code=204)


@router.delete(
    "/{conversation_id}/permanently",
    status_code=204,
    responses=problems(401, 403, 404, 409, 422, 429, 503),
)
async def purge_conversation(
    door: UserDoor, conversation_id: ConversationPath, _key: IdempotencyKey = ABSENT
) -> Response:
    """Purge a conversation from the trash with all its messages. For the person only."""
    await door.write(lambda tx: service.purge_conversation(tx, conversation_id), OWNER_SCOPE)
    return Response(status_code=204)


@router.get(
    "/{conversation_id}/messages",
    responses={200: {"model": MessagePage}} | problems(401, 403, 404, 422, 429, 503),
)
async def list_messages(
    door: UserDoor,
    conversation_id: ConversationPath,
    query: Annotated[listing.HistoryQuery, Query()],
) -> Response:
    """Read a page of messages and the changes that they led to, the newest page first."""
    page = await door.read(
        lambda tx: listing.history(tx, conversation_id, **query.given(), changes=True), READ
    )
    shown: MessagePage = {"messages": []}
    for one in page.messages:
        message = whole_message(one, page.timezone)
        if led_to := page.changes.get(one["id"]):
            message["changes"] = [message_change(change, page.timezone) for change in led_to]
        shown["messages"].append(message)
    if page.cursor:
        shown["next_cursor"] = page.cursor
    return answer(shown)
