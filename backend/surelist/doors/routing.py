"""Authorises the caller of a route below a user's path, and opens its transactions."""

import time
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import replace
from typing import Annotated, Any, TypeVar, cast

import orjson
from fastapi import APIRouter, Depends, Header, Request, Security
from fastapi.dependencies.models import Dependant
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from pydantic import BaseModel, ValidationError
from starlette.responses import Response

from surelist.access.allowances import Rate
from surelist.access.auth import OWNER_SCOPE, RESERVED_USER_ID, Caller, Principal
from surelist.data.isolation import Database, UserTransaction
from surelist.doors.problems import EVERYWHERE, problems
from surelist.errors import RECENT_SECONDS, Forbidden, SignInNeeded
from surelist.observability.call import note

T = TypeVar("T")

IdempotencyKey = Annotated[
    str,
    Header(alias="Idempotency-Key", min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f]*$"),
]
"""By which a repeated write is known. What ends the same when it is done again, takes it too."""

_BEARER = HTTPBearer(auto_error=False, description="A token from `surelist token USER`.")


class Door:
    """Opens transactions for one user; each is committed when its work ends.

    `scope` is the right that its route declares, and that every transaction needs.
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
    def person_id(self) -> str:
        """The user for whom the caller acts."""
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
    ) -> T:
        """Run `work` in a transaction that reads. It counts towards `rate`, for `agent` if given.

        Raises what `Database.read` raises.
        """
        return await self._database.read(self._principal, work, self._scope, rate=rate, agent=agent)

    async def write(
        self,
        work: Callable[[UserTransaction], Awaitable[T]],
        *,
        keep: bool = True,
        rate: Rate | None = "writes",
    ) -> T:
        """Run `work` in a transaction that writes; without `keep`, roll it back.

        Raises what `Database.write` raises.
        """
        return await self._database.write(self._principal, work, self._scope, keep=keep, rate=rate)

    async def finish_erase(self) -> None:
        """Remove what is left of this user, who is shut out."""
        await self._database.finish_erase(self._principal)


class OwnedRoute(APIRoute):
    """A route below a user's path. The caller is authorised before the body is read.

    FastAPI itself reads the body first and resolves dependencies later.
    """

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """FastAPI's handler, after the token, the path and the scope have been checked."""
        scope = _declared_scope(self)
        described = self.dependant
        self.dependant = _quickly_resolved(described)
        handle = super().get_route_handler()
        self.dependant = described

        async def answered(request: Request) -> Response:
            request.state.door = await _door(request, scope)
            return await handle(request)

        return answered


def _quickly_resolved(described: Dependant) -> Dependant:
    """What FastAPI resolves for each request, with the same values, errors and document.

    For the door, FastAPI would look at the header and the path again and build a security scheme;
    it would read the query field by field before the model reads it as a whole.
    """
    resolved = [
        replace(one, call=_opened_door, dependencies=[], path_params=[], own_oauth_scopes=None)
        if one.call is open_door
        else one
        for one in described.dependencies
    ]
    fields = described.query_params
    models = [field for field in fields if _is_model(field.field_info.annotation)]
    resolved += [
        Dependant(
            name=field.name,
            call=_query_reader(cast("type[BaseModel]", field.field_info.annotation)),
            request_param_name="request",
        )
        for field in models
    ]
    left = [field for field in fields if field not in models]
    return replace(described, dependencies=resolved, query_params=left)


def _is_model(annotation: Any) -> bool:
    return isinstance(annotation, type) and issubclass(annotation, BaseModel)


def _query_reader(model: type[BaseModel]) -> Callable[[Request], Awaitable[BaseModel]]:
    async def read(request: Request) -> BaseModel:
        try:
            return model.model_validate(dict(request.query_params))
        except ValidationError as error:
            raise RequestValidationError(
                [{**one, "loc": ("query", *one["loc"])} for one in error.errors()]
            ) from None

    return read


async def _opened_door(request: Request) -> Door:
    return request.state.door


def _declared_scope(route: APIRoute) -> str:
    """The one scope that `route` declares by its door. Raises TypeError unless it is one."""
    scopes = {
        scope
        for dependency in route.dependant.dependencies
        if dependency.call is open_door
        for scope in dependency.own_oauth_scopes or ()
    }
    if len(scopes) != 1:
        raise TypeError(f"{route.name} must declare one door with one scope.")
    return scopes.pop()


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
    """The door that the OwnedRoute has opened; the parameters are for the OpenAPI document."""
    del user_id
    return request.state.door


ReadDoor = Annotated[Door, Security(open_door, scopes=["tasks:read"])]
WriteDoor = Annotated[Door, Security(open_door, scopes=["tasks:write"])]
PersonDoor = Annotated[Door, Security(open_door, scopes=[OWNER_SCOPE])]
"""For the person alone: no agent's token carries this scope."""


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
