"""The export of a user's data as of one event, read page by page."""

from collections.abc import AsyncGenerator, Awaitable, Callable
from typing import Any, Protocol, TypeAlias, TypeVar

import orjson
from sqlalchemy import BigInteger, Text, bindparam, func, literal_column, select

from surelist.conversations.export import conversations_after, messages_after
from surelist.data.database import Record, compiled
from surelist.data.isolation import UserTransaction, user_rows
from surelist.ledger.models import Event
from surelist.ledger.representation import event as shown_event
from surelist.tasks import purge
from surelist.tasks.fields import FIELDS
from surelist.tasks.models import Task
from surelist.tasks.representation import whole
from surelist.webhooks.export import webhooks_after

T = TypeVar("T")

Place = TypeVar("Place", int, tuple[int, int])
"""The id, or the pair of ids, after which a page begins."""

Page: TypeAlias = tuple[list[Any], int | None]
"""The rows of a page as JSON values, and the id after which the next page begins, or None."""

PAGE = 200
"""Rows that one transaction reads. The export holds no connection between two transactions."""

_as_of = bindparam("as_of", type_=BigInteger, required=True)
_last = bindparam("last", type_=BigInteger, required=True)
_task = user_rows(Task)
_event = user_rows(Event)
_IS_TASK = literal_column("'task'", Text)
_TASKS = compiled(
    select(*_task.c)
    .where(_task.c.id > _last, purge.restorable(_task))
    .order_by(_task.c.id)
    .limit(PAGE)
)
_SINCE = compiled(
    select(_event.c.id, _event.c.subject_id, _event.c.before)
    .where(
        _event.c.subject == _IS_TASK,
        _event.c.id > _as_of,
        _event.c.subject_id > _last,
        _event.c.subject_id <= bindparam("through", type_=BigInteger, required=True),
    )
    .order_by(_event.c.id.desc())
)
_LATEST = compiled(
    select(
        _event.c.subject_id, func.max(_event.c.id).label("id"), func.max(_event.c.at).label("at")
    )
    .where(
        _event.c.subject == _IS_TASK,
        _event.c.id <= _as_of,
        _event.c.subject_id > _last,
        _event.c.subject_id <= bindparam("through", type_=BigInteger, required=True),
    )
    .group_by(_event.c.subject_id)
)
_EVENTS = compiled(
    select(*_event.c)
    .where(_event.c.id > _last, _event.c.id <= _as_of)
    .order_by(_event.c.id)
    .limit(PAGE)
)


class Reading(Protocol):
    """Runs a unit of work in its own read transaction."""

    async def __call__(self, work: Callable[[UserTransaction], Awaitable[T]]) -> T:
        """Run `work`."""
        ...


async def export(account: Record | None, read: Reading) -> AsyncGenerator[bytes]:
    """The bytes of one JSON object: as_of, timezone, and an array for each exported table.

    Tasks and events are as of `account`'s last event, `as_of`. A task that has changed since is
    restored from its events, and a task that is purged during the export is left out.
    Conversations, messages and webhooks are as they are when their page is read.
    """
    timezone, as_of = (account["timezone"], account["last_event"]) if account else ("UTC", 0)
    yield b'{"as_of":%d,"timezone":%b,"tasks":[' % (as_of, orjson.dumps(timezone))
    async for piece in _pages(read, lambda tx, last: _tasks(tx, last, as_of, timezone)):
        yield piece
    yield b'],"events":['
    async for piece in _pages(read, lambda tx, last: _events(tx, last, as_of, timezone)):
        yield piece
    yield b'],"conversations":['
    async for piece in _pages(read, lambda tx, last: conversations_after(tx, last, timezone)):
        yield piece
    yield b'],"messages":['
    async for piece in _pages(
        read, lambda tx, last: messages_after(tx, last, timezone), first=(0, 0)
    ):
        yield piece
    yield b'],"webhooks":['
    async for piece in _pages(read, webhooks_after):
        yield piece
    yield b"]}"


async def _pages(
    read: Reading,
    page: Callable[[UserTransaction, Place], Awaitable[tuple[list[Any], Place | None]]],
    first: Place = 0,
) -> AsyncGenerator[bytes]:
    """The members of a JSON array, a page at a time."""
    last: Place | None = first
    separator = b""
    while last is not None:
        shown, last = await read(lambda tx, place=last: page(tx, place))
        if shown:
            yield separator + orjson.dumps(shown)[1:-1]
            separator = b","


async def _tasks(tx: UserTransaction, last: int, as_of: int, timezone: str) -> Page:
    found = await tx.fetch_all(_TASKS, last=last)
    if not found:
        return [], None
    span = {"as_of": as_of, "last": last, "through": found[-1]["id"]}
    tasks: dict[int, dict[str, Any]] = {row["id"]: dict(row) for row in found}
    for later in await tx.fetch_all(_SINCE, **span):
        if later["before"] is None:
            tasks.pop(later["subject_id"], None)
        elif later["subject_id"] in tasks:
            tasks[later["subject_id"]] |= FIELDS.columns_from_json(later["before"], timezone)
    for event in await tx.fetch_all(_LATEST, **span):
        if event["subject_id"] in tasks:
            tasks[event["subject_id"]] |= {"version": event["id"], "updated_at": event["at"]}
    return [whole(task, timezone) for task in tasks.values()], found[-1]["id"]


async def _events(tx: UserTransaction, last: int, as_of: int, timezone: str) -> Page:
    found = await tx.fetch_all(_EVENTS, last=last, as_of=as_of)
    if not found:
        return [], None
    return [shown_event(row, timezone) for row in found], found[-1]["id"]
