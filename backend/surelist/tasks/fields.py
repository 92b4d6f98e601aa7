"""The fields of a task.

A list row alone is written by hand, for speed (representation.py); a test holds it against FIELDS.
"""

from datetime import UTC, date, datetime, time

from surelist.ledger.fields import Columns, Field, Fields, one_column, since
from surelist.tasks.due import Moment, fixed, instant, read_moment, write_moment
from surelist.tasks.models import PRIORITIES, PRIORITY_NAMES


def _due_columns(due: Moment) -> Columns:
    return {"due_on": due.on, "due_time": due.clock, "due_zone": due.zone, "due_at": due.at}


def _given_due(value: str, columns: Columns, timezone: str) -> Columns:
    """A time that is sent back as it was shown, with an offset, goes on floating if it did."""
    due = read_moment(value, timezone, "due")
    if due.zone and columns["due_time"] is not None and columns["due_at"] == due.at:
        return DUE.of(columns)
    return _due_columns(due)


def _shown_due(columns: Columns, timezone: str) -> str | None:
    if columns["due_at"] is None:
        return None
    return write_moment(columns["due_at"], columns["due_on"], columns["due_time"], timezone)[0]


def _recalled_due(image: Columns, timezone: str) -> Columns:
    """Wall times fall due where the user is now; an event of before migration 0007 has none."""
    if "due_time" not in image and image["due_at"] and not image["due_on"]:
        return _due_columns(fixed(datetime.fromisoformat(image["due_at"]).astimezone(UTC)))
    if not image["due_on"]:
        return DUE.empty
    on, clock, zone = (
        date.fromisoformat(image["due_on"]),
        image.get("due_time"),
        image.get("due_zone"),
    )
    clock = time.fromisoformat(clock) if clock else None
    return _due_columns(Moment(instant(on, clock, zone, timezone), on, clock, zone))


def _due_key(columns: Columns) -> object:
    """A day or a wall time for what floats, an instant for what does not."""
    floats = columns["due_zone"] is None
    return (columns["due_on"], columns["due_time"]) if floats else columns["due_at"]


TITLE = one_column("title")
DESCRIPTION = one_column("description", stored=lambda text: text or None)
PRIORITY = one_column(
    "priority", 0, stored=PRIORITIES.__getitem__, shown=PRIORITY_NAMES.__getitem__
)
DUE = Field(
    "due",
    "due",
    dict.fromkeys(("due_on", "due_time", "due_zone", "due_at")),
    given=_given_due,
    shown=_shown_due,
    recalled=_recalled_due,
    key=_due_key,
)
TAGS = one_column("tags", [])
COMPLETED = since("completed", "status")
DELETED = since("deleted", "status")

FIELDS = Fields(TITLE, DESCRIPTION, PRIORITY, DUE, TAGS, COMPLETED, DELETED)

EMPTY = FIELDS.empty
"""Every column of every field, as it is when the field is empty."""
