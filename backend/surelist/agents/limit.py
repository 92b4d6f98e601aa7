"""The limit on a user's agents, and the deletion of agents that are no longer of use."""

from datetime import datetime, timedelta

from sqlalchemy import BigInteger, and_, bindparam, func, or_, select
from sqlmodel import col

from surelist.access.auth import KEY_PREFIX, LIFETIME_DAYS
from surelist.agents.models import Agent
from surelist.data.database import compiled
from surelist.data.isolation import UserTransaction, user_delete, user_rows
from surelist.errors import Conflict
from surelist.ledger.models import INSTANT

MAX_AGENTS = 1000
"""Agents of one user. Their rows count towards no quota."""

_agent = user_rows(Agent)
_now = bindparam("now", type_=INSTANT, required=True)
_long_ago = bindparam("long_ago", type_=INSTANT, required=True)
_key = _agent.c.client_id.startswith(KEY_PREFIX)
_COUNT = compiled(select(func.count().label("agents")).select_from(_agent))
_DELETE_UNUSABLE = compiled(
    user_delete(Agent).where(
        col(Agent.client_id).in_(
            select(_agent.c.client_id)
            .where(
                or_(
                    and_(_key, or_(_agent.c.revoked_at.is_not(None), _agent.c.expires_at < _now)),
                    # After this time, no token of `surelist token` is left that is still valid:
                    # it would create the deleted row again.
                    _agent.c.revoked_at < _long_ago,
                )
            )
            .order_by(_key.desc(), _agent.c.revoked_at, _agent.c.client_id)
            .limit(bindparam("excess", type_=BigInteger, required=True))
        )
    )
)


async def make_room(tx: UserTransaction, now: datetime) -> None:
    """Make room for one more agent. The caller has locked the account's row.

    Deletes agents without a valid token, keys first: a key's token without a row is refused.
    Raises Conflict when that does not make room.
    """
    excess = await _agents(tx) - MAX_AGENTS + 1
    if excess <= 0:
        return
    long_ago = now - timedelta(days=LIFETIME_DAYS)
    await tx.execute(_DELETE_UNUSABLE, excess=excess, now=now, long_ago=long_ago)
    if await _agents(tx) >= MAX_AGENTS:
        raise Conflict("agent_limit", limit=MAX_AGENTS)


async def _agents(tx: UserTransaction) -> int:
    row = await tx.fetch_one(_COUNT)
    return row["agents"] if row else 0
