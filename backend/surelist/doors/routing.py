"""Authorizes the caller of a route below a user's path, and opens its transactions."""

import time
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Annotated, Any, TypeVar, cast

import orjson
from fastapi import APIRouter, Depends, Header, Request, Security
from fastapi.routing import APIRoute
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from starlette.requests import ClientDisconnect
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from surelist.access.allowances import Rate
from surelist.access.auth import OWNER_SCOPE, RESERVED_USER_ID, Caller, Principal
from surelist.data.isolation import Database, UserTransaction
from surelist.doors.parameters import Parameters
from surelist.doors.problems import EVERYWHERE, problems
from surelist.errors import RECENT_SECONDS, Forbidden, SignInNeeded
from surelist.observability.call import note

T = TypeVar("T")

IdempotencyKey = Annotated[
    str,
    Header(alias="Idempotency-Key", min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f]*$"),
]
"""The header that marks a repeated write. Idempotent routes accept and ignore it."""

_BEARER = HTTPBearer(auto_error=False, description="A token from `surelist token USER`.")


class Door:
    """Opens transactions for one user; each is committed when its work ends.

    `scope` is the scope that the route declares. Every transaction requires it.
    """

    def __init__(self, database: Database, principal: Principal, scope: str) -> None:
        self._database = database
        self._principal = principal
        self._scope = scope

    @property
    def account_id(self) -> str:
        """The user whose rows the transactions see."""
        return self._principal.account_id

    @property
    def principal(self) -> Principal:
        """The caller."""
        return self._principal

    @property
    def person_id(self) -> str:
        """The user that the caller acts for."""
        return self._principal.person_id

    def require_recent_sign_in(self) -> None:
        """Raise SignInNeeded if the person's session began too long ago.

        Only sessions are checked: other tokens with account:manage are signed with the server's
        secret.
        """
        principal = self._principal
        if principal.kind != "session":
            return
        if time.time() - (principal.authenticated_at or 0) > RECENT_SECONDS:
            raise SignInNeeded

    def acting_as(self, caller: Caller) -> "Door":
        """The same user and scope; the ledger records `caller` as the author."""
        return Door(self._database, replace(self._principal, acts_as=caller), self._scope)

    def needing(self, scope: str) -> "Door":
        """The same user and author, with transactions that need `scope`."""
        return Door(self._database, self._principal, scope)

    async def through(self, work: Callable[[Database, Principal], Awaitable[T]]) -> T:
        """Run work that opens its own transactions, such as a tool."""
        return await work(self._database, self._principal)

    async def read(
        self,
        work: Callable[[UserTransaction], Awaitable[T]],
        *,
        rate: Rate | None = "reads",
        agent: str | None = None,
        fresh: bool = False,
    ) -> T:
        """Run `work` in a read transaction. It counts towards `rate`, of `agent` if given.

        With `fresh`, the credential is checked in the database. Raises as `Database.read` does.
        """
        return await self._database.read(
            self._principal, work, self._scope, rate=rate, agent=agent, fresh=fresh
        )

    async def write(
        self,
        work: Callable[[UserTransaction], Awaitable[T]],
        *,
        keep: bool = True,
        rate: Rate | None = "writes",
    ) -> T:
        """Run `work` in a write transaction. Without `keep`, roll it back.

        Raises as `Database.write` does.
        """
        return await self._database.write(self._principal, work, self._scope, keep=keep, rate=rate)

    async def finish_erase(self) -> None:
        """Delete the remaining rows of this user, after `shut_out`."""
        await self._database.finish_erase(self._principal)


class OwnedRoute(APIRoute):
    """A route below a user's path. It authorizes the caller before it reads the body.

    Its endpoint takes a door and the route's parameters, and returns a response.
    """

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.app = _serving(self)


def _serving(route: APIRoute) -> ASGIApp:
    """The ASGI app of a route. Raises TypeError unless its only dependency is a door.

    The application's exception handlers turn exceptions into responses.
    """
    endpoint = cast("Callable[..., Awaitable[Response]]", route.endpoint)
    dependencies = route.dependant.dependencies
    if [one.call for one in dependencies] != [open_door]:
        raise TypeError(f"{route.name} must depend on one door, and on nothing else.")
    name, scopes = dependencies[0].name, dependencies[0].own_oauth_scopes or []
    if name is None or len(scopes) != 1:
        raise TypeError(f"{route.name} must declare one door with one scope.")
    needed, parameters = scopes[0], Parameters(route.dependant)

    async def serve(scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive, send)
        door = await _door(request, needed)
        try:
            arguments = await parameters.read(request)
        except ClientDisconnect:
            return
        response = await endpoint(**{name: door}, **arguments)
        await response(scope, receive, send)

    return serve


async def _door(request: Request, scope: str) -> Door:
    """The door of the user in the path.

    Raises Unauthenticated, Forbidden when the path is another user's, and InsufficientScope.
    """
    state, user_id = request.app.state, request.path_params["user_id"]
    principal: Principal = await state.authenticator.principal(
        request.headers.getlist("authorization"), state.settings.api_url
    )
    note(user=principal.person_id, client=principal.caller.client_id)
    if user_id not in (principal.account_id, RESERVED_USER_ID):
        raise Forbidden("wrong_user", me=RESERVED_USER_ID)
    database: Database = state.database()
    database.enter(principal, scope)
    return Door(database, principal, scope)


async def open_door(
    request: Request,
    user_id: str,
    _: Annotated[HTTPAuthorizationCredentials | None, Depends(_BEARER)],
) -> Door:
    """Declares the door in a signature, for the OpenAPI document. OwnedRoute opens it."""
    raise NotImplementedError


ReadDoor = Annotated[Door, Security(open_door, scopes=["tasks:read"])]
WriteDoor = Annotated[Door, Security(open_door, scopes=["tasks:write"])]
PersonDoor = Annotated[Door, Security(open_door, scopes=[OWNER_SCOPE])]
"""Only the person has this scope; no agent's token has it."""


def user_router(path: str, tag: str) -> APIRouter:
    """A router for the routes below `path` of a user."""
    return APIRouter(
        prefix=f"/api/{{user_id}}{path}",
        tags=[tag],
        route_class=OwnedRoute,
        responses=problems(*EVERYWHERE),
    )


def answer(content: Any, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    """`content` as JSON."""
    return Response(orjson.dumps(content), status, headers, "application/json")
