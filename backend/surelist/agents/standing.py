"""What the person has said about a credential, and what is left of it.

Each function runs inside the caller's transaction.
"""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import ARRAY, Boolean, Text, bindparam, func, or_, select, true
from sqlmodel import col

from surelist.access.auth import Principal
from surelist.agents.limit import make_room
from surelist.agents.models import Agent
from surelist.data.database import compiled
from surelist.data.isolation import UserTransaction, user_insert, user_rows, user_update
from surelist.errors import InvalidToken
from surelist.ledger.models import INSTANT, Account
from surelist.ledger.write import refuse_if_erased

NOTED_EVERY = timedelta(minutes=1)
"""How often the use of an agent is written down."""

BEGINNING = datetime.fromtimestamp(0, UTC)
"""The `valid_after` of an agent of which no token has been ended."""

_client_id = bindparam("client_id", type_=Text, required=True)
_name = bindparam("name", type_=Text, required=True)
_scopes = bindparam("scopes", type_=ARRAY(Text), required=True)
_now = func.clock_timestamp()

_account = user_rows(Account)
_agent = user_rows(Agent)
_clock = select(_now.label("now")).subquery("clock")
_STANDING = compiled(
    select(
        _account.c.erased_at,
        _account.c.sessions_valid_after,
        _agent.c.client_id,
        _agent.c.scopes,
        _agent.c.bounded,
        _agent.c.valid_after,
        _agent.c.revoked_at,
        func.coalesce(_agent.c.last_used_at <= _clock.c.now - NOTED_EVERY, true()).label("unnoted"),
    ).select_from(
        _clock.outerjoin(_account, true()).outerjoin(_agent, _agent.c.client_id == _client_id)
    )
)
ADD = compiled(
    user_insert(Agent)
    .values(
        client_id=_client_id,
        name=_name,
        scopes=_scopes,
        bounded=bindparam("bounded", type_=Boolean, required=True),
        valid_after=bindparam("valid_after", type_=INSTANT, required=True),
        expires_at=bindparam("expires_at", type_=INSTANT, required=True),
        last_used_at=bindparam("last_used_at", type_=INSTANT, required=True),
    )
    .on_conflict_do_nothing()
)
_NOTE = compiled(
    user_update(Agent)
    .where(
        col(Agent.client_id) == _client_id,
        or_(col(Agent.last_used_at).is_(None), col(Agent.last_used_at) <= _now - NOTED_EVERY),
    )
    .values(last_used_at=_now)
)
_WIDEN = compiled(
    user_update(Agent)
    .where(col(Agent.client_id) == _client_id, col(Agent.bounded).is_(False))
    .values(scopes=_scopes)
)


async def admit(tx: UserTransaction, principal: Principal) -> frozenset[str]:
    """The scopes of this token that count, by what the person has said since it was issued.

    Notes when an agent was last used. Raises Unauthenticated when the token has been ended, and
    Conflict when it would begin one agent too many (specs/tokens.md).
    """
    client_id = principal.caller.client_id
    standing = await agent_status(tx, client_id)
    if principal.kind == "session":
        ended = standing["sessions_valid_after"]
        if ended and _issued(tx) < ended:
            raise InvalidToken("session_ended")
        return principal.scopes
    if standing["client_id"] is None and principal.kind == "token":
        await tx.hold_account()  # or an erase at this moment would miss the row
        standing = await agent_status(tx, client_id)
        if standing["client_id"] is None:
            await _begin(tx, principal)
            return principal.scopes
    if standing["client_id"] is None:
        raise InvalidToken("agent_not_allowed")
    if standing["revoked_at"]:
        raise InvalidToken("agent_revoked")
    if _issued(tx) < standing["valid_after"]:
        raise InvalidToken("agent_tokens_ended")
    if standing["unnoted"]:
        tx.run_afterwards(_NOTE, client_id=client_id)
    allowed = frozenset[str](standing["scopes"])
    if principal.kind == "token" and not (standing["bounded"] or principal.scopes <= allowed):
        await tx.execute(_WIDEN, client_id=client_id, scopes=sorted(allowed | principal.scopes))
        standing = await agent_status(tx, client_id)
        allowed = frozenset[str](standing["scopes"] or ())
    return principal.scopes & allowed


async def _begin(tx: UserTransaction, principal: Principal) -> None:
    """Make the row of a client of `surelist token`, from its first token."""
    await make_room(tx)
    await tx.execute(
        ADD,
        client_id=principal.caller.client_id,
        name=principal.caller.client_name,
        scopes=sorted(principal.scopes),
        bounded=False,
        valid_after=BEGINNING,
        expires_at=None,
        last_used_at=datetime.now(UTC),
    )


async def agent_status(tx: UserTransaction, client_id: str) -> Mapping[str, Any]:
    """The account and this agent as they stand. Raises Unauthenticated when it has been erased."""
    standing = await tx.fetch_one(_STANDING, client_id=client_id)
    if standing is None:
        raise RuntimeError("a row that is always there")
    refuse_if_erased(tx, standing["erased_at"])
    return standing


def _issued(tx: UserTransaction) -> datetime:
    return datetime.fromtimestamp(tx.issued_at, UTC)
