"""When a task is due: a day, or a wall time on it; read from ISO 8601 and written back as that."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from surelist.errors import Invalid
from surelist.ledger.times import zone

YEARS = range(1900, 9999)
"""Years in which every instant can be written in every timezone."""

_ISO = re.compile(
    r"\d{4}-\d\d-\d\d"
    r"(?P<time>[T ]\d\d:\d\d(:\d\d(\.\d{1,6})?)?(?P<offset>Z|[+-]\d\d:\d\d(:\d\d)?)?)?",
    re.ASCII | re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Moment:
    """A day, or a wall time on it, and the instant `at` that it stands for.

    `clock` is None for a whole day, which begins at `at`. `zone` is None when the moment floats: it
    stays that day and time when the user's timezone changes. A moment that was given with an offset
    has that offset as its zone, such as "+02:00" or "UTC".
    """

    at: datetime
    on: date
    clock: time | None = None
    zone: str | None = None


def read_moment(text: str, timezone: str, argument: str) -> Moment:
    """The moment that an ISO 8601 date or date-time names in `timezone`.

    A local time that occurs twice is the earlier. Raises Invalid, naming `argument`, when it is not
    ISO 8601 or the clocks skip that time.
    """
    parts = _ISO.fullmatch(text)
    try:
        if not parts or int(text[:4]) not in YEARS:
            raise ValueError(text)
        if not parts["time"]:
            day = date.fromisoformat(text)
            return Moment(instant(day, None, None, timezone), day)
        stated = datetime.fromisoformat(text.upper())
    except ValueError:
        now = datetime.now(zone(timezone))
        raise Invalid("date_not_iso", argument=argument, now=now, timezone=timezone) from None
    if parts["offset"]:
        return fixed(stated)
    _refuse_skipped(stated, argument, timezone)
    at = instant(stated.date(), stated.time(), None, timezone)
    return Moment(at, stated.date(), stated.time())


def fixed(stated: datetime) -> Moment:
    """The moment of a time with an offset, which is its zone from then on."""
    offset = (stated.tzname() or "").removeprefix("UTC") or "UTC"
    return Moment(stated.astimezone(UTC), stated.date(), stated.time(), offset)


def instant(on: date, clock: time | None, own_zone: str | None, timezone: str) -> datetime:
    """The instant of a day or wall time, in its own zone or else in the user's `timezone`.

    A wall time that the clocks skip moves forward by the gap; of one that occurs twice it is the
    earlier. A whole day begins at its first instant.
    """
    # Python reads a skipped time by the offset of before the gap, and so past it (PEP 495).
    return datetime.combine(on, clock or time(), zone(own_zone or timezone)).astimezone(UTC)


def start_of(day: date, timezone: str) -> datetime:
    """The instant at which `day` begins in that timezone, also where its midnight is skipped."""
    return instant(day, None, None, timezone)


def day_after(day: date) -> date:
    """The next day; the last day that there is, is its own."""
    return day + timedelta(days=1) if day < date.max else day


def write_moment(at: datetime, on: date, clock: time | None, timezone: str) -> tuple[str, str]:
    """A due date as it is shown and taken back, with its weekday."""
    if clock is None:
        return on.isoformat(), f"{on:%A}"
    local = at.astimezone(zone(timezone))
    return local.isoformat(), f"{local:%A}"


def _refuse_skipped(stated: datetime, argument: str, timezone: str) -> None:
    local = zone(timezone)
    there = stated.replace(tzinfo=local).astimezone(UTC).astimezone(local)
    if there.replace(tzinfo=None) != stated:
        raise Invalid("time_skipped", argument=argument, time=stated, timezone=timezone)
