"""Floating due dates: they keep their day and wall time when the user's time zone changes."""

from sqlalchemy import ARRAY, Date, DateTime, Time, bindparam, column, func, select
from sqlmodel import col

from surelist.data.database import compiled
from surelist.data.isolation import UserTransaction, user_rows, user_update
from surelist.tasks.due import instant
from surelist.tasks.models import Task

_task = user_rows(Task)
_FLOATING = compiled(
    select(_task.c.due_on, _task.c.due_time)
    .where(_task.c.due_on.is_not(None), _task.c.due_zone.is_(None))
    .distinct()
)
_moved = (
    func.unnest(
        bindparam("days", type_=ARRAY(Date), required=True),
        bindparam("times", type_=ARRAY(Time), required=True),
        bindparam("instants", type_=ARRAY(DateTime(timezone=True)), required=True),
    )
    .table_valued(
        column("day", Date), column("clock", Time), column("instant", DateTime(timezone=True))
    )
    .render_derived("moved")
)
_MOVE = compiled(
    user_update(Task)
    .where(
        col(Task.due_on) == _moved.c.day,
        col(Task.due_time).is_not_distinct_from(_moved.c.clock),
        col(Task.due_zone).is_(None),
    )
    .values(due_at=_moved.c.instant)
)


async def move_due_dates(tx: UserTransaction, timezone: str) -> None:
    """Set the instants of all floating due dates to their day and wall time in `timezone`."""
    dues = [(row["due_on"], row["due_time"]) for row in await tx.fetch_all(_FLOATING)]
    await tx.execute(
        _MOVE,
        days=[on for on, _ in dues],
        times=[clock for _, clock in dues],
        instants=[instant(on, clock, None, timezone) for on, clock in dues],
    )
