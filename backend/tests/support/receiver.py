"""An HTTPS server on this machine that receives webhooks, with a certificate of its own."""

import asyncio
import json
import ssl
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from standardwebhooks import Webhook

HOST = "localhost"
PATIENCE = 30
"""Seconds within which a message arrives."""

Answer = Callable[["Received", asyncio.StreamWriter], Awaitable[None]]


def status(code: int, *headers: str) -> Answer:
    """Answers with a status and without a body."""

    async def answer(_: "Received", writer: asyncio.StreamWriter) -> None:
        lines = [f"HTTP/1.1 {code} Any", "Content-Length: 0", *headers]
        writer.write(("\r\n".join(lines) + "\r\n\r\n").encode())
        await writer.drain()

    return answer


@dataclass(frozen=True)
class Received:
    """A request as it arrived."""

    line: str
    headers: dict[str, str]
    body: str

    @property
    def event(self) -> int:
        """The id of the event."""
        return json.loads(self.body)["data"]["id"]

    def verified(self, secret: str) -> Any:
        """The message, if its signature is good."""
        return Webhook(secret).verify(self.body, self.headers)


@dataclass
class Receiver:
    """What has arrived, and how the next requests are answered."""

    port: int = 0
    answer: Answer = field(default_factory=lambda: status(204))
    all: list[Received] = field(default_factory=list[Received])
    at_once: int = 0
    most_at_once: int = 0
    connections: int = 0
    _arrived: asyncio.Condition = field(default_factory=asyncio.Condition)

    @property
    def url(self) -> str:
        return f"https://{HOST}:{self.port}/hook"

    @property
    def events(self) -> list[int]:
        return [one.event for one in self.all]

    async def until(self, enough: Callable[[], bool], seconds: float = PATIENCE) -> None:
        """Wait until this holds after an arrival."""
        async with asyncio.timeout(seconds), self._arrived:
            await self._arrived.wait_for(enough)

    async def count(self, number: int) -> None:
        """Wait until so many requests have arrived."""
        await self.until(lambda: len(self.all) >= number)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one connection."""
        self.connections += 1
        with suppress(OSError, asyncio.IncompleteReadError):
            while not reader.at_eof():
                await self._serve_one(reader, writer)
        writer.close()
        with suppress(OSError):
            await writer.wait_closed()

    async def _serve_one(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        line, *named = head.strip().split("\r\n")
        pairs = (one.split(": ", 1) for one in named)
        headers = {name.lower(): value for name, value in pairs}
        body = (await reader.readexactly(int(headers["content-length"]))).decode()
        received = Received(line, headers, body)
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            async with self._arrived:
                self.all.append(received)
                self._arrived.notify_all()
            await self.answer(received, writer)
        finally:
            self.at_once -= 1


@asynccontextmanager
async def receiving(certificate: Path) -> AsyncGenerator[Receiver]:
    """A receiver with the certificate of `make_certificate`."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate)
    receiver = Receiver()
    server = await asyncio.start_server(receiver.serve, "127.0.0.1", 0, ssl=context)
    receiver.port = server.sockets[0].getsockname()[1]
    try:
        yield receiver
    finally:
        server.close()


def make_certificate(path: Path, host: str = HOST) -> None:
    """Write a certificate for `host` that signs itself, with its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + certificate.public_bytes(serialization.Encoding.PEM)
    )
