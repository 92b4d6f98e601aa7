"""`python -m bench [PART ...] [--quick]`: runs the parts and prints their tables as Markdown."""

import argparse
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import uvloop

from bench import cpu, distance, feed, growth, load
from bench.machine import machine
from bench.servers import OF_OURS, PLAIN, SURELIST
from bench.stage import Stage, stage


@dataclass(frozen=True)
class Part:
    """A part of the bench: its heading, the whole run, and a quick run of seconds."""

    heading: str
    whole: Callable[[Stage], Awaitable[str]]
    quick: Callable[[Stage], Awaitable[str]]


_QUICK_CPU = cpu.Size(rounds=1, agents=2, calls=2, programs=OF_OURS)
_QUICK_LOAD = load.Size(agents=20, workers=1, a_second=40, seconds=1, step_seconds=0.5, steps=1)
_QUICK_GROWTH = growth.Size(middle=20, times=3, users=20, calls=1, warming=0)
_QUICK_DISTANCE = distance.Size(distances=(0.0, 0.002), calls=1, programs=(PLAIN, SURELIST))
_QUICK_FEED = feed.Size(
    streams=10, writes=20, a_second=50, writers=2, rounds=1, calls=2, settling=0.1, forgetting=0
)

PARTS = {
    "cpu": Part(
        "What a call costs",
        lambda stage: cpu.measure(stage, cpu.Size()),
        lambda stage: cpu.measure(stage, _QUICK_CPU),
    ),
    "load": Part(
        "A thousand agents at once",
        lambda stage: load.measure(stage, load.Size()),
        lambda stage: load.measure(stage, _QUICK_LOAD),
    ),
    "growth": Part(
        "Long lists, many users",
        lambda stage: growth.measure(stage, growth.Size()),
        lambda stage: growth.measure(stage, _QUICK_GROWTH),
    ),
    "distance": Part(
        "Distance to the database",
        lambda stage: distance.measure(stage, distance.Size()),
        lambda stage: distance.measure(stage, _QUICK_DISTANCE),
    ),
    "feed": Part(
        "The live feed",
        lambda stage: feed.measure(stage, feed.Size()),
        lambda stage: feed.measure(stage, _QUICK_FEED),
    ),
}


def main() -> None:
    """Runs the named parts, or all."""
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("parts", nargs="*", metavar="PART", help=", ".join(PARTS))
    parser.add_argument("--quick", action="store_true", help="seconds instead of minutes")
    given = parser.parse_args()
    if unknown := set(given.parts) - set(PARTS):
        parser.error(f"unknown part {', '.join(sorted(unknown))}. Parts: {', '.join(PARTS)}")
    print(machine())
    for name in given.parts or PARTS:
        part = PARTS[name]
        with stage(durable=not given.quick) as made:
            tables = uvloop.run(_run(part.quick if given.quick else part.whole, made))
        print(f"\n## {part.heading} (`make bench BENCH={name}`)\n\n{tables}", flush=True)


async def _run(part: Callable[[Stage], Awaitable[str]], made: Stage) -> str:
    return await part(made)


if __name__ == "__main__":
    main()
