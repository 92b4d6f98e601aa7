"""Allowed values of the headers Host and Origin.

The check of Host prevents DNS rebinding: a web page cannot reach the server under the page's own
host name.
"""

from urllib.parse import urlsplit

from surelist.config import Settings, is_loopback_host

SCHEMES = ("http", "https")


class Hosts:
    """The host names of `SURELIST_ALLOWED_HOSTS`, each with any port."""

    def __init__(self, settings: Settings) -> None:
        self._names = {host.lower() for host in settings.allowed_hosts}

    def serve(self, host: str) -> bool:
        """Whether this Host header is allowed. Case does not matter (RFC 9110, 4.2.3)."""
        name, separator, port = host.lower().rpartition(":")
        if not separator or port.endswith("]"):  # no port: the colon is part of an IPv6 address
            return host.lower() in self._names
        return name in self._names and (not port or (port.isdecimal() and port.isascii()))


class Origins:
    """The origins of `SURELIST_ALLOWED_ORIGINS`.

    If that is not set and the server's own address is a loopback address, all loopback origins are
    allowed, on any port: inspectors and clients run there.
    """

    def __init__(self, settings: Settings) -> None:
        self._listed = set(settings.allowed_origins)
        chosen = "allowed_origins" in settings.model_fields_set
        self._of_this_machine = not chosen and is_loopback_host(
            urlsplit(settings.url).hostname or ""
        )

    def allow(self, origin: str) -> bool:
        """Whether this origin is allowed."""
        return origin in self._listed or (self._of_this_machine and _is_local(origin))


def _is_local(origin: str) -> bool:
    try:
        parts = urlsplit(origin)
        port = "" if parts.port is None else f":{parts.port}"
    except ValueError:
        return False
    host = parts.hostname or ""
    written = f"{parts.scheme}://{f'[{host}]' if ':' in host else host}{port}"
    return origin == written and parts.scheme in SCHEMES and is_loopback_host(host)
