"""Sends one message to a webhook, signed as Standard Webhooks says (standardwebhooks.com)."""

import asyncio
import hmac
import ssl
import time
from base64 import b64encode
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from secrets import token_hex
from typing import Any

import httpcore2
import orjson
from standardwebhooks import Webhook as Signer

from surelist.access.jwks import trusted_certificates
from surelist.config import Settings
from surelist.data.database import Record
from surelist.errors import Unavailable
from surelist.webhooks.addresses import AddressRefused, PublicNetwork, check_url
from surelist.webhooks.models import Problem

SECONDS = 10.0
"""The time for one attempt, from the name's resolution to the end of the answer."""

ANSWER_BYTES = 4096
"""The part of an answer's body that is read. A connection with a longer answer is closed."""

TESTS_AT_ONCE = 20
"""Test messages of all users that a worker sends at once."""

CONNECTIONS = 300
"""Enough for five webhooks of each of the 50 users that a worker serves at once, and for tests."""

IDLE_SECONDS = 15.0
GONE = 410


@dataclass(frozen=True, slots=True)
class Attempt:
    """The outcome of an attempt: the status, if there was one, and the problem, if it failed."""

    status: int | None = None
    problem: Problem | None = None


class Sender:
    """The connections of a worker to webhooks."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._private_hosts = frozenset(host.lower() for host in settings.webhook_hosts)
        self._tests = asyncio.Semaphore(TESTS_AT_ONCE)
        self._pool: httpcore2.AsyncConnectionPool | None = None

    def check(self, url: str) -> None:
        """Raise Invalid unless a webhook may have this URL."""
        check_url(url, self._private_hosts)

    def secret(self, user_id: str, webhook: Record) -> str:
        """The current signing secret of a webhook, as its receiver needs it."""
        secret = _secret(self._settings.webhook_keys[0], user_id, webhook, "salt")
        return f"whsec_{b64encode(secret).decode()}"

    async def send_test(self, user_id: str, webhook: Record) -> Attempt:
        """Send a message of the type `ping` once. Raises Unavailable if too many are being sent."""
        if self._tests.locked():
            raise Unavailable("server_busy")
        message = {
            "type": "ping",
            "timestamp": datetime.now(UTC).isoformat(timespec="seconds"),
            "data": {"webhook_id": webhook["id"]},
        }
        async with self._tests:
            return await self.send(
                user_id, webhook, f"{webhook['id']}-ping-{token_hex(8)}", message
            )

    async def send(
        self, user_id: str, webhook: Record, message_id: str, message: Mapping[str, Any]
    ) -> Attempt:
        """Send a message once. It follows no redirect, keeps no cookie and uses no proxy."""
        body = orjson.dumps(message)
        try:
            async with asyncio.timeout(SECONDS):
                return await self._post(
                    webhook["url"], self._headers(user_id, webhook, message_id, body), body
                )
        except (TimeoutError, httpcore2.TimeoutException):
            return Attempt(problem="timeout")
        except AddressRefused:
            return Attempt(problem="address_not_public")
        except (httpcore2.ConnectError, httpcore2.ReadError) as error:
            tls = isinstance(error.__context__, ssl.SSLError)
            return Attempt(problem="tls" if tls else "unreachable")
        except (httpcore2.NetworkError, OSError):
            return Attempt(problem="unreachable")
        except (httpcore2.ProtocolError, httpcore2.UnsupportedProtocol):
            return Attempt(problem="answer_invalid")

    async def close(self) -> None:
        """Close all connections."""
        if self._pool:
            await self._pool.aclose()

    async def _post(self, url: str, headers: list[tuple[str, str]], body: bytes) -> Attempt:
        read = 0
        async with self._connections().stream("POST", url, headers=headers, content=body) as answer:
            async for piece in answer.aiter_stream():
                read += len(piece)
                if read > ANSWER_BYTES:
                    break
        return Attempt(answer.status, _problem(answer.status))

    def _connections(self) -> httpcore2.AsyncConnectionPool:
        if self._pool is None:
            self._pool = httpcore2.AsyncConnectionPool(
                trusted_certificates(),
                max_connections=CONNECTIONS,
                keepalive_expiry=IDLE_SECONDS,
                network_backend=PublicNetwork(self._private_hosts),
            )
        return self._pool

    def _headers(
        self, user_id: str, webhook: Record, message_id: str, body: bytes
    ) -> list[tuple[str, str]]:
        now = datetime.fromtimestamp(int(time.time()), UTC)
        signatures = [
            Signer(secret).sign(message_id, now, body.decode())
            for secret in self._signing_secrets(user_id, webhook, now)
        ]
        return [
            ("content-type", "application/json"),
            ("user-agent", f"Surelist/{version('surelist')}"),
            ("webhook-id", message_id),
            ("webhook-timestamp", str(int(now.timestamp()))),
            ("webhook-signature", " ".join(signatures)),
        ]

    def _signing_secrets(self, user_id: str, webhook: Record, now: datetime) -> Iterator[bytes]:
        """The current secret, and those that were replaced recently."""
        salts = ["salt"]
        if webhook["earlier_until"] and now < webhook["earlier_until"]:
            salts.append("earlier_salt")
        for salt in salts:
            for key in self._settings.webhook_keys:
                yield _secret(key, user_id, webhook, salt)


def _secret(key: bytes, user_id: str, webhook: Record, salt: str) -> bytes:
    whose = f"{user_id} {webhook['id']} ".encode()  # neither has a space
    return hmac.digest(key, whose + webhook[salt], "sha256")


def _problem(status: int) -> Problem | None:
    match status // 100:
        case 2:
            return None
        case 3:
            return "redirect"
        case _:
            return "gone" if status == GONE else "status"
