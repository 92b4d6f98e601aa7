"""Due dates of tasks: a day, or a day with a wall time. Reads and writes ISO 8601."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from surelist.errors import Invalid
from surelist.ledger.times import zone

YEARS = range(1900, 9999)
"""Years with a valid local time for every instant in every time zone."""

_ISO = re.compile(
    r"\d{4}-\d\d-\d\d"
    r"(?P<time>[T ]\d\d:\d\d(:\d\d(\.\d{1,6})?)?(?P<offset>Z|[+-]\d\d:\d\d(:\d\d)?)?)?",
    re.ASCII | re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Moment:
    """A day, or a wall time on a day, with its instant `at`.

    `clock` is None for a whole day, and `at` is then the start of the day. `zone` is None for a
    floating moment: its day and time stay the same when the user's time zone changes. For a moment
    with an offset, `zone` is that offset, such as "+02:00" or "UTC".
    """

    at: datetime
    on: date
    clock: time | None = None
    zone: str | None = None


def read_moment(text: str, timezone: str, argument: str) -> Moment:
    """Parse an ISO 8601 date or date-time. Without an offset, it is in `timezone`.

    A local time that occurs twice means the first occurrence. Raises Invalid, with the name
    `argument`, if the text is not ISO 8601 or the clocks skip that time.
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
        return moment_with_offset(stated)
    _refuse_skipped(stated, argument, timezone)
    at = instant(stated.date(), stated.time(), None, timezone)
    return Moment(at, stated.date(), stated.time())


def moment_with_offset(stated: datetime) -> Moment:
    """The moment of a time with an offset."""
    offset = (stated.tzname() or "").removeprefix("UTC") or "UTC"
    return Moment(stated.astimezone(UTC), stated.date(), stated.time(), offset)


def instant(on: date, clock: time | None, own_zone: str | None, timezone: str) -> datetime:
    """The instant of a day or wall time, in its own zone or else in the user's `timezone`.

    A wall time that the clocks skip moves forward by the length of the gap. One that occurs twice
    means the first occurrence. A whole day begins at its first instant.
    """
    # Python uses the offset before the gap for a skipped time (PEP 495).
    return datetime.combine(on, clock or time(), zone(own_zone or timezone)).astimezone(UTC)


def start_of(day: date, timezone: str) -> datetime:
    """The first instant of `day` in `timezone`, even if the clocks skip midnight."""
    return instant(day, None, None, timezone)


def day_after(day: date) -> date:
    """The next day, or `day` itself if it is `date.max`."""
    return day + timedelta(days=1) if day < date.max else day


def write_moment(at: datetime, on: date, clock: time | None, timezone: str) -> tuple[str, str]:
    """Format a due date in ISO 8601. Also returns its weekday."""
    if clock is None:
        return on.isoformat(), f"{on:%A}"
    local = at.astimezone(zone(timezone))
    return local.isoformat(), f"{local:%A}"


def _refuse_skipped(stated: datetime, argument: str, timezone: str) -> None:
    local = zone(timezone)
    round_trip = stated.replace(tzinfo=local).astimezone(UTC).astimezone(local)
    if round_trip.replace(tzinfo=None) != stated:
        raise Invalid("time_skipped", argument=argument, time=stated, timezone=timezone)
