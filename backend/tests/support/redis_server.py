"""A real Redis for tests, on a free port of this machine, that can be stopped and held."""

import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

START_SECONDS = 30


class RedisServer:
    """One Redis, which keeps nothing when it ends; at the same address whenever it runs."""

    def __init__(self, program: str) -> None:
        self._program = program
        self._process: subprocess.Popen[bytes] | None = None
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port: int = free.getsockname()[1]

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    def start(self) -> None:
        options = ["--bind", "127.0.0.1", "--port", str(self.port), "--save", "", "--dir", "/"]
        self._process = subprocess.Popen([self._program, *options], stdout=subprocess.DEVNULL)
        for _ in range(START_SECONDS * 20):
            try:
                self.ask("PING")
            except OSError:
                time.sleep(0.05)
            else:
                return
        raise RuntimeError("redis-server does not answer")

    def stop(self) -> None:
        if self._process:
            self._process.kill()
            self._process.wait()
            self._process = None

    @contextmanager
    def held(self) -> Iterator[None]:
        """Takes connections and says nothing, until the end."""
        assert self._process
        self._process.send_signal(signal.SIGSTOP)
        try:
            yield
        finally:
            self._process.send_signal(signal.SIGCONT)

    def ask(self, command: str) -> str:
        """What is answered to a command of one line."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=5) as connection:
            connection.sendall(f"{command}\r\nQUIT\r\n".encode())
            with connection.makefile("rb") as answer:
                return answer.read().decode()


@contextmanager
def redis_server() -> Iterator[RedisServer]:
    """A running Redis; the test is skipped where none is installed."""
    program = shutil.which("redis-server")
    if program is None:
        pytest.skip("redis-server is not installed; make test installs it on Debian")
    server = RedisServer(program)
    server.start()
    try:
        yield server
    finally:
        server.stop()
