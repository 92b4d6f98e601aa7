"""Refusals of changes that would pass a quota (specs/operation.md, Limits)."""

import math
from collections.abc import Mapping
from typing import Any

from surelist.access.allowances import DAY
from surelist.data.isolation import UserTransaction
from surelist.errors import TooManyRequests

_CHANGES_SPENT = {
    "agents": "Agents may change this list until it has had {most} changes in 24 hours, and it has "
    "had them. Nothing was changed. Wait {minutes} minutes, then call again, or tell the person, "
    "who can still change the list.",
    "person": "You may change this list until it has had {most} changes in 24 hours, and it has "
    "had them. Nothing was changed. Wait {minutes} minutes, then try again.",
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
    tx: UserTransaction, standing: Mapping[str, Any], *, adds_task: bool, adds_text: bool
) -> None:
    """Raise TooManyRequests when the caller's quotas do not allow such a change.

    `standing` was read under the lock: `quota_began_at`, `now`, `kept` and `stored_bytes` of
    `ledger.service.STANDING`.
    """
    quotas = tx.quotas
    whose = _whose(tx)
    if (began := standing["quota_began_at"]) and (free_at := began + DAY) > standing["now"]:
        wait = (free_at - standing["now"]).total_seconds()
        told = _CHANGES_SPENT[whose].format(most=quotas.events_a_day, minutes=math.ceil(wait / 60))
        raise TooManyRequests(told, retry_after=math.ceil(wait))
    if quotas.tasks and adds_task and standing["kept"] >= quotas.tasks:
        raise _full(_NO_MORE_TASKS[whose], quotas.tasks)
    if adds_text:
        refuse_past_bytes(tx, standing)


def refuse_past_bytes(tx: UserTransaction, standing: Mapping[str, Any]) -> None:
    """Raise TooManyRequests when the caller's quota allows no more text.

    `standing` was read under the lock, and has the account's `stored_bytes`.
    """
    quota = tx.quotas.bytes
    if quota and standing["stored_bytes"] >= quota:
        raise _full(_NO_MORE_BYTES[_whose(tx)], quota)


def _whose(tx: UserTransaction) -> str:
    return "person" if tx.caller.is_person else "agents"


def _full(told: str, most: int) -> TooManyRequests:
    return TooManyRequests(told.format(most=most), retry_after=int(DAY.total_seconds()))
