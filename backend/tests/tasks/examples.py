"""Example values for each field of a task. A new field needs an entry here."""

from typing import Any

EXAMPLES: dict[str, tuple[Any, ...]] = {
    "title": ("Buy milk", "Call mom"),
    "description": ("", "With care", "Soon"),
    # In Havana, midnight occurs twice on November 1st, and 0:30 does not occur on March 14th.
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
