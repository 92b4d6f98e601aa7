"""The status of a credential: revoked, ended, or valid with some scopes.

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

USE_RECORDED_EVERY = timedelta(minutes=1)
"""How often `last_used_at` of an agent is updated."""

EPOCH = datetime.fromtimestamp(0, UTC)
"""The `valid_after` of an agent without ended tokens."""

_client_id = bindparam("client_id", type_=Text, required=True)
_name = bindparam("name", type_=Text, required=True)
_scopes = bindparam("scopes", type_=ARRAY(Text), required=True)
_now = bindparam("now", type_=INSTANT, required=True)

_account = user_rows(Account)
_agent = user_rows(Agent)
_clock = select(func.clock_timestamp().label("now")).subquery("clock")
_STATUS = compiled(
    select(
        _clock.c.now,
        _account.c.erased_at,
        _account.c.sessions_valid_after,
        _agent.c.client_id,
        _agent.c.scopes,
        _agent.c.bounded,
        _agent.c.valid_after,
        _agent.c.revoked_at,
        _agent.c.last_used_at,
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
_RECORD_USE = compiled(
    user_update(Agent)
    .where(
        col(Agent.client_id) == _client_id,
        or_(
            col(Agent.last_used_at).is_(None),
            col(Agent.last_used_at) <= bindparam("recorded", type_=INSTANT, required=True),
        ),
    )
    .values(last_used_at=_now)
)
_ADD_SCOPES = compiled(
    user_update(Agent)
    .where(col(Agent.client_id) == _client_id, col(Agent.bounded).is_(False))
    .values(scopes=_scopes)
)


async def admit(tx: UserTransaction, principal: Principal) -> frozenset[str]:
    """The scopes of this token that are allowed now (specs/tokens.md).

    Creates the agent of an unknown printed token, and records the use of an agent. Raises
    Unauthenticated when the token has been ended, and Conflict when there are too many agents.
    """
    client_id = principal.caller.client_id
    status = await agent_status(tx, client_id)
    if principal.kind == "session":
        ended = status["sessions_valid_after"]
        if ended and _issued(tx) < ended:
            raise InvalidToken("session_ended")
        return principal.scopes
    if status["client_id"] is None and principal.kind == "token":
        await tx.hold_account()  # otherwise a concurrent erase would miss the new row
        status = await agent_status(tx, client_id)
        if status["client_id"] is None:
            await _create_agent(tx, principal, status["now"])
            return principal.scopes
    if status["client_id"] is None:
        raise InvalidToken("agent_not_allowed")
    if status["revoked_at"]:
        raise InvalidToken("agent_revoked")
    if _issued(tx) < status["valid_after"]:
        raise InvalidToken("agent_tokens_ended")
    now, recorded = status["now"], status["now"] - USE_RECORDED_EVERY
    if status["last_used_at"] is None or status["last_used_at"] <= recorded:
        tx.run_afterwards(_RECORD_USE, client_id=client_id, now=now, recorded=recorded)
    allowed = frozenset[str](status["scopes"])
    if principal.kind == "token" and not (status["bounded"] or principal.scopes <= allowed):
        scopes = sorted(allowed | principal.scopes)
        await tx.execute(_ADD_SCOPES, client_id=client_id, scopes=scopes)
        status = await agent_status(tx, client_id)
        allowed = frozenset[str](status["scopes"] or ())
    return principal.scopes & allowed


async def _create_agent(tx: UserTransaction, principal: Principal, now: datetime) -> None:
    """Create the row of a client of `surelist token`, at the first call with its token."""
    await make_room(tx, now)
    await tx.execute(
        ADD,
        client_id=principal.caller.client_id,
        name=principal.caller.client_name,
        scopes=sorted(principal.scopes),
        bounded=False,
        valid_after=EPOCH,
        expires_at=None,
        last_used_at=now,
    )


async def agent_status(tx: UserTransaction, client_id: str) -> Mapping[str, Any]:
    """The columns of the account and the agent that decide on a token; None where a row is absent.

    Raises Unauthenticated when the account was erased after the token was issued.
    """
    status = await tx.fetch_one(_STATUS, client_id=client_id)
    if status is None:
        raise RuntimeError("the outer join returned no row")
    refuse_if_erased(tx, status["erased_at"])
    return status


def _issued(tx: UserTransaction) -> datetime:
    return datetime.fromtimestamp(tx.issued_at, UTC)
