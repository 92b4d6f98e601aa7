"""The official conformance suite, run whole against a server at one protocol version."""

import asyncio
import json
import re
from asyncio.subprocess import DEVNULL
from dataclasses import dataclass
from pathlib import Path

from tests.clients import install

PATIENCE = 120
RESULT = re.compile(r"server-(?P<scenario>.+)-\d{4}-\d\d-\d\dT.+")
NEEDS_A_TOOL_OF_THE_SUITE = "Not testable: server does not list the diagnostic tool"


@dataclass(frozen=True)
class Verdict:
    """What a scenario found: how many checks passed, and what each other one has to say."""

    passed: int
    objections: list[str]


async def run(url: str, version: str, results: Path) -> dict[str, Verdict]:
    """Run every scenario of `version`; those that need the suite's own tools fail, as they must."""
    suite = install.node_clients() / "@modelcontextprotocol" / "conformance" / "dist" / "index.js"
    options = ["--url", url, "--spec-version", version, "--suite", "all", "-o", results]
    process = await asyncio.create_subprocess_exec(
        install.NODE, suite, "server", *options, stdout=DEVNULL
    )
    async with asyncio.timeout(PATIENCE):
        await process.wait()
    return verdicts(results)


def verdicts(results: Path) -> dict[str, Verdict]:
    return {scenario_of(folder): verdict(folder) for folder in results.iterdir()}


def scenario_of(folder: Path) -> str:
    found = RESULT.fullmatch(folder.name)
    assert found, folder
    return found["scenario"]


def verdict(folder: Path) -> Verdict:
    checks = json.loads((folder / "checks.json").read_text())
    return Verdict(
        passed=sum(check["status"] == "SUCCESS" for check in checks),
        objections=[objection(check) for check in checks if is_objection(check)],
    )


def is_objection(check: dict[str, str]) -> bool:
    return check["status"] in ("FAILURE", "WARNING") and not check.get(
        "errorMessage", ""
    ).startswith(NEEDS_A_TOOL_OF_THE_SUITE)


def objection(check: dict[str, str]) -> str:
    return f"{check['id']}: {check.get('errorMessage') or check['description']}"
