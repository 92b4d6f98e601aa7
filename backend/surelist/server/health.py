"""What monitors ask: is it alive, is it ready, how is it doing."""

import asyncio
import time
from ipaddress import ip_address
from typing import Any

import orjson
from prometheus_client import CONTENT_TYPE_LATEST
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from surelist.config import Settings
from surelist.data import database
from surelist.data.database import Unreachable
from surelist.errors import ConfigurationError
from surelist.observability.metrics import exposition

LOOKED_AT_SECONDS = 1.0

READINESS_TIMEOUT = 2.0
"""For the database to let us in, and again for it to show that it can be worked on: who asks seldom
waits for longer than five."""


class Health:
    """The three endpoints, at the root of the server."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._looking = asyncio.Lock()
        self._looked_at = float("-inf")
        self._reason: str | None = None

    def routes(self) -> list[Route]:
        """Where they answer."""
        return [
            Route("/healthz", self.alive),
            Route("/readyz", self.ready),
            Route("/metrics", self.metrics),
        ]

    async def alive(self, _request: Request) -> Response:
        """200 while the process answers."""
        return _json({"status": "ok"})

    async def ready(self, _request: Request) -> Response:
        """200 when the database can be worked on; else 503 and why not."""
        async with self._looking:
            if time.monotonic() - self._looked_at >= LOOKED_AT_SECONDS:
                self._reason = await self._look()
                self._looked_at = time.monotonic()
        if self._reason is None:
            return _json({"status": "ready"})
        problem = {
            "type": "urn:surelist:not_ready",
            "title": "Not ready",
            "status": 503,
            "detail": self._reason,
        }
        return _json(problem, 503, "application/problem+json", {"Retry-After": "1"})

    async def _look(self) -> str | None:
        try:
            await database.check(self._settings.database_url, READINESS_TIMEOUT)
        except Unreachable:
            return "The database cannot be reached."  # its own words may hold an address
        except ConfigurationError as error:
            return str(error)
        return None

    async def metrics(self, request: Request) -> Response:
        """Prometheus text for those who may see it; for others nothing is here."""
        who = self._settings.metrics
        if who == "off" or (who == "local" and not _came_straight_from_here(request)):
            return _json({"type": "about:blank", "title": "Not Found", "status": 404}, 404)
        return Response(exposition(), media_type=CONTENT_TYPE_LATEST)


def _came_straight_from_here(request: Request) -> bool:
    forwarded = any(
        name == "forwarded" or name.startswith("x-forwarded-") for name in request.headers
    )
    peer = request.client.host if request.client else ""
    return not forwarded and _is_loopback(peer) and _is_loopback(request.url.hostname or "")


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def _json(
    content: dict[str, Any],
    status: int = 200,
    media_type: str = "application/json",
    headers: dict[str, str] | None = None,
) -> Response:
    return Response(orjson.dumps(content), status, headers, media_type)
