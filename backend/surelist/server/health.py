"""Health endpoints for monitoring: liveness, readiness and Prometheus metrics."""

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

CHECK_INTERVAL_SECONDS = 1.0
"""The database is checked at most this often; other requests get the last result."""

READINESS_TIMEOUT = 2.0
"""Seconds to connect to the database, and again to check it. Monitors usually wait for five seconds
at most."""


class Health:
    """The endpoints /healthz, /readyz and /metrics."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._lock = asyncio.Lock()
        self._checked_at = float("-inf")
        self._reason: str | None = None

    def routes(self) -> list[Route]:
        """The routes of the endpoints."""
        return [
            Route("/healthz", self.alive),
            Route("/readyz", self.ready),
            Route("/metrics", self.metrics),
        ]

    async def alive(self, _request: Request) -> Response:
        """Liveness: always 200."""
        return _json_response({"status": "ok"})

    async def ready(self, _request: Request) -> Response:
        """Readiness: 200 if the database is usable, otherwise 503 with the reason."""
        async with self._lock:
            if time.monotonic() - self._checked_at >= CHECK_INTERVAL_SECONDS:
                self._reason = await self._check()
                self._checked_at = time.monotonic()
        if self._reason is None:
            return _json_response({"status": "ready"})
        problem = {
            "type": "urn:surelist:not_ready",
            "title": "Not ready",
            "status": 503,
            "detail": self._reason,
        }
        return _json_response(problem, 503, "application/problem+json", {"Retry-After": "1"})

    async def _check(self) -> str | None:
        try:
            await database.check(self._settings.database_url, READINESS_TIMEOUT)
        except Unreachable:
            return "The database cannot be reached."  # the driver's message may contain the address
        except ConfigurationError as error:
            return str(error)
        return None

    async def metrics(self, request: Request) -> Response:
        """Prometheus text; 404 for clients that SURELIST_METRICS excludes."""
        allowed = self._settings.metrics
        if allowed == "off" or (allowed == "local" and not _is_direct_and_local(request)):
            return _json_response({"type": "about:blank", "title": "Not Found", "status": 404}, 404)
        return Response(exposition(), media_type=CONTENT_TYPE_LATEST)


def _is_direct_and_local(request: Request) -> bool:
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


def _json_response(
    content: dict[str, Any],
    status: int = 200,
    media_type: str = "application/json",
    headers: dict[str, str] | None = None,
) -> Response:
    return Response(orjson.dumps(content), status, headers, media_type)
