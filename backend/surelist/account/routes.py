"""REST routes of the account. Agents may read it; only the person may change it."""

from contextlib import suppress
from datetime import datetime
from functools import partial
from typing import Annotated, NotRequired

from fastapi import Response
from fastapi.responses import StreamingResponse
from pydantic import Field

from surelist.account import service
from surelist.account.erasing import shut_out
from surelist.account.export import export
from surelist.conversations.representation import ExportedMessage, ShownConversation
from surelist.data.database import Record
from surelist.doors.arguments import ABSENT, Closed, ShownObject
from surelist.doors.routing import (
    Door,
    IdempotencyKey,
    PersonDoor,
    ReadDoor,
    answer,
    user_router,
)
from surelist.errors import BeingErased
from surelist.ledger.representation import ShownEvent
from surelist.ledger.times import local, zone
from surelist.tasks.representation import WholeTask
from surelist.webhooks.representation import ShownWebhook


class ShownAccount(ShownObject):
    """An account. `last_event` and `last_task` are the ids of its newest event and newest task."""

    user_id: str
    timezone: str
    now: str
    pending: int
    completed: int
    stored_bytes: int
    last_event: int
    last_task: int
    created_at: NotRequired[str]


class Export(ShownObject):
    """The export of a user's data: tasks and events as of the event `as_of`."""

    as_of: int
    timezone: str
    tasks: list[WholeTask]
    events: list[ShownEvent]
    conversations: list[ShownConversation]
    messages: list[ExportedMessage]
    webhooks: list[ShownWebhook]


class AccountPatch(Closed):
    """Changes to an account."""

    timezone: Annotated[
        str, Field(min_length=1, max_length=100, json_schema_extra={"format": "time-zone"})
    ]


class SessionsEnd(Closed):
    """A request to end the person's sessions; `agents` revokes every agent too."""

    agents: bool = False


router = user_router("", "account")


@router.get("", responses={200: {"model": ShownAccount}})
async def read_account(door: ReadDoor) -> Response:
    """Read the account."""
    return answer(_shown(door, await door.read(service.find)))


@router.patch("", responses={200: {"model": ShownAccount}})
async def change_account(
    door: PersonDoor, patch: AccountPatch, _key: IdempotencyKey = ABSENT
) -> Response:
    """Change the time zone."""
    account = await door.write(lambda tx: service.set_timezone(tx, patch.timezone))
    return answer(_shown(door, account))


@router.delete("", status_code=204)
async def erase_account(door: PersonDoor, _key: IdempotencyKey = ABSENT) -> Response:
    """Erase everything. Tokens issued before the erase is complete are refused.

    A repeated call continues an erase that was interrupted.
    """
    door.require_recent_sign_in()
    with suppress(BeingErased):
        await door.write(shut_out, rate="revocations")
    await door.finish_erase()
    return Response(status_code=204)


@router.get("/export", responses={200: {"model": Export}})
async def export_account(door: PersonDoor) -> Response:
    """Export everything as one JSON document."""
    account = await door.read(service.find)  # before the response begins: this read may be refused
    pieces = export(account, partial(door.read, rate=None))
    headers = {"Content-Disposition": 'attachment; filename="surelist.json"'}
    return StreamingResponse(pieces, headers=headers, media_type="application/json")


@router.post("/sessions/end", status_code=204)
async def end_sessions(
    door: PersonDoor, body: SessionsEnd, _key: IdempotencyKey = ABSENT
) -> Response:
    """End the person's sessions up to this one, and with `agents` revoke every agent."""
    await door.write(
        lambda tx: service.end_sessions(tx, agents=body.agents),
        rate="revocations",
    )
    return Response(status_code=204)


def _shown(door: Door, account: Record | None) -> ShownAccount:
    timezone = account["timezone"] if account else "UTC"
    shown: ShownAccount = {
        "user_id": door.account_id,
        "timezone": timezone,
        "now": datetime.now(zone(timezone)).isoformat(timespec="seconds"),
        "pending": account["pending_count"] if account else 0,
        "completed": account["completed_count"] if account else 0,
        "stored_bytes": account["stored_bytes"] if account else 0,
        "last_event": account["last_event"] if account else 0,
        "last_task": account["last_task"] if account else 0,
    }
    if account:
        shown["created_at"] = local(account["created_at"], timezone)
    return shown
