"""Checks changes against the quotas of the caller (specs/operation.md, Limits)."""

import math
from datetime import UTC, datetime, time, timedelta

from surelist.access.allowances import DAY
from surelist.data.isolation import UserTransaction
from surelist.errors import TooManyRequests

_A_DAY = int(DAY.total_seconds())


def refuse_past_quota(
    tx: UserTransaction,
    *,
    now: datetime,
    used: int,
    kept: int,
    stored_bytes: int,
    adds_task: bool,
    adds_text: bool,
) -> None:
    """Raise TooManyRequests if the change would exceed a quota of the caller.

    `used` is the number of changes on this day (UTC), `kept` the number of tasks outside the trash,
    and `stored_bytes` the size of the list.
    """
    quotas, person = tx.quotas, tx.caller.is_person
    if quotas.events_a_day and used >= quotas.events_a_day:
        limit, wait = quotas.events_a_day, seconds_to_midnight(now)
        if person:
            raise TooManyRequests("change_limit_person", limit=limit, retry_after=wait)
        raise TooManyRequests("change_limit_agents", limit=limit, retry_after=wait)
    if quotas.tasks and adds_task and kept >= quotas.tasks:
        if person:
            raise TooManyRequests("task_limit_person", limit=quotas.tasks, retry_after=_A_DAY)
        raise TooManyRequests("task_limit_agents", limit=quotas.tasks, retry_after=_A_DAY)
    if adds_text:
        refuse_past_bytes(tx, stored_bytes)


def refuse_past_bytes(tx: UserTransaction, stored_bytes: int) -> None:
    """Raise TooManyRequests if the list has reached the caller's quota of bytes."""
    quota = tx.quotas.bytes
    if quota and stored_bytes >= quota:
        if tx.caller.is_person:
            raise TooManyRequests("byte_limit_person", limit=quota, retry_after=_A_DAY)
        raise TooManyRequests("byte_limit_agents", limit=quota, retry_after=_A_DAY)


def seconds_to_midnight(now: datetime) -> int:
    """The seconds to the next midnight (UTC), rounded up."""
    today = now.astimezone(UTC).date()
    midnight = datetime.combine(today + timedelta(days=1), time(), UTC)
    return math.ceil((midnight - now).total_seconds())
