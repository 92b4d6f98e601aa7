"""The REST application: routes, error handlers, OAuth metadata and the OpenAPI document."""

from collections.abc import Callable
from importlib.metadata import version
from typing import Any

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from fastapi.openapi.utils import get_openapi
from starlette.exceptions import HTTPException
from starlette.responses import Response

from surelist.access.auth import Authenticator
from surelist.account import routes as account
from surelist.agents import routes as agents
from surelist.assistant import routes as chat
from surelist.assistant.chat import Assistant
from surelist.config import Settings
from surelist.conversations import routes as conversations
from surelist.data.isolation import Database
from surelist.doors.problems import (
    WITH_A_BODY,
    crash,
    http_problem,
    problem,
    problem_responses,
    problem_schemas,
    problems,
)
from surelist.doors.routing import answer
from surelist.doors.web import CONVERSATIONS, METADATA_PATH, TASKS, protected_resource
from surelist.errors import SurelistError
from surelist.feed.feed import Feed
from surelist.tasks import ledger_routes
from surelist.tasks import routes as tasks
from surelist.webhooks import routes as webhooks
from surelist.webhooks.deliveries import Deliveries

METADATA_CACHE = {"Cache-Control": "max-age=3600"}


def make_rest_api(
    settings: Settings,
    authenticator: Authenticator,
    database: Callable[[], Database],
    feed: Feed,
    deliveries: Deliveries,
) -> FastAPI:
    """The application for every path except MCP and health checks.

    `database` returns the database once the application has started.
    """
    api = FastAPI(
        title="Surelist",
        version=version("surelist"),
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        telemetry={
            "tracing": False,
            "metrics": False,
            "logs": False,
        },  # they would contain client input
    )
    api.state.settings = settings
    api.state.authenticator = authenticator
    api.state.database = database
    api.state.feed = feed
    api.state.deliveries = deliveries
    api.state.assistant = Assistant(settings)
    api.add_exception_handler(SurelistError, problem)
    api.add_exception_handler(RequestValidationError, problem)
    api.add_exception_handler(HTTPException, http_problem)
    api.add_exception_handler(Exception, crash)
    for router in (
        tasks.router,
        tasks.trash,
        ledger_routes.router,
        conversations.router,
        chat.router,
        account.router,
        agents.router,
        webhooks.router,
    ):
        api.router.routes.extend(router.routes)  # include_router would match each request twice

    @api.get(METADATA_PATH, include_in_schema=False)
    @api.get(METADATA_PATH + TASKS.path, include_in_schema=False)
    async def metadata() -> Response:
        return answer(protected_resource(settings, TASKS), headers=METADATA_CACHE)

    @api.get(METADATA_PATH + CONVERSATIONS.path, include_in_schema=False)
    async def conversations_metadata() -> Response:
        return answer(protected_resource(settings, CONVERSATIONS), headers=METADATA_CACHE)

    api.openapi = lambda: _openapi_document(api)
    return api


def _openapi_document(api: FastAPI) -> dict[str, Any]:
    """The OpenAPI document. FastAPI's own 422 schema is replaced by the problem schema."""
    if not api.openapi_schema:
        document = get_openapi(title=api.title, version=api.version, routes=api.routes)
        schemas = document["components"]["schemas"]
        schemas.pop("HTTPValidationError", None)
        schemas.pop("ValidationError", None)
        schemas |= problem_schemas()
        document["components"]["responses"] = problem_responses()
        for operation in (one for path in document["paths"].values() for one in path.values()):
            if "requestBody" in operation:
                operation["responses"] |= {
                    str(status): response for status, response in problems(*WITH_A_BODY).items()
                }
        api.openapi_schema = document
    return api.openapi_schema
