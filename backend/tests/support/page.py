"""The web page's tokens: its keys are published for the whole run, and people have sessions."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

from surelist.config import Settings
from tests.support.better_auth import claims_of_session, ed25519_key, jwks

KEY = ed25519_key("page")


class _Keys(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        document = jwks(KEY.published())
        self.send_response(200)
        self.send_header("Content-Length", str(len(document)))
        self.end_headers()
        self.wfile.write(document)

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def published() -> Iterator[str]:
    """The address of an issuer, whose keys a thread gives out: no event loop has to run."""
    with ThreadingHTTPServer(("127.0.0.1", 0), _Keys) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        issuer = f"http://127.0.0.1:{server.server_port}/api/auth"
        _ISSUERS.add(issuer)
        yield issuer
        server.shutdown()


_ISSUERS: set[str] = set()


def has_sessions(settings: Settings) -> bool:
    """Whether these settings believe a page of this run."""
    return settings.issuer in _ISSUERS


def session(settings: Settings, user_id: str) -> str:
    """The token of a person who has just signed in; good at every door, so that tests can choose.

    The page's own is for the API alone.
    """
    audiences = [settings.api_url, settings.mcp_url, settings.conversations_url]
    now = int(time.time())
    return KEY.sign(claims_of_session(settings, user_id, aud=audiences, auth_time=now))
