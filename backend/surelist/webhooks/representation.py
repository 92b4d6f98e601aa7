"""The JSON representation of webhooks."""

from typing import Literal, NotRequired

from surelist.data.database import Record
from surelist.doors.arguments import ShownObject
from surelist.webhooks.models import Problem, Reason


class ShownWebhook(ShownObject):
    """A webhook, with times in UTC. `after` is the last event that was delivered or given up on.

    `undelivered` is the number of events given up on. `attempts` is the number of failed attempts
    to deliver the next event, and `next_attempt_at` the time of the next one.
    """

    id: str
    url: str
    status: Literal["active", "failing", "paused"]
    after: int
    undelivered: int
    attempts: int
    created_at: str
    paused_at: NotRequired[str]
    paused_because: NotRequired[Reason]
    failing_since: NotRequired[str]
    next_attempt_at: NotRequired[str]
    last_at: NotRequired[str]
    last_status: NotRequired[int]
    last_problem: NotRequired[Problem]


class WebhookWithSecret(ShownWebhook):
    """A webhook with its secret."""

    secret: str


class ShownUndelivered(ShownObject):
    """An event that was given up on, with the last problem."""

    event_id: int
    problem: Problem
    status: NotRequired[int]
    given_up_at: str


class SentTest(ShownObject):
    """The outcome of a test message."""

    delivered: bool
    status: NotRequired[int]
    problem: NotRequired[Problem]


def webhook(stored: Record) -> ShownWebhook:
    """A webhook as JSON."""
    shown: ShownWebhook = {
        "id": stored["id"],
        "url": stored["url"],
        "status": "active",
        "after": stored["after_id"],
        "undelivered": stored["undelivered"],
        "attempts": stored["attempts"],
        "created_at": stored["created_at"].isoformat(timespec="seconds"),
    }
    if stored["failing_since"]:
        shown["status"] = "failing"
    if stored["paused_at"]:
        shown["status"] = "paused"
    elif stored["failing_since"] and stored["due_at"]:
        shown["next_attempt_at"] = stored["due_at"].isoformat(timespec="seconds")
    for time in ("paused_at", "failing_since", "last_at"):
        if stored[time]:
            shown[time] = stored[time].isoformat(timespec="seconds")
    for name in ("paused_because", "last_status", "last_problem"):
        if stored[name] is not None:
            shown[name] = stored[name]
    return shown


def undelivered(stored: Record) -> ShownUndelivered:
    """An event that was given up on, as JSON."""
    shown: ShownUndelivered = {
        "event_id": stored["event_id"],
        "problem": stored["problem"],
        "given_up_at": stored["given_up_at"].isoformat(timespec="seconds"),
    }
    if stored["status"] is not None:
        shown["status"] = stored["status"]
    return shown
