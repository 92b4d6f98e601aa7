"""The unit of work of a write: looked up under the lock, recorded as events, stored at once."""

import hashlib
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, NamedTuple, Self

import orjson

from surelist.access.auth import Caller
from surelist.data.database import Record, Statement
from surelist.data.isolation import UserTransaction
from surelist.errors import BeingErased, Conflict, Gone, InvalidToken, VersionMismatch
from surelist.ledger.fields import Columns
from surelist.ledger.models import BEING_ERASED, EventKind
from surelist.ledger.quotas import refuse_past_quota
from surelist.ledger.statements import APPEND, COUNT
from surelist.ledger.subjects import Key, Row, Store, Subject, key_in


@dataclass(frozen=True, slots=True)
class Idempotency:
    """What a repeated call is recognized by: a hash of what it asks for, and its key, if any."""

    request_hash: bytes
    key: str | None = None

    @classmethod
    def of(
        cls, operation: str, arguments: Mapping[str, Any], key: str | None = None
    ) -> "Idempotency":
        """That of an operation with these canonical arguments."""
        canonical = orjson.dumps([operation, arguments], option=orjson.OPT_SORT_KEYS)
        return cls(hashlib.sha256(canonical).digest(), key)


class Change(NamedTuple):
    """One event to record: `before` and `after` hold the changed columns only."""

    kind: EventKind
    subject: Subject
    key: Key
    before: Mapping[str, Any] | None
    after: Mapping[str, Any] | None
    pending: int = 0
    completed: int = 0
    undoes: int | None = None

    def size(self) -> int:
        """About the bytes that its event counts for in `stored_bytes`."""
        images = (self.before, self.after)
        return sum(len(orjson.dumps(image)) for image in images if image is not None)


SYSTEM = Caller("system", "surelist", "Surelist")
"""Who purges what has been in the trash for too long."""


class First(NamedTuple):
    """The first event of the call that used the same idempotency key before."""

    event: int
    subject: str
    key: Key


@dataclass(frozen=True, slots=True)
class Outcome:
    """A row after a write: `changed` are its fields that the write changed.

    `event` is the one that tells of it, None where nothing differed. `repeated` says that an
    earlier call had made it.
    """

    subject: Subject
    row: Row
    timezone: str
    changed: list[str]
    event: int | None = None
    repeated: bool = False


class _Recorded(NamedTuple):
    event: int
    change: Change
    store: Store
    row: Row
    caller: Caller


STATUS_COLUMNS = {"completed_at", "deleted_at"}


