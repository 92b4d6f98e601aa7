"""ETags of a task: its version, a hyphen, and a digest of its representation.

The representation can change without the version: with the time zone, or with a new Surelist.
"""

import re
from hashlib import blake2b

NO_VERSION = 0
"""The version of an unknown tag. No task has it."""

_OURS = re.compile(r'"([1-9][0-9]{0,15})(?:-[0-9a-f]{12})?"')
_TAG = re.compile(r'(?:W/)?("[^"]*")')


def etag(version: int, representation: bytes | memoryview) -> str:
    """The ETag of a task with this version and representation."""
    return f'"{version}-{blake2b(representation, digest_size=6).hexdigest()}"'


def version_in(if_match: str) -> int | None:
    """The version in an If-Match, or None for `*`, which matches every version.

    The digest is optional and ignored, since a change of the time zone does not change a task.
    """
    if if_match == "*":
        return None
    tag = _OURS.fullmatch(if_match)
    return int(tag[1]) if tag else NO_VERSION


def matches(if_none_match: str, current: str) -> bool:
    """Whether an If-None-Match has the current ETag. Weak comparison (RFC 9110, 13.1.2)."""
    return if_none_match.strip() == "*" or current in _TAG.findall(if_none_match)
