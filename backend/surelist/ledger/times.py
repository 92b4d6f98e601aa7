"""Instants as people see them."""

from datetime import UTC, datetime, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError


@lru_cache(maxsize=512)
def zone(name: str) -> tzinfo:
    """The timezone of an IANA name or an offset; UTC when this machine does not know it."""
    if name[:1] in ("+", "-"):
        return datetime.strptime(name, "%z").tzinfo or UTC
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")


def local(at: datetime, timezone: str) -> str:
    """An instant in the timezone, to the second."""
    return at.astimezone(zone(timezone)).isoformat(timespec="seconds")
