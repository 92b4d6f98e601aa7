"""Revocation, on a server with several workers."""

import asyncio
import time
from pathlib import Path

import httpx

from tests.support.server import serving

SECONDS_TO_BE_REFUSED = 10
CONNECTIONS = 8
"""Enough that each of the two workers accepts at least one."""


async def test_every_worker_refuses_a_revoked_key_within_ten_seconds(tmp_path: Path) -> None:
    with serving(tmp_path / "data", workers=2) as server:
        owner = {"Authorization": f"Bearer {server.token('ann', 'laptop', '--owner')}"}
        api = f"{server.url}/api/me"
        async with httpx.AsyncClient(timeout=20) as person:
            body = {"name": "Robot", "scopes": ["tasks:read"], "days": 1}
            key = (await person.post(f"{api}/keys", json=body, headers=owner)).json()
            robot = {"Authorization": f"Bearer {key['token']}"}
            clients = [httpx.AsyncClient(headers=robot, timeout=20) for _ in range(CONNECTIONS)]
            told = await statuses(clients, f"{api}/tasks")
            assert told == [200] * CONNECTIONS
            await person.delete(f"{api}/agents/{key['client_id']}", headers=owner)
            deadline = time.monotonic() + SECONDS_TO_BE_REFUSED
            while time.monotonic() < deadline and told != [401] * CONNECTIONS:
                await asyncio.sleep(0.1)
                told = await statuses(clients, f"{api}/tasks")
            assert told == [401] * CONNECTIONS
            for client in clients:
                await client.aclose()


async def statuses(clients: list[httpx.AsyncClient], url: str) -> list[int]:
    """The status that each client receives. A client keeps its connection to one worker."""
    return [answer.status_code for answer in await asyncio.gather(*(c.get(url) for c in clients))]
