"""CORS: allowed origins, methods and headers."""

from starlette.datastructures import Headers
from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send

from surelist.doors.origins import Origins

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
REQUEST_HEADERS = (
    "Authorization",
    "Content-Type",
    "Idempotency-Key",
    "If-Match",
    "If-None-Match",
    "Last-Event-ID",
    "Mcp-Method",
    "Mcp-Name",
    "MCP-Protocol-Version",
    "Mcp-Session-Id",
    "X-Request-Id",
)
RESPONSE_HEADERS = (
    "ETag",
    "Location",
    "MCP-Protocol-Version",
    "Retry-After",
    "WWW-Authenticate",
    "X-Request-Id",
)


PUBLIC_PATH = "/.well-known/"
"""Public documents, which a client in a browser must read before it has a token."""


class Browsers(CORSMiddleware):
    """ASGI middleware: adds CORS headers for allowed origins, and answers their preflights."""

    def __init__(self, app: ASGIApp, origins: Origins) -> None:
        super().__init__(
            app,
            allow_methods=METHODS,
            allow_headers=REQUEST_HEADERS,
            expose_headers=RESPONSE_HEADERS,
            max_age=7200,
        )
        self._origins = origins
        self._public = CORSMiddleware(
            app, allow_origins=["*"], allow_methods=["GET"], allow_headers=["*"], max_age=7200
        )

    def is_allowed_origin(self, origin: str) -> bool:
        """Whether pages of this origin may call."""
        return self._origins.allow(origin)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a preflight, or pass the request on."""
        if scope["type"] == "http":
            if scope["path"].startswith(PUBLIC_PATH):
                await self._public(scope, receive, send)
                return
            origin = Headers(scope=scope).get("origin")
            if origin and self.is_allowed_origin(origin):
                await super().__call__(scope, receive, send)
                return
        await self.app(scope, receive, send)
