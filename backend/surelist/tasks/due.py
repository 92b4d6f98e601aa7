"""When a task is due: ISO 8601 read in the user's timezone, and written back in it."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from surelist.errors import Invalid

YEARS = range(1900, 9999)
"""Years in which every instant can be written in every timezone."""

_ISO = re.compile(
    r"\d{4}-\d\d-\d\d"
    r"(?P<time>[T ]\d\d:\d\d(:\d\d(\.\d{1,6})?)?(?P<offset>Z|[+-]\d\d:\d\d(:\d\d)?)?)?",
    re.ASCII | re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Moment:
    """An instant, or with `on` a whole day, `at` then being its start in the user's timezone."""

    at: datetime
    on: date | None = None


@lru_cache(maxsize=512)
def zone(name: str) -> ZoneInfo:
    """The timezone of that IANA name; UTC when this machine does not know it."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")


def read_moment(text: str, timezone: str, argument: str) -> Moment:
    """The moment that an ISO 8601 date or date-time names in `timezone`.

    A local time that occurs twice is the earlier. Raises Invalid, naming `argument`, when it is not
    ISO 8601 or the clocks skip that time.
    """
    local = zone(timezone)
    parts = _ISO.fullmatch(text)
    try:
        if not parts or int(text[:4]) not in YEARS:
            raise ValueError(text)
        if not parts["time"]:
            day = date.fromisoformat(text)
            return Moment(start_of(day, local), day)
        stated = datetime.fromisoformat(text.upper())
    except ValueError:
        raise Invalid(
            f'"{argument}" must be an ISO 8601 date such as "2026-12-31", or a date and time such '
            f'as "2026-12-31T15:00". {today(timezone)} Call again with a date in that form.'
        ) from None
    at = stated if parts["offset"] else _local_time(stated, local, argument, timezone)
    return Moment(at.astimezone(UTC))


def start_of(day: date, local: ZoneInfo) -> datetime:
    """The instant at which `day` begins in that timezone, also where its midnight is skipped."""
    return datetime.combine(day, time(), local).astimezone(UTC)


def day_after(day: date) -> date:
    """The next day; the last day that there is, is its own."""
    return day + timedelta(days=1) if day < date.max else day


def write_moment(at: datetime, on: date | None, timezone: str) -> tuple[str, str]:
    """A due date as it is shown and taken back, with its weekday."""
    if on:
        return on.isoformat(), f"{on:%A}"
    local = at.astimezone(zone(timezone))
    return local.isoformat(), f"{local:%A}"


def today(timezone: str) -> str:
    """A sentence that says what day it is, for whoever reckons with "tomorrow"."""
    now = datetime.now(zone(timezone))
    return f"Today is {now:%A}, {now:%Y-%m-%d}, in {timezone}."


def _local_time(stated: datetime, local: ZoneInfo, argument: str, timezone: str) -> datetime:
    at = stated.replace(tzinfo=local)
    if at.astimezone(UTC).astimezone(local).replace(tzinfo=None) != stated:
        raise Invalid(
            f'"{argument}" names a time that does not exist in {timezone}: the clocks skip '
            f"{stated:%H:%M} on {stated:%Y-%m-%d}. Call again with a time an hour later."
        )
    return at