class Write:
    """One call of one user, under the lock of their account.

    `begin` reads the `timezone`, the time, the counters and `first`, what an earlier call with the
    same idempotency key did; `found` is the whole row, with what else the lookup selected. `save`
    and `record` add events, and nothing is stored before `commit`, which ends the write.
    """

    __slots__ = (
        "_completed",
        "_kept",
        "_pending",
        "_quota_used",
        "_recorded",
        "_stored_bytes",
        "_today",
        "first",
        "found",
        "idempotency",
        "last_event",
        "last_task",
        "now",
        "timezone",
        "tx",
    )

    def __init__(self, tx: UserTransaction, found: Record, idempotency: Idempotency | None) -> None:
        self.tx = tx
        self.found = found
        self.idempotency = idempotency
        self.now: datetime = found["now"]
        self.timezone: str = found["timezone"]
        self.last_event: int = found["last_event"]
        self.last_task: int = found["last_task"]
        self.first = (
            First(found["first_event"], found["first_subject"], key_in(found, "first"))
            if found["first_event"]
            else None
        )
        self._today = self.now.date()  # asyncpg gives every instant in UTC
        self._kept: int = found["kept"]
        self._stored_bytes: int = found["stored_bytes"]
        self._quota_used: int = found["quota_used"] if found["quota_day"] == self._today else 0
        self._pending = self._completed = 0
        self._recorded: list[_Recorded] = []

    @classmethod
    async def begin(
        cls,
        tx: UserTransaction,
        lookup: Statement,
        idempotency: Idempotency | None = None,
        *,
        sweeps: Collection[Subject] = (),
        **values: Any,
    ) -> Self:
        """Run a write's one lookup, which selects CONTEXT from CONTEXT_FROM and what else it needs.

        That includes `any_expired` of the subjects that it sweeps: their expired rows are purged
        first. Raises Unauthenticated when the account was erased after the token was issued,
        Conflict when the idempotency key has been used for something else, Gone when what it was
        used for has been purged.
        """
        write = await cls._look_up(tx, lookup, idempotency, values)
        expired = [subject for subject in sweeps if write.found[f"{subject.name}_expired"]]
        if not expired:
            return write
        sweep = cls(tx, write.found, None)
        for subject in expired:
            await sweep.purge_expired(subject)
        await sweep.commit()
        return await cls._look_up(tx, lookup, idempotency, values)

    @classmethod
    async def _look_up(
        cls,
        tx: UserTransaction,
        lookup: Statement,
        idempotency: Idempotency | None,
        values: Mapping[str, Any],
    ) -> Self:
        found = await tx.fetch_one(
            lookup,
            **values,
            client_id=tx.caller.client_id,
            idempotency_key=idempotency.key if idempotency else None,
        )
        if found is None:
            raise RuntimeError("a write without its account row")
        refuse_if_erased(tx, found["erased_at"])
        if found["first_event"] and found["first_hash"] is None:
            raise Gone("first_result_purged")
        if found["first_event"] and idempotency and found["first_hash"] != idempotency.request_hash:
            raise used_otherwise()
        return cls(tx, found, idempotency)

    def save(
        self,
        subject: Subject,
        row: Row,
        columns: Columns,
        *,
        kind: EventKind | None = None,
        if_version: int | None = None,
        undoes: int | None = None,
    ) -> Outcome:
        """Record that `row` gets these columns; no event, where none of them differs.

        Raises VersionMismatch, and TooManyRequests when it would pass a quota.
        """
        wanted = {**row, **columns}
        changed = subject.fields.changed_columns(row, wanted)
        if not changed:
            return Outcome(subject, row, self.timezone, [])
        refuse_unless_at(if_version, subject, row, self.timezone)
        pending, completed = subject.counts(row, wanted)
        change = Change(
            kind or subject.kind_of(changed, row, wanted),
            subject,
            subject.key_of(row),
            before={name: row[name] for name in changed},
            after={name: wanted[name] for name in changed},
            pending=pending,
            completed=completed,
            undoes=undoes,
        )
        wanted |= {"version": self.last_event + 1, "updated_at": self.now}
        self.timezone = wanted.get("timezone", self.timezone)  # a change of the account
        event = self.record(change, subject.store(changed), wanted)
        names = subject.fields.field_names(changed)
        return Outcome(subject, wanted, self.timezone, names, event)

    async def purge_expired(self, subject: Subject) -> None:
        """Record the purge of what has been in the trash for too long."""
        if subject.trash:
            for row in await self.tx.fetch_all(subject.trash.expired):
                self.purge(subject, row, SYSTEM)

    def purge(self, subject: Subject, row: Row, caller: Caller | None = None) -> None:
        """Record that a row of the trash is removed for good."""
        if not (subject.trash and subject.key):
            raise ValueError(f"no {subject.name} can be purged")
        change = Change("purged", subject, row[subject.key], None, None)
        self.record(change, subject.trash.purge, row, caller)

    def record(self, change: Change, store: Store, row: Row, caller: Caller | None = None) -> int:
        """Record an event and the row that its change leaves, and return the event's id.

        Raises TooManyRequests when the change would pass a quota.
        """
        if self._recorded:
            self._stored_bytes += self._recorded[-1].change.size()
        if change.kind not in change.subject.never_refused:
            refuse_past_quota(
                self.tx,
                now=self.now,
                used=self._quota_used,
                kept=self._kept + self._pending + self._completed,
                stored_bytes=self._stored_bytes,
                adds_task=change.pending + change.completed > 0,
                adds_text=change.subject.holds_text
                and not STATUS_COLUMNS.issuperset(change.after or {}),
            )
        self.last_event += 1
        self._quota_used += 1
        self._pending += change.pending
        self._completed += change.completed
        caller = caller or self.tx.caller
        self._recorded.append(_Recorded(self.last_event, change, store, row, caller))
        return self.last_event

    async def commit(self) -> None:
        """Store what was recorded: one event in one statement, several in a few flights."""
        recorded = self._recorded
        if not recorded:
            return
        if len(recorded) == 1:
            [one] = recorded
            await self.tx.execute(
                one.store.alone,
                **one.row,
                **one.store.derived(one.row),
                **self._event(one, None),
                **self._counters(),
            )
            await self._follow(recorded)
            return
        for statement, rows in _rows_of(recorded):
            await self.tx.execute_many(statement, rows)
        call = recorded[0].event
        await self.tx.execute_many(APPEND, (self._event(one, call) for one in recorded))
        await self.tx.execute(
            COUNT, first=call, account_last_event=self.last_event, **self._counters()
        )
        await self._follow(recorded)

    async def _follow(self, recorded: list[_Recorded]) -> None:
        last = {one.change.subject.name: one for one in recorded if one.change.subject.follow}
        for one in last.values():
            if one.change.subject.follow:
                await one.change.subject.follow(self.tx, one.row)

    def _event(self, one: _Recorded, call: int | None) -> dict[str, Any]:
        change, caller = one.change, one.caller
        key = change.key
        idempotency = self.idempotency if call in (None, one.event) else None
        return {
            "event_id": one.event,
            "event_subject": change.subject.name,
            "event_subject_id": key if isinstance(key, int) else None,
            "event_subject_key": key if isinstance(key, str) else None,
            "event_call": call,
            "event_kind": change.kind,
            "event_actor": caller.actor,
            "event_client_id": caller.client_id,
            "event_client_name": caller.client_name,
            "event_conversation_id": caller.conversation_id,
            "event_message_id": caller.message_id,
            "event_at": self.now,
            "event_before": change.before,
            "event_after": change.after,
            "event_idempotency_key": idempotency.key if idempotency else None,
            "event_request_hash": idempotency.request_hash if idempotency else None,
            "event_undoes": change.undoes,
        }

    def _counters(self) -> dict[str, Any]:
        return {
            "account_last_task": self.last_task,
            "account_pending": self._pending,
            "account_completed": self._completed,
            "account_quota_day": self._today,
            "account_quota_used": self._quota_used,
        }


