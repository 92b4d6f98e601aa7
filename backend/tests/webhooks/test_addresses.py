"""Webhooks reach public addresses only, whatever a name resolves to and when."""

import asyncio
import socket
from ipaddress import ip_address
from typing import Any

import pytest

from surelist.config import Settings
from surelist.webhooks import addresses
from surelist.webhooks.addresses import is_public
from surelist.webhooks.sending import Attempt, Sender
from tests.support.receiver import Receiver

PRIVATE = [
    "127.0.0.1",
    "127.8.9.1",
    "0.0.0.0",
    "10.0.0.1",
    "172.16.0.1",
    "172.31.255.255",
    "192.168.1.1",
    "169.254.169.254",
    "100.64.0.1",
    "192.0.0.1",
    "192.0.2.1",
    "198.18.0.1",
    "198.51.100.1",
    "203.0.113.1",
    "224.0.0.1",
    "239.255.255.250",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::ffff:127.0.0.1",
    "::ffff:8.8.8.8",
    "::127.0.0.1",
    "::8.8.8.8",
    "fe80::1",
    "fe80::1%1",
    "fc00::1",
    "fd12:3456::1",
    "fec0::1",
    "ff02::1",
    "2001:db8::1",
    "2002:7f00:1::",
    "2002:808:808::",
    "2001:0:4136:e378:8000:63bf:3fff:fdd2",
    "64:ff9b::127.0.0.1",
    "64:ff9b::10.0.0.1",
    "64:ff9b::169.254.169.254",
    "64:ff9b:1::7f00:1",
    "100::1",
    "5f00::1",
    "4000::1",
]
PUBLIC = ["8.8.8.8", "1.1.1.1", "172.32.0.1", "2606:4700:4700::1111", "64:ff9b::8.8.8.8"]

SPELLINGS = [
    "127.0.0.1",
    "127.1",
    "127.0.1",
    "2130706433",
    "0x7f000001",
    "0x7f.0.0.1",
    "0177.0.0.1",
    "017700000001",
    "0",
    "localhost",
    "LOCALHOST",
    "localhost.",
    "[::1]",
    "[::]",
    "[0:0:0:0:0:0:0:1]",
    "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]",
    "[64:ff9b::7f00:1]",
    "[fe80::1%251]",
    "10.0.0.1",
    "169.254.169.254",
    "[fd00:ec2::254]",
]
"""Hosts of URLs that are private addresses."""


@pytest.mark.parametrize("address", PRIVATE)
def test_a_private_address_is_not_public(address: str) -> None:
    assert not is_public(ip_address(address))


@pytest.mark.parametrize("address", PUBLIC)
def test_a_public_address_is_public(address: str) -> None:
    assert is_public(ip_address(address))


async def sent(settings: Settings, url: str) -> Attempt:
    """An attempt to reach a URL."""
    sender = Sender(settings)
    webhook: dict[str, Any] = {"id": "wh", "url": url, "salt": b"salt", "earlier_until": None}
    try:
        return await sender.send("ann", webhook, "wh-1", {"type": "ping"})
    finally:
        await sender.close()


@pytest.fixture
def no_connection(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The addresses to which a connection was begun. None is."""
    tried: list[str] = []

    async def connect_tcp(_: object, host: str, *rest: Any, **named: Any) -> None:
        tried.append(host)
        raise addresses.httpcore2.ConnectError(host)

    monkeypatch.setattr(addresses.httpcore2.AnyIOBackend, "connect_tcp", connect_tcp)
    return tried


@pytest.mark.parametrize("scheme", ["https", "http"])
@pytest.mark.parametrize("host", SPELLINGS)
async def test_a_private_host_is_refused_in_every_spelling(
    settings: Settings, no_connection: list[str], host: str, scheme: str
) -> None:
    attempt = await sent(settings, f"{scheme}://{host}:8443/")
    assert attempt.problem in ("address_not_public", "unreachable")
    assert no_connection == []


def resolving(monkeypatch: pytest.MonkeyPatch, *answers: list[str]) -> list[str]:
    """Let names resolve to each of `answers` in turn. Returns the names that were asked for."""
    asked: list[str] = []

    async def getaddrinfo(host: str, port: int, **_: Any) -> list[Any]:
        found = answers[min(len(asked), len(answers) - 1)]
        asked.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (one, port)) for one in found]

    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", getaddrinfo, raising=False)
    return asked


async def test_a_name_with_one_private_address_is_refused(
    settings: Settings, no_connection: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    resolving(monkeypatch, ["8.8.8.8", "127.0.0.1"])
    attempt = await sent(settings, "https://rebind.example/")
    assert attempt.problem == "address_not_public"
    assert no_connection == []


async def test_a_name_that_turns_private_is_only_reached_where_it_was_checked(
    settings: Settings, no_connection: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = resolving(monkeypatch, ["8.8.8.8"], ["127.0.0.1"])
    assert (await sent(settings, "https://rebind.example/")).problem == "unreachable"
    assert no_connection == ["8.8.8.8"]  # an address and not a name, which is resolved again
    assert asked == ["rebind.example"]
    assert (await sent(settings, "https://rebind.example/")).problem == "address_not_public"
    assert no_connection == ["8.8.8.8"]


async def test_the_certificate_is_verified_for_the_name_and_not_for_the_address(
    settings: Settings, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    resolving(monkeypatch, ["127.0.0.1"])
    allowing = settings.model_copy(update={"webhook_hosts": ("localhost", "other.example")})
    assert await sent(allowing, receiver.url) == Attempt(204)
    other = receiver.url.replace("localhost", "other.example")
    assert (await sent(allowing, other)).problem == "tls"
    assert len(receiver.all) == 1


async def test_a_private_host_is_reached_if_it_is_allowed_by_its_name(
    settings: Settings, receiver: Receiver
) -> None:
    assert (await sent(settings, receiver.url)).problem == "address_not_public"
    address = settings.model_copy(update={"webhook_hosts": ("127.0.0.1",)})
    assert (await sent(address, receiver.url)).problem == "address_not_public"
    assert receiver.all == []
