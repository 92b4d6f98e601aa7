"""Agent operations. Each function runs inside the caller's transaction."""

from typing import Any

from sqlalchemy import ARRAY, Text, bindparam, case, func, select
from sqlmodel import SQLModel, col

from surelist.access.auth import KEY_PREFIX
from surelist.agents.limit import make_room
from surelist.agents.models import Agent, Connection
from surelist.agents.standing import ADD, BEGINNING
from surelist.agents.subject import no_such_agent, record
from surelist.data.database import Record, compiled
from surelist.data.isolation import UserTransaction, user_rows, user_update
from surelist.errors import Conflict
from surelist.ledger.models import INSTANT
from surelist.ledger.statements import CONTEXT_ALONE
from surelist.ledger.write import Write

_client_id = bindparam("client_id", type_=Text, required=True)
_name = bindparam("name", type_=Text, required=True)
_scopes = bindparam("scopes", type_=ARRAY(Text), required=True)
_now = bindparam("now", type_=INSTANT, required=True)

_agent = user_rows(Agent)
_ALLOW = compiled(
    user_update(Agent)
    .where(col(Agent.client_id) == _client_id)
    .values(
        name=_name,
        scopes=_scopes,
        bounded=True,
        # A token that was good while the agent was revoked does not live again.
        valid_after=case(
            (col(Agent.revoked_at).is_(None), col(Agent.valid_after)),
            else_=func.date_trunc("second", _now),
        ),
        revoked_at=None,
    )
    .returning(*SQLModel.metadata.tables["agent"].c)
)
_ONE = compiled(select(*_agent.c).where(_agent.c.client_id == _client_id))
_REVOKE = compiled(
    user_update(Agent).where(col(Agent.client_id) == _client_id).values(revoked_at=_now)
)
_NOT_REVOKED = compiled(select(*_agent.c).where(_agent.c.revoked_at.is_(None)))
_REVOKE_ALL = compiled(
    user_update(Agent).where(col(Agent.revoked_at).is_(None)).values(revoked_at=_now)
)


async def find(tx: UserTransaction, client_id: str) -> Record:
    """One agent. Raises NotFound."""
    agent = await tx.fetch_one(_ONE, client_id=client_id)
    if agent is None:
        raise no_such_agent()
    return agent


async def revoke(tx: UserTransaction, client_id: str) -> None:
    """Refuse every token of this agent from now on, for good.

    Raises NotFound, and Unauthenticated behind an erase.
    """
    write = await Write.begin(tx, CONTEXT_ALONE)
    agent = await find(tx, client_id)
    if agent["revoked_at"]:
        return
    await tx.execute(_REVOKE, client_id=client_id, now=write.now)
    record(write, agent, {**agent, "revoked_at": write.now})
    await write.commit()


async def revoke_all(tx: UserTransaction) -> None:
    """Refuse every token of every agent from now on."""
    write = await Write.begin(tx, CONTEXT_ALONE)
    agents = await tx.fetch_all(_NOT_REVOKED)
    await tx.execute(_REVOKE_ALL, now=write.now)
    for agent in agents:
        record(write, agent, {**agent, "revoked_at": write.now})
    await write.commit()


async def allow(tx: UserTransaction, client_id: str, connection: Connection) -> Record:
    """Let a client work on the list within these scopes, also one that had been revoked.

    Tokens issued until now to one that had been are refused still. Raises Conflict for a key's id,
    and when there are too many agents.
    """
    if client_id.startswith(KEY_PREFIX):
        raise Conflict("key_not_connectable")
    write = await Write.begin(tx, CONTEXT_ALONE)
    before = await tx.fetch_one(_ONE, client_id=client_id)
    if before is None:
        await make_room(tx)
    allowed: dict[str, Any] = {
        "client_id": client_id,
        "name": connection.name,
        "scopes": sorted(connection.scopes),
    }
    first = {"valid_after": BEGINNING, "expires_at": None, "last_used_at": None}
    await tx.execute(ADD, **allowed, **first, bounded=True)
    agent = await tx.fetch_one(_ALLOW, **allowed, now=write.now)
    if agent is None:
        raise RuntimeError("a row that was just written")
    record(write, before, agent)
    await write.commit()
    return agent
