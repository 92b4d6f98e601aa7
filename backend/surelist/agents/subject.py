"""An agent as a subject of the ledger. Its fields are its name, its scopes and its revocation."""

from collections.abc import Collection

from sqlalchemy import ARRAY, Text, bindparam, true
from sqlalchemy.sql.dml import Update
from sqlmodel import col

from surelist.agents.models import Agent
from surelist.data.database import compiled
from surelist.data.isolation import user_rows, user_update
from surelist.errors import Conflict, NotFound
from surelist.ledger.fields import Fields, one_column, timestamp_flag
from surelist.ledger.models import EventKind
from surelist.ledger.statements import EVENT_ALONE, recorded
from surelist.ledger.subjects import Key, Row, Store, Subject, by_keys
from surelist.ledger.write import Change, Write

_agent = user_rows(Agent)
_columns = tuple(_agent.c[name] for name in ("client_id", "name", "scopes", "revoked_at"))
_LOAD = by_keys(_columns, _agent.c.client_id, true())
_FIELDS = Fields(one_column("name"), one_column("scopes", []), timestamp_flag("revoked", "revoked"))


def _update(client_id: str) -> Update:
    """Update the agent with the key in the parameter named `client_id`."""
    return (
        user_update(Agent)
        .where(col(Agent.client_id) == bindparam(client_id, type_=Text, required=True))
        .values(
            name=bindparam("name", type_=Text, required=True),
            scopes=bindparam("scopes", type_=ARRAY(Text), required=True),
        )
    )


_STORE = Store(recorded(_update("event_subject_key")), compiled(_update("client_id")))


def _noun(client_id: Key) -> str:
    return f"Agent {client_id}"


def no_such_agent(_: Key = None) -> NotFound:
    """The error for an agent that is absent or another user's."""
    return NotFound("agent_not_found")


def _access_was_given(event_id: int) -> Conflict:
    return Conflict("access_was_given", event_id=event_id)


def _access_was_ended(event_id: int) -> Conflict:
    return Conflict("access_was_ended", event_id=event_id)


def _store(_: Collection[str]) -> Store:
    return _STORE


SUBJECT = Subject(
    name="agent",
    noun=_noun,
    not_found=no_such_agent,
    fields=_FIELDS,
    key="client_id",
    columns=_columns,
    rows=_agent,
    visible=true(),
    title=_agent.c.name,
    load=_LOAD,
    store=_store,
    irreversible={
        "created": _access_was_given,
        "deleted": _access_was_ended,
        "restored": _access_was_given,
    },
    person_only=True,
    hidden=True,
    exempt_from_quotas=("deleted",),
)


def record(write: Write, before: Row | None, after: Row) -> None:
    """Add the event of a change to an agent, unless nothing changed. The row is stored already."""
    if before is None:
        kind, changed = "created", list(_FIELDS.empty)
    else:
        kind, changed = _kind_of(before, after), _FIELDS.changed_columns(before, after)
    if not changed:
        return
    change = Change(
        kind,
        SUBJECT,
        after["client_id"],
        before=None if before is None else {name: before[name] for name in changed},
        after={name: after[name] for name in changed},
    )
    write.record(change, EVENT_ALONE, {})


def _kind_of(before: Row, after: Row) -> EventKind:
    if (before["revoked_at"] is None) == (after["revoked_at"] is None):
        return "updated"
    return "restored" if after["revoked_at"] is None else "deleted"
