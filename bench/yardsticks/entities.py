"""The five verbs in the style of SQLModel's documentation: entities, a session, one commit.

See https://sqlmodel.tiangolo.com/tutorial, with SQLModel's own AsyncSession. The tables are
Surelist's, the transaction has the same row-level security, and a write locks the account's row
first. The texts are not folded for search, because such an application would use ILIKE.
"""

import hashlib
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

from pydantic import BaseModel
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import create_async_engine
from sqlmodel import col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from surelist import config
from surelist.data.database import connection_arguments
from surelist.ledger.models import Account, Event
from surelist.tasks.models import Task

settings = config.load()
engine = create_async_engine(
    "postgresql+asyncpg://",
    connect_args=connection_arguments(settings.database_url),
    pool_size=settings.pool_size,
)


class TaskRow(BaseModel):
    """A task in an answer."""

    id: int
    title: str
    completed: bool
    description: str | None
    due: datetime | None
    priority: int
    tags: list[str]
    version: int


class TaskPage(BaseModel):
    """A page of the list."""

    tasks: list[TaskRow]
    total: int
    now: datetime
    timezone: str


class Changed(BaseModel):
    """The result of a write."""

    task_id: int
    status: str
    title: str
    version: int


@asynccontextmanager
async def session_of(user_id: str) -> AsyncGenerator[AsyncSession]:
    """A session in a transaction of the user, committed at the end."""
    async with AsyncSession(engine, expire_on_commit=False) as session, session.begin():
        await session.exec(select(func.set_config("app.user_id", user_id, True)))  # noqa: FBT003
        yield session


async def list_tasks(user_id: str, limit: int) -> TaskPage:
    """Returns the first tasks, oldest first."""
    async with session_of(user_id) as session:
        account = await session.get(Account, user_id)
        statement = (
            select(Task)
            .where(col(Task.user_id) == user_id, col(Task.deleted_at).is_(None))
            .order_by(col(Task.id))
            .limit(limit)
        )
        tasks = (await session.exec(statement)).all()
    return TaskPage(
        tasks=[
            TaskRow(**task.model_dump(), completed=bool(task.completed_at), due=task.due_at)
            for task in tasks
        ],
        total=account.pending_count + account.completed_count if account else 0,
        now=datetime.now(UTC),
        timezone=account.timezone if account else "UTC",
    )


async def add_task(user_id: str, title: str) -> Changed:
    """Adds a task, with its event."""
    request_hash, now = hashlib.sha256(title.encode()).digest(), datetime.now(UTC)
    async with session_of(user_id) as session:
        account = await locked(session, user_id)
        alike = select(Event).where(
            Event.user_id == user_id, Event.request_hash == request_hash, Event.kind == "created"
        )
        if (first := (await session.exec(alike)).first()) is not None:
            task_id = first.subject_id or 0
            return Changed(task_id=task_id, status="created", title=title, version=first.id)
        account.last_task += 1
        account.pending_count += 1
        task = Task(
            user_id=user_id,
            id=account.last_task,
            title=title,
            tags=[],
            sort_title=title.casefold(),
            search_text=title.casefold(),
            search_tags=[],
            version=account.last_event + 1,
            created_at=now,
            updated_at=now,
        )
        after: dict[str, Any] = {"title": title, "priority": 0, "tags": []}
        session.add(task)
        session.add(recorded(account, task, "created", now, None, after, request_hash))
    return Changed(task_id=task.id, status="created", title=title, version=task.version)


async def complete_task(user_id: str, task_id: int) -> Changed:
    """Completes a task, with its event."""
    return await change(user_id, task_id, "completed", completed_at=datetime.now(UTC))


async def update_task(user_id: str, task_id: int, title: str) -> Changed:
    """Changes a task's title, with its event."""
    return await change(user_id, task_id, "updated", title=title)


async def delete_task(user_id: str, task_id: int) -> Changed:
    """Moves a task to the trash, with its event."""
    return await change(user_id, task_id, "deleted", deleted_at=datetime.now(UTC))


async def change(user_id: str, task_id: int, kind: str, **columns: Any) -> Changed:
    """Sets these columns of a task."""
    now = datetime.now(UTC)
    async with session_of(user_id) as session:
        account = await locked(session, user_id)
        task = await session.get_one(Task, (user_id, task_id))
        before = {name: getattr(task, name) for name in columns}
        count(account, task, -1)
        for name, value in columns.items():
            setattr(task, name, value)
        count(account, task, 1)
        task.sort_title = task.search_text = task.title.casefold()
        task.version, task.updated_at = account.last_event + 1, now
        session.add(recorded(account, task, kind, now, told(before), told(columns)))
    return Changed(task_id=task_id, status=kind, title=task.title, version=task.version)


async def locked(session: AsyncSession, user_id: str) -> Account:
    """The user's account, created if it is new, and locked until the commit."""
    await session.exec(insert(Account).values(user_id=user_id).on_conflict_do_nothing())
    return await session.get_one(Account, user_id, with_for_update={"key_share": True})


def recorded(
    account: Account,
    task: Task,
    kind: str,
    at: datetime,
    before: dict[str, Any] | None,
    after: dict[str, Any],
    request_hash: bytes | None = None,
) -> Event:
    """The next event of the account."""
    account.last_event += 1
    return Event(
        user_id=account.user_id,
        id=account.last_event,
        subject="task",
        subject_id=task.id,
        kind=kind,
        actor="agent",
        client_id="bench",
        client_name="bench",
        at=at,
        before=before,
        after=after,
        request_hash=request_hash,
    )


def count(account: Account, task: Task, step: int) -> None:
    """Adds the task to the counters or subtracts it, by its current status."""
    if not task.deleted_at:
        account.completed_count += step if task.completed_at else 0
        account.pending_count += 0 if task.completed_at else step


def told(columns: dict[str, Any]) -> dict[str, Any]:
    """The columns in their JSON form."""
    return {
        name: value.isoformat() if isinstance(value, datetime) else value
        for name, value in columns.items()
    }
