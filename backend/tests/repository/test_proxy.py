"""deploy/Caddyfile in a real Caddy: whose is which path of the one domain."""

import http.client
import os
import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

CADDYFILE = Path(__file__).parents[3] / "deploy/Caddyfile"
START_SECONDS = 30
OURS = {
    "web": [
        "/",
        "/connect",
        "/sign-in?next=/api/me",
        "/api/auth/token",
        "/api/auth/oauth2/authorize?resource=/mcp",
        "/.well-known/oauth-authorization-server",
        "/.well-known/oauth-authorization-server/api/auth",
        "/.well-known/openid-configuration",
        "/_next/static/x.js",
        "/apiary",
        "/mcps",
        "/metrics",
        "/healthz",
        "/readyz",
    ],
    "api": [
        "/mcp",
        "/api/me",
        "/api/me/tasks?search=/api/auth/",
        "/api/me/agents/https:%2F%2Fclient.example%2Fapi%2Fauth%2F",
        "/api/author/tasks",
        "/openapi.json",
        "/.well-known/oauth-protected-resource",
        "/.well-known/oauth-protected-resource/mcp",
    ],
}


@contextmanager
def upstream(name: str) -> Iterator[str]:
    """A server that says its name, the path that it was asked for, and the cookie."""

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            said = f"{name} {self.path} {self.headers['Cookie']} {self.headers['Host']}".encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(said)))
            self.end_headers()
            self.wfile.write(said)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


@pytest.fixture(scope="module")
def proxy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """The port of a Caddy on the Caddyfile, without TLS."""
    caddy = shutil.which("caddy")
    if caddy is None:
        pytest.skip("caddy is not installed; make test installs it on Debian")
    home = str(tmp_path_factory.mktemp("caddy"))
    with socket.create_server(("127.0.0.1", 0)) as free:
        port: int = free.getsockname()[1]
    with ExitStack() as running:
        environment = {
            "SURELIST_DOMAIN": f"http://127.0.0.1:{port}",
            "WEB_UPSTREAM": running.enter_context(upstream("web")),
            "API_UPSTREAM": running.enter_context(upstream("api")),
            "HOME": home,
            "XDG_CONFIG_HOME": home,
            "XDG_DATA_HOME": home,
        }
        process = subprocess.Popen(
            [caddy, "run", "--adapter", "caddyfile", "--config", CADDYFILE],
            env=os.environ | environment,
            stderr=subprocess.DEVNULL,
        )
        try:
            for _ in range(START_SECONDS * 20):
                try:
                    ask(port, "/")
                except OSError:
                    time.sleep(0.05)
                else:
                    break
            yield port
        finally:
            process.terminate()
            process.wait()


def ask(port: int, path: str) -> str:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    connection.request("GET", path, headers={"Cookie": "session=1"})
    answer = connection.getresponse().read().decode()
    connection.close()
    return answer


@pytest.mark.parametrize(("name", "path"), [(name, path) for name in OURS for path in OURS[name]])
def test_a_path_of_the_domain_goes_to_whose_it_is(proxy: int, name: str, path: str) -> None:
    cookie = "session=1" if name == "web" else None
    assert ask(proxy, path) == f"{name} {path} {cookie} 127.0.0.1:{proxy}"


@pytest.mark.parametrize("path", ["/", "/api/auth/token", "/mcp", "/metrics"])
def test_a_request_for_a_web_socket_is_refused_and_its_connection_closed(
    proxy: int, path: str
) -> None:
    asked = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{proxy}\r\nConnection: Upgrade\r\n"
    with socket.create_connection(("127.0.0.1", proxy), timeout=5) as connection:
        connection.sendall(f"{asked}Upgrade: websocket\r\n\r\n".encode())
        assert connection.recv(65_536).startswith(b"HTTP/1.1 400 ")
        while connection.recv(65_536):
            pass
