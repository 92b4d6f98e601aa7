"""Times in a time zone."""

from datetime import UTC, datetime, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError


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
