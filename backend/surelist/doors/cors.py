"""CORS: which web pages may call, by an allow-list of origins."""

from starlette.datastructures import Headers
from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send

from surelist.doors.origins import Origins

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
SENT = (
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
READ = (
    "ETag",
    "Location",
    "MCP-Protocol-Version",
    "Retry-After",
    "WWW-Authenticate",
    "X-Request-Id",
)


PUBLIC_PATH = "/.well-known/"
"""Documents for everybody, that a client in a browser must read before it has a token."""


class Browsers(CORSMiddleware):
    """Adds what a browser asks for, for allowed origins alone; the rest passes as it came."""

    def __init__(self, app: ASGIApp, origins: Origins) -> None:
        super().__init__(
            app,
            allow_methods=METHODS,
            allow_headers=SENT,
            expose_headers=READ,
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
        """Answer a preflight, or let the request through."""
        if scope["type"] == "http":
            if scope["path"].startswith(PUBLIC_PATH):
                await self._public(scope, receive, send)
                return
            origin = Headers(scope=scope).get("origin")
            if origin and self.is_allowed_origin(origin):
                await super().__call__(scope, receive, send)
                return
        await self.app(scope, receive, send)
