"""Refusals of changes that would pass a quota (specs/operation.md, Limits)."""

import math
from datetime import UTC, datetime, time, timedelta

from surelist.access.allowances import DAY
from surelist.data.isolation import UserTransaction
from surelist.errors import TooManyRequests

_CHANGES_SPENT = {
    "agents": "Agents may change this list until it has had {most} changes in a day, and it has "
    "had them. Nothing was changed. The next day begins at midnight UTC. Call again then, or tell "
    "the person, who can still change the list.",
    "person": "You may change this list until it has had {most} changes in a day, and it has had "
    "them. Nothing was changed. The next day begins at midnight UTC. Try again then.",
}
_NO_MORE_TASKS = {
    "agents": "Agents may fill this list up to {most} tasks, and it holds as many. Nothing was "
    "changed. Tell the person that there is no room left for tasks of agents.",
    "person": "This list holds {most} tasks, as many as it may. Nothing was changed. Ask whoever "
    "runs this server for more room (SURELIST_MAX_TASKS).",
}
_NO_MORE_BYTES = {
    "agents": "Agents may fill this list, its history and its conversations up to {most} bytes, "
    "and they hold as many. Nothing was changed. Tasks can still be completed, reopened and "
    "restored. For anything else ask the person to make room.",
    "person": "This list, its history and its conversations hold {most} bytes, as many as they "
    "may. Nothing was changed. Tasks can still be completed, reopened and restored. For anything "
    "else ask whoever runs this server for more room (SURELIST_MAX_BYTES).",
}


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
    """Raise TooManyRequests when the caller's quotas do not allow such a change.

    The list has had `used` changes on the day (UTC) of `now`, and holds `kept` tasks outside the
    trash and `stored_bytes`.
    """
    quotas = tx.quotas
    whose = _whose(tx)
    if quotas.events_a_day and used >= quotas.events_a_day:
        wait = seconds_to_midnight(now)
        raise TooManyRequests(
            _CHANGES_SPENT[whose].format(most=quotas.events_a_day), retry_after=wait
        )
    if quotas.tasks and adds_task and kept >= quotas.tasks:
        raise _full(_NO_MORE_TASKS[whose], quotas.tasks)
    if adds_text:
        refuse_past_bytes(tx, stored_bytes)


def refuse_past_bytes(tx: UserTransaction, stored_bytes: int) -> None:
    """Raise TooManyRequests when the caller's quota allows no more text than what is stored."""
    quota = tx.quotas.bytes
    if quota and stored_bytes >= quota:
        raise _full(_NO_MORE_BYTES[_whose(tx)], quota)


def seconds_to_midnight(now: datetime) -> int:
    """The whole seconds until the next day (UTC) has begun."""
    today = now.astimezone(UTC).date()
    midnight = datetime.combine(today + timedelta(days=1), time(), UTC)
    return math.ceil((midnight - now).total_seconds())


def _whose(tx: UserTransaction) -> str:
    return "person" if tx.caller.is_person else "agents"


def _full(told: str, most: int) -> TooManyRequests:
    return TooManyRequests(told.format(most=most), retry_after=int(DAY.total_seconds()))
