"""ETags of one task: its version, a hyphen, and a digest of how it is shown.

The digest changes where the version does not: in another time zone, or when a later Surelist shows
a task otherwise.
"""

import re
from hashlib import blake2b

NO_VERSION = 0
"""The version that a tag stands for which was never given out: no task has it."""

_OURS = re.compile(r'"([1-9][0-9]{0,15})(?:-[0-9a-f]{12})?"')
_TAG = re.compile(r'(?:W/)?("[^"]*")')


def etag(version: int, shown: bytes | memoryview) -> str:
    """The ETag of a task of this version, shown by these bytes."""
    return f'"{version}-{blake2b(shown, digest_size=6).hexdigest()}"'


def version_in(if_match: str) -> int | None:
    """The version that an If-Match asks for; None for `*`, which is any.

    The version alone decides, with the digest or without: a change of the time zone changes no
    task.
    """
    if if_match == "*":
        return None
    tag = _OURS.fullmatch(if_match)
    return int(tag[1]) if tag else NO_VERSION


def names(if_none_match: str, current: str) -> bool:
    """Whether an If-None-Match names the current ETag, weak or not (RFC 9110, 13.1.2)."""
    return if_none_match.strip() == "*" or current in _TAG.findall(if_none_match)
