"""The agents of a user, page by page, the newest first."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from pydantic import Field
from sqlalchemy import BigInteger, Text, bindparam, or_, select

from surelist.agents.models import Agent
from surelist.data.database import Record, compiled
from surelist.data.isolation import UserTransaction, user_rows
from surelist.doors.arguments import ABSENT, PLAIN_DIGITS, Closed
from surelist.doors.cursors import Cursor, cursor_to, place_in
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


class AgentQuery(Closed):
    """Which agents are wanted."""

    limit: Annotated[int, PLAIN_DIGITS, Field(ge=1, le=200, strict=False)] = 50
    cursor: Cursor = ABSENT


@dataclass(frozen=True, slots=True)
class AgentPage:
    """A page of agents; `cursor` leads to the next page."""

    agents: list[Record]
    cursor: str | None


async def list_agents(tx: UserTransaction, query: AgentQuery) -> AgentPage:
    """One page of the agents that there are or were. Raises Invalid on a cursor of another list."""
    rows = query.limit + 1
    if query.cursor:
        last_at, last_id = place_in(tx, _LIST, query.cursor)
        place = {"last_at": datetime.fromisoformat(last_at), "last_id": last_id}
        found = await tx.fetch_all(_NEXT_PAGE, rows=rows, **place)
    else:
        found = await tx.fetch_all(_FIRST_PAGE, rows=rows)
    if len(found) < rows:
        return AgentPage(found, None)
    agents = found[: query.limit]
    last = agents[-1]
    return AgentPage(agents, cursor_to(tx, _LIST, last["created_at"], last["client_id"]))
