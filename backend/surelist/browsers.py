"""Which web pages may call: cross-origin requests, by an allow-list."""

from collections.abc import Sequence

from starlette.datastructures import Headers
from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
SENT = (
    "Authorization",
    "Content-Type",
    "Idempotency-Key",
    "If-Match",
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


class Browsers(CORSMiddleware):
    """Adds what a browser asks for, for allowed origins alone; the rest passes as it came."""

    def __init__(self, app: ASGIApp, origins: Sequence[str]) -> None:
        super().__init__(
            app,
            allow_origins=origins,
            allow_methods=METHODS,
            allow_headers=SENT,
            expose_headers=READ,
            max_age=7200,
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a preflight, or let the request through."""
        if scope["type"] == "http":
            origin = Headers(scope=scope).get("origin")
            if origin and self.is_allowed_origin(origin):
                await super().__call__(scope, receive, send)
                return
        await self.app(scope, receive, send)
