"""A Better Auth for tests: it publishes its keys over HTTP on this machine, and signs with them."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import jwt
import orjson
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes
from jwt.algorithms import ECAlgorithm, OKPAlgorithm, RSAAlgorithm

from surelist.config import Settings
from tests.support.sockets import closing

_ALGORITHMS = {"EdDSA": OKPAlgorithm, "RS256": RSAAlgorithm, "ES256": ECAlgorithm}


@dataclass(frozen=True)
class SigningKey:
    """A private key with its name; `algorithm` is the one of its type."""

    kid: str
    algorithm: str
    private: PrivateKeyTypes

    def published(self, **members: Any) -> dict[str, Any]:
        """It as a JWKS holds it: the public half."""
        public = _ALGORITHMS[self.algorithm].to_jwk(self.private.public_key(), as_dict=True)
        return {"kid": self.kid, "alg": self.algorithm, **public, **members}

    def sign(
        self, claims: dict[str, Any], headers: dict[str, Any] | None = None, algorithm: str = ""
    ) -> str:
        """The claims as a token signed with it."""
        headers = {"kid": self.kid, "typ": None} | (headers or {})
        return jwt.encode(claims, self.private, algorithm or self.algorithm, headers)

    def mark(self, signed: bytes) -> bytes:
        """Its signature under anything."""
        return jwt.get_algorithm_by_name(self.algorithm).sign(signed, self.private)


def ed25519_key(kid: str = "ed") -> SigningKey:
    return SigningKey(kid, "EdDSA", ed25519.Ed25519PrivateKey.generate())


def rsa_key(kid: str = "rsa", bits: int = 2048) -> SigningKey:
    return SigningKey(kid, "RS256", rsa.generate_private_key(65537, bits))


def p256_key(kid: str = "p256") -> SigningKey:
    return SigningKey(kid, "ES256", ec.generate_private_key(ec.SECP256R1()))


@dataclass
class BetterAuth:
    """What the server answers, and how often it was asked."""

    port: int = 0
    status: str = "200 OK"
    headers: str = ""
    document: bytes = b""
    requests: int = 0
    asked: asyncio.Event = field(default_factory=asyncio.Event)
    answering: asyncio.Event = field(default_factory=asyncio.Event)
    """Cleared, it keeps everybody waiting."""

    @property
    def issuer(self) -> str:
        return f"http://127.0.0.1:{self.port}/api/auth"

    @property
    def jwks_url(self) -> str:
        return f"{self.issuer}/jwks"

    def publish(self, *keys: SigningKey) -> None:
        """Publish these keys and no others."""
        self.document = jwks(*(key.published() for key in keys))

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        async with closing(writer):
            await reader.readuntil(b"\r\n\r\n")
            self.requests += 1
            self.asked.set()
            await self.answering.wait()
            head = f"HTTP/1.1 {self.status}\r\nConnection: close\r\n{self.headers}\r\n"
            writer.write(head.encode() + self.document)


def jwks(*keys: Any) -> bytes:
    return orjson.dumps({"keys": keys})


@asynccontextmanager
async def better_auth(*keys: SigningKey, port: int = 0) -> AsyncIterator[BetterAuth]:
    """A server that publishes these keys until the end."""
    state = BetterAuth()
    state.publish(*keys)
    state.answering.set()
    server = await asyncio.start_server(state.answer, "127.0.0.1", port)
    state.port = server.sockets[0].getsockname()[1]
    async with server:
        yield state
        state.answering.set()


def claims_of_session(settings: Settings, user_id: str, **claims: Any) -> dict[str, Any]:
    """The claims of a person's session, as Better Auth's jwt plugin makes them."""
    now = int(time.time())
    return {
        "sub": user_id,
        "iss": settings.issuer,
        "aud": settings.api_url,
        "iat": now,
        "exp": now + 900,
        "email": "ann@example.com",
    } | claims


def claims_of_client(settings: Settings, user_id: str, **claims: Any) -> dict[str, Any]:
    """The claims of an OAuth access token, as Better Auth's OAuth provider makes them."""
    now = int(time.time())
    return {
        "sub": user_id,
        "iss": settings.issuer,
        "aud": [settings.mcp_url, settings.api_url],
        "iat": now,
        "exp": now + 3600,
        "client_id": "nGzTkRPdVbWq",
        "scope": "openid offline_access tasks:read tasks:write",
        "jti": "1",
    } | claims
