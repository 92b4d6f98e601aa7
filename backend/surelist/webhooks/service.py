"""Webhook operations. Each runs inside the caller's transaction.

They take the delivery from a worker that has it, so that what the worker records then counts for
nothing (`steps.record`).
"""

import secrets
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TypeAlias

from sqlalchemy import BigInteger, Boolean, LargeBinary, Text, bindparam, func, select
from sqlmodel import col

from surelist.data.database import Record, compiled
from surelist.data.isolation import (
    UserTransaction,
    user_delete,
    user_insert,
    user_rows,
    user_update,
)
from surelist.errors import Conflict, Invalid, NotFound
from surelist.ledger.models import INSTANT
from surelist.ledger.statements import CONTEXT_ALONE
from surelist.ledger.write import Write, id_digits, idempotency_key_reused
from surelist.webhooks.models import (
    MAX_WEBHOOKS,
    Delivery,
    Replay,
    Undelivered,
    Webhook,
    WebhookPatch,
)

SALT_BYTES = 32

CheckUrl: TypeAlias = Callable[[str], None]
"""Raises Invalid unless a webhook may have a URL: `Sender.check`."""

EARLIER_SECRET = timedelta(days=1)
"""How long a replaced secret signs too."""

_webhook = user_rows(Webhook)
_delivery = user_rows(Delivery)
_undelivered = user_rows(Undelivered)
_id = bindparam("webhook_id", type_=Text, required=True)
_url = bindparam("url", type_=Text, required=True)
_salt = bindparam("salt", type_=LargeBinary, required=True)
_after_id = bindparam("after_id", type_=BigInteger, required=True)
_due_at = bindparam("due_at", type_=INSTANT, required=True)

_given_up = (
    select(func.count())
    .select_from(_undelivered)
    .where(_undelivered.c.webhook_id == _webhook.c.id)
    .scalar_subquery()
)
_SELECTED = select(
    *_webhook.c,
    *(column for column in _delivery.c if column.name != "webhook_id"),
    _given_up.label("undelivered"),
).select_from(_webhook.join(_delivery, _delivery.c.webhook_id == _webhook.c.id))
_ALL = compiled(_SELECTED.order_by(_webhook.c.created_at, _webhook.c.id))
_ONE = compiled(_SELECTED.where(_webhook.c.id == _id))
_ADD = compiled(
    user_insert(Webhook).values(
        id=_id,
        url=_url,
        salt=_salt,
        created_at=bindparam("now", type_=INSTANT, required=True),
    )
)
_ADD_DELIVERY = compiled(
    user_insert(Delivery).values(
        webhook_id=_id, after_id=_after_id, due_at=_due_at, replaying=False, attempts=0
    )
)
_CHANGE = compiled(
    user_update(Webhook)
    .where(col(Webhook.id) == _id)
    .values(
        url=_url,
        paused_at=bindparam("paused_at", type_=INSTANT, required=True),
        paused_because=bindparam("paused_because", type_=Text, required=True),
    )
)
_ROTATE = compiled(
    user_update(Webhook)
    .where(col(Webhook.id) == _id)
    .values(
        earlier_salt=col(Webhook.salt),
        earlier_until=bindparam("earlier_until", type_=INSTANT, required=True),
        salt=_salt,
    )
)
_RESTART = compiled(
    user_update(Delivery)
    .where(col(Delivery.webhook_id) == _id)
    .values(
        after_id=_after_id,
        due_at=_due_at,
        replaying=bindparam("replaying", type_=Boolean, required=True),
        claim=None,
        attempts=0,
        failing_since=None,
    )
)
_MARK = compiled(
    user_update(Undelivered).where(col(Undelivered.webhook_id) == _id).values(replaying=True)
)
_FORGET_LATER = compiled(
    user_delete(Undelivered).where(
        col(Undelivered.webhook_id) == _id, col(Undelivered.event_id) > _after_id
    )
)
_UNDELIVERED = compiled(
    select(*_undelivered.c)
    .where(_undelivered.c.webhook_id == _id)
    .order_by(_undelivered.c.event_id)
)
_REMOVE = compiled(user_delete(Webhook).where(col(Webhook.id) == _id))


async def find(tx: UserTransaction, webhook_id: str) -> Record:
    """One webhook with its delivery. Raises NotFound."""
    webhook = await tx.fetch_one(_ONE, webhook_id=webhook_id)
    if webhook is None:
        raise NotFound("webhook_not_found")
    return webhook


async def list_all(tx: UserTransaction) -> list[Record]:
    """All webhooks with their deliveries, the oldest first."""
    return await tx.fetch_all(_ALL)


async def find_for_test(tx: UserTransaction, webhook_id: str) -> Record:
    """One webhook, to be tested. Raises NotFound, and Unauthenticated after an erase."""
    await Write.begin(tx, CONTEXT_ALONE)
    return await find(tx, webhook_id)


