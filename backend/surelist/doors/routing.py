"""Gives a route its user's database, and turns what is refused into problem details."""

import time
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import replace
from http import HTTPStatus
from typing import TYPE_CHECKING, Annotated, Any, TypeVar, cast

import orjson
from fastapi import Depends, Header, Request
from fastapi.routing import APIRoute, iter_route_contexts
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from pydantic import BaseModel
from starlette.responses import Response

from surelist.access.allowances import Rate
from surelist.access.auth import RESERVED_USER_ID, Caller, Principal
from surelist.data.isolation import Database, UserTransaction
from surelist.doors.arguments import place, told
from surelist.doors.web import refusal_headers
from surelist.errors import RECENT_SECONDS, Forbidden, Invalid, SignInNeeded, SurelistError
from surelist.observability.calls import note

if TYPE_CHECKING:
    from fastapi.exceptions import RequestValidationError
    from starlette.exceptions import HTTPException

T = TypeVar("T")

IdempotencyKey = Annotated[
    str,
    Header(alias="Idempotency-Key", min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f]*$"),
]
"""By which a repeated write is known. What ends the same when it is done again, takes it too."""

_BEARER = HTTPBearer(auto_error=False, description="A token from `surelist token USER`.")


class Door:
    """One user's way to their data: a unit of work is a transaction, committed when it ends."""

    def __init__(self, database: Database, principal: Principal) -> None:
        self._database = database
        self._principal = principal

    @property
    def user_id(self) -> str:
        """Whose data is behind it."""
        return self._principal.user_id

    def require_recent_sign_in(self) -> None:
        """Raise SignInNeeded unless the person has proved not long ago who they are.

        Asked of sessions alone: who signs other tokens with account:manage has the secret.
        """
        principal = self._principal
        if principal.kind != "session":
            return
        if time.time() - (principal.authenticated_at or 0) > RECENT_SECONDS:
            raise SignInNeeded

    def acting_as(self, caller: Caller) -> "Door":
        """The same way, of which the ledger records `caller`."""
        return Door(self._database, replace(self._principal, acts_as=caller))

    async def through(self, work: Callable[[Database, Principal], Awaitable[T]]) -> T:
        """Run what opens its transactions by itself, such as a tool."""
        return await work(self._database, self._principal)

    async def read(
        self,
        work: Callable[[UserTransaction], Awaitable[T]],
        scope: str = "tasks:read",
        *,
        rate: Rate | None = "reads",
        agent: str | None = None,
    ) -> T:
        """Run `work` in a transaction that reads, and that `rate` counts, for `agent` if given.

        Raises InsufficientScope without `scope`.
        """
        return await self._database.read(self._principal, work, scope, rate=rate, agent=agent)

    async def write(
        self,
        work: Callable[[UserTransaction], Awaitable[T]],
        scope: str = "tasks:write",
        *,
        keep: bool = True,
        rate: Rate | None = "writes",
    ) -> T:
        """Run `work` in a transaction that writes; without `keep`, see what it would do.

        Raises InsufficientScope without `scope`.
        """
        return await self._database.write(self._principal, work, scope, keep=keep, rate=rate)

    async def finish_erase(self) -> None:
        """Remove what is left of this user, who is shut out."""
        await self._database.finish_erase(self._principal)


class OwnedRoute(APIRoute):
    """A route below a user's path: whose it is and who asks is seen to before anything is read.

    FastAPI reads the body and looks at the arguments first, and dependencies later.
    """

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The route's handler behind its door."""
        handle = super().get_route_handler()

        async def answered(request: Request) -> Response:
            request.state.door = await _door(request)
            return await handle(request)

        return answered


async def _door(request: Request) -> Door:
    """The door of the user that the path names, who must be the token's. Raises Forbidden."""
    state, user_id = request.app.state, request.path_params["user_id"]
    principal: Principal = await state.authenticator.principal(
        request.headers.getlist("authorization"), state.settings.api_url
    )
    note(user=principal.user_id, client=principal.caller.client_id)
    if user_id not in (principal.user_id, RESERVED_USER_ID):
        raise Forbidden(
            "The token is not this user's. Use the path of the token's own user, or "
            f"{RESERVED_USER_ID!r} in its place."
        )
    return Door(state.database(), principal)


