"""What can be done with agents. Each function runs inside the caller's transaction."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import ARRAY, Text, bindparam, case, func, or_, select, true
from sqlmodel import col

from surelist.agents.models import Agent, Connection
from surelist.auth import KEY_PREFIX, Principal, refused
from surelist.database import Record, compiled
from surelist.errors import Conflict, NotFound
from surelist.isolation import UserDatabase, added, changed, mine
from surelist.ledger.models import INSTANT, Account
from surelist.ledger.service import refuse_if_erased

NOTED_EVERY = timedelta(minutes=1)
"""How often the use of an agent is written down."""

_BEGINNING = datetime.fromtimestamp(0, UTC)

_client_id = bindparam("client_id", type_=Text, required=True)
_name = bindparam("name", type_=Text, required=True)
_scopes = bindparam("scopes", type_=ARRAY(Text), required=True)
_now = func.clock_timestamp()

_account = mine(Account)
_agent = mine(Agent)
_clock = select(_now.label("now")).subquery("clock")
_STANDING = compiled(
    select(
        _account.c.erased_at,
        _agent.c.client_id,
        _agent.c.valid_after,
        _agent.c.revoked_at,
        func.coalesce(_agent.c.last_used_at <= _clock.c.now - NOTED_EVERY, true()).label("unnoted"),
    ).select_from(
        _clock.outerjoin(_account, true()).outerjoin(_agent, _agent.c.client_id == _client_id)
    )
)
ADD = compiled(
    added(Agent)
    .values(
        client_id=_client_id,
        name=_name,
        scopes=_scopes,
        valid_after=bindparam("valid_after", type_=INSTANT, required=True),
        expires_at=bindparam("expires_at", type_=INSTANT, required=True),
        last_used_at=bindparam("last_used_at", type_=INSTANT, required=True),
    )
    .on_conflict_do_nothing()
)
_NOTE = compiled(
    changed(Agent)
    .where(
        col(Agent.client_id) == _client_id,
        or_(col(Agent.last_used_at).is_(None), col(Agent.last_used_at) <= _now - NOTED_EVERY),
    )
    .values(name=_name, scopes=_scopes, last_used_at=_now)
)
_ALLOW = compiled(
    changed(Agent)
    .where(col(Agent.client_id) == _client_id)
    .values(
        name=_name,
        scopes=_scopes,
        # A token that was good while the agent was revoked does not live again.
        valid_after=case(
            (col(Agent.revoked_at).is_(None), col(Agent.valid_after)),
            else_=func.date_trunc("second", _now),
        ),
        revoked_at=None,
    )
    .returning(
        col(Agent.client_id),
        col(Agent.name),
        col(Agent.scopes),
        col(Agent.created_at),
        col(Agent.expires_at),
        col(Agent.last_used_at),
        col(Agent.revoked_at),
    )
)
_REVOKE = compiled(
    changed(Agent)
    .where(col(Agent.client_id) == _client_id)
    .values(revoked_at=func.coalesce(col(Agent.revoked_at), _now))
    .returning(col(Agent.client_id))
)


async def admit(database: UserDatabase, principal: Principal) -> None:
    """Let a caller in, and note when an agent was last used.

    Raises Unauthenticated when the account was erased after the token was issued, or the agent has
    been revoked.
    """
    caller = principal.caller
    standing = await standing_of(database, caller.client_id)
    if caller.actor == "person":
        return
    if standing["revoked_at"]:
        raise refused("the person has revoked this agent")
    if standing["valid_after"] and _issued(database) < standing["valid_after"]:
        raise refused("it was issued before the agent's tokens were ended")
    scopes = sorted(principal.scopes)
    values: dict[str, Any] = {
        "client_id": caller.client_id,
        "name": caller.client_name,
        "scopes": scopes,
    }
    if standing["client_id"] is None:
        await database.hold_account()  # or an erase at this moment would miss the row
        await standing_of(database, caller.client_id)
        now = datetime.now(UTC)
        await database.run(ADD, **values, valid_after=_BEGINNING, expires_at=None, last_used_at=now)
    elif standing["unnoted"]:
        await database.run(_NOTE, **values)


async def revoke(database: UserDatabase, client_id: str) -> None:
    """Refuse every token of this agent from now on, for good.

    Raises NotFound, and Unauthenticated behind an erase.
    """
    await standing_of(database, client_id)
    if await database.one(_REVOKE, client_id=client_id) is None:
        raise NotFound("There is no such agent. List the agents to see their ids.")


async def allow(database: UserDatabase, client_id: str, connection: Connection) -> Record:
    """Let an OAuth client work on the list, also one that had been revoked.

    Tokens issued until now to one that had been are refused still. Raises Conflict for a key's id.
    """
    if client_id.startswith(KEY_PREFIX):
        raise Conflict("A key is not connected: it is made, and a revoked one made anew.")
    await standing_of(database, client_id)
    allowed: dict[str, Any] = {
        "client_id": client_id,
        "name": connection.name,
        "scopes": sorted(connection.scopes),
    }
    await database.run(ADD, **allowed, valid_after=_BEGINNING, expires_at=None, last_used_at=None)
    agent = await database.one(_ALLOW, **allowed)
    if agent is None:
        raise RuntimeError("a row that was just written")
    return agent


async def standing_of(database: UserDatabase, client_id: str) -> Mapping[str, Any]:
    """The account and this agent as they stand. Raises Unauthenticated when it has been erased."""
    standing = await database.one(_STANDING, client_id=client_id)
    if standing is None:
        raise RuntimeError("a row that is always there")
    refuse_if_erased(database, standing["erased_at"])
    return standing


def _issued(database: UserDatabase) -> datetime:
    return datetime.fromtimestamp(database.issued_at, UTC)
