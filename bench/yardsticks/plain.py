"""The yardstick of CPU time: a plain FastAPI and asyncpg program with hand-written SQL.

It verifies the same tokens in the same way and writes the same rows in the same transactions under
the same row-level security. The difference is the cost of Surelist itself: the protocol, the
validation, the ledger's logic, the form of the answer.
"""

import hashlib
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from typing import Any

from fastapi import FastAPI, HTTPException, Request, Response
from orjson import dumps
from pydantic import BaseModel

from bench.yardsticks import statements
from surelist import config
from surelist.access import issuers
from surelist.access.auth import Authenticator
from surelist.data.database import PooledConnection, open_pool
from surelist.tasks.words import folded

CLIENT = "bench"
BEGIN = ";".join(statements.BEGIN)
LOCK = ";".join(statements.LOCK)


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncGenerator[None]:
    """Opens the pool with Surelist's settings."""
    settings = config.load()
    app.state.settings = settings
    app.state.authenticator = Authenticator(issuers.trusted_issuers(settings))
    async with await open_pool(settings) as app.state.pool:
        yield


app = FastAPI(lifespan=lifespan)


class NewTask(BaseModel):
    """The body of a POST or a PATCH."""

    title: str


class Completion(BaseModel):
    """The body of a PATCH that completes or reopens a task."""

    completed: bool


async def user_of(request: Request) -> str:
    """The user of the token."""
    state = request.app.state
    headers = request.headers.getlist("authorization")
    return (await state.authenticator.principal(headers, state.settings.api_url)).account_id


@asynccontextmanager
async def transaction(request: Request, begin: str) -> AsyncGenerator[tuple[PooledConnection, str]]:
    """A connection in a transaction of the caller."""
    user_id = await user_of(request)
    async with request.app.state.pool.acquire() as connection:
        await connection.execute(begin.format(user_id))
        try:
            yield connection, user_id
        except BaseException:
            await connection.execute("ROLLBACK")
            raise
        await connection.execute("COMMIT")


@app.get("/tasks")
async def list_tasks(request: Request, limit: int = 50) -> Response:
    """Returns the first tasks, oldest first."""
    async with transaction(request, BEGIN) as (connection, user_id):
        rows = await connection.fetch(statements.LIST, user_id, limit + 1)
    return answer([dict(row) for row in rows])


@app.post("/tasks")
async def add_task(request: Request, new: NewTask) -> Response:
    """Adds a task, with its event."""
    title, request_hash = new.title, hashlib.sha256(new.title.encode()).digest()
    async with transaction(request, LOCK) as (connection, user_id):
        standing = await connection.fetchrow(statements.STANDING, user_id, CLIENT, request_hash)
        assert standing
        task_id, event_id = standing["last_task"] + 1, standing["last_event"] + 1
        after: dict[str, Any] = {"title": title, "priority": 0, "tags": []}
        await connection.execute(
            statements.CREATE,
            *(user_id, task_id, title, *searched(title), event_id, standing["now"]),
            *(CLIENT, after, request_hash),
        )
    return answer({"id": task_id, "title": title, "version": event_id})


@app.patch("/tasks/{task_id}/complete")
async def complete_task(request: Request, task_id: int, body: Completion) -> Response:
    """Completes or reopens a task, with its event."""
    return await change(request, task_id, "updated", "completed_at", empty=not body.completed)


@app.delete("/tasks/{task_id}")
async def delete_task(request: Request, task_id: int) -> Response:
    """Moves a task to the trash, with its event."""
    return await change(request, task_id, "deleted", "deleted_at")


@app.patch("/tasks/{task_id}")
async def update_task(request: Request, task_id: int, body: NewTask) -> Response:
    """Changes a task's title, with its event."""
    title = body.title
    async with transaction(request, LOCK) as (connection, user_id):
        old = await standing_and_task(connection, user_id, task_id)
        await connection.execute(
            statements.RENAME,
            *(user_id, task_id, old["last_event"] + 1, old["now"]),
            *(title, *searched(title), CLIENT, {"title": old["title"]}, {"title": title}),
        )
    return answer({"id": task_id, "title": title, "version": old["last_event"] + 1})


async def change(
    request: Request, task_id: int, kind: str, column: str, *, empty: bool = False
) -> Response:
    """Sets a time of a task to now, or empties it."""
    async with transaction(request, LOCK) as (connection, user_id):
        old = await standing_and_task(connection, user_id, task_id)
        new = old | {column: None if empty else old["now"]}
        await connection.execute(
            statements.CHANGE,
            *(user_id, task_id, old["last_event"] + 1, old["now"]),
            *(new["completed_at"], new["deleted_at"], kind, CLIENT),
            *({column: task[column]} for task in (old, new)),
            *(counted(new, done=done) - counted(old, done=done) for done in (False, True)),
        )
    return answer({"id": task_id, "title": old["title"], "version": old["last_event"] + 1})


async def standing_and_task(
    connection: PooledConnection, user_id: str, task_id: int
) -> dict[str, Any]:
    """The account's counters and one task, read under the lock."""
    found = await connection.fetchrow(statements.STANDING_AND_TASK, user_id, task_id)
    if found is None or found["id"] is None:
        raise HTTPException(404)
    return dict(found)


def searched(title: str) -> tuple[str, str]:
    """`sort_title` and `search_text` of a task with only this title."""
    columns = folded({"title": title, "description": None, "tags": ()})
    return columns["sort_title"], columns["search_text"]


def counted(task: Mapping[str, Any], *, done: bool) -> int:
    """1 if the counter of pending or completed tasks includes the task, else 0."""
    return int(not task["deleted_at"] and bool(task["completed_at"]) is done)


def answer(content: Any) -> Response:
    """`content` as JSON."""
    return Response(dumps(content), media_type="application/json")
