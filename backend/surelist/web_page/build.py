"""The web page, built from `frontend/` when it has not been since that changed."""

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
BUILT_FROM = BUILT / "built-from.json"
INSTALLED_FROM = FRONTEND / "node_modules" / "installed-from.json"
LOCK = FRONTEND / "package-lock.json"
NO_SOURCES = {"node_modules", ".next", "e2e", "coverage"}
GENERATED = {"next-env.d.ts"}

INSTALLERS = (*children.NETWORK, *children.REGISTRIES)
"""Variables that pip and npm need besides the ordinary ones."""

Say: TypeAlias = Callable[[str], None]


class BuildFailed(Exception):
    """The page could not be built; the sentence says what to do."""


class Run(Protocol):
    """Runs a command to its end and returns its exit status."""

    def __call__(self, command: list[str | Path], environment: Mapping[str, str]) -> int: ...


def refuse_without_sources() -> None:
    """Raise ConfigurationError when this installation has no web page to build."""
    if not LOCK.exists():
        raise ConfigurationError(
            "There is no web page in this installation: run surelist up in a checkout of the "
            "repository, or surelist serve for the API and MCP alone."
        )


def built(run: Run, say: Say, log: Path) -> Path:
    """The Node.js that the page runs on, which is built first if need be. Raises BuildFailed."""
    node = nodes.find()
    if node is None:
        say("Installing Node.js for the web page ...")
        installing = children.inherited(*children.ORDINARY, *INSTALLERS)
        _step(run(nodes.install(), installing), "Node.js could not be installed", log)
        node = nodes.find()
        if node is None:
            raise BuildFailed(f"Node.js was installed and is not found; {log} may say why.")
    with _one_at_a_time():
        sources = {"sources": _fingerprint(), "node": nodes.version(node)[0]}
        if _noted(BUILT_FROM) != sources:
            _build(node, run, say, log)
            BUILT_FROM.write_text(json.dumps(sources))
    return node


def _build(node: Path, run: Run, say: Say, log: Path) -> None:
    began = time.monotonic()
    quiet = {"NEXT_TELEMETRY_DISABLED": "1"}
    npm = nodes.npm(node)
    if _noted(INSTALLED_FROM) != _packages():
        say("Building the web page, this once: installing its packages ...")
        installing = nodes.environment(node, *INSTALLERS) | quiet
        failed = run([*npm, "ci", "--ignore-scripts", "--omit=dev"], installing)
        _step(failed, "the packages could not be installed", log)
        note_installed()
    say("Building the web page, this once: compiling ...")
    _step(run([*npm, "run", "build"], nodes.environment(node) | quiet), "it did not compile", log)
    say(f"The web page is built, in {time.monotonic() - began:.0f} seconds.")


def note_installed() -> None:
    """Note that the packages of the lock are in place, those for tests or not among them."""
    INSTALLED_FROM.write_text(json.dumps(_packages()))


def _packages() -> dict[str, str]:
    return {"lock": hashlib.sha256(LOCK.read_bytes()).hexdigest()}


def _step(status: int, failure: str, log: Path) -> None:
    if status:
        raise BuildFailed(
            f"The web page is not there, for {failure}; the API and MCP are. See {log}, "
            f"and start again to try again."
        )


def _fingerprint() -> str:
    """A hash of what the page is built from."""
    fingerprint = hashlib.sha256()
    for directory, below, names in os.walk(FRONTEND):
        below[:] = sorted(set(below) - NO_SOURCES)
        for name in sorted(names):
            path = Path(directory, name)
            if ".test." not in name and not name.endswith(".tsbuildinfo") and name not in GENERATED:
                fingerprint.update(f"{path.relative_to(FRONTEND)}\0".encode())
                fingerprint.update(hashlib.sha256(path.read_bytes()).digest())
    return fingerprint.hexdigest()


def _noted(path: Path) -> object:
    try:
        return json.loads(path.read_text())
    except (FileNotFoundError, ValueError):
        return None


@contextmanager
def _one_at_a_time() -> Generator[None]:
    """Wait while another process builds the page from the same sources."""
    with LOCK.open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
