"""The steps of a delivery: take what is due, and record each attempt. Each is one transaction."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from random import uniform
from typing import Any, NamedTuple

from sqlalchemy import BigInteger, Boolean, Integer, Text, bindparam, func, literal_column, select
from sqlmodel import col

from surelist.data.database import Record, compiled
from surelist.data.isolation import (
    UserTransaction,
    user_delete,
    user_insert,
    user_rows,
    user_update,
)
from surelist.ledger.listing import events_after
from surelist.ledger.models import BEING_ERASED, INSTANT, Account, Event
from surelist.ledger.representation import event as shown_event
from surelist.webhooks.models import Delivery, Reason, Undelivered, Webhook
from surelist.webhooks.sending import Attempt

EVENTS_AT_ONCE = 20
"""Events that a worker takes before it turns to other users."""

LEASE = timedelta(seconds=30)
"""How long a worker may take for one attempt, which takes at most 10 seconds, and its record. After
that, another worker takes the delivery."""

PAUSES = (5, 60, 300, 1800, 7200, 18_000, 36_000)
"""Seconds between the attempts to send an event. After the last one it is given up on."""

JITTER = 0.2

FAILING_FOR = timedelta(days=3)
"""A webhook without a success for so long is paused."""

MAX_UNDELIVERED = 100
"""Events given up on that are kept for a webhook, the newest ones."""

_account = user_rows(Account)
_webhook = user_rows(Webhook)
_delivery = user_rows(Delivery)
_undelivered = user_rows(Undelivered)
_event = user_rows(Event)
_webhook_id = bindparam("webhook_id", type_=Text, required=True)
_event_id = bindparam("event_id", type_=BigInteger, required=True)
_claim = bindparam("claim", type_=Text, required=True)
_now = func.statement_timestamp()

_ACCOUNT = compiled(select(_account.c.timezone, _account.c.erased_at))
_DUE = compiled(
    select(
        *_webhook.c,
        _delivery.c.after_id,
        _delivery.c.replaying,
        _now.label("now"),
    )
    .select_from(_webhook.join(_delivery, _delivery.c.webhook_id == _webhook.c.id))
    .where(_delivery.c.due_at <= _now)
    .order_by(_webhook.c.id)
)
_TAKE = compiled(
    user_update(Delivery)
    .where(col(Delivery.webhook_id) == _webhook_id)
    .values(claim=_claim, due_at=bindparam("due_at", type_=INSTANT, required=True))
)
_REPEATED = compiled(
    select(*_event.c)
    .select_from(_undelivered.join(_event, _event.c.id == _undelivered.c.event_id))
    .where(_undelivered.c.webhook_id == _webhook_id, _undelivered.c.replaying)
    .order_by(_event.c.id)
    .limit(literal_column(str(EVENTS_AT_ONCE), BigInteger))
)
_CLAIMED = compiled(
    select(*_delivery.c, _now.label("now")).where(
        _delivery.c.webhook_id == _webhook_id, _delivery.c.claim == _claim
    )
)
_SAVE = compiled(
    user_update(Delivery)
    .where(col(Delivery.webhook_id) == _webhook_id)
    .values(
        after_id=bindparam("after_id", type_=BigInteger, required=True),
        due_at=bindparam("due_at", type_=INSTANT, required=True),
        claim=_claim,
        replaying=bindparam("replaying", type_=Boolean, required=True),
        attempts=bindparam("attempts", type_=Integer, required=True),
        failing_since=bindparam("failing_since", type_=INSTANT, required=True),
        last_at=bindparam("last_at", type_=INSTANT, required=True),
        last_status=bindparam("last_status", type_=Integer, required=True),
        last_problem=bindparam("last_problem", type_=Text, required=True),
    )
)
_PAUSE = compiled(
    user_update(Webhook)
    .where(col(Webhook.id) == _webhook_id)
    .values(paused_at=_now, paused_because=bindparam("paused_because", type_=Text, required=True))
)
_END_REPLAY = compiled(
    user_update(Delivery).where(col(Delivery.webhook_id) == _webhook_id).values(replaying=False)
)
_UNMARK = compiled(
    user_update(Undelivered)
    .where(col(Undelivered.webhook_id) == _webhook_id)
    .values(replaying=False)
)
_GIVE_UP = compiled(
    user_insert(Undelivered)
    .values(
        webhook_id=_webhook_id,
        event_id=_event_id,
        problem=bindparam("problem", type_=Text, required=True),
        status=bindparam("status", type_=Integer, required=True),
        given_up_at=_now,
        replaying=False,
    )
    .on_conflict_do_nothing()
)
_DELIVERED = compiled(
    user_delete(Undelivered).where(
        col(Undelivered.webhook_id) == _webhook_id, col(Undelivered.event_id) == _event_id
    )
)
_KEEP_NEWEST = compiled(
    user_delete(Undelivered).where(
        col(Undelivered.webhook_id) == _webhook_id,
        col(Undelivered.event_id).in_(
            select(_undelivered.c.event_id)
            .where(_undelivered.c.webhook_id == _webhook_id)
            .order_by(_undelivered.c.event_id.desc())
            .offset(literal_column(str(MAX_UNDELIVERED), BigInteger))
        ),
    )
)


class Message(NamedTuple):
    """An event for a webhook."""

    event_id: int
    id: str
    content: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Batch:
    """Messages for a webhook that a worker has taken, in order. With `repeated`, they are events
    that were given up on before.
    """

    webhook: Record
    claim: str
    messages: list[Message]
    repeated: bool


class Recorded(NamedTuple):
    """What follows an attempt: whether the worker goes on with its batch, whether the event was
    given up on, why the webhook was paused, and the seconds to the next attempt.
    """

    goes_on: bool
    given_up: bool = False
    paused: Reason | None = None
    pause: float | None = None


async def take(tx: UserTransaction, claim: str) -> list[Batch]:
    """Take the deliveries of the user that are due and have something to send."""
    account = await tx.fetch_one(_ACCOUNT)
    if account is None or account["erased_at"] == BEING_ERASED:
        return []
    batches: list[Batch] = []
    for webhook in await tx.fetch_all(_DUE):
        events = await _events(tx, webhook)
        repeated = webhook["replaying"] and bool(events)
        if webhook["replaying"] and not events:
            await tx.execute(_END_REPLAY, webhook_id=webhook["id"])
        if not repeated:
            tail = await events_after(tx, webhook["after_id"], EVENTS_AT_ONCE)
            events = tail.events
        if not events:
            continue
        await tx.execute(
            _TAKE, webhook_id=webhook["id"], claim=claim, due_at=webhook["now"] + LEASE
        )
        messages = [_message(webhook, one, account["timezone"]) for one in events]
        batches.append(Batch(webhook, claim, messages, repeated))
    return batches


async def _events(tx: UserTransaction, webhook: Record) -> list[Record]:
    if not webhook["replaying"]:
        return []
    return await tx.fetch_all(_REPEATED, webhook_id=webhook["id"])


def _message(webhook: Record, stored: Record, timezone: str) -> Message:
    shown = shown_event(stored, timezone)
    content = {
        "type": f"{shown['subject']}.{shown['kind']}",
        "timestamp": shown["at"],
        "data": shown,
    }
    return Message(stored["id"], f"{webhook['id']}-{stored['id']}", content)


async def record(tx: UserTransaction, batch: Batch, message: Message, attempt: Attempt) -> Recorded:
    """Record an attempt. Changes nothing if the worker no longer has the delivery.

    It loses it when its lease has ended and another worker took it, and when the person has paused,
    changed, replayed or removed the webhook, or erases the account.
    """
    webhook_id = batch.webhook["id"]
    account = await tx.fetch_one(_ACCOUNT)
    delivery = await tx.fetch_one(_CLAIMED, webhook_id=webhook_id, claim=batch.claim)
    if delivery is None or account is None or account["erased_at"] == BEING_ERASED:
        return Recorded(goes_on=False)
    saved = {**delivery, **_after(delivery, batch, message, attempt)}
    recorded = _consequence(saved, batch, attempt)
    if attempt.problem is None and batch.repeated:
        await tx.execute(_DELIVERED, webhook_id=webhook_id, event_id=message.event_id)
    elif batch.repeated:
        await tx.execute(_UNMARK, webhook_id=webhook_id)
        saved["replaying"] = False
    if recorded.given_up:
        await tx.execute(
            _GIVE_UP,
            webhook_id=webhook_id,
            event_id=message.event_id,
            problem=attempt.problem,
            status=attempt.status,
        )
        await tx.execute(_KEEP_NEWEST, webhook_id=webhook_id)
        saved |= {"after_id": message.event_id, "attempts": 0}
    if recorded.paused:
        await tx.execute(_PAUSE, webhook_id=webhook_id, paused_because=recorded.paused)
    is_last = message is batch.messages[-1]
    if not recorded.goes_on or is_last:
        saved["claim"] = None
        saved["due_at"] = delivery["now"] + timedelta(seconds=recorded.pause or 0)
    if recorded.paused:
        saved["due_at"] = None
    await tx.execute(_SAVE, **saved)
    return recorded


def _after(delivery: Record, batch: Batch, message: Message, attempt: Attempt) -> Mapping[str, Any]:
    """The columns of a delivery that an attempt changes."""
    now = delivery["now"]
    changed: dict[str, Any] = {
        "due_at": now + LEASE,
        "last_at": now,
        "last_status": attempt.status,
        "last_problem": attempt.problem,
    }
    if attempt.problem is None:
        changed |= {"attempts": 0, "failing_since": None}
        if not batch.repeated:
            changed["after_id"] = message.event_id
    else:
        changed["failing_since"] = delivery["failing_since"] or now
        if not batch.repeated:
            changed["attempts"] = delivery["attempts"] + 1
    return changed


def _consequence(saved: Record, batch: Batch, attempt: Attempt) -> Recorded:
    if attempt.problem is None:
        return Recorded(goes_on=True)
    if attempt.problem == "gone":
        return Recorded(goes_on=False, paused="gone")
    if saved["last_at"] - saved["failing_since"] >= FAILING_FOR:
        return Recorded(goes_on=False, paused="failing")
    if batch.repeated:
        return Recorded(goes_on=False, pause=PAUSES[0])
    given_up = saved["attempts"] > len(PAUSES)
    pause = PAUSES[0 if given_up else saved["attempts"] - 1]
    spread = uniform(1 - JITTER, 1 + JITTER)  # noqa: S311 (spreads attempts)
    return Recorded(goes_on=False, given_up=given_up, pause=pause * spread)
