"""The unit of work of a write: reads under the account's lock, records events, stores them."""

import hashlib
import secrets
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
from surelist.ledger.subjects import Key, Row, Store, Subject, key_of_event


@dataclass(frozen=True, slots=True)
class Idempotency:
    """Identifies a repeated call: the hash of its request, and its idempotency key, if any."""

    request_hash: bytes
    key: str | None = None

    @classmethod
    def of(
        cls, operation: str, arguments: Mapping[str, Any], key: str | None = None
    ) -> "Idempotency":
        """Build from an operation and its arguments."""
        canonical = orjson.dumps([operation, arguments], option=orjson.OPT_SORT_KEYS)
        return cls(hashlib.sha256(canonical).digest(), key)


class Change(NamedTuple):
    """The contents of an event. `before` and `after` have the changed columns only."""

    kind: EventKind
    subject: Subject
    key: Key
    before: Mapping[str, Any] | None
    after: Mapping[str, Any] | None
    pending: int = 0
    completed: int = 0
    undoes: int | None = None

    def size(self) -> int:
        """The approximate size of the event in `stored_bytes`."""
        images = (self.before, self.after)
        return sum(len(orjson.dumps(image)) for image in images if image is not None)


SYSTEM = Caller("system", "surelist", "Surelist")
"""The author of automatic purges."""


class FirstEvent(NamedTuple):
    """The first event of an earlier call with the same idempotency key."""

    event: int
    subject: str
    key: Key


@dataclass(frozen=True, slots=True)
class Outcome:
    """A row after a write, with the names of its `changed` fields.

    `event` is the id of the write's event, or None if nothing changed. `repeated` is true if an
    earlier call made the change.
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
    """The write of one call, under the lock of the user's account.

    `begin` reads the `timezone`, the time, the counters, and in `first` an earlier call with the
    same idempotency key. `found` is the complete record of the lookup. `save` and `record` add
    events. `commit` stores them and ends the write.
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
            FirstEvent(found["first_event"], found["first_subject"], key_of_event(found, "first"))
            if found["first_event"]
            else None
        )
        self._today = self.now.date()  # asyncpg returns times in UTC
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
        """Run the lookup of a write. It must select CONTEXT from CONTEXT_FROM.

        It must also select `any_expired` of each subject in `sweeps`. Expired rows of these
        subjects are purged first. Raises Unauthenticated if the account was erased after the token
        was issued, Conflict if the idempotency key was used for a different request, and Gone if
        the result of the first request was purged.
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
            raise RuntimeError("the account row is missing")
        refuse_if_erased(tx, found["erased_at"])
        if found["first_event"] and found["first_hash"] is None:
            raise Gone("first_result_purged")
        if found["first_event"] and idempotency and found["first_hash"] != idempotency.request_hash:
            raise idempotency_key_reused()
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
        """Record a change of these columns of `row`. Records nothing if they are equal.

        Raises VersionMismatch, and TooManyRequests if the change would exceed a quota.
        """
        new = {**row, **columns}
        changed = subject.fields.changed_columns(row, new)
        if not changed:
            return Outcome(subject, row, self.timezone, [])
        require_version(if_version, subject, row, self.timezone)
        pending, completed = subject.counts(row, new)
        change = Change(
            kind or subject.event_kind(changed, row, new),
            subject,
            subject.key_of(row),
            before={name: row[name] for name in changed},
            after={name: new[name] for name in changed},
            pending=pending,
            completed=completed,
            undoes=undoes,
        )
        new |= {"version": self.last_event + 1, "updated_at": self.now}
        self.timezone = new.get("timezone", self.timezone)  # if the row is the account
        event = self.record(change, subject.store(changed), new)
        names = subject.fields.field_names(changed)
        return Outcome(subject, new, self.timezone, names, event)

    async def purge_expired(self, subject: Subject) -> None:
        """Record the purge of rows that have been in the trash for too long."""
        if subject.trash:
            for row in await self.tx.fetch_all(subject.trash.expired):
                self.purge(subject, row, SYSTEM)

    def purge(self, subject: Subject, row: Row, caller: Caller | None = None) -> None:
        """Record the purge of a row in the trash."""
        if not (subject.trash and subject.key):
            raise ValueError(f"subject {subject.name} has no trash")
        change = Change("purged", subject, row[subject.key], None, None)
        self.record(change, subject.trash.purge, row, caller)

    def record(self, change: Change, store: Store, row: Row, caller: Caller | None = None) -> int:
        """Record an event and its row after the change. Returns the event's id.

        Raises TooManyRequests if the change would exceed a quota.
        """
        if self._recorded:
            self._stored_bytes += self._recorded[-1].change.size()
        if change.kind not in change.subject.exempt_from_quotas:
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
        """Store the recorded events: one in one statement, several in a few round trips."""
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
            await self._run_after_change(recorded)
            return
        for statement, rows in _batches(recorded):
            await self.tx.execute_many(statement, rows)
        call = recorded[0].event
        await self.tx.execute_many(APPEND, (self._event(one, call) for one in recorded))
        await self.tx.execute(
            COUNT, first=call, account_last_event=self.last_event, **self._counters()
        )
        await self._run_after_change(recorded)

    async def _run_after_change(self, recorded: list[_Recorded]) -> None:
        last = {one.change.subject.name: one for one in recorded}
        for one in last.values():
            if one.change.subject.after_change:
                await one.change.subject.after_change(self.tx, one.row)

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


def _batches(recorded: list[_Recorded]) -> Iterator[tuple[Statement, list[Mapping[str, Any]]]]:
    """The statements of a call with several events, each with the final state of its rows."""
    statements = {id(one.store.among): one.store.among for one in recorded if one.store.among}
    for identity, statement in statements.items():
        last = {one.change.key: one for one in recorded if id(one.store.among) == identity}
        yield (
            statement,
            [{**one.row, **one.store.derived_among(one.row)} for one in last.values()],
        )


def require_version(version: int | None, subject: Subject, row: Row, timezone: str) -> None:
    """Raise VersionMismatch if the row has a different version. None matches every version."""
    if version is None or version == row.get("version"):
        return
    what = subject.noun(subject.key_of(row))
    if "version" not in row:
        raise VersionMismatch("no_version", what=what)
    current = subject.representation(row, timezone) if subject.representation else None
    current_version = row["version"]
    if 0 < version < current_version:
        raise VersionMismatch(
            "version_changed",
            what=what,
            if_version=version,
            version=current_version,
            current=current,
        )
    raise VersionMismatch(
        "version_unknown",
        what=what,
        if_version=version,
        version=current_version,
        current=current,
    )


def id_digits(tx: UserTransaction, idempotency_key: str | None) -> str:
    """16 hex digits for the id of a new row.

    They are a hash of the caller and its idempotency key, or random without a key.
    """
    if idempotency_key is None:
        return secrets.token_hex(8)
    caller_and_key = f"{tx.caller.client_id}\n{idempotency_key}"  # neither has a line break
    return hashlib.sha256(caller_and_key.encode()).hexdigest()[:16]


def idempotency_key_reused() -> Conflict:
    """The error for an idempotency key that was used for a different request."""
    return Conflict("idempotency_key_reused")


def refuse_if_erased(tx: UserTransaction, erased_at: datetime | None) -> None:
    """Raise Unauthenticated if the account was erased after the token was issued.

    Raises BeingErased while the erasure is under way.
    """
    if erased_at == BEING_ERASED:
        raise BeingErased
    if erased_at and datetime.fromtimestamp(tx.issued_at, UTC) < erased_at:
        raise InvalidToken("account_erased")
