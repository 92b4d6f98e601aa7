"""The list of a user's agents, newest first, in pages."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import BigInteger, Text, bindparam, or_, select

from surelist.agents.models import Agent
from surelist.data.database import Record, compiled
from surelist.data.isolation import UserTransaction, user_rows
from surelist.doors.cursors import Paged, cursor_to, cut, place_in
from surelist.ledger.models import INSTANT

_agent = user_rows(Agent)
_last_at = bindparam("last_at", type_=INSTANT, required=True)
_last_id = bindparam("last_id", type_=Text, required=True)
_FIRST = (
    select(*_agent.c)
    .order_by(_agent.c.created_at.desc(), _agent.c.client_id)
    .limit(bindparam("rows", type_=BigInteger, required=True))
)
_FIRST_PAGE = compiled(_FIRST)
_NEXT_PAGE = compiled(
    _FIRST.where(
        _agent.c.created_at <= _last_at,
        or_(_agent.c.created_at < _last_at, _agent.c.client_id > _last_id),
    )
)
_LIST = "agents"


class AgentQuery(Paged):
    """The query parameters of a list of agents."""


@dataclass(frozen=True, slots=True)
class AgentPage:
    """A page of agents; `cursor` leads to the next page."""

    agents: list[Record]
    cursor: str | None


async def list_agents(tx: UserTransaction, query: AgentQuery) -> AgentPage:
    """One page of the agents, revoked ones too. Raises Invalid on a cursor of another list."""
    rows = query.limit + 1
    if query.cursor:
        last_at, last_id = place_in(tx, _LIST, query.cursor)
        place = {"last_at": datetime.fromisoformat(last_at), "last_id": last_id}
        found = await tx.fetch_all(_NEXT_PAGE, rows=rows, **place)
    else:
        found = await tx.fetch_all(_FIRST_PAGE, rows=rows)
    return AgentPage(
        *cut(
            found,
            query.limit,
            lambda last: cursor_to(tx, _LIST, last["created_at"], last["client_id"]),
        )
    )
