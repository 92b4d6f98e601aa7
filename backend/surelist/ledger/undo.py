"""Undo: a new event that puts back what an old one changed, field by field, of any subject."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import reduce
from typing import Any, NamedTuple

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    DateTime,
    FromClause,
    Text,
    and_,
    bindparam,
    literal_column,
    select,
    union_all,
)

from surelist.access.auth import OWNER_SCOPE
from surelist.data.database import Record, Statement, compiled
from surelist.data.isolation import UserTransaction, user_rows
from surelist.errors import Conflict, Gone, InsufficientScope, Invalid, NotFound
from surelist.ledger.history import first_outcome, load, outcome_of
from surelist.ledger.models import Event
from surelist.ledger.statements import CONTEXT, CONTEXT_FROM, EVENT
from surelist.ledger.subjects import Key, Row, Subject, key_in, subjects
from surelist.ledger.write import Idempotency, Outcome, Write

AT_ONCE = 500
"""Events that one call looks at."""

_UNDONE = user_rows(Event, "undone")
_UNDOING = user_rows(Event, "undoing")
_SUBJECTS = tuple(subjects().values())
_TRASHES = tuple(subject for subject in _SUBJECTS if subject.trash)
_EXPIRED = [subject.trash.any_expired for subject in _SUBJECTS if subject.trash]


class Of(NamedTuple):
    """Which row an event must be of."""

    subject: str
    key: Key


def _with_row(joined: FromClause, subject: Subject) -> FromClause:
    """Join the row of a subject that the undone event is of."""
    same: list[ColumnElement[bool]] = [_UNDONE.c.subject == literal_column(f"'{subject.name}'")]
    if subject.key:
        key = subject.rows.c[subject.key]
        of = _UNDONE.c.subject_key if isinstance(key.type, Text) else _UNDONE.c.subject_id
        same.append(key == of)
    return joined.outerjoin(subject.rows, and_(*same, subject.visible))


_CONTEXT_AND_EVENT = compiled(
    select(
        *CONTEXT,
        *_EXPIRED,
        _UNDONE.c.kind.label("undone_kind"),
        _UNDONE.c.subject.label("undone_subject"),
        _UNDONE.c.subject_id.label("undone_id"),
        _UNDONE.c.subject_key.label("undone_key"),
        _UNDONE.c.before.label("undone_before"),
        _UNDONE.c.after.label("undone_after"),
        _UNDOING.c.id.label("undoing_event"),
        *(
            column.label(f"{subject.name}_{column.name}")
            for subject in _SUBJECTS
            for column in subject.columns
        ),
    ).select_from(
        reduce(
            _with_row,
            _SUBJECTS,
            CONTEXT_FROM.outerjoin(
                _UNDONE, _UNDONE.c.id == bindparam("undone", type_=BigInteger, required=True)
            ).outerjoin(_UNDOING, _UNDOING.c.undoes == _UNDONE.c.id),
        )
    )
)
_CONTEXT = compiled(select(*CONTEXT, *_EXPIRED).select_from(CONTEXT_FROM))

_COLUMNS = [column for column in EVENT.c if column.name not in ("idempotency_key", "request_hash")]
_newest = (
    select(*_COLUMNS)
    .where(
        EVENT.c.client_id == bindparam("by", type_=Text, required=True),
        EVENT.c.kind != literal_column("'purged'"),
    )
    .order_by(EVENT.c.id.desc())
    .limit(literal_column(str(AT_ONCE + 1)))
    .subquery("newest")
)
_OF_CLIENT = compiled(
    select(*_newest.c, _UNDOING.c.id.label("undone_by"))
    .select_from(_newest.outerjoin(_UNDOING, _UNDOING.c.undoes == _newest.c.id))
    .where(_newest.c.at >= bindparam("since", type_=DateTime(timezone=True), required=True))
    .order_by(_newest.c.id.desc())
)
_call = bindparam("call", type_=BigInteger, required=True)
_called = (
    union_all(  # each of the two by an index of its own
        select(*_COLUMNS).where(EVENT.c.call == _call),
        select(*_COLUMNS).where(EVENT.c.id == _call, EVENT.c.call.is_(None)),
    )
    .limit(literal_column(str(AT_ONCE + 1)))
    .subquery("called")
)
_undone_by = select(_UNDOING.c.id).where(_UNDOING.c.undoes == _called.c.id).scalar_subquery()
_OF_CALL = compiled(select(*_called.c, _undone_by.label("undone_by")))
"""The events of a call. The subquery runs once for each of them, whatever the statistics say."""


@dataclass(frozen=True, slots=True)
class Undo:
    """An event that was taken back, and the event that did so: the version of its row now."""

    event: int
    subject: Subject
    key: Key
    version: int

    @classmethod
    def of(cls, event_id: int, outcome: Outcome) -> "Undo":
        """An event, and what taking it back led to."""
        subject, row = outcome.subject, outcome.row
        version = outcome.event or row["version"]
        return cls(event_id, subject, subject.key_of(row), version)


@dataclass(frozen=True, slots=True)
class Left:
    """An event that was not taken back: `fields` changed since.

    There are none where its row is gone, or where such an event cannot be undone.
    """

    event: int
    subject: Subject
    key: Key
    fields: list[str]


@dataclass(slots=True)
class Undone:
    """What was taken back of several events, and what was left."""

    events: list[Undo] = field(default_factory=list[Undo])
    left: list[Left] = field(default_factory=list[Left])


async def undo_event(
    tx: UserTransaction,
    event_id: int,
    *,
    of: Of | None = None,
    if_version: int | None = None,
    idempotency: Idempotency | None = None,
) -> Outcome:
    """Take one event back, restoring only the fields that it changed; of a creation, to the trash.

    With `of`, the event must be one of that row's. A second undo returns the first. Raises
    NotFound, Conflict naming each field that has changed since or saying why such a change cannot
    be undone, Gone after a purge, InsufficientScope for a change that only the person may undo.
    """
    write = await _begin(tx, _CONTEXT_AND_EVENT, idempotency, undone=event_id)
    if first := await first_outcome(write):
        return first
    found = write.found
    subject = subjects().get(found["undone_subject"])
    key = key_in(found, "undone")
    if (
        subject is None
        or of not in (None, (subject.name, key))
        or (subject.hidden and not tx.caller.is_person)
    ):
        of_what = subjects()[of.subject].noun(of.key).lower() if of else "this list"
        raise NotFound("change_not_found", event_id=event_id, of_what=of_what)
    if subject.for_person and not tx.caller.is_person:
        raise InsufficientScope(OWNER_SCOPE)
    if irreversible := subject.irreversible.get(found["undone_kind"]):
        raise irreversible(event_id)
    if found["undone_after"] is None:
        raise Gone("change_purged", what=subject.noun(key), event_id=event_id)
    if found["undoing_event"]:
        return await outcome_of(write, subject, key, found["undoing_event"])
    row = subject.found_in(found, f"{subject.name}_")
    if row is None:
        raise subject.no_such(key)
    if blocking := _blocking_fields(write, subject, row, found["undone_after"]):
        raise Conflict(
            "undo_blocked",
            event_id=event_id,
            fields=blocking,
            subject=subject.name,
            current=subject.whole(row, write.timezone) if subject.whole else None,
            details={"fields": blocking},
        )
    columns = _columns_before(write, subject, found["undone_before"])
    outcome = write.save(
        subject, row, columns, kind="undone", if_version=if_version, undoes=event_id
    )
    await write.commit()
    return outcome


async def undo_client(
    tx: UserTransaction,
    client_id: str,
    since: datetime,
    *,
    idempotency: Idempotency | None = None,
) -> Undone:
    """Take back each effect of that client's changes since then that still stands.

    What others have changed since is left. A repeated call changes nothing, and tells what the
    first one took back and what is left now. Raises Invalid when there are more than AT_ONCE events
    to look at.
    """
    write = await _begin(tx, _CONTEXT, idempotency)
    events = await tx.fetch_all(_OF_CLIENT, by=client_id, since=since)
    if len(events) > AT_ONCE:
        raise Invalid("too_many_changes_of_client", limit=AT_ONCE)
    return await _undo_all(write, events)


async def undo_call(
    tx: UserTransaction, call: int, *, idempotency: Idempotency | None = None
) -> Undone:
    """Take back each effect of a call that still stands, as `undo_client` does.

    `call` is the id of its first event. Raises NotFound, Invalid when it made more than AT_ONCE.
    """
    write = await _begin(tx, _CONTEXT, idempotency)
    events = await tx.fetch_all(_OF_CALL, call=call)
    if not any(_may_see(write, event) for event in events):
        raise NotFound("call_not_found", call=call)
    if len(events) > AT_ONCE:
        raise Invalid("too_many_changes_of_call", limit=AT_ONCE)
    return await _undo_all(write, sorted(events, key=lambda event: event["id"], reverse=True))


async def _begin(
    tx: UserTransaction, lookup: Statement, idempotency: Idempotency | None, **values: Any
) -> Write:
    return await Write.begin(tx, lookup, idempotency, sweeps=_TRASHES, **values)


async def _undo_all(write: Write, events: list[Record]) -> Undone:
    """Take back those of `events`, newest first, whose effect stands; the account's first.

    A repeated call takes nothing back, and only tells what the first one did and what is left.
    """
    first = write.first
    undone = await _first_undone(write)
    effective = [
        event
        for event in _effective(events)
        if _may_undo(write, event) and (first is None or event["id"] < first.event)
    ]
    effective.sort(key=lambda event: subjects()[event["subject"]].key is not None)
    rows = await _rows_of(write, effective)
    for event in effective:
        subject, key = subjects()[event["subject"]], key_in(event)
        row = rows.get((subject.name, key))
        if row is None or event["after"] is None or event["kind"] in subject.irreversible:
            undone.left.append(Left(event["id"], subject, key, []))
        elif blocking := _blocking_fields(write, subject, row, event["after"]):
            undone.left.append(Left(event["id"], subject, key, blocking))
        elif first is None:
            columns = _columns_before(write, subject, event["before"])
            outcome = write.save(subject, row, columns, kind="undone", undoes=event["id"])
            rows[subject.name, key] = outcome.row
            undone.events.append(Undo.of(event["id"], outcome))
    await write.commit()
    return undone


async def _first_undone(write: Write) -> Undone:
    """What the first call with the write's idempotency key took back, without what was purged."""
    if write.first is None:
        return Undone()
    events = await write.tx.fetch_all(_OF_CALL, call=write.first.event)
    return Undone(
        [
            Undo(event["undoes"], subjects()[event["subject"]], key_in(event), event["id"])
            for event in sorted(events, key=lambda event: event["id"])
            if event["after"] is not None
        ]
    )


