"""The MCP SDK still has every name that Surelist imports."""

import ast
import importlib
from pathlib import Path

import pytest

import surelist

SDK = Path(surelist.__file__).parent / "mcp" / "sdk.py"


def imported(source: Path) -> list[tuple[str, str]]:
    """Module and name of each import from the SDK."""
    return [
        (node.module, alias.name)
        for node in ast.walk(ast.parse(source.read_text()))
        if isinstance(node, ast.ImportFrom)
        and (node.module or "").split(".")[0] in ("mcp", "mcp_types")
        for alias in node.names
        if node.module
    ]


@pytest.mark.parametrize(("module", "name"), imported(SDK))
def test_the_sdk_still_has_each_name(module: str, name: str) -> None:
    assert hasattr(importlib.import_module(module), name)


def test_no_other_module_imports_the_sdk() -> None:
    others = [path for path in SDK.parents[1].rglob("*.py") if path != SDK and imported(path)]
    assert others == []
