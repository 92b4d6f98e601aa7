"""Agent operations: find, connect, revoke. Each runs inside the caller's transaction."""

from typing import Any

from sqlalchemy import ARRAY, Text, bindparam, case, select
from sqlmodel import SQLModel, col

from surelist.access.auth import KEY_PREFIX
from surelist.agents.limit import make_room
from surelist.agents.models import Agent, Connection
from surelist.agents.status import ADD, EPOCH
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
_this_second = bindparam("this_second", type_=INSTANT, required=True)

_agent = user_rows(Agent)
_ALLOW = compiled(
    user_update(Agent)
    .where(col(Agent.client_id) == _client_id)
    .values(
        name=_name,
        scopes=_scopes,
        bounded=True,
        # Connecting a revoked agent again does not make its old tokens valid.
        valid_after=case(
            (col(Agent.revoked_at).is_(None), col(Agent.valid_after)),
            else_=_this_second,
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
    """Refuse all tokens of this agent from now on.

    Raises NotFound, and Unauthenticated after an erase.
    """
    write = await Write.begin(tx, CONTEXT_ALONE)
    agent = await find(tx, client_id)
    if agent["revoked_at"]:
        return
    await tx.execute(_REVOKE, client_id=client_id, now=write.now)
    record(write, agent, {**agent, "revoked_at": write.now})
    await write.commit()


async def revoke_all(tx: UserTransaction) -> None:
    """Refuse all tokens of all agents from now on."""
    write = await Write.begin(tx, CONTEXT_ALONE)
    agents = await tx.fetch_all(_NOT_REVOKED)
    await tx.execute(_REVOKE_ALL, now=write.now)
    for agent in agents:
        record(write, agent, {**agent, "revoked_at": write.now})
    await write.commit()


async def allow(tx: UserTransaction, client_id: str, connection: Connection) -> Record:
    """Let a client use the list with these scopes, and connect it again if it is revoked.

    A revoked client's old tokens remain refused. Raises Conflict for the id of a key, and when
    there are too many agents.
    """
    if client_id.startswith(KEY_PREFIX):
        raise Conflict("key_not_connectable")
    write = await Write.begin(tx, CONTEXT_ALONE)
    before = await tx.fetch_one(_ONE, client_id=client_id)
    if before is None:
        await make_room(tx, write.now)
    allowed: dict[str, Any] = {
        "client_id": client_id,
        "name": connection.name,
        "scopes": sorted(connection.scopes),
    }
    first = {"valid_after": EPOCH, "expires_at": None, "last_used_at": None}
    await tx.execute(ADD, **allowed, **first, bounded=True)
    this_second = write.now.replace(microsecond=0)  # as tokens tell the time
    agent = await tx.fetch_one(_ALLOW, **allowed, this_second=this_second)
    if agent is None:
        raise RuntimeError("the agent's row, just written, is missing")
    record(write, before, agent)
    await write.commit()
    return agent
