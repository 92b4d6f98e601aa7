"""Makes the environment of a framework from its lock, inside its folder."""

import subprocess
import sys
from pathlib import Path

from tests.clients.install import NODE, NPM, changed
from tests.frameworks.catalogue import Framework

UV = [Path(sys.executable).with_name("uv"), "--no-config"]


class NotInstalledError(Exception):
    """A framework's lock cannot be installed here."""


def command(framework: Framework) -> list[str | Path]:
    """The command line of the framework's program, once its environment is made."""
    folder = framework.path
    if (folder / "package.json").exists():
        node_modules_in(folder)
        return [NODE, folder / "program.mjs", *framework.arguments]
    return [python_in(folder), folder / "program.py", *framework.arguments]


def python_in(folder: Path) -> Path:
    """The interpreter that has what `requirements.txt` names."""
    home, lock = folder / ".venv", folder / "requirements.txt"
    python = home / "bin" / "python"
    with changed(lock, home) as needed:
        if needed:
            install([*UV, "venv", "--quiet", "--clear", "--python", sys.executable, home], folder)
            sync = ["pip", "sync", "--quiet", "--require-hashes", "--python", python, lock]
            install([*UV, *sync], folder)
    return python


def node_modules_in(folder: Path) -> None:
    """Have `node_modules` hold what `package-lock.json` names."""
    with changed(folder / "package-lock.json", folder / "node_modules") as needed:
        if needed:
            install([NODE, NPM, "ci", "--ignore-scripts", "--no-audit", "--no-fund"], folder)


def install(command: list[str | Path], folder: Path) -> None:
    result = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    if result.returncode:
        reason = result.stderr.strip().splitlines()[-1:]
        raise NotInstalledError(f"cannot be installed: {' '.join(reason)}")
