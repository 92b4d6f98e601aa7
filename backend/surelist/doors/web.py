"""HTTP parts that REST and MCP share: challenges, limits on bodies, metadata, cache headers."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from surelist.access.auth import AGENT_SCOPES
from surelist.config import Settings
from surelist.errors import (
    RECENT_SECONDS,
    InsufficientScope,
    SignInNeeded,
    SurelistError,
    TooLarge,
    TooManyRequests,
    Unauthenticated,
    Unavailable,
    UnsupportedEncoding,
)

BODY_BYTES = 1_000_000
"""The limit on the size of a request body."""

PLAIN = (b"", b"identity")
"""Values of Content-Encoding that mean "not encoded"."""

METADATA_PATH = "/.well-known/oauth-protected-resource"


@dataclass(frozen=True, slots=True)
class ProtectedResource:
    """An MCP endpoint as an OAuth protected resource (RFC 9728).

    `scopes` are all scopes that it uses. `asked_for` are those in the challenge to a client
    without a token.
    """

    path: str
    name: str
    scopes: tuple[str, ...]
    asked_for: str


TASKS = ProtectedResource("/mcp", "Surelist", AGENT_SCOPES, "tasks:read tasks:write")
CONVERSATIONS = ProtectedResource(
    "/conversations/mcp",
    "Surelist conversations",
    ("conversations:read", "conversations:write"),
    "conversations:read conversations:write",
)


class LimitedBody:
    """ASGI middleware: refuses a body that is too long or encoded.

    Reading the body raises TooLarge beyond BODY_BYTES, and UnsupportedEncoding.
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
                raise UnsupportedEncoding("body_encoded")
            if size > BODY_BYTES:
                raise TooLarge("body_too_large", limit=BODY_BYTES)
            return message

        await self.app(scope, limited, send)


_NO_STORE = (b"cache-control", b"no-store")
_NOSNIFF = (b"x-content-type-options", b"nosniff")


class Uncached:
    """ASGI middleware: adds `Cache-Control: no-store`, if the route sets none, and `nosniff`.

    Lists and tokens are private (RFC 6750 5.3, OWASP ASVS 5.0 14.3.2).
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on."""

        async def marked(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = list(message.get("headers", ()))
                if not any(name.lower() == b"cache-control" for name, _ in headers):
                    headers.append(_NO_STORE)
                headers.append(_NOSNIFF)
                message = {**message, "headers": headers}
            await send(message)

        await self.app(scope, receive, marked)


def media_type(content_type: str) -> str:
    """The media type of a Content-Type header, without its parameters."""
    return content_type.partition(";")[0].strip().lower()


def refusal_headers(
    error: SurelistError, description: str, settings: Settings, resource: ProtectedResource = TASKS
) -> dict[str, str]:
    """The headers for the client's next step after `error`: sign in, step up, or wait.

    `description` is the text of the error.
    """
    if isinstance(error, TooManyRequests | Unavailable):
        return {"Retry-After": str(error.retry_after)}
    if isinstance(error, UnsupportedEncoding):
        return {"Accept-Encoding": "identity"}
    if isinstance(error, SignInNeeded):
        parameters = {"error": error.kind, "error_description": description}
        return {"WWW-Authenticate": _bearer(parameters | {"max_age": str(RECENT_SECONDS)})}
    if isinstance(error, Unauthenticated):
        challenge = _challenge(settings, resource, error.details.get("error"), description)
        return {"WWW-Authenticate": challenge}
    if isinstance(error, InsufficientScope):
        challenge = _challenge(settings, resource, error.kind, description, error.scope)
        return {"WWW-Authenticate": challenge}
    return {}


def protected_resource(settings: Settings, resource: ProtectedResource) -> Mapping[str, Any]:
    """The RFC 9728 document of an MCP endpoint."""
    servers = {"authorization_servers": [settings.issuer]} if settings.issuer else {}
    return servers | {
        "resource": settings.url + resource.path,
        "resource_name": resource.name,
        "bearer_methods_supported": ["header"],
        "scopes_supported": list(resource.scopes),
    }


def _challenge(
    settings: Settings,
    resource: ProtectedResource,
    error: str | None,
    description: str,
    scope: str | None = None,
) -> str:
    parameters = {
        "resource_metadata": settings.url + METADATA_PATH + resource.path,
        "scope": scope or resource.asked_for,
    }
    if error:
        parameters = {"error": error, "error_description": description} | parameters
    return _bearer(parameters)


def _bearer(parameters: Mapping[str, str]) -> str:
    quotable = {
        name: "".join(c for c in value if " " <= c <= "~" and c not in '"\\')
        for name, value in parameters.items()
    }
    return "Bearer " + ", ".join(f'{name}="{value}"' for name, value in quotable.items())
