"""The live feed: memory and delay of a thousand open streams, and the cost of waking to a write."""

import asyncio
import sys
from collections.abc import Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from itertools import count
from statistics import median
from time import perf_counter
from typing import cast

import asyncpg

from bench.calls import NEW, mcp
from bench.client import Connection, connect
from bench.processes import Usage, memory_of_all
from bench.servers import SURELIST, Served, serving
from bench.stage import Stage
from bench.table import markdown, percentile
from surelist.data.notifications import CHANNEL

MICRO, MILLI, KIBIBYTES = 1e6, 1e3, 1024
PATIENCE = 60.0
"""The timeout of a change's arrival, in seconds."""


@dataclass(frozen=True)
class Size:
    """The size of a run: `streams` open streams, `writes` at `a_second`, and writers in rounds."""

    streams: int = 1000
    writes: int = 1000
    a_second: float = 100
    writers: int = 16
    rounds: int = 8
    calls: int = 60
    settling: float = 1
    forgetting: float = 16
    """Seconds until a worker no longer notifies of a stream that was closed."""


async def measure(stage: Stage, size: Size) -> str:
    """The tables. Raises AssertionError if a stream misses a change or gets one twice."""
    return "\n\n".join([await _streams(stage, size), await _waking(stage, size)])


class Stream(asyncio.Protocol):
    """An open stream, which notes when each change arrives."""

    def __init__(self) -> None:
        self.ready = asyncio.Event()
        self.arrived: asyncio.Queue[tuple[int, float]] = asyncio.Queue()
        self._received = b""
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Stores the transport; asyncio calls this."""
        self._transport = cast("asyncio.Transport", transport)

    def close(self) -> None:
        """Closes the stream."""
        if self._transport:
            self._transport.close()

    def data_received(self, data: bytes) -> None:
        """Notes the ids of whole messages; asyncio calls this."""
        now = perf_counter()
        *messages, self._received = (self._received + data).split(b"\n\n")
        for message in messages:
            if b"event: ready" in message:
                self.ready.set()
            elif b"event: change" in message:
                self.arrived.put_nowait((int(message.split(b"id: ")[1].split(b"\n")[0]), now))


async def opened(port: int, token: str) -> Stream:
    """A stream that is ready."""
    loop = asyncio.get_running_loop()
    transport, stream = await loop.create_connection(Stream, "127.0.0.1", port)
    transport.write(
        b"GET /api/me/events HTTP/1.1\r\nHost: localhost\r\nAccept: text/event-stream\r\n"
        b"Authorization: Bearer %s\r\n\r\n" % token.encode()
    )
    async with asyncio.timeout(PATIENCE):
        await stream.ready.wait()
    return stream


async def _streams(stage: Stage, size: Size) -> str:
    rows: list[list[str]] = []
    for workers in (1, 2):
        async with serving(SURELIST, stage, workers=workers) as server:
            rows.append([str(workers), *await _delays(stage, server, size, f"feed{workers}")])
    delays = ["p50 ms", "p95 ms", "p99 ms", "slowest ms"]
    head = ["workers", "KiB a stream", "write p50 ms", *delays, "server cores"]
    said = f"{size.streams} open streams, each of its own user; {size.a_second:.0f} writes/s."
    return f"{markdown(head, rows)}\n\n{said} A delay begins with the request of the write."


async def _delays(stage: Stage, server: Served, size: Size, prefix: str) -> list[str]:
    tokens = [stage.token(f"{prefix}-{number}") for number in range(size.streams)]
    warming = await opened(server.port, stage.token(prefix))
    caller = await connect(server.port)
    for token in tokens:  # what a worker keeps of a token is not the stream's
        await caller.call(mcp(NEW)(token, "list_tasks", {}))
    before = memory_of_all(server.process)
    streams = [await opened(server.port, token) for token in tokens]
    kibibytes = (memory_of_all(server.process) - before) * KIBIBYTES / size.streams
    used, began = Usage(server.process), perf_counter()
    writes, delays = await _written(server, tokens, streams, size)
    cores = used.seconds() / (perf_counter() - began)
    for stream in (warming, *streams):
        stream.close()
    return [
        f"{kibibytes:.1f}",
        f"{percentile(writes, 50) * MILLI:.1f}",
        *(f"{percentile(delays, percent) * MILLI:.1f}" for percent in (50, 95, 99)),
        f"{max(delays) * MILLI:.0f}",
        f"{cores:.2f}",
    ]


async def _written(
    server: Served, tokens: list[str], streams: list[Stream], size: Size
) -> tuple[list[float], list[float]]:
    """Writes for one user after the other, at an even rate.

    Returns the seconds of each write, and those from its request to its arrival at the stream.
    """
    idle: asyncio.Queue[Connection] = asyncio.Queue()
    for _ in range(size.writers):
        idle.put_nowait(await connect(server.port))
    sent: list[list[float]] = [[] for _ in tokens]
    took: list[float] = []

    async def write(user: int) -> None:
        connection = await idle.get()
        sent[user].append(perf_counter())
        await _add(connection, tokens[user], len(sent[user]))
        took.append(perf_counter() - sent[user][-1])
        idle.put_nowait(connection)

    began = perf_counter()
    async with asyncio.TaskGroup() as group:
        for number in range(size.writes):
            await asyncio.sleep(max(0, began + number / size.a_second - perf_counter()))
            group.create_task(write(number % len(tokens)))
    delays: list[float] = []
    for stream, times in zip(streams, sent, strict=True):
        for event_id, at in enumerate(times, 1):
            async with asyncio.timeout(PATIENCE):
                arrived, arrived_at = await stream.arrived.get()
            assert arrived == event_id, f"event {arrived} arrived in place of {event_id}"
            delays.append(arrived_at - at)
    assert all(stream.arrived.empty() for stream in streams), "a change arrived twice"
    return took, delays


async def _add(connection: Connection, token: str, number: int) -> None:
    await connection.call(mcp(NEW)(token, "add_task", {"title": f"Task {number}"}))


TRIGGER = f"""
CREATE FUNCTION tell() RETURNS trigger LANGUAGE plpgsql
AS $$ BEGIN PERFORM pg_notify('{CHANNEL}', 'bench ' || NEW.user_id); RETURN NULL; END $$;
CREATE FUNCTION tell_nobody() RETURNS trigger LANGUAGE plpgsql
AS $$ BEGIN PERFORM 'bench ' || NEW.user_id; RETURN NULL; END $$;
CREATE TRIGGER tell AFTER UPDATE ON account FOR EACH ROW EXECUTE FUNCTION tell();
CREATE TRIGGER tell_nobody AFTER UPDATE ON account FOR EACH ROW EXECUTE FUNCTION tell_nobody();
ALTER TABLE account DISABLE TRIGGER tell;
"""
IN_TRANSACTION = """
ALTER TABLE account {} TRIGGER tell; ALTER TABLE account {} TRIGGER tell_nobody;
"""
NOBODY, ELSEWHERE, INSIDE = (
    "no stream at another worker",
    "a stream at another worker: one NOTIFY for a batch",
    "NOTIFY in each transaction",
)


async def _waking(stage: Stage, size: Size) -> str:
    """Writes of many users, with each way of telling the other workers, in turns."""
    results: dict[str, list[tuple[float, float, float]]] = {}
    async with AsyncExitStack() as stack:
        server, other = [
            await stack.enter_async_context(serving(SURELIST, stage)) for _ in range(2)
        ]
        connection = await asyncpg.connect(stage.superuser_url)
        stack.push_async_callback(connection.close)
        await connection.execute(TRIGGER)
        tokens = [stage.token(f"writer-{number}") for number in range(size.writers)]
        writers = [await connect(server.port) for _ in tokens]
        numbers = count(1)
        for turn in range(size.rounds + 1):
            print(f"round {turn} of {size.rounds}", file=sys.stderr, flush=True)
            ways = (NOBODY, ELSEWHERE, INSIDE)
            for way in ways[turn % 3 :] + ways[: turn % 3]:
                on, off = ("ENABLE", "DISABLE") if way == INSIDE else ("DISABLE", "ENABLE")
                await connection.execute(IN_TRANSACTION.format(on, off))
                streams: list[Stream] = []
                if way == ELSEWHERE:
                    streams = [await opened(other.port, stage.token("reader"))]
                await asyncio.sleep(size.settling)
                round_ = await _round(stage, server, tokens, writers, numbers, size.calls)
                if turn:
                    results.setdefault(way, []).append(round_)
                for stream in streams:
                    stream.close()
                    await asyncio.sleep(size.forgetting)
    base = [median(values) for values in zip(*results[NOBODY], strict=True)]
    rows = [[way, *_compared(results[way], base)] for way in (NOBODY, ELSEWHERE, INSIDE)]
    head = ["writes", "writes/s", "ratio", "server us", "ratio", "PostgreSQL us", "ratio"]
    return f"{markdown(head, rows)}\n\n{size.writers} concurrent writers, each of its own user."


async def _round(
    stage: Stage,
    server: Served,
    tokens: list[str],
    writers: list[Connection],
    numbers: Iterator[int],
    calls: int,
) -> tuple[float, float, float]:
    """Writes a second, and CPU seconds of the server and of PostgreSQL for each."""

    async def write(connection: Connection, token: str) -> None:
        for _ in range(calls):
            await _add(connection, token, next(numbers))

    used, of_postgres = Usage(server.process), Usage(stage.postgres_process)
    began, writes = perf_counter(), calls * len(tokens)
    await asyncio.gather(*map(write, writers, tokens))
    seconds = perf_counter() - began
    return writes / seconds, used.seconds() / writes, of_postgres.seconds() / writes


def _compared(results: list[tuple[float, float, float]], base: list[float]) -> list[str]:
    medians = [median(values) for values in zip(*results, strict=True)]
    scales = (1.0, MICRO, MICRO)
    return [
        cell
        for value, compared, scale in zip(medians, base, scales, strict=True)
        for cell in (f"{value * scale:.0f}", f"{value / compared:.3f}")
    ]
