"""REST routes of conversations. Each route calls one service function."""

from typing import Annotated

from fastapi import Path, Query, Response, Security

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
from surelist.doors.problems import problems
from surelist.doors.routing import (
    Door,
    IdempotencyKey,
    PersonDoor,
    answer,
    open_door,
    user_router,
)
from surelist.errors import Conflict, Invalid, NotFound

ReadDoor = Annotated[Door, Security(open_door, scopes=["conversations:read"])]
WriteDoor = Annotated[Door, Security(open_door, scopes=["conversations:write"])]

ConversationPath = Annotated[
    ConversationId, PLAIN_DIGITS, Path(alias="conversation_id", strict=False)
]


class ConversationPatch(Closed):
    """Changes to a conversation. `deleted` moves it to the trash or restores it."""

    title: ConversationTitle = ABSENT
    deleted: bool = ABSENT


router = user_router("/conversations", "conversations")
CHANGES = {200: {"model": ShownConversation}} | problems(NotFound)


@router.get("", responses={200: {"model": ConversationPage}})
async def list_conversations(
    door: ReadDoor, query: Annotated[listing.ConversationQuery, Query()]
) -> Response:
    """List conversations, last written first."""
    page = await door.read(lambda tx: listing.list_conversations(tx, query))
    shown: ConversationPage = {
        "conversations": [whole(one, page.timezone) for one in page.conversations]
    }
    if page.cursor:
        shown["next_cursor"] = page.cursor
    return answer(shown)


@router.get(
    "/{conversation_id}",
    responses={200: {"model": ShownConversation}} | problems(NotFound),
)
async def read_conversation(door: ReadDoor, conversation_id: ConversationPath) -> Response:
    """Read one conversation without its messages, also from the trash."""
    found = await door.read(lambda tx: find(tx, conversation_id))
    return answer(whole(found, found["timezone"]))


@router.patch("/{conversation_id}", responses=CHANGES)
async def change_conversation(
    door: WriteDoor,
    conversation_id: ConversationPath,
    patch: ConversationPatch,
    _key: IdempotencyKey = ABSENT,
) -> Response:
    """Rename a conversation, move it to the trash, or restore it."""
    if not patch.model_fields_set:
        raise Invalid("nothing_to_change")
    changed = await door.write(lambda tx: service.change(tx, conversation_id, **patch.given()))
    return answer(whole(changed, changed["timezone"]))


@router.delete("/{conversation_id}", status_code=204, responses=problems(NotFound))
async def delete_conversation(
    door: WriteDoor, conversation_id: ConversationPath, _key: IdempotencyKey = ABSENT
) -> Response:
    """Move a conversation to the trash."""
    await door.write(lambda tx: service.change(tx, conversation_id, deleted=True))
    return Response(status_code=204)


@router.delete(
    "/{conversation_id}/permanently",
    status_code=204,
    responses=problems(NotFound, Conflict),
)
async def purge_conversation(
    door: PersonDoor, conversation_id: ConversationPath, _key: IdempotencyKey = ABSENT
) -> Response:
    """Purge a conversation in the trash, with all its messages. Only the person may do so."""
    await door.write(lambda tx: service.purge_conversation(tx, conversation_id))
    return Response(status_code=204)


@router.get(
    "/{conversation_id}/messages",
    responses={200: {"model": MessagePage}} | problems(NotFound),
)
async def list_messages(
    door: ReadDoor,
    conversation_id: ConversationPath,
    query: Annotated[listing.HistoryQuery, Query()],
) -> Response:
    """Read a page of messages and the changes that they caused. The first page is the newest."""
    page = await door.read(
        lambda tx: listing.history(tx, conversation_id, **query.given(), changes=True)
    )
    shown: MessagePage = {"messages": []}
    for one in page.messages:
        message = whole_message(one, page.timezone)
        if changes := page.changes.get(one["id"]):
            message["changes"] = [message_change(change, page.timezone) for change in changes]
        shown["messages"].append(message)
    if page.cursor:
        shown["next_cursor"] = page.cursor
    return answer(shown)