async def make(
    tx: UserTransaction, url: str, check: CheckUrl, idempotency_key: str | None
) -> Record:
    """Create a webhook that gets the events from now on.

    A repeat with the same idempotency key returns the same webhook. Raises Conflict when the key
    was sent with another URL, and when there are too many webhooks; and as `check` does.
    """
    write = await Write.begin(tx, CONTEXT_ALONE)
    check(url)
    webhook_id = f"wh-{id_digits(tx, idempotency_key)}"
    webhooks = await list_all(tx)
    for first in webhooks:
        if first["id"] == webhook_id:
            if first["url"] != url:
                raise idempotency_key_reused()
            return first
    if len(webhooks) >= MAX_WEBHOOKS:
        raise Conflict("webhook_limit", limit=MAX_WEBHOOKS)
    salt = secrets.token_bytes(SALT_BYTES)
    await tx.execute(_ADD, webhook_id=webhook_id, url=url, salt=salt, now=write.now)
    await tx.execute(
        _ADD_DELIVERY, webhook_id=webhook_id, after_id=write.last_event, due_at=write.now
    )
    return await find(tx, webhook_id)


async def change(
    tx: UserTransaction, webhook_id: str, patch: WebhookPatch, check: CheckUrl
) -> Record:
    """Change the URL, pause, or continue where the webhook was paused.

    Raises NotFound, Invalid if no change was given, and as `check` does.
    """
    write = await Write.begin(tx, CONTEXT_ALONE)
    webhook = await find(tx, webhook_id)
    given = patch.given()
    if not given:
        raise Invalid("nothing_to_change")
    if "url" in given:
        check(given["url"])
    changed = {**webhook, "url": given.get("url", webhook["url"])}
    paused = given.get("paused", bool(webhook["paused_at"]))
    if not paused:
        changed |= {"paused_at": None, "paused_because": None}
    elif not webhook["paused_at"]:
        changed |= {"paused_at": write.now, "paused_because": "person"}
    await tx.execute(
        _CHANGE,
        webhook_id=webhook_id,
        url=changed["url"],
        paused_at=changed["paused_at"],
        paused_because=changed["paused_because"],
    )
    await _restart(tx, changed, write.now)
    return await find(tx, webhook_id)


async def rotate(tx: UserTransaction, webhook_id: str) -> Record:
    """Replace the secret. The earlier one signs too for a day. Raises NotFound."""
    write = await Write.begin(tx, CONTEXT_ALONE)
    webhook = await find(tx, webhook_id)
    await tx.execute(
        _ROTATE,
        webhook_id=webhook_id,
        salt=secrets.token_bytes(SALT_BYTES),
        earlier_until=write.now + EARLIER_SECRET,
    )
    await _restart(tx, webhook, write.now)
    return await find(tx, webhook_id)


async def replay(tx: UserTransaction, webhook_id: str, replay: Replay) -> Record:
    """Send again: every event after `after`, or without it, the events that were given up on.

    Raises NotFound, and Invalid if the webhook has not come as far as `after`.
    """
    write = await Write.begin(tx, CONTEXT_ALONE)
    webhook = await find(tx, webhook_id)
    given = replay.given()
    if "after" not in given:
        await tx.execute(_MARK, webhook_id=webhook_id)
        await _restart(tx, {**webhook, "replaying": True}, write.now)
    elif given["after"] > webhook["after_id"]:
        raise Invalid("event_not_sent", event_id=given["after"], after=webhook["after_id"])
    else:
        await tx.execute(_FORGET_LATER, webhook_id=webhook_id, after_id=given["after"])
        await _restart(tx, {**webhook, "after_id": given["after"]}, write.now)
    return await find(tx, webhook_id)


async def list_undelivered(tx: UserTransaction, webhook_id: str) -> list[Record]:
    """The events that were given up on, the oldest first. Raises NotFound."""
    await find(tx, webhook_id)
    return await tx.fetch_all(_UNDELIVERED, webhook_id=webhook_id)


async def remove(tx: UserTransaction, webhook_id: str) -> None:
    """Remove a webhook. Raises NotFound."""
    await Write.begin(tx, CONTEXT_ALONE)
    await find(tx, webhook_id)
    await tx.execute(_REMOVE, webhook_id=webhook_id)


async def _restart(tx: UserTransaction, webhook: Record, now: datetime) -> None:
    """Let a worker try at once, with no earlier failure counted. A paused webhook stays so."""
    await tx.execute(
        _RESTART,
        webhook_id=webhook["id"],
        after_id=webhook["after_id"],
        due_at=None if webhook["paused_at"] else now,
        replaying=webhook["replaying"],
    )
