"""What both doors need of HTTP: the token's challenge, the body within its limit, the metadata."""

from collections.abc import Mapping
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from surelist.auth import AGENT_SCOPES
from surelist.config import Settings
from surelist.errors import (
    InsufficientScope,
    SurelistError,
    TooLarge,
    TooManyRequests,
    Unauthenticated,
    Unavailable,
    UnsupportedEncoding,
)

BODY_BYTES = 1_000_000
"""The largest request body that is read."""

PLAIN = (b"", b"identity")
"""Values of Content-Encoding that change nothing."""

TASK_SCOPES = "tasks:read tasks:write"


class LimitedBody:
    """ASGI middleware: refuses a body that is too long or encoded, in whoever reads it.

    Raises TooLarge beyond BODY_BYTES, and UnsupportedEncoding.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on."""
        size = 0
        headers = scope.get("headers", ())
        encoded = any(
            name == b"content-encoding" and value.strip().lower() not in PLAIN
            for name, value in headers
        )

        async def limited() -> Message:
            nonlocal size
            message = await receive()
            size += len(message.get("body", b""))
            if encoded and size:
                raise UnsupportedEncoding("Send the body as it is, without Content-Encoding.")
            if size > BODY_BYTES:
                raise TooLarge(
                    f"The request is larger than {BODY_BYTES} bytes. Send less at a time."
                )
            return message

        await self.app(scope, limited, send)


def refusal_headers(error: SurelistError, settings: Settings) -> dict[str, str]:
    """The headers that tell a client what to do about `error`: sign in, step up, wait."""
    if isinstance(error, TooManyRequests | Unavailable):
        return {"Retry-After": str(error.retry_after)}
    if isinstance(error, UnsupportedEncoding):
        return {"Accept-Encoding": "identity"}
    if isinstance(error, Unauthenticated):
        return {"WWW-Authenticate": _challenge(settings, error.details.get("error"), error.message)}
    if isinstance(error, InsufficientScope):
        return {"WWW-Authenticate": _challenge(settings, error.kind, error.message, error.scope)}
    return {}


def protected_resource(settings: Settings) -> Mapping[str, Any]:
    """The RFC 9728 document of the MCP server."""
    servers = {"authorization_servers": [settings.issuer]} if settings.issuer else {}
    return servers | {
        "resource": settings.mcp_url,
        "resource_name": "Surelist",
        "bearer_methods_supported": ["header"],
        "scopes_supported": list(AGENT_SCOPES),
    }


def _challenge(
    settings: Settings, error: str | None, description: str, scope: str = TASK_SCOPES
) -> str:
    said = {
        "resource_metadata": f"{settings.url}/.well-known/oauth-protected-resource/mcp",
        "scope": scope,
    }
    if error:
        quotable = "".join(c for c in description if " " <= c <= "~" and c not in '"\\')
        said = {"error": error, "error_description": quotable} | said
    return "Bearer " + ", ".join(f'{name}="{value}"' for name, value in said.items())
