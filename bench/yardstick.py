"""The yardstick: a plain FastAPI and asyncpg program that does Surelist's work by hand.

It checks the same tokens in the same way and writes the same rows in the same transactions under
the same row-level security, so that what is left to compare is Surelist itself: the protocol, the
validation, the ledger's logic, the shaping of the answer.
"""

import hashlib
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from fastapi import FastAPI, Request, Response
from orjson import dumps
from pydantic import BaseModel

from surelist import config, issuers
from surelist.auth import Authenticator
from surelist.database import open_pool

LIST = """
SELECT a.timezone, a.pending_count + a.completed_count AS total, page.*
FROM account a LEFT JOIN (
    SELECT id, title, left(description, 201) AS description, priority, due_on, due_at, tags,
        completed_at, deleted_at, version, created_at, updated_at
    FROM task WHERE user_id = $1 AND deleted_at IS NULL ORDER BY id LIMIT $2
) page ON true
WHERE a.user_id = $1 ORDER BY page.id
"""

LOCK = """
BEGIN; SET LOCAL app.user_id = '{0}'; SET LOCAL lock_timeout = 5000;
INSERT INTO account (user_id) VALUES ('{0}') ON CONFLICT DO NOTHING;
SELECT FROM account WHERE user_id = '{0}' FOR NO KEY UPDATE
"""

STANDING = """
SELECT a.last_event, a.last_task, clock_timestamp() AS now, e.id AS alike
FROM account a LEFT JOIN event e ON e.user_id = $1 AND e.client_id = $2 AND e.request_hash = $3
    AND e.kind = 'created' AND e.at > clock_timestamp() - interval '30 seconds'
WHERE a.user_id = $1
"""

CREATE = """
WITH new_task AS (
    INSERT INTO task (user_id, id, title, priority, tags, sort_title, search_text, version,
        created_at, updated_at)
    VALUES ($1, $2, $3, 0, '{}', $4, $4, $5, $6, $6)
), new_event AS (
    INSERT INTO event (user_id, id, task_id, kind, actor, client_id, client_name, at, after,
        request_hash)
    VALUES ($1, $5, $2, 'created', 'agent', $7, $7, $6, $8, $9)
)
UPDATE account SET last_event = $5, last_task = $2, pending_count = pending_count + 1
WHERE user_id = $1
"""


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncGenerator[None]:
    """Open the pool as Surelist does."""
    settings = config.load()
    app.state.settings = settings
    app.state.authenticator = Authenticator(issuers.believed(settings))
    async with await open_pool(settings) as app.state.pool:
        yield


app = FastAPI(lifespan=lifespan)


class NewTask(BaseModel):
    """The body of a POST."""

    title: str


async def user_of(request: Request) -> str:
    """The user of the request's token."""
    state = request.app.state
    headers = request.headers.getlist("authorization")
    return (await state.authenticator.principal(headers, state.settings.api_url)).user_id


@app.get("/tasks")
async def list_tasks(request: Request, limit: int = 50) -> Response:
    """The first tasks, oldest first."""
    user_id = await user_of(request)
    async with request.app.state.pool.acquire() as connection:
        await connection.execute(f"BEGIN; SET LOCAL app.user_id = '{user_id}'")
        rows = await connection.fetch(LIST, user_id, limit + 1)
        await connection.execute("COMMIT")
    return Response(dumps([dict(row) for row in rows]), media_type="application/json")


@app.post("/tasks")
async def add_task(request: Request, new: NewTask) -> Response:
    """Add a task, with its event."""
    user_id = await user_of(request)
    client, title = "bench", new.title.casefold()
    request_hash = hashlib.sha256(new.title.encode()).digest()
    async with request.app.state.pool.acquire() as connection:
        await connection.execute(LOCK.format(user_id))
        standing = await connection.fetchrow(STANDING, user_id, client, request_hash)
        task_id, event_id = standing["last_task"] + 1, standing["last_event"] + 1
        after = {"title": new.title, "priority": 0, "tags": []}
        now = standing["now"]
        await connection.execute(
            CREATE, user_id, task_id, new.title, title, event_id, now, client, after, request_hash
        )
        await connection.execute("COMMIT")
    return Response(dumps({"id": task_id}), media_type="application/json")
