"""`python -m bench [PART ...] [--quick]`: run the parts and print their tables as Markdown."""

import argparse
import os
import platform
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

import psutil
import uvloop

from bench import cpu
from bench.stage import Stage, stage

Part = Callable[[Stage], Awaitable[str]]

PARTS: dict[str, tuple[str, Part, Part]] = {
    "cpu": (
        "What a call costs",
        lambda stage: cpu.measure(stage, cpu.Size()),
        lambda stage: cpu.measure(stage, cpu.Size(rounds=1, agents=2, calls=3)),
    ),
}
"""By name: the heading, the part, and a form of it that takes seconds."""


def main() -> None:
    """Run the parts that are named, or all."""
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("parts", nargs="*", choices=[*PARTS, []], metavar="PART")
    parser.add_argument("--quick", action="store_true", help="seconds instead of minutes")
    given = parser.parse_args()
    print(_machine())
    for name in given.parts or PARTS:
        heading, whole, quick = PARTS[name]
        with stage() as made:
            tables = uvloop.run((quick if given.quick else whole)(made))
        print(f"\n## {heading} (`make bench BENCH={name}`)\n\n{tables}", flush=True)


def _machine() -> str:
    memory = psutil.virtual_memory().total / 2**30
    return (
        f"{datetime.now(UTC):%Y-%m-%d}, {os.cpu_count()} cores, {memory:.0f} GiB, "
        f"Python {platform.python_version()}, Linux {platform.release()}."
    )


if __name__ == "__main__":
    main()
