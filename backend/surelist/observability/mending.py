"""Which client programs write arguments that had to be put right: a metric, and a line a day."""

import logging
import re
from collections import OrderedDict
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from typing import Any, TypeVar, cast

from surelist.observability import metrics
from surelist.observability.calls import current_call

logger = logging.getLogger("surelist.clients")

CLIENT_INFO = "io.modelcontextprotocol/clientInfo"
"""Where a request of 2026-07-28 names its program; before it, only `initialize` did."""

PROGRAMS = 50
"""Program names that a worker counts by; strangers choose them, so later ones are OTHER."""

REMEMBERED = 10_000
"""Callers whose program, or whose line of the day, a worker remembers."""

OTHER, UNKNOWN = "other", "unknown"
_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,39}")

Caller = tuple[str | None, str | None]
"""A user and a `client_id`, as in the log."""

T = TypeVar("T")

_programs: set[str] = set()
_introduced: OrderedDict[Caller, str] = OrderedDict()
_told: OrderedDict[Caller, date] = OrderedDict()


def introduce(params: Mapping[str, Any]) -> None:
    """Remember the program that an `initialize` names, for this caller's later calls."""
    call, name = current_call(), _plain(params.get("clientInfo"))
    if call and name:
        _keep(_introduced, (call.user, call.client), name)


def count_mended(params: Mapping[str, Any] | None, user_agent: str | None) -> None:
    """Count what the reader put right in this call, if it did, for the program that sent it."""
    call = current_call()
    if call is None or not call.mended:
        return
    caller = (call.user, call.client)
    program = _label(_program(caller, params or {}, user_agent))
    for kind in call.mended:
        metrics.ARGUMENTS_MENDED.labels(program, kind).inc()
    _tell(caller, call.mended)


def _tell(caller: Caller, kinds: Iterable[str]) -> None:
    today = datetime.now(UTC).date()
    if _told.get(caller) == today:
        return
    _keep(_told, caller, today)
    user, client = caller
    fields = {"user": user, "client": client, "kinds": sorted(kinds)}
    logger.info("arguments of this client were put right", extra={"fields": fields})


def _program(caller: Caller, params: Mapping[str, Any], user_agent: str | None) -> str:
    named = _plain(_object(params.get("_meta")).get(CLIENT_INFO)) or _introduced.get(caller)
    return named or _plain({"name": (user_agent or "").partition("/")[0]}) or UNKNOWN


def _plain(client_info: Any) -> str | None:
    """The name in a client's words about itself, if it is one in a plain form."""
    name = _object(client_info).get("name")
    if not isinstance(name, str):
        return None
    plain = "-".join(name.lower().split())
    return plain if _NAME.fullmatch(plain) else None


def _object(value: Any) -> Mapping[str, Any]:
    return cast("Mapping[str, Any]", value) if isinstance(value, dict) else {}


def _label(program: str) -> str:
    if program not in _programs:
        if len(_programs) >= PROGRAMS:
            return OTHER
        _programs.add(program)
    return program


def _keep(kept: OrderedDict[Caller, T], caller: Caller, value: T) -> None:
    kept[caller] = value
    kept.move_to_end(caller)
    if len(kept) > REMEMBERED:
        kept.popitem(last=False)
