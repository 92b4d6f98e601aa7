"""The programs of the comparison, each in its own process."""

import asyncio
import os
import socket
import subprocess
import sys
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

from bench.processes import Usage
from bench.stage import Stage

ROOT = Path(__file__).parents[1]
FASTMCP_PYTHON = Path(sys.prefix) / "bench" / "bin" / "python"
"""FastMCP has other dependencies than Surelist, so `make bench` makes a separate .venv for it."""

PATIENCE = 60.0
LOG_SHOWN = 2000

SURELIST, PLAIN, OFFICIAL, FASTMCP = "Surelist", "FastAPI + asyncpg", "MCPServer", "FastMCP 4"


@dataclass(frozen=True)
class Served:
    """A running server; `start_seconds` and `start_cpu` are the time until its first answer."""

    name: str
    process: psutil.Process
    port: int
    start_seconds: float
    start_cpu: float


OF_OURS = (PLAIN, SURELIST, OFFICIAL)
"""The programs that need only the packages of Surelist's tests."""


def installed() -> tuple[str, ...]:
    """The programs whose packages are installed."""
    return (*OF_OURS, FASTMCP) if FASTMCP_PYTHON.exists() else OF_OURS


@asynccontextmanager
async def serving(
    name: str, stage: Stage, *, database_url: str | None = None, workers: int = 1
) -> AsyncGenerator[Served]:
    """Runs a program on its own port, until the block ends."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    python_path = os.pathsep.join(str(path) for path in (ROOT, ROOT / "backend"))
    environment = os.environ | stage.environment(database_url) | {"PYTHONPATH": python_path}
    log = stage.scratch / f"{name}-{port}.log"
    started = time.perf_counter()
    with log.open("wb") as output:
        server = subprocess.Popen(
            _command(name, port, workers), env=environment, stdout=output, stderr=output
        )
    try:
        process = psutil.Process(server.pid)
        used = Usage(process)
        await _answering(server, port, log)
        yield Served(name, process, port, time.perf_counter() - started, used.seconds())
    except Exception as error:
        error.add_note(f"{name} said: {log.read_text()[-LOG_SHOWN:]}")
        raise
    finally:
        server.terminate()
        await asyncio.to_thread(server.wait)  # it may still need this loop's proxy to stop


def _command(name: str, port: int, workers: int) -> list[str]:
    if name == SURELIST:
        surelist = str(Path(sys.executable).with_name("surelist"))
        return [surelist, "serve", "--port", str(port), "--workers", str(workers)]
    app = {
        PLAIN: "bench.yardsticks.plain:app",
        OFFICIAL: "bench.yardsticks.official:app",
        FASTMCP: "bench.yardsticks.fast:app",
    }[name]
    python = str(FASTMCP_PYTHON) if name == FASTMCP else sys.executable
    quiet = ["--no-access-log", "--log-level", "warning"]
    fast = ["--loop", "uvloop", "--http", "httptools"]
    return [python, "-m", "uvicorn", app, "--port", str(port), *quiet, *fast]


async def _answering(server: subprocess.Popen[bytes], port: int, log: Path) -> None:
    """Waits until a server at `port` answers, with any status."""
    deadline = time.monotonic() + PATIENCE
    while server.poll() is None and time.monotonic() < deadline:
        try:
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            await asyncio.sleep(0.005)
            continue
        writer.write(b"GET /healthz HTTP/1.1\r\nHost: localhost:8000\r\n\r\n")
        answer = await reader.read(8)
        writer.close()
        if answer:
            return
    raise RuntimeError(f"{server.args} does not answer: {log.read_text()}")