async def _rows_of(write: Write, events: list[Record]) -> dict[tuple[str, Key], Row]:
    """The rows of these events, by subject and key: one query for each subject."""
    rows: dict[tuple[str, Key], Row] = {}
    for subject in _SUBJECTS:
        keys = {key_in(event) for event in events if event["subject"] == subject.name}
        if keys:
            found = await load(write, subject, list(keys))
            rows |= {(subject.name, key): row for key, row in found.items()}
    return rows


def _effective(events: list[Record]) -> list[Record]:
    """The events whose effect is in force: an undo and what it took back cancel each other."""
    by_id = {event["id"]: event for event in events}
    effective: list[Record] = []
    for event in events:
        if event["undone_by"] is not None:
            continue
        links, tip = 1, event
        while tip["undoes"] in by_id:
            links, tip = links + 1, by_id[tip["undoes"]]
        if links % 2:
            effective.append(event)
    return effective


def _may_see(write: Write, event: Record) -> bool:
    return write.tx.caller.is_person or not subjects()[event["subject"]].hidden


def _may_undo(write: Write, event: Record) -> bool:
    return write.tx.caller.is_person or not subjects()[event["subject"]].for_person


def _blocking_fields(
    write: Write, subject: Subject, row: Row, after: Mapping[str, Any]
) -> list[str]:
    """The fields for which others' changes keep an event from being undone."""
    left = subject.fields.columns_from_json(after, write.timezone)
    return subject.fields.changed_since(row, left)


def _columns_before(
    write: Write, subject: Subject, before: Mapping[str, Any] | None
) -> Mapping[str, Any]:
    """What the event found; what it created or restored goes to the trash, for 30 days from now."""
    columns = subject.fields.columns_from_json(before, write.timezone) if before else {}
    if subject.undo_of_creation and (before is None or columns.get("deleted_at")):
        columns |= subject.undo_of_creation(write.now)
    return columns
