"""Reads earlier states of a row from the ledger."""

from typing import Any

from sqlalchemy import BigInteger, Text, bindparam, select

from surelist.data.database import compiled
from surelist.errors import Gone
from surelist.ledger.statements import EVENT
from surelist.ledger.subjects import Key, Row, Subject, subjects
from surelist.ledger.write import Outcome, Write

_event_id = bindparam("event_id", type_=BigInteger, required=True)
_subject = bindparam("subject", type_=Text, required=True)
_since = (
    select(EVENT.c.id, EVENT.c.at, EVENT.c.before, EVENT.c.after)
    .where(EVENT.c.subject == _subject, EVENT.c.id >= _event_id)
    .order_by(EVENT.c.id.desc())
)
_OF_A_NUMBER = compiled(
    _since.where(EVENT.c.subject_id == bindparam("key", type_=BigInteger, required=True))
)
_OF_A_TEXT = compiled(
    _since.where(
        EVENT.c.subject_id.is_(None),
        EVENT.c.subject_key.is_not_distinct_from(bindparam("key", type_=Text, required=True)),
    )
)


async def first_outcome(write: Write) -> Outcome | None:
    """The outcome of the first call with the write's idempotency key, or None.

    Raises Gone if its row was purged.
    """
    if write.first is None:
        return None
    subject = subjects()[write.first.subject]
    return await outcome_of_event(write, subject, write.first.key, write.first.event)


async def outcome_of_event(write: Write, subject: Subject, key: Key, event_id: int) -> Outcome:
    """The outcome of event `event_id`, for a repeated call. Raises Gone if its row was purged."""
    row, changed = await row_at_event(write, subject, key, event_id)
    names = subject.fields.field_names(changed)
    return Outcome(subject, row, write.timezone, names, event_id, repeated=True)


async def row_at_event(
    write: Write, subject: Subject, key: Key, event_id: int
) -> tuple[Row, list[str]]:
    """The row after event `event_id`, and the columns that the event changed. Raises Gone."""
    current = (await load(write, subject, [key])).get(key)
    if current is None:
        raise Gone("purged", what=subject.noun(key))
    statement = _OF_A_NUMBER if isinstance(key, int) else _OF_A_TEXT
    found = await write.tx.fetch_all(statement, subject=subject.name, key=key, event_id=event_id)
    *later, event = found
    row = {**current, "version": event["id"], "updated_at": event["at"]}
    for one in later:
        row |= subject.fields.columns_from_json(one["before"], write.timezone)
    return row, list(event["after"])


async def load(write: Write, subject: Subject, keys: list[Any]) -> dict[Key, Row]:
    """The visible rows of a subject with these keys, by key."""
    found = await write.tx.fetch_all(subject.load, keys=keys)
    return {subject.key_of(row): row for row in found}
