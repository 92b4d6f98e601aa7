"""The tables of webhooks, and the arguments of the calls that manage them."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field as Described
from sqlalchemy import BigInteger, ForeignKeyConstraint, Integer, LargeBinary, Text, text
from sqlmodel import Field

from surelist.data.tables import UserTable
from surelist.doors.arguments import ABSENT, LARGEST, Closed
from surelist.ledger.models import INSTANT

MAX_WEBHOOKS = 5
"""Webhooks of one user."""

FALSE = text("false")

Reason = Literal["person", "gone", "failing"]
"""Why a webhook is paused: by the person, by status 410, or by days without a success."""

Problem = Literal[
    "address_not_public", "answer_invalid", "gone", "redirect", "status", "timeout", "tls",
    "unreachable",
]  # fmt: skip
"""Why an attempt failed."""

Url = Annotated[str, Described(min_length=1, max_length=2000, json_schema_extra={"format": "uri"})]
WebhookId = Annotated[str, Described(pattern=r"^wh-[0-9a-f]{16}$")]


class NewWebhook(Closed):
    """The request for a new webhook."""

    url: Url


class WebhookPatch(Closed):
    """Changes to a webhook."""

    url: Url = ABSENT
    paused: bool = ABSENT


class Replay(Closed):
    """What to send again: the events after an event, or those that were given up on."""

    after: Annotated[int, Described(ge=0, le=LARGEST)] = ABSENT


def _of_webhook() -> ForeignKeyConstraint:
    return ForeignKeyConstraint(
        ["user_id", "webhook_id"], ["webhook.user_id", "webhook.id"], ondelete="CASCADE"
    )


class Webhook(UserTable, table=True):
    """An endpoint of the person that gets every event.

    Its secret is derived from `salt`. The one of `earlier_salt` signs too, until `earlier_until`.
    """

    id: str = Field(primary_key=True, sa_type=Text)
    url: str = Field(sa_type=Text)
    salt: bytes = Field(sa_type=LargeBinary)
    earlier_salt: bytes | None = Field(default=None, sa_type=LargeBinary)
    earlier_until: datetime | None = Field(default=None, sa_type=INSTANT)
    paused_at: datetime | None = Field(default=None, sa_type=INSTANT)
    paused_because: str | None = Field(default=None, sa_type=Text)
    created_at: datetime = Field(sa_type=INSTANT)


class Delivery(UserTable, table=True):
    """The position of a webhook in the ledger, and its next attempt.

    `after_id` is the last event that was sent or given up on. From `due_at` on, a worker may take
    the delivery, with a `claim` of its own; while it works, `due_at` is the end of its lease. NULL
    means paused. `attempts` counts the failed attempts to send the next event. With `replaying`,
    rows of `undelivered` are sent first.
    """

    __table_args__ = (_of_webhook(),)

    exported = False
    found_by_workers = True

    webhook_id: str = Field(primary_key=True, sa_type=Text)
    after_id: int = Field(sa_type=BigInteger)
    due_at: datetime | None = Field(default=None, sa_type=INSTANT)
    claim: str | None = Field(default=None, sa_type=Text)
    replaying: bool = Field(default=False, sa_column_kwargs={"server_default": FALSE})
    attempts: int = Field(default=0, sa_type=Integer, sa_column_kwargs={"server_default": "0"})
    failing_since: datetime | None = Field(default=None, sa_type=INSTANT)
    last_at: datetime | None = Field(default=None, sa_type=INSTANT)
    last_status: int | None = Field(default=None, sa_type=Integer)
    last_problem: str | None = Field(default=None, sa_type=Text)


class Undelivered(UserTable, table=True):
    """An event that was given up on: a dead letter of a webhook."""

    __table_args__ = (_of_webhook(),)

    exported = False

    webhook_id: str = Field(primary_key=True, sa_type=Text)
    event_id: int = Field(primary_key=True, sa_type=BigInteger)
    problem: str = Field(sa_type=Text)
    status: int | None = Field(default=None, sa_type=Integer)
    given_up_at: datetime = Field(sa_type=INSTANT)
    replaying: bool = Field(default=False, sa_column_kwargs={"server_default": FALSE})
