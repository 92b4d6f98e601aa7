"""Clients that send or read slowly, or fall silent: none of them holds a database connection."""

import asyncio
import socket

import asyncpg

from bench.faults.installation import PATIENCE_SECONDS, Installation, superuser
from bench.faults.report import Row
from surelist.access.auth import AGENT_SCOPES, OWNER_SCOPE, sign_token

BIG_TASKS = 1_000


async def slow_clients(surelist: Installation, *, each: int) -> Row:
    """That many of each kind, while other clients work."""
    token = sign_token(
        surelist.settings, "slow", scopes=(*AGENT_SCOPES, OWNER_SCOPE), days=1, client="slow"
    )
    async with (
        superuser(surelist.cluster()) as connection,
        surelist.person("quick") as person,
    ):
        await _fill(connection)
        slow = [
            await _open(surelist.server.port, begin)
            for begin in _beginnings(token)
            for _ in range(each)
        ]
        busy = await _busy_after_settling(connection)
        answers = [
            await person.rest("POST", "/tasks", json={"title": f"Task {number}"})
            for number in range(20)
        ]
        assert all(one.status_code == 201 for one in answers), f"answered: {answers}"
        held = max(busy, await _busy(connection))
        unread = sum(one.recv(1, socket.MSG_PEEK) != b"" for one in slow[-each:])
        for one in slow:
            one.close()
    assert unread == each, "the answers that were to be read slowly never began"
    assert held == 0, f"{held} connections to the database were held"
    return Row(
        f"{len(slow)} clients that send nothing, send half a request or do not read the answer",
        len(answers),
        f"no call of other clients failed; {held} database connections held",
    )


def _beginnings(token: str) -> list[bytes]:
    """What each slow client sends before it falls silent; the last do not read a large answer."""
    head = f"Host: localhost\r\nAuthorization: Bearer {token}\r\nContent-Type: application/json\r\n"
    half_body = "Content-Length: 1000\r\n\r\n" + '{"title": "'
    return [
        part.encode()
        for part in (
            "",
            "POST /mcp HTTP/1.1\r\nHost: lo",
            f"POST /mcp HTTP/1.1\r\n{head}{half_body}",
            f"POST /api/me/tasks HTTP/1.1\r\n{head}{half_body}",
            f"GET /api/me/export HTTP/1.1\r\n{head}\r\n",
        )
    ]


async def _open(port: int, beginning: bytes) -> socket.socket:
    client = socket.socket()
    client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    client.settimeout(0)
    loop = asyncio.get_running_loop()
    await loop.sock_connect(client, ("127.0.0.1", port))
    await loop.sock_sendall(client, beginning)
    return client


async def _fill(connection: asyncpg.Connection) -> None:
    """Gives the slow reader a list of 10 MB."""
    await connection.execute("INSERT INTO account (user_id) VALUES ('slow')")
    await connection.execute(
        "INSERT INTO task (user_id, id, title, description, sort_title, search_text, search_tags, "
        "version, created_at, updated_at, tags, priority) "
        "SELECT 'slow', n, 'Task ' || n, repeat('x', 10000), 'task', 'task', '{}', n, now(), "
        "now(), '{}', 0 FROM generate_series(1, $1) AS n",
        BIG_TASKS,
    )


async def _busy_after_settling(connection: asyncpg.Connection) -> int:
    """The app's connections that are in use in a steady state."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        quiet = 0
        while quiet < 5:
            await asyncio.sleep(0.1)
            quiet = quiet + 1 if await _busy(connection) == 0 else 0
    return await _busy(connection)


async def _busy(connection: asyncpg.Connection) -> int:
    return await connection.fetchval(
        "SELECT count(*) FROM pg_stat_activity "
        "WHERE usename = 'surelist_app' AND state IS DISTINCT FROM 'idle'"
    )
