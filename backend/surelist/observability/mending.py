"""Counts corrected arguments by client program, and logs each client once a day."""

import logging
import re
from collections import OrderedDict
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from typing import Any, TypeVar, cast

from surelist.observability import metrics
from surelist.observability.call import current_call

logger = logging.getLogger("surelist.clients")

CLIENT_INFO = "io.modelcontextprotocol/clientInfo"
"""The `_meta` key for the program in 2026-07-28. Before, only `initialize` named it."""

MAX_PROGRAMS = 50
"""Maximum number of names in a worker's metric. Clients choose names, so further ones are OTHER."""

MAX_CALLERS = 10_000
"""Maximum number of callers whose program, or day of the last log line, a worker stores."""

OTHER, UNKNOWN = "other", "unknown"
_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,39}")

Caller = tuple[str | None, str | None]
"""User id and client id, as in the log."""

T = TypeVar("T")

_programs: set[str] = set()
_programs_by_caller: OrderedDict[Caller, str] = OrderedDict()
_logged_on: OrderedDict[Caller, date] = OrderedDict()


def record_client_info(params: Mapping[str, Any]) -> None:
    """Store the program that `initialize` names, for later calls of this caller."""
    call, name = current_call(), _program_name(params.get("clientInfo"))
    if call and name:
        _put(_programs_by_caller, (call.user, call.client), name)


def count_mended(params: Mapping[str, Any] | None, user_agent: str | None) -> None:
    """Count the corrections of the current call's arguments by client program."""
    call = current_call()
    if call is None or not call.mended:
        return
    caller = (call.user, call.client)
    program = _metric_label(_program(caller, params or {}, user_agent))
    for kind in call.mended:
        metrics.ARGUMENTS_MENDED.labels(program, kind).inc()
    _log_once_a_day(caller, call.mended)


def _log_once_a_day(caller: Caller, kinds: Iterable[str]) -> None:
    today = datetime.now(UTC).date()
    if _logged_on.get(caller) == today:
        return
    _put(_logged_on, caller, today)
    user, client = caller
    fields = {"user": user, "client": client, "kinds": sorted(kinds)}
    logger.info("arguments of this client were corrected", extra={"fields": fields})


def _program(caller: Caller, params: Mapping[str, Any], user_agent: str | None) -> str:
    name = _program_name(_object(params.get("_meta")).get(CLIENT_INFO)) or _programs_by_caller.get(
        caller
    )
    return name or _program_name({"name": (user_agent or "").partition("/")[0]}) or UNKNOWN


def _program_name(client_info: Any) -> str | None:
    """The name in a `clientInfo`, in lower case with hyphens; None unless it matches _NAME."""
    name = _object(client_info).get("name")
    if not isinstance(name, str):
        return None
    normalized = "-".join(name.lower().split())
    return normalized if _NAME.fullmatch(normalized) else None


def _object(value: Any) -> Mapping[str, Any]:
    return cast("Mapping[str, Any]", value) if isinstance(value, dict) else {}


def _metric_label(program: str) -> str:
    if program not in _programs:
        if len(_programs) >= MAX_PROGRAMS:
            return OTHER
        _programs.add(program)
    return program


def _put(cache: OrderedDict[Caller, T], caller: Caller, value: T) -> None:
    cache[caller] = value
    cache.move_to_end(caller)
    if len(cache) > MAX_CALLERS:
        cache.popitem(last=False)
