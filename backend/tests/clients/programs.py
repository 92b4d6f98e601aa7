"""The client programs, each with the library it must be and the version it must negotiate."""

import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tests.clients import install


@dataclass(frozen=True)
class Program:
    command: Callable[[], list[str | Path]]
    library: str
    protocol: str


def python_2(mode: str) -> Callable[[], list[str | Path]]:
    return lambda: [sys.executable, install.HERE / "python_2" / "client.py", mode]


def python_1() -> list[str | Path]:
    return [install.python_1(), install.PYTHON_1 / "client.py"]


def typescript() -> list[str | Path]:
    install.node_clients()
    return [install.NODE, install.NODE_CLIENTS / "client.mjs"]


def raw_http(protocol: str) -> Callable[[], list[str | Path]]:
    return lambda: [sys.executable, install.HERE / "raw_http" / "client.py", protocol]


PROGRAMS = {
    "python-2": Program(python_2("auto"), "mcp 2.", "2026-07-28"),
    "python-2-legacy": Program(python_2("legacy"), "mcp 2.", "2025-11-25"),
    "python-1": Program(python_1, "mcp 1.30.0", "2025-11-25"),
    "typescript": Program(typescript, "@modelcontextprotocol/sdk 1.32.0", "2025-11-25"),
    "raw-2025-06-18": Program(raw_http("2025-06-18"), "none", "2025-06-18"),
    "raw-2025-03-26": Program(raw_http("2025-03-26"), "none", "2025-03-26"),
}
