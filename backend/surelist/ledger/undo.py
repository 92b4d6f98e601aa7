"""Undo. It adds an event that restores the fields of an earlier event, for all subjects."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
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
from surelist.doors.arguments import LARGEST
from surelist.errors import Conflict, Gone, InsufficientScope, Invalid, NotFound
from surelist.ledger.history import first_outcome, load, outcome_of_event
from surelist.ledger.models import Event
from surelist.ledger.statements import CONTEXT, CONTEXT_FROM, EVENT
from surelist.ledger.subjects import Key, Row, Subject, key_of_event, subjects
from surelist.ledger.write import Idempotency, Outcome, Write

MAX_EVENTS = 500
"""The most events that one call may undo."""

_UNDONE = user_rows(Event, "undone")
_UNDOING = user_rows(Event, "undoing")
_SUBJECTS = tuple(subjects().values())
_TRASHES = tuple(subject for subject in _SUBJECTS if subject.trash)
_EXPIRED = [subject.trash.any_expired for subject in _SUBJECTS if subject.trash]


class RowKey(NamedTuple):
    """A row, by its subject and key."""

    subject: str
    key: Key


def _with_row(joined: FromClause, subject: Subject) -> FromClause:
    """Join the row that the undone event changed, if it is of this subject."""
    same: list[ColumnElement[bool]] = [_UNDONE.c.subject == literal_column(f"'{subject.name}'")]
    if subject.key:
        key = subject.rows.c[subject.key]
        event_key = _UNDONE.c.subject_key if isinstance(key.type, Text) else _UNDONE.c.subject_id
        same.append(key == event_key)
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
_first = bindparam("first", type_=BigInteger, required=True)
_last = bindparam("last", type_=BigInteger, required=True)
_newest = (
    select(*_COLUMNS)
    .where(
        EVENT.c.client_id == bindparam("by", type_=Text, required=True),
        EVENT.c.id.between(_first, _last),
        EVENT.c.kind != literal_column("'purged'"),
    )
    .order_by(EVENT.c.id.desc())
    .limit(literal_column(str(MAX_EVENTS + 1)))
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
    union_all(  # each part uses its own index
        select(*_COLUMNS).where(EVENT.c.call == _call),
        select(*_COLUMNS).where(EVENT.c.id == _call, EVENT.c.call.is_(None)),
    )
    .limit(literal_column(str(MAX_EVENTS + 1)))
    .subquery("called")
)
_undone_by = select(_UNDOING.c.id).where(_UNDOING.c.undoes == _called.c.id).scalar_subquery()
_OF_CALL = compiled(select(*_called.c, _undone_by.label("undone_by")))
"""The events of a call. The subquery runs once for each event, with any table statistics."""


@dataclass(frozen=True, slots=True)
class Changes:
    """The changes of a client since a time, or from its event `first` to `last`."""

    client_id: str
    since: datetime | None = None
    first: int | None = None
    last: int | None = None

    def values(self) -> dict[str, Any]:
        """The parameters of _OF_CLIENT. Raises Invalid without a beginning, or with two."""
        if (self.since is None) == (self.first is None):
            raise Invalid("undo_without_beginning")
        if self.since is not None and self.last is not None:
            raise Invalid("undo_without_beginning")
        since = self.since or datetime.min.replace(tzinfo=UTC)
        first, last = self.first or 0, LARGEST if self.last is None else self.last
        return {"by": self.client_id, "since": since, "first": first, "last": last}


@dataclass(frozen=True, slots=True)
class Undo:
    """An undone event. `version` is the event that undid it, and the version of the row."""

    event: int
    subject: Subject
    key: Key
    version: int

    @classmethod
    def of(cls, event_id: int, outcome: Outcome) -> "Undo":
        """Build from the outcome of undoing `event_id`."""
        subject, row = outcome.subject, outcome.row
        version = outcome.event or row["version"]
        return cls(event_id, subject, subject.key_of(row), version)


@dataclass(frozen=True, slots=True)
class SkippedEvent:
    """An event that was not undone, because `fields` have changed since.

    `fields` is empty if the row is gone, or if events of this kind cannot be undone.
    """

    event: int
    subject: Subject
    key: Key
    fields: list[str]


@dataclass(slots=True)
class UndoResult:
    """The undone events of a call, and the skipped ones."""

    events: list[Undo] = field(default_factory=list[Undo])
    skipped: list[SkippedEvent] = field(default_factory=list[SkippedEvent])


async def undo_event(
    tx: UserTransaction,
    event_id: int,
    *,
    row_key: RowKey | None = None,
    if_version: int | None = None,
    idempotency: Idempotency | None = None,
) -> Outcome:
    """Undo one event. Restores only the fields that it changed. A created task goes to the trash.

    With `row_key`, the event must be of that row. A second undo returns the first. Raises NotFound,
    Conflict when fields have changed since or the event cannot be undone, Gone after a purge, and
    InsufficientScope when only the person may undo the event.
    """
    write = await _begin(tx, _CONTEXT_AND_EVENT, idempotency, undone=event_id)
    if first := await first_outcome(write):
        return first
    found = write.found
    subject = subjects().get(found["undone_subject"])
    key = key_of_event(found, "undone")
    if (
        subject is None
        or row_key not in (None, (subject.name, key))
        or (subject.hidden and not tx.caller.is_person)
    ):
        of_what = subjects()[row_key.subject].noun(row_key.key).lower() if row_key else "this list"
        raise NotFound("change_not_found", event_id=event_id, of_what=of_what)
    if subject.person_only and not tx.caller.is_person:
        raise InsufficientScope(OWNER_SCOPE)
    if irreversible := subject.irreversible.get(found["undone_kind"]):
        raise irreversible(event_id)
    if found["undone_after"] is None:
        raise Gone("change_purged", what=subject.noun(key), event_id=event_id)
    if found["undoing_event"]:
        return await outcome_of_event(write, subject, key, found["undoing_event"])
    row = subject.row_in(found, f"{subject.name}_")
    if row is None:
        raise subject.not_found(key)
    if blocking := _blocking_fields(write, subject, row, found["undone_after"]):
        raise Conflict(
            "undo_blocked",
            event_id=event_id,
            fields=blocking,
            subject=subject.name,
            current=subject.representation(row, write.timezone) if subject.representation else None,
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
    changes: Changes,
    *,
    idempotency: Idempotency | None = None,
) -> UndoResult:
    """Undo these changes of a client, as far as they are in effect.

    Skips events with fields that others have changed since. A repeated call changes nothing, and
    returns the events that the first one undid and those that are skipped now. Raises Invalid for
    more than MAX_EVENTS events.
    """
    values = changes.values()
    write = await _begin(tx, _CONTEXT, idempotency)
    events = await tx.fetch_all(_OF_CLIENT, **values)
    if len(events) > MAX_EVENTS:
        raise Invalid("too_many_changes_of_client", limit=MAX_EVENTS)
    return await _undo_all(write, events)


async def undo_call(
    tx: UserTransaction, call: int, *, idempotency: Idempotency | None = None
) -> UndoResult:
    """Undo the changes of a call in the same way as `undo_client`.

    `call` is the id of its first event. Raises NotFound, and Invalid for more than MAX_EVENTS.
    """
    write = await _begin(tx, _CONTEXT, idempotency)
    events = await tx.fetch_all(_OF_CALL, call=call)
    if not any(_may_see(write, event) for event in events):
        raise NotFound("call_not_found", call=call)
    if len(events) > MAX_EVENTS:
        raise Invalid("too_many_changes_of_call", limit=MAX_EVENTS)
    return await _undo_all(write, sorted(events, key=lambda event: event["id"], reverse=True))


async def _begin(
    tx: UserTransaction, lookup: Statement, idempotency: Idempotency | None, **values: Any
) -> Write:
    return await Write.begin(tx, lookup, idempotency, sweeps=_TRASHES, **values)


async def _undo_all(write: Write, events: list[Record]) -> UndoResult:
    """Undo the events that are in effect, newest first, but the account's before all others.

    A repeated call undoes nothing. It returns the events that the first one undid and those that
    are skipped now.
    """
    first = write.first
    result = await _result_of_first_call(write)
    in_effect = [
        event
        for event in _events_in_effect(events)
        if _may_undo(write, event) and (first is None or event["id"] < first.event)
    ]
    in_effect.sort(key=lambda event: subjects()[event["subject"]].key is not None)
    rows = await _rows_of(write, in_effect)
    for event in in_effect:
        subject, key = subjects()[event["subject"]], key_of_event(event)
        row = rows.get((subject.name, key))
        if row is None or event["after"] is None or event["kind"] in subject.irreversible:
            result.skipped.append(SkippedEvent(event["id"], subject, key, []))
        elif blocking := _blocking_fields(write, subject, row, event["after"]):
            result.skipped.append(SkippedEvent(event["id"], subject, key, blocking))
        elif first is None:
            columns = _columns_before(write, subject, event["before"])
            outcome = write.save(subject, row, columns, kind="undone", undoes=event["id"])
            rows[subject.name, key] = outcome.row
            result.events.append(Undo.of(event["id"], outcome))
    await write.commit()
    return result


async def _result_of_first_call(write: Write) -> UndoResult:
    """The events that the first call with the same idempotency key undid, except purged ones."""
    if write.first is None:
        return UndoResult()
    events = await write.tx.fetch_all(_OF_CALL, call=write.first.event)
    return UndoResult(
        [
            Undo(event["undoes"], subjects()[event["subject"]], key_of_event(event), event["id"])
            for event in sorted(events, key=lambda event: event["id"])
            if event["after"] is not None
        ]
    )


async def _rows_of(write: Write, events: list[Record]) -> dict[tuple[str, Key], Row]:
    """The rows of these events, by subject and key. Makes one query for each subject."""
    rows: dict[tuple[str, Key], Row] = {}
    for subject in _SUBJECTS:
        keys = {key_of_event(event) for event in events if event["subject"] == subject.name}
        if keys:
            found = await load(write, subject, list(keys))
            rows |= {(subject.name, key): row for key, row in found.items()}
    return rows


def _events_in_effect(events: list[Record]) -> list[Record]:
    """The events that are in effect: an undo and the event that it undid cancel each other."""
    by_id = {event["id"]: event for event in events}
    in_effect: list[Record] = []
    for event in events:
        if event["undone_by"] is not None:
            continue
        chain_length, earlier = 1, event
        while earlier["undoes"] in by_id:
            chain_length, earlier = chain_length + 1, by_id[earlier["undoes"]]
        if chain_length % 2:
            in_effect.append(event)
    return in_effect


def _may_see(write: Write, event: Record) -> bool:
    return write.tx.caller.is_person or not subjects()[event["subject"]].hidden


def _may_undo(write: Write, event: Record) -> bool:
    return write.tx.caller.is_person or not subjects()[event["subject"]].person_only


def _blocking_fields(
    write: Write, subject: Subject, row: Row, after: Mapping[str, Any]
) -> list[str]:
    """The fields that have changed since the event, and so prevent its undo."""
    columns = subject.fields.columns_from_json(after, write.timezone)
    return subject.fields.fields_changed_since(row, columns)


def _columns_before(
    write: Write, subject: Subject, before: Mapping[str, Any] | None
) -> Mapping[str, Any]:
    """The columns before the event. A created or restored row goes to the trash."""
    columns = subject.fields.columns_from_json(before, write.timezone) if before else {}
    if subject.undo_of_creation and (before is None or columns.get("deleted_at")):
        columns |= subject.undo_of_creation(write.now)
    return columns
