"""REST routes of webhooks. Only the person may call them."""

from typing import Annotated

from fastapi import Path, Request, Response

from surelist.data.database import Record
from surelist.doors.arguments import ABSENT, ShownObject
from surelist.doors.problems import problems
from surelist.doors.routing import Door, IdempotencyKey, PersonDoor, answer, user_router
from surelist.errors import Conflict, NotFound
from surelist.webhooks import representation, service
from surelist.webhooks.deliveries import Deliveries
from surelist.webhooks.models import NewWebhook, Replay, WebhookId, WebhookPatch
from surelist.webhooks.representation import (
    SentTest,
    ShownUndelivered,
    ShownWebhook,
    WebhookWithSecret,
)
from surelist.webhooks.sending import Sender


class Webhooks(ShownObject):
    """A user's webhooks."""

    webhooks: list[ShownWebhook]


class DeadLetters(ShownObject):
    """The events of a webhook that were given up on."""

    undelivered: list[ShownUndelivered]


_Id = Annotated[WebhookId, Path()]

router = user_router("/webhooks", "webhooks")


@router.get("", responses={200: {"model": Webhooks}})
async def list_webhooks(door: PersonDoor) -> Response:
    """List the webhooks, the oldest first."""
    found = await door.read(service.list_all)
    return answer(Webhooks(webhooks=[representation.webhook(one) for one in found]))


@router.post(
    "", status_code=201, responses={201: {"model": WebhookWithSecret}} | problems(Conflict)
)
async def make_webhook(
    request: Request, door: PersonDoor, new: NewWebhook, key: IdempotencyKey = ABSENT
) -> Response:
    """Create a webhook. It gets every event from now on. The answer contains its secret."""
    door.require_recent_sign_in()
    sender = _sender(request)
    made = await door.write(lambda tx: service.make(tx, new.url, sender.check, key))
    _deliveries(request).look(door.account_id)
    return _with_secret(door, sender, made, 201)


@router.get("/{webhook_id}", responses={200: {"model": ShownWebhook}} | problems(NotFound))
async def read_webhook(door: PersonDoor, webhook_id: _Id) -> Response:
    """Read one webhook."""
    found = await door.read(lambda tx: service.find(tx, webhook_id))
    return answer(representation.webhook(found))


@router.patch("/{webhook_id}", responses={200: {"model": ShownWebhook}} | problems(NotFound))
async def change_webhook(
    request: Request,
    door: PersonDoor,
    webhook_id: _Id,
    patch: WebhookPatch,
    _key: IdempotencyKey = ABSENT,
) -> Response:
    """Change the URL, pause, or continue with the first event that was not delivered."""
    if "url" in patch.given():
        door.require_recent_sign_in()
    check = _sender(request).check
    changed = await door.write(lambda tx: service.change(tx, webhook_id, patch, check))
    _deliveries(request).look(door.account_id)
    return answer(representation.webhook(changed))


@router.delete("/{webhook_id}", status_code=204, responses=problems(NotFound))
async def remove_webhook(
    door: PersonDoor, webhook_id: _Id, _key: IdempotencyKey = ABSENT
) -> Response:
    """Remove a webhook."""
    await door.write(lambda tx: service.remove(tx, webhook_id), rate="revocations")
    return Response(status_code=204)


@router.post(
    "/{webhook_id}/secret", responses={200: {"model": WebhookWithSecret}} | problems(NotFound)
)
async def rotate_secret(
    request: Request, door: PersonDoor, webhook_id: _Id, _key: IdempotencyKey = ABSENT
) -> Response:
    """Replace the secret. Messages are signed with the earlier one too for a day."""
    door.require_recent_sign_in()
    rotated = await door.write(lambda tx: service.rotate(tx, webhook_id))
    return _with_secret(door, _sender(request), rotated, 200)


@router.post("/{webhook_id}/test", responses={200: {"model": SentTest}} | problems(NotFound))
async def send_test_message(
    request: Request, door: PersonDoor, webhook_id: _Id, _key: IdempotencyKey = ABSENT
) -> Response:
    """Send a message of the type `ping` once, and return the outcome."""
    found = await door.write(lambda tx: service.find_for_test(tx, webhook_id))
    attempt = await _sender(request).send_test(door.account_id, found)
    shown = SentTest(delivered=attempt.problem is None)
    if attempt.status is not None:
        shown["status"] = attempt.status
    if attempt.problem is not None:
        shown["problem"] = attempt.problem
    return answer(shown)


@router.post("/{webhook_id}/replay", responses={200: {"model": ShownWebhook}} | problems(NotFound))
async def replay_webhook(
    request: Request,
    door: PersonDoor,
    webhook_id: _Id,
    replay: Replay,
    _key: IdempotencyKey = ABSENT,
) -> Response:
    """Send again: the events after `after`, or without it, those that were given up on."""
    replayed = await door.write(lambda tx: service.replay(tx, webhook_id, replay))
    _deliveries(request).look(door.account_id)
    return answer(representation.webhook(replayed))


@router.get(
    "/{webhook_id}/undelivered", responses={200: {"model": DeadLetters}} | problems(NotFound)
)
async def list_undelivered(door: PersonDoor, webhook_id: _Id) -> Response:
    """List the events that were given up on, the oldest first."""
    found = await door.read(lambda tx: service.list_undelivered(tx, webhook_id))
    return answer(DeadLetters(undelivered=[representation.undelivered(one) for one in found]))


def _sender(request: Request) -> Sender:
    return _deliveries(request).sender


def _deliveries(request: Request) -> Deliveries:
    return request.app.state.deliveries


def _with_secret(door: Door, sender: Sender, stored: Record, status: int) -> Response:
    secret = sender.secret(door.account_id, stored)
    shown = WebhookWithSecret(**representation.webhook(stored), secret=secret)
    return answer(shown, status, {"Cache-Control": "no-store"})
