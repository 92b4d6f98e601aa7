"""The agents of a user, page by page, the newest first."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

import orjson
from pydantic import Field
from sqlalchemy import BigInteger, Text, bindparam, or_, select

from surelist.agents.models import Agent
from surelist.arguments import ABSENT, PLAIN_DIGITS, Closed
from surelist.database import Record, compiled
from surelist.errors import Invalid
from surelist.isolation import UserDatabase, mine
from surelist.ledger.models import INSTANT

_agent = mine(Agent)
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
    cursor: Annotated[str, Field(min_length=1, max_length=1000)] = ABSENT


@dataclass(frozen=True, slots=True)
class AgentPage:
    """A page of agents; `cursor` leads to the next page."""

    agents: list[Record]
    cursor: str | None


async def list_agents(database: UserDatabase, query: AgentQuery) -> AgentPage:
    """One page of the agents that there are or were. Raises Invalid on a cursor of another list."""
    rows = query.limit + 1
    if query.cursor:
        last_at, last_id = _unsealed(database, query.cursor)
        found = await database.all(_NEXT_PAGE, rows=rows, last_at=last_at, last_id=last_id)
    else:
        found = await database.all(_FIRST_PAGE, rows=rows)
    if len(found) < rows:
        return AgentPage(found, None)
    agents = found[: query.limit]
    mark = [_LIST, agents[-1]["created_at"], agents[-1]["client_id"]]
    return AgentPage(agents, database.seal(orjson.dumps(mark)))


def _unsealed(database: UserDatabase, cursor: str) -> tuple[datetime, str]:
    content = database.unseal(cursor)
    of, last_at, last_id = orjson.loads(content) if content else ("", "", "")
    if of != _LIST:
        raise Invalid(
            '"cursor" does not belong to this list: pass next_cursor unchanged. '
            "Call again without it to begin at the first page."
        )
    return datetime.fromisoformat(last_at), last_id
