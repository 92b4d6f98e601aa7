"""The fields of a task.

For speed, representation.py builds the rows of a list without them. A test compares both.
"""

from datetime import UTC, date, datetime, time

from surelist.ledger.fields import Columns, Field, Fields, one_column, timestamp_flag
from surelist.tasks.due import Moment, instant, moment_with_offset, read_moment, write_moment
from surelist.tasks.models import PRIORITIES, PRIORITY_NAMES


def _columns_of_moment(due: Moment) -> Columns:
    return {"due_on": due.on, "due_time": due.clock, "due_zone": due.zone, "due_at": due.at}


def _due_to_columns(value: str, columns: Columns, timezone: str) -> Columns:
    """Floating due times are shown with an offset. Sent back unchanged, they remain floating."""
    due = read_moment(value, timezone, "due")
    if due.zone and columns["due_time"] is not None and columns["due_at"] == due.at:
        return DUE.own_columns(columns)
    return _columns_of_moment(due)


def _due_to_value(columns: Columns, timezone: str) -> str | None:
    if columns["due_at"] is None:
        return None
    return write_moment(columns["due_at"], columns["due_on"], columns["due_time"], timezone)[0]


def _due_from_event(image: Columns, timezone: str) -> Columns:
    """Floating times are due in the current `timezone`. Events before migration 0007 have none."""
    if "due_time" not in image and image["due_at"] and not image["due_on"]:
        due_at = datetime.fromisoformat(image["due_at"]).astimezone(UTC)
        return _columns_of_moment(moment_with_offset(due_at))
    if not image["due_on"]:
        return DUE.empty
    on, clock, zone = (
        date.fromisoformat(image["due_on"]),
        image.get("due_time"),
        image.get("due_zone"),
    )
    clock = time.fromisoformat(clock) if clock else None
    return _columns_of_moment(Moment(instant(on, clock, zone, timezone), on, clock, zone))


def _due_comparison_key(columns: Columns) -> object:
    """Day and wall time of a floating due date, the instant of any other."""
    floats = columns["due_zone"] is None
    return (columns["due_on"], columns["due_time"]) if floats else columns["due_at"]


TITLE = one_column("title")
DESCRIPTION = one_column("description", to_column=lambda text: text or None)
PRIORITY = one_column(
    "priority", 0, to_column=PRIORITIES.__getitem__, from_column=PRIORITY_NAMES.__getitem__
)
DUE = Field(
    "due",
    "due",
    dict.fromkeys(("due_on", "due_time", "due_zone", "due_at")),
    to_columns=_due_to_columns,
    to_value=_due_to_value,
    from_event=_due_from_event,
    comparison_key=_due_comparison_key,
)
TAGS = one_column("tags", [])
COMPLETED = timestamp_flag("completed", "status")
DELETED = timestamp_flag("deleted", "status")

FIELDS = Fields(TITLE, DESCRIPTION, PRIORITY, DUE, TAGS, COMPLETED, DELETED)

EMPTY = FIELDS.empty
"""The columns of all fields and their values in empty fields."""
