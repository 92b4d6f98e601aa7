"""Problem details (RFC 9457): error responses, and their declarations in the OpenAPI document."""

from http import HTTPStatus
from typing import TYPE_CHECKING, Any, NotRequired, cast

import orjson
from fastapi import Request
from fastapi.routing import iter_route_contexts
from pydantic import TypeAdapter
from starlette.responses import Response
from typing_extensions import TypedDict

from surelist.doors.arguments import wrong_arguments
from surelist.doors.messages import WrongArguments, for_rest
from surelist.doors.web import refusal_headers
from surelist.errors import (
    Conflict,
    Fault,
    Forbidden,
    Gone,
    Invalid,
    NotFound,
    SurelistError,
    TooLarge,
    TooManyRequests,
    Unauthenticated,
    Unavailable,
    UnsupportedMediaType,
    VersionMismatch,
)
from surelist.observability.call import note

if TYPE_CHECKING:
    from fastapi.exceptions import RequestValidationError
    from starlette.exceptions import HTTPException


class WrongPart(TypedDict):
    """A wrong part of a request: its path and a code."""

    name: str
    code: str


class Problem(TypedDict):
    """RFC 9457 problem details. `code` is the exact reason."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    errors: NotRequired[list[WrongPart]]


RENAMED = {413: "Content Too Large", 422: "Unprocessable Content"}
"""The names of RFC 9110, which Python has since 3.13. They keep the document the same on all."""


def problems(*errors: type[SurelistError]) -> dict[int | str, dict[str, Any]]:
    """The OpenAPI responses for the errors that a route may raise."""
    return {
        error.status: {
            "$ref": f"#/components/responses/{error.__name__}",
            "description": _phrase(error),
        }
        for error in errors
    }


EVERYWHERE = (Unauthenticated, Forbidden, Invalid, TooManyRequests, Unavailable)
"""The errors that every route below a user's path may raise."""

WITH_A_BODY = (TooLarge, UnsupportedMediaType)
"""The errors that every route with a body may raise too."""

DECLARED = (*EVERYWHERE, *WITH_A_BODY, NotFound, Conflict, Gone, VersionMismatch)


def problem_schemas() -> dict[str, Any]:
    """The `components/schemas` that `problem_responses` refers to."""
    schema = TypeAdapter(Problem).json_schema(ref_template="#/components/schemas/{model}")
    return {**schema.pop("$defs"), "Problem": schema}


def problem_responses() -> dict[str, Any]:
    """The `components/responses` that `problems` refers to."""
    content = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {
        error.__name__: {"description": _phrase(error), "content": content} for error in DECLARED
    }


def _phrase(error: type[SurelistError]) -> str:
    return RENAMED.get(error.status, HTTPStatus(error.status).phrase)


def problem(request: Request, error: Exception) -> Response:
    """The response for a SurelistError or for FastAPI's error of validation.

    The task in `current`, if any, becomes the member `task`.
    """
    refusal = error if isinstance(error, SurelistError) else _as_refusal(error)
    note(outcome=refusal.kind)
    members: dict[str, Any] = {
        "type": f"urn:surelist:{refusal.kind}",
        "title": refusal.kind.replace("_", " ").capitalize(),
        "status": refusal.status,
        "detail": (detail := for_rest(refusal)),
        "code": refusal.code,
    }
    if isinstance(wrong := refusal.values.get("wrong"), WrongArguments):
        members["errors"] = [{"name": one.name, "code": one.code} for one in wrong.named]
    if refusal.current is not None:
        members["task"] = refusal.current
    if "fields" in refusal.details:
        members["fields"] = refusal.details["fields"]
    headers = refusal_headers(refusal, detail, request.app.state.settings)
    return Response(orjson.dumps(members), refusal.status, headers, "application/problem+json")


def http_problem(request: Request, error: Exception) -> Response:
    """The response for an error of the framework, such as an unknown path or method."""
    refusal = cast("HTTPException", error)
    members = {
        "type": "about:blank",
        "title": refusal.detail,
        "status": refusal.status_code,
        "detail": f"{request.method} {request.url.path}: {refusal.detail}. See /openapi.json.",
        "code": HTTPStatus(refusal.status_code).name.lower(),
    }
    headers = dict(refusal.headers or {})
    if refusal.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
        headers["Allow"] = ", ".join(sorted(_methods_at(request)))
    return Response(orjson.dumps(members), refusal.status_code, headers, "application/problem+json")


def _methods_at(request: Request) -> set[str]:
    """The methods of all routes at the request's path. The framework lists only the first one's."""
    path = request.scope["path"]
    return {
        method
        for route in iter_route_contexts(request.app.routes)
        if route.path_regex.match(path)
        for method in route.methods or ()
    }


def crash(_request: Request, _error: Exception) -> Response:
    """The response for an unexpected exception. Only the log describes the exception."""
    fault = Fault("internal_server_error")
    members = {
        "type": "about:blank",
        "title": HTTPStatus(fault.status).phrase,
        "status": fault.status,
        "detail": for_rest(fault),
        "code": fault.code,
    }
    return Response(orjson.dumps(members), fault.status, media_type="application/problem+json")


def _as_refusal(error: Exception) -> SurelistError:
    wrong = cast("RequestValidationError", error).errors()
    return Invalid("invalid_arguments", wrong=wrong_arguments(wrong))
