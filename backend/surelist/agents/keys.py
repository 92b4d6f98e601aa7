"""Agent keys: an agent that the person creates, with its only token."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Protocol

from sqlalchemy import Text, bindparam, select

from surelist.access.auth import KEY_PREFIX, AgentScope
from surelist.agents.limit import make_room
from surelist.agents.models import Agent, NewKey
from surelist.agents.status import ADD, agent_status
from surelist.agents.subject import record
from surelist.data.database import Record, compiled
from surelist.data.isolation import UserTransaction, user_rows
from surelist.errors import Conflict, Gone
from surelist.ledger.models import INSTANT
from surelist.ledger.statements import CONTEXT_ALONE
from surelist.ledger.write import Write, id_digits, idempotency_key_reused

_agent = user_rows(Agent)
_KEY = compiled(
    select(*_agent.c).where(_agent.c.client_id == bindparam("client_id", type_=Text, required=True))
)

_NAMES = compiled(
    select(_agent.c.name).where(
        _agent.c.client_id.startswith(KEY_PREFIX),
        _agent.c.revoked_at.is_(None),
        _agent.c.expires_at > bindparam("now", type_=INSTANT, required=True),
    )
)
"""The names of the valid keys."""


class Sign(Protocol):
    """Signs a token: `access.auth.sign_token` with the settings and the user already given."""

    def __call__(
        self, *, scopes: Sequence[str], days: int, client: str, name: str, issued_at: int
    ) -> str: ...


@dataclass(frozen=True, slots=True)
class Key:
    """A new key, with its token."""

    client_id: str
    name: str
    scopes: list[AgentScope]
    token: str
    expires_at: datetime


async def make_key(
    tx: UserTransaction, new: NewKey, sign: Sign, idempotency_key: str | None = None
) -> Key:
    """Create an agent and its token. A repeat with the same idempotency key returns the same token.

    The token is not stored: a repeat signs it again from the same claims. Raises Gone when the
    first key is revoked, and Conflict when its token has been used already, when the idempotency
    key was sent with another body, when another key has the name, and when there are too many
    agents.
    """
    client_id = f"{KEY_PREFIX}{id_digits(tx, idempotency_key)}"
    await agent_status(tx, client_id)
    scopes = sorted(set(new.scopes))
    made_at = datetime.fromtimestamp(int(time.time()), UTC)
    expires_at = made_at + timedelta(days=new.days)
    first = await tx.fetch_one(_KEY, client_id=client_id)
    if first:
        _refuse_unless_repeated(first, new, scopes)
        made_at, expires_at = first["valid_after"], first["expires_at"]
    else:
        write = await Write.begin(tx, CONTEXT_ALONE)
        await _refuse_name_in_use(tx, new.name, write.now)
        await make_room(tx, write.now)
        await tx.execute(
            ADD,
            client_id=client_id,
            name=new.name,
            scopes=scopes,
            bounded=True,
            valid_after=made_at,
            expires_at=expires_at,
            last_used_at=None,
        )
        made = {"client_id": client_id, "name": new.name, "scopes": scopes, "revoked_at": None}
        record(write, None, made)
        await write.commit()
    issued_at = int(made_at.timestamp())
    token = sign(scopes=scopes, days=new.days, client=client_id, name=new.name, issued_at=issued_at)
    return Key(client_id, new.name, scopes, token, expires_at)


async def _refuse_name_in_use(tx: UserTransaction, name: str, now: datetime) -> None:
    """Raise Conflict if a valid key has this name. The caller has locked the account's row."""
    names = [row["name"] for row in await tx.fetch_all(_NAMES, now=now)]
    same = next((one for one in names if one.casefold() == name.casefold()), None)
    if same:
        raise Conflict("key_name_in_use", name=same)


def _refuse_unless_repeated(first: Record, new: NewKey, scopes: list[AgentScope]) -> None:
    lifetime = first["expires_at"] and first["expires_at"] - first["valid_after"]
    requested = (new.name, scopes, timedelta(days=new.days))
    if (first["name"], first["scopes"], lifetime) != requested:
        raise idempotency_key_reused()
    if first["revoked_at"]:
        raise Gone("first_key_revoked")
    if first["last_used_at"]:
        raise Conflict("first_key_in_use")
