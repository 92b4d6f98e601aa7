"""The addresses that webhooks may reach: public ones, and the hosts of SURELIST_WEBHOOK_HOSTS."""

import asyncio
import socket
from collections.abc import Collection, Iterable
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from typing import cast
from urllib.parse import urlsplit

import httpcore2

from surelist.errors import Invalid

HTTPS = 443
LEAST_PORT = 1024
"""Ports below belong to other protocols, such as 25 for mail."""

CONNECT_SECONDS = 3.0
ADDRESSES_TRIED = 3

_GLOBAL_UNICAST = IPv6Network("2000::/3")  # RFC 4291 2.4
_NAT64 = IPv6Network("64:ff9b::/96")  # RFC 6052


class AddressRefused(httpcore2.ConnectError):
    """The host has an address that is not public."""


def check_url(url: str, private_hosts: Collection[str]) -> None:
    """Raise Invalid unless `url` is https://host/path, or http:// with one of `private_hosts`.

    The addresses of a name are checked at each connection, since it can get others at any time.
    """
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        raise Invalid("webhook_url") from None
    private = host in private_hosts
    scheme = parts.scheme == "https" or (parts.scheme == "http" and private)
    printable = url.isascii() and url.isprintable() and " " not in url
    if not (scheme and host and printable) or "@" in parts.netloc or "#" in url:
        raise Invalid("webhook_url")
    if not private and port not in (None, HTTPS) and (port or 0) < LEAST_PORT:
        raise Invalid("webhook_port", port=port)
    if not private and not _may_be_public(host or ""):
        raise Invalid("webhook_not_public", host=host)


def _may_be_public(host: str) -> bool:
    """Whether a host is a name, or a public address."""
    try:
        return is_public(ip_address(host))
    except ValueError:
        return True


def is_public(address: IPv4Address | IPv6Address) -> bool:
    """Whether packets to an address can only leave for the public Internet.

    Of IPv6, only global unicast addresses count, and addresses that contain one of IPv4 which a
    gateway of the network would reach: NAT64. Those of 6to4 and Teredo do not.
    """
    if isinstance(address, IPv6Address):
        if address in _NAT64:
            return is_public(IPv4Address(int(address) & 0xFFFFFFFF))
        if address not in _GLOBAL_UNICAST or address.sixtofour or address.teredo:
            return False
    return address.is_global and not address.is_multicast


class PublicNetwork(httpcore2.AsyncNetworkBackend):
    """Connects to a host only at addresses that it has checked, so that a later answer of the
    name's DNS server changes nothing. TLS verifies the certificate for the name.
    """

    def __init__(self, private_hosts: Collection[str]) -> None:
        self._private_hosts = private_hosts
        self._network = cast("httpcore2.AsyncNetworkBackend", httpcore2.AnyIOBackend())

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ARG002, ASYNC109 (httpcore's; `Sender` sets one)
        local_address: str | None = None,  # noqa: ARG002
        socket_options: Iterable[httpcore2.SOCKET_OPTION] | None = None,  # noqa: ARG002
    ) -> httpcore2.AsyncNetworkStream:
        """Resolve the host, refuse it if any of its addresses is private, and connect to one.

        Raises AddressRefused and httpcore2.ConnectError.
        """
        addresses = await self._resolve(host, port)
        if host.lower() not in self._private_hosts and not all(map(is_public, addresses)):
            raise AddressRefused(host)
        failure: httpcore2.ConnectError | httpcore2.ConnectTimeout | None = None
        for address in addresses[:ADDRESSES_TRIED]:
            try:
                return await self._network.connect_tcp(str(address), port, CONNECT_SECONDS)
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout) as error:
                failure = error
        raise failure or httpcore2.ConnectError(host)

    async def _resolve(self, host: str, port: int) -> list[IPv4Address | IPv6Address]:
        """The distinct addresses of a host, in the order of the resolver."""
        loop = asyncio.get_running_loop()
        try:
            found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:
            raise httpcore2.ConnectError(str(error)) from error
        return list(dict.fromkeys(ip_address(str(one[4][0])) for one in found))