def _rows_of(recorded: list[_Recorded]) -> Iterator[tuple[Statement, list[Mapping[str, Any]]]]:
    """The statements of a call of several events, and for each the rows as they are at last."""
    statements = {id(one.store.among): one.store.among for one in recorded if one.store.among}
    for identity, statement in statements.items():
        last = {one.change.key: one for one in recorded if id(one.store.among) == identity}
        yield (
            statement,
            [{**one.row, **one.store.derived_among(one.row)} for one in last.values()],
        )


def refuse_unless_at(version: int | None, subject: Subject, row: Row, timezone: str) -> None:
    """Raise VersionMismatch when the row is not at `version`, unless that is None."""
    if version is None or version == row.get("version"):
        return
    what = subject.noun(subject.key_of(row))
    if "version" not in row:
        raise VersionMismatch("no_version", what=what)
    current = subject.whole(row, timezone) if subject.whole else None
    given, now = version, row["version"]
    if 0 < given < now:
        raise VersionMismatch(
            "version_changed", what=what, if_version=given, version=now, current=current
        )
    raise VersionMismatch(
        "version_unknown", what=what, if_version=given, version=now, current=current
    )


def used_otherwise() -> Conflict:
    """The refusal of an idempotency key that was sent with something else before."""
    return Conflict("idempotency_key_reused")


def refuse_if_erased(tx: UserTransaction, erased_at: datetime | None) -> None:
    """Raise Unauthenticated when the account was erased after the caller's token was issued.

    Raises BeingErased while rows of it are left.
    """
    if erased_at == BEING_ERASED:
        raise BeingErased
    if erased_at and datetime.fromtimestamp(tx.issued_at, UTC) < erased_at:
        raise InvalidToken("account_erased")
