"""Times as arguments, and times in a time zone."""

import re
from datetime import UTC, datetime, tzinfo
from functools import lru_cache
from typing import Annotated
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, AwareDatetime, BeforeValidator, Field

_DATE = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_INVALID_TIME = "must be an ISO 8601 date and time with an offset"


def _require_iso_text(value: object) -> object:
    """Require text, since Pydantic reads a number as seconds since 1970."""
    if not (isinstance(value, str) and _DATE.match(value)):
        raise ValueError(_INVALID_TIME)
    return value


def _in_utc(value: datetime) -> datetime:
    try:
        return value.astimezone(UTC)
    except OverflowError:
        raise ValueError(_INVALID_TIME) from None


Instant = Annotated[
    AwareDatetime,
    BeforeValidator(_require_iso_text),
    AfterValidator(_in_utc),
    Field(strict=False),
]
"""An argument: a date and time with an offset, in ISO 8601."""


@lru_cache(maxsize=512)
def zone(name: str) -> tzinfo:
    """The time zone of an IANA name or an offset. Falls back to UTC for an unknown name."""
    if name[:1] in ("+", "-"):
        return datetime.strptime(name, "%z").tzinfo or UTC
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")


def local(at: datetime, timezone: str) -> str:
    """Format a time in ISO 8601, in `timezone`, to the second."""
    return at.astimezone(zone(timezone)).isoformat(timespec="seconds")
