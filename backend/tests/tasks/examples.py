"""Values that each field of a task is given in tests: the one list, which a new field joins."""

from typing import Any

EXAMPLES: dict[str, tuple[Any, ...]] = {
    "title": ("Buy milk", "Call mom"),
    "description": ("", "With care", "Soon"),
    # On November 1st midnight comes twice in Havana, and on March 14th 0:30 does not come.
    "due": (
        "2026-11-01",
        "2026-11-23",
        "2026-11-23T09:00",
        "2027-03-14T00:30",
        "2026-11-23T11:00:00+02:00",
    ),
    "priority": ("low", "medium", "high"),
    "tags": ([], ["home"], ["home", "now"]),
}
