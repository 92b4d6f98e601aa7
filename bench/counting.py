"""Counts the statements and round trips of a call, with a proxy in front of PostgreSQL."""

from collections.abc import Sequence
from contextlib import AsyncExitStack
from statistics import median_low

from bench.contestants import VERBS, Calls, contestants
from bench.proxy import Passed, Proxy, proxy
from bench.servers import serving
from bench.stage import Stage

WARMING, COUNTED = 6, 5

Cost = Passed
"""Per call: the median of COUNTED calls, because a few calls do additional work."""


async def counted(stage: Stage, programs: Sequence[str]) -> dict[str, dict[str, Cost]]:
    """By verb and contestant, the cost of a call whose statements are prepared."""
    costs: dict[str, dict[str, Cost]] = {verb: {} for verb in VERBS}
    async with AsyncExitStack() as stack:
        for name in programs:
            before = await stack.enter_async_context(proxy(stage.socket))
            url = before.url(stage.postgres.url())
            server = await stack.enter_async_context(serving(name, stage, database_url=url))
            for one in contestants(stage, [server], agents=1):
                async with one.connected() as calls:
                    for verb in VERBS:
                        await calls(verb, range(1, WARMING + 1))
                    for verb in VERBS:
                        costs[verb][one.name] = await _median(before, calls, verb)
    return costs


async def _median(before: Proxy, calls: Calls, verb: str) -> Cost:
    passed: list[Cost] = []
    for number in range(WARMING + 1, WARMING + COUNTED + 1):
        until_now = before.passed()
        await calls(verb, range(number, number + 1))
        passed.append(before.passed().since(until_now))
    return Cost(
        median_low(call.statements for call in passed),
        median_low(call.round_trips for call in passed),
    )
