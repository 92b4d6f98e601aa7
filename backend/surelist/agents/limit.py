"""How many agents a user may have, and which are forgotten first."""

from datetime import timedelta

from sqlalchemy import BigInteger, and_, bindparam, func, or_, select
from sqlmodel import col

from surelist.access.auth import KEY_PREFIX, LIFETIME_DAYS
from surelist.agents.models import Agent
from surelist.data.database import compiled
from surelist.data.isolation import UserTransaction, user_delete, user_rows
from surelist.errors import Conflict

MOST = 1000
"""Agents of one user. Each costs a row for good, outside every quota."""

_agent = user_rows(Agent)
_now = func.clock_timestamp()
_key = _agent.c.client_id.startswith(KEY_PREFIX)
_COUNT = compiled(select(func.count().label("agents")).select_from(_agent))
_FORGET = compiled(
    user_delete(Agent).where(
        col(Agent.client_id).in_(
            select(_agent.c.client_id)
            .where(
                or_(
                    and_(_key, or_(_agent.c.revoked_at.is_not(None), _agent.c.expires_at < _now)),
                    # A client of `surelist token` would begin anew with a token of before.
                    _agent.c.revoked_at < _now - timedelta(days=LIFETIME_DAYS),
                )
            )
            .order_by(_key.desc(), _agent.c.revoked_at, _agent.c.client_id)
            .limit(bindparam("excess", type_=BigInteger, required=True))
        )
    )
)


async def make_room(tx: UserTransaction) -> None:
    """Make room for one more agent, where the account is held.

    Keys of no more use are forgotten first, as tokens without a row are refused. Raises Conflict.
    """
    excess = await _agents(tx) - MOST + 1
    if excess <= 0:
        return
    await tx.execute(_FORGET, excess=excess)
    if await _agents(tx) >= MOST:
        raise Conflict("agent_limit", limit=MOST)


async def _agents(tx: UserTransaction) -> int:
    counted = await tx.fetch_one(_COUNT)
    return counted["agents"] if counted else 0
