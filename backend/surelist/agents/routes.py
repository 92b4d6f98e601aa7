"""REST routes of agents and keys. Only the person may call them."""

from functools import partial
from typing import Annotated, NotRequired

from fastapi import Path, Query, Request, Response

from surelist.access.auth import AgentScope, sign_token
from surelist.agents import keys, listing, service
from surelist.agents.models import Connection, NewKey
from surelist.data.database import Record
from surelist.doors.arguments import ABSENT, ShownObject
from surelist.doors.problems import problems
from surelist.doors.routing import (
    IdempotencyKey,
    PersonDoor,
    answer,
    user_router,
)
from surelist.errors import Conflict, Gone, NotFound
from surelist.ledger.models import ClientId


class ShownAgent(ShownObject):
    """An agent, with times in UTC."""

    client_id: str
    name: str
    scopes: list[str]
    created_at: str
    expires_at: NotRequired[str]
    last_used_at: NotRequired[str]
    revoked_at: NotRequired[str]


class Agents(ShownObject):
    """A page of a user's agents."""

    agents: list[ShownAgent]
    next_cursor: NotRequired[str]


class ShownKey(ShownObject):
    """A new key, with its token. No other answer contains the token."""

    client_id: str
    name: str
    scopes: list[AgentScope]
    token: str
    expires_at: str


router = user_router("", "agents")


@router.get("/agents", responses={200: {"model": Agents}})
async def list_agents(door: PersonDoor, query: Annotated[listing.AgentQuery, Query()]) -> Response:
    """List the agents, the newest first."""
    page = await door.read(lambda tx: listing.list_agents(tx, query), rate="revocations")
    shown: Agents = {"agents": [_shown(agent) for agent in page.agents]}
    if page.cursor:
        shown["next_cursor"] = page.cursor
    return answer(shown)


@router.get(
    "/agents/{client_id:path}",
    responses={200: {"model": ShownAgent}} | problems(NotFound),
)
async def read_agent(door: PersonDoor, client_id: Annotated[ClientId, Path()]) -> Response:
    """Read one agent."""
    # The authorization server calls this route whenever the agent requests a token, so the call
    # counts towards the agent's reads.
    agent = await door.read(lambda tx: service.find(tx, client_id), agent=client_id)
    return answer(_shown(agent))


@router.put(
    "/agents/{client_id:path}",
    responses={200: {"model": ShownAgent}} | problems(Conflict),
)
async def connect_agent(
    door: PersonDoor,
    client_id: Annotated[ClientId, Path()],
    connection: Connection,
    _key: IdempotencyKey = ABSENT,
) -> Response:
    """Let a client use the list with these scopes. A revoked client is connected again."""
    agent = await door.write(lambda tx: service.allow(tx, client_id, connection))
    return answer(_shown(agent))


@router.delete("/agents/{client_id:path}", status_code=204, responses=problems(NotFound))
async def revoke_agent(
    door: PersonDoor, client_id: Annotated[ClientId, Path()], _key: IdempotencyKey = ABSENT
) -> Response:
    """Revoke an agent: every worker refuses its tokens within seconds."""
    await door.write(lambda tx: service.revoke(tx, client_id), rate="revocations")
    return Response(status_code=204)


@router.post(
    "/keys",
    status_code=201,
    responses={201: {"model": ShownKey}} | problems(Conflict, Gone),
)
async def make_key(
    request: Request, door: PersonDoor, new: NewKey, key: IdempotencyKey = ABSENT
) -> Response:
    """Create an agent key. Only this answer contains its token."""
    door.require_recent_sign_in()
    sign = partial(sign_token, request.app.state.settings, door.person_id)
    made = await door.write(lambda tx: keys.make_key(tx, new, sign, key))
    shown: ShownKey = {
        "client_id": made.client_id,
        "name": made.name,
        "scopes": made.scopes,
        "token": made.token,
        "expires_at": made.expires_at.isoformat(),
    }
    return answer(shown, 201, {"Cache-Control": "no-store"})


def _shown(agent: Record) -> ShownAgent:
    shown: ShownAgent = {
        "client_id": agent["client_id"],
        "name": agent["name"],
        "scopes": agent["scopes"],
        "created_at": agent["created_at"].isoformat(timespec="seconds"),
    }
    for time in ("expires_at", "last_used_at", "revoked_at"):
        if agent[time]:
            shown[time] = agent[time].isoformat(timespec="seconds")
    return shown