def open_door(
    request: Request,
    user_id: str,
    _: Annotated[HTTPAuthorizationCredentials | None, Depends(_BEARER)],
) -> Door:
    """The door that the OwnedRoute has opened; the parameters are for the OpenAPI document."""
    del user_id
    return request.state.door


UserDoor = Annotated[Door, Depends(open_door)]


class Problem(BaseModel):
    """What went wrong, as RFC 9457 problem details."""

    type: str
    title: str
    status: int
    detail: str


RENAMED = {413: "Content Too Large", 422: "Unprocessable Content"}
"""By RFC 9110. Python says so since 3.13, and the document is the same on every one."""


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The problems that a route can answer with, for its OpenAPI entry.

    Whatever reads a body can find it too large (413), and so in an encoding (415).
    """
    if 413 in statuses:
        statuses = tuple(sorted({*statuses, 415}))
    content = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {
        status: {"description": RENAMED.get(status, HTTPStatus(status).phrase), "content": content}
        for status in statuses
    }


def answer(content: Any, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    """`content` as JSON."""
    return Response(orjson.dumps(content), status, headers, "application/json")


def problem(request: Request, error: Exception) -> Response:
    """The problem details of a refusal; `current` is the task as it stands."""
    refusal = error if isinstance(error, SurelistError) else _as_refusal(error)
    note(outcome=refusal.kind)
    said: dict[str, Any] = {
        "type": f"urn:surelist:{refusal.kind}",
        "title": refusal.kind.replace("_", " ").capitalize(),
        "status": refusal.status,
        "detail": refusal.message,
    }
    if refusal.current is not None:
        said["task"] = refusal.current
    if "fields" in refusal.details:
        said["fields"] = refusal.details["fields"]
    headers = refusal_headers(refusal, request.app.state.settings)
    return Response(orjson.dumps(said), refusal.status, headers, "application/problem+json")


def http_problem(request: Request, error: Exception) -> Response:
    """The problem details of what the framework itself refuses: no such path, no such method."""
    refusal = cast("HTTPException", error)
    if isinstance(refusal.__cause__, SurelistError):  # raised while the body was read
        return problem(request, refusal.__cause__)
    if refusal.status_code == HTTPStatus.BAD_REQUEST:
        return problem(request, Invalid("The body is not JSON. Send it again, corrected."))
    said = {
        "type": "about:blank",
        "title": refusal.detail,
        "status": refusal.status_code,
        "detail": f"{request.method} {request.url.path}: {refusal.detail}. See /openapi.json.",
    }
    headers = dict(refusal.headers or {})
    if refusal.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
        headers["Allow"] = ", ".join(sorted(_methods_at(request)))
    return Response(orjson.dumps(said), refusal.status_code, headers, "application/problem+json")


def _methods_at(request: Request) -> set[str]:
    """The methods of every route at the request's path; the framework names the first one's."""
    path = request.scope["path"]
    return {
        method
        for route in iter_route_contexts(request.app.routes)
        if route.path_regex.match(path)
        for method in route.methods or ()
    }


def crash(_request: Request, _error: Exception) -> Response:
    """The problem details of a fault of ours, which the log tells of and the answer does not."""
    status = HTTPStatus.INTERNAL_SERVER_ERROR
    said = {
        "type": "about:blank",
        "title": status.phrase,
        "status": status.value,
        "detail": "Something went wrong in the server. Look at what is stored, then try again.",
    }
    return Response(orjson.dumps(said), status, media_type="application/problem+json")


def _as_refusal(error: Exception) -> SurelistError:
    wrong = cast("RequestValidationError", error).errors()
    sentences = [f"{place(one)}: {one['msg']}." for one in wrong]
    return Invalid(told(sentences, len(wrong)) + " Nothing was changed. Call again, corrected.")
