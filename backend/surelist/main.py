"""Where a request enters: /mcp is the MCP server, everything else the REST application."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.routing import Mount, Route

from surelist import config
from surelist.config import Settings
from surelist.database import check, open_pool
from surelist.isolation import Database
from surelist.mcp_http import McpEndpoint
from surelist.mcp_server import make_server
from surelist.rest_api import make_rest_api
from surelist.web import LimitedBody


def create_app(settings: Settings | None = None) -> Starlette:
    """The ASGI application; with no settings, those of the environment."""
    settings = settings or config.load()
    mcp = McpEndpoint(make_server(), settings)

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncGenerator[None]:
        await check(settings.database_url)
        pool = await open_pool(settings)
        app.state.database = Database(pool, settings)
        mcp.serve(app.state.database)
        try:
            yield
        finally:
            await pool.close()

    app = Starlette(lifespan=lifespan, middleware=[Middleware(LimitedBody)])
    rest = make_rest_api(settings, lambda: app.state.database)
    app.routes.extend([Route("/mcp", mcp), Mount("/", rest)])
    return app
