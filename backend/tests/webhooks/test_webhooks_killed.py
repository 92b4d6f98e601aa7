"""The worker that delivers is killed while others write: no event is missing or out of order."""

import asyncio
from itertools import count
from pathlib import Path

import httpx
import psutil

from tests.support.receiver import HOST, receiving
from tests.support.server import RunningServer, serving

WRITERS, EACH = 4, 25
LAST = WRITERS * EACH
SECONDS = 120
"""A lease and a search, with time to spare."""


async def test_a_killed_worker_loses_no_event_and_swaps_none(
    tmp_path: Path, certificate: Path
) -> None:
    allowed = {"SURELIST_WEBHOOK_HOSTS": HOST, "SSL_CERT_FILE": str(certificate)}
    async with receiving(certificate) as receiver:
        with serving(tmp_path / "data", workers=2, **allowed) as server:
            token = await asyncio.to_thread(server.token, "ann", "owner", "--owner")
            headers = {"Authorization": f"Bearer {token}"}
            api = f"{server.url}/api/me"
            async with httpx.AsyncClient(base_url=api, headers=headers, timeout=30) as http:
                made = await http.post("/webhooks", json={"url": receiver.url})
                secret = made.json()["secret"]
                writing = asyncio.gather(*(write(http, number) for number in range(WRITERS)))
                await receiver.until(lambda: len(receiver.all) >= LAST // 10)
                killed = kill_worker_connected_to(server, receiver.port)
                await writing
                await receiver.until(lambda: LAST in receiver.events, SECONDS)
    assert killed == 1
    assert [*dict.fromkeys(receiver.events)] == [*range(1, LAST + 1)]
    for one in receiver.all:
        assert one.verified(secret)["data"]["id"] == one.event
        assert one.headers["webhook-id"].endswith(f"-{one.event}")


async def write(http: httpx.AsyncClient, number: int) -> None:
    """Add tasks, each until it is acknowledged."""
    for task in range(EACH):
        keyed = {"Idempotency-Key": f"{number}-{task}"}
        for attempt in count():
            try:
                answer = await http.post("/tasks", json={"title": f"Task {task}"}, headers=keyed)
            except httpx.TransportError:
                assert attempt < 100
                await asyncio.sleep(0.1)
            else:
                assert answer.status_code == 201
                break


def kill_worker_connected_to(server: RunningServer, port: int) -> int:
    """Kill each worker that has a connection to `port`. Returns their number."""
    workers = [
        process
        for process in psutil.Process(server.process.pid).children(recursive=True)
        if any(one.raddr and one.raddr.port == port for one in process.net_connections("tcp"))
    ]
    for process in workers:
        process.kill()
    return len(workers)
