"""The ASGI application: the two MCP endpoints, health checks, and REST for everything else."""

import asyncio
import logging
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.routing import Mount, Route

from surelist import config
from surelist.access import issuers
from surelist.access.auth import Authenticator
from surelist.account.erasing import remove_some
from surelist.agents.credential_check import CredentialCheck
from surelist.config import Settings
from surelist.data.database import Unreachable, check, open_pool
from surelist.data.isolation import Database
from surelist.doors import web
from surelist.doors.cors import Browsers
from surelist.doors.origins import Origins
from surelist.doors.web import LimitedBody, Uncached
from surelist.feed.feed import Feed
from surelist.mcp import conversations_toolset, tasks_toolset
from surelist.mcp.endpoint import McpEndpoint
from surelist.observability import traces
from surelist.observability.calls import Calls
from surelist.observability.metrics import CONNECTIONS_MAX
from surelist.rest_api import make_rest_api
from surelist.server.health import Health
from surelist.webhooks.deliveries import Deliveries

_log = logging.getLogger(__name__)

TOOLSETS = (
    (tasks_toolset.TASKS, web.TASKS),
    (conversations_toolset.CONVERSATIONS, web.CONVERSATIONS),
)
"""Each toolset with its OAuth protected resource."""


def create_app(settings: Settings | None = None) -> Starlette:
    """The ASGI application. Without `settings`, it reads the environment."""
    settings = settings or config.load()
    authenticator = Authenticator(issuers.trusted_issuers(settings))
    feed = Feed(settings)
    deliveries = Deliveries(settings)

    def changed(user_id: str) -> None:
        feed.changed(user_id)
        deliveries.changed(user_id)

    endpoints = {
        resource.path: McpEndpoint(settings, authenticator, toolset, resource, feed)
        for toolset, resource in TOOLSETS
    }
    spans = traces.start()

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncGenerator[dict[str, Any]]:
        checked = await _check_database(settings)
        pool = await open_pool(settings, traced=spans is not None, checked=checked)
        CONNECTIONS_MAX.set(settings.pool_size)
        replica = None
        if settings.database_url_replica:
            replica = await open_pool(
                settings, settings.database_url_replica, traced=spans is not None, checked=False
            )
        app.state.database = Database(
            pool, settings, CredentialCheck(), remove_some, replica, changed
        )
        feed.start(app.state.database)
        deliveries.start(app.state.database)
        for endpoint in endpoints.values():
            endpoint.set_database(app.state.database)
        try:
            yield {"stop": feed.stop}  # for server/connections.py
        finally:
            await feed.close()
            await deliveries.close()
            await rest.state.assistant.close()
            await app.state.database.close()
            if spans:
                await asyncio.to_thread(spans.stop)

    middleware = [
        Middleware(Uncached),
        Middleware(Calls, spans=spans),
        Middleware(Browsers, origins=Origins(settings)),
        Middleware(LimitedBody),
    ]
    app = Starlette(lifespan=lifespan, middleware=middleware)
    app.state.feed = feed
    app.state.deliveries = deliveries
    rest = make_rest_api(settings, authenticator, lambda: app.state.database, feed, deliveries)
    routes = [Route(path, endpoint) for path, endpoint in endpoints.items()]
    app.routes.extend([*routes, *Health(settings).routes(), Mount("/", rest)])
    app.router.default = rest  # a Mount does not match paths with line breaks
    return app


async def _check_database(settings: Settings) -> bool:
    """Check the database at startup; returns False if it is unreachable.

    An unreachable database is checked at the first connection instead. Raises ConfigurationError
    when the schema or the role is unsafe.
    """
    try:
        await check(settings.database_url)
    except Unreachable:
        _log.warning("The database cannot be reached. It is checked when it can be.")
        return False
    return True
