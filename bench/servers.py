"""The programs that are compared, each in a process of its own."""

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
"""FastMCP has dependencies that Surelist has not; `make bench` gives it a .venv of its own."""

PATIENCE = 60.0
LOG_SHOWN = 2000

SURELIST, PLAIN, OFFICIAL, FASTMCP = "Surelist", "FastAPI + asyncpg", "MCPServer", "FastMCP 4"


@dataclass(frozen=True)
class Served:
    """A running server; `start_seconds` passed until it answered, `start_cpu` were worked."""

    name: str
    process: psutil.Process
    port: int
    start_seconds: float
    start_cpu: float


OF_OURS = (PLAIN, SURELIST, OFFICIAL)
"""The programs that need nothing but what Surelist's tests need."""


def installed() -> tuple[str, ...]:
    """The programs that can be run here."""
    return (*OF_OURS, FASTMCP) if FASTMCP_PYTHON.exists() else OF_OURS


@asynccontextmanager
async def serving(
    name: str, stage: Stage, *, database_url: str | None = None, workers: int = 1
) -> AsyncGenerator[Served]:
    """Run a program on a port of its own, until the block is left."""
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
        await asyncio.to_thread(server.wait)  # it may need this loop's proxy to say goodbye


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
    """Wait until something at `port` answers, be it with a refusal."""
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
