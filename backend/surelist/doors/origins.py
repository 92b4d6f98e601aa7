"""Which hosts are served and which web pages may call: the headers Host and Origin.

They keep a page that a person visits from reaching the server under a name of its own (DNS
rebinding).
"""

from urllib.parse import urlsplit

from surelist.config import Settings, is_loopback_host

SCHEMES = ("http", "https")


class Hosts:
    """The host names of `SURELIST_ALLOWED_HOSTS`, each with any port."""

    def __init__(self, settings: Settings) -> None:
        self._names = {host.lower() for host in settings.allowed_hosts}

    def serve(self, host: str) -> bool:
        """Whether a request with this Host header is served, in any case (RFC 9110, 4.2.3)."""
        name, separator, port = host.lower().rpartition(":")
        if not separator or port.endswith("]"):  # no port; the colon is an IPv6 address's
            return host.lower() in self._names
        return name in self._names and (not port or (port.isdecimal() and port.isascii()))


class Origins:
    """The origins of `SURELIST_ALLOWED_ORIGINS`.

    Unless that is set, a server whose address is of this machine also takes the pages of this
    machine, at any of its names and on any port: inspectors and clients that run here.
    """

    def __init__(self, settings: Settings) -> None:
        self._listed = set(settings.allowed_origins)
        chosen = "allowed_origins" in settings.model_fields_set
        self._of_this_machine = not chosen and is_loopback_host(
            urlsplit(settings.url).hostname or ""
        )

    def allow(self, origin: str) -> bool:
        """Whether pages of this origin may call."""
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
