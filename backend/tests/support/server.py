"""A real Surelist for tests: `surelist serve` with its workers and its embedded PostgreSQL."""

import os
import re
import subprocess
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import psutil

SURELIST = Path(sys.executable).with_name("surelist")
ANSWERS = re.compile(r"Surelist answers at http://localhost:(\d+)/mcp")
OWN_SETTINGS = ("SURELIST_", "BETTER_AUTH_", "DATABASE_URL", "REDIS_URL", "OTEL_")
UNLIMITED = {"SURELIST_RATE_READS": "0", "SURELIST_RATE_WRITES": "0"}
START_SECONDS = 180
STOP_SECONDS = 20


@dataclass(frozen=True)
class RunningServer:
    """Where a running server is: its port on this machine, its data directory and its log."""

    port: int
    data: Path
    log: Path
    process: subprocess.Popen[bytes]

    @property
    def url(self) -> str:
        return f"http://localhost:{self.port}"

    @property
    def mcp_url(self) -> str:
        return f"{self.url}/mcp"

    def token(self, user: str, client: str = "tests", *options: str) -> str:
        """A bearer token for `user`, by `surelist token`."""
        command = [SURELIST, "token", user, "--client", client, "--data", self.data, *options]
        result = subprocess.run(command, env=environment(), stdout=subprocess.PIPE, check=True)
        return result.stdout.decode().strip()


@contextmanager
def serving(data: Path, workers: int = 2, **settings: str) -> Iterator[RunningServer]:
    """Run `surelist serve` on a free port; on leaving, nothing that it started may be left."""
    command = [SURELIST, "serve", "--port", "0", "--data", data, "--workers", str(workers)]
    log = data.parent / f"{data.name}.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            command,
            env=environment() | UNLIMITED | settings,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        yield RunningServer(port_once_it_answers(process, log), data, log, process)
    finally:
        family = processes_of(process.pid, data)
        process.terminate()
        with suppress(subprocess.TimeoutExpired):
            process.wait(STOP_SECONDS)
        _, left = psutil.wait_procs(family, timeout=STOP_SECONDS)
        for survivor in left:
            survivor.kill()
        process.wait()
    assert not left, f"surelist serve left these behind: {left}"
    assert process.returncode == 0, f"surelist serve ended with {process.returncode}"


def environment() -> dict[str, str]:
    """This environment without the settings of another Surelist."""
    return {name: value for name, value in os.environ.items() if not name.startswith(OWN_SETTINGS)}


def port_once_it_answers(process: subprocess.Popen[bytes], log: Path) -> int:
    for _ in range(START_SECONDS * 10):
        if found := ANSWERS.search(log.read_text()):
            return int(found[1])
        with suppress(subprocess.TimeoutExpired):
            process.wait(0.1)
            break
    raise RuntimeError(f"surelist serve does not answer. It said:\n{log.read_text()}")


def processes_of(pid: int, data: Path) -> list[psutil.Process]:
    """The process and its descendants, and PostgreSQL's: each of those works inside `data`."""
    family = set[psutil.Process]()
    with suppress(psutil.NoSuchProcess):
        family |= {psutil.Process(pid), *psutil.Process(pid).children(recursive=True)}
    for process in psutil.process_iter():
        with suppress(psutil.Error):
            if Path(process.cwd()).is_relative_to(data):
                family.add(process)
    return list(family)


def names_of(family: Iterable[psutil.Process]) -> list[str]:
    """The names of those that still run: any may end while it is asked."""
    names: list[str] = []
    for process in family:
        with suppress(psutil.NoSuchProcess):
            if process.status() != psutil.STATUS_ZOMBIE:
                names.append(process.name())
    return names
