"""A user's account: its time zone and counts, and its erasure."""

from zoneinfo import available_timezones

from sqlalchemy import DateTime, Text, bindparam, cast, func, select
from sqlmodel import SQLModel, col

from surelist.agents.models import Agent
from surelist.conversations.models import Conversation, Message
from surelist.database import Record, compiled
from surelist.errors import Invalid
from surelist.isolation import UserDatabase, changed, mine, removed
from surelist.ledger.models import Account, Event
from surelist.tasks.models import Task, Term

_account = mine(Account)
_ACCOUNT = compiled(select(*_account.c))

_zone = bindparam("timezone", type_=Text, required=True)
_SET_TIMEZONE = compiled(changed(Account).values(timezone=_zone))
_MOVE_WHOLE_DAYS = compiled(
    changed(Task)
    .where(col(Task.due_on).is_not(None))
    .values(due_at=func.timezone(_zone, cast(col(Task.due_on), DateTime(timezone=False))))
)

_ERASED: tuple[type[SQLModel], ...] = (Message, Conversation, Event, Term, Task, Agent)
_ERASE = [
    *(compiled(removed(model)) for model in _ERASED),
    compiled(
        changed(Account).values(
            erased_at=func.clock_timestamp(),
            timezone="UTC",
            pending_count=0,
            completed_count=0,
            stored_bytes=0,
        )
    ),
]


async def find(database: UserDatabase) -> Record | None:
    """The account, or None for a user who has never written."""
    return await database.one(_ACCOUNT)


async def set_timezone(database: UserDatabase, timezone: str) -> Record | None:
    """Move the account to another time zone; tasks due on a day stay due on that day there.

    Raises Invalid when it is not an IANA name.
    """
    if timezone not in available_timezones():
        raise Invalid(
            '"timezone" must be the IANA name of a time zone, such as "Europe/Berlin". '
            "Nothing was changed. Call again with such a name."
        )
    await database.run(_SET_TIMEZONE, timezone=timezone)
    await database.run(_MOVE_WHOLE_DAYS, timezone=timezone)
    return await find(database)


async def erase(database: UserDatabase) -> None:
    """Remove all that is known of the user but the counters, so that no id is ever used twice.

    Every token issued until now is refused from now on.
    """
    for statement in _ERASE:
        await database.run(statement)
