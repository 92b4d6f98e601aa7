"""Builds the web page from `frontend/` when its sources have changed."""

import fcntl
import hashlib
import json
import os
import time
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol, TypeAlias

from surelist.errors import ConfigurationError
from surelist.machine import children
from surelist.web_page import node as nodes

FRONTEND = Path(__file__).parents[3] / "frontend"
SERVER = FRONTEND / "serve.mjs"
BUILT = FRONTEND / ".next" / "standalone"
BUILD_RECORD = BUILT / "built-from.json"
INSTALL_RECORD = FRONTEND / "node_modules" / "installed-from.json"
LOCK = FRONTEND / "package-lock.json"
IGNORED_DIRECTORIES = {"node_modules", ".next", "e2e", "coverage"}
GENERATED_FILES = {"next-env.d.ts"}

INSTALL_VARIABLES = (*children.NETWORK, *children.REGISTRIES)
"""Variables that pip and npm need in addition to `children.BASIC`."""

Echo: TypeAlias = Callable[[str], None]
"""Prints a message to the terminal."""


class BuildFailed(Exception):
    """The build failed. The message says what to do."""


class Run(Protocol):
    """Runs a command and returns its exit status."""

    def __call__(self, command: list[str | Path], environment: Mapping[str, str]) -> int: ...


def refuse_without_sources() -> None:
    """Raise ConfigurationError when this installation has no sources of the web page."""
    if not LOCK.exists():
        raise ConfigurationError(
            "This installation has no web page. Run surelist up in a checkout of the repository, "
            "or surelist serve for the API and MCP only."
        )


def ensure_built(run: Run, echo: Echo, log: Path) -> Path:
    """Build the page if its sources changed; returns the Node.js to run it. Raises BuildFailed."""
    node = nodes.find()
    if node is None:
        echo("Installing Node.js for the web page ...")
        installing = children.inherited(*children.BASIC, *INSTALL_VARIABLES)
        _require_success(run(nodes.install(), installing), "Node.js could not be installed", log)
        node = nodes.find()
        if node is None:
            raise BuildFailed(f"Node.js was installed but cannot be found. See {log}.")
    with _exclusive_build():
        sources = {"sources": _fingerprint(), "node": nodes.version(node)[0]}
        if _read_record(BUILD_RECORD) != sources:
            _build(node, run, echo, log)
            BUILD_RECORD.write_text(json.dumps(sources))
    return node


def _build(node: Path, run: Run, echo: Echo, log: Path) -> None:
    started = time.monotonic()
    no_telemetry = {"NEXT_TELEMETRY_DISABLED": "1"}
    npm = nodes.npm(node)
    if _read_record(INSTALL_RECORD) != _lock_hash():
        echo("Building the web page: installing its packages ...")
        installing = nodes.environment(node, *INSTALL_VARIABLES) | no_telemetry
        failed = run([*npm, "ci", "--ignore-scripts", "--omit=dev"], installing)
        _require_success(failed, "its packages could not be installed", log)
        record_installed()
    echo("Building the web page: compiling ...")
    _require_success(
        run([*npm, "run", "build"], nodes.environment(node) | no_telemetry),
        "it did not compile",
        log,
    )
    echo(f"The web page was built in {time.monotonic() - started:.0f} seconds.")


def record_installed() -> None:
    """Record that the packages of the lock file are installed, with or without those for tests."""
    INSTALL_RECORD.write_text(json.dumps(_lock_hash()))


def _lock_hash() -> dict[str, str]:
    return {"lock": hashlib.sha256(LOCK.read_bytes()).hexdigest()}


def _require_success(status: int, failure: str, log: Path) -> None:
    if status:
        raise BuildFailed(
            f"The web page is not available: {failure}. The API and MCP are available. See {log}. "
            f"Restart to build it again."
        )


def _fingerprint() -> str:
    """A SHA-256 hash of the page's sources, in hexadecimal."""
    fingerprint = hashlib.sha256()
    for directory, directories, names in os.walk(FRONTEND):
        directories[:] = sorted(set(directories) - IGNORED_DIRECTORIES)
        for name in sorted(names):
            path = Path(directory, name)
            if (
                ".test." not in name
                and not name.endswith(".tsbuildinfo")
                and name not in GENERATED_FILES
            ):
                fingerprint.update(f"{path.relative_to(FRONTEND)}\0".encode())
                fingerprint.update(hashlib.sha256(path.read_bytes()).digest())
    return fingerprint.hexdigest()


def _read_record(path: Path) -> object:
    try:
        return json.loads(path.read_text())
    except (FileNotFoundError, ValueError):
        return None


@contextmanager
def _exclusive_build() -> Generator[None]:
    """Hold a file lock, so that one process at a time builds the page."""
    with LOCK.open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
