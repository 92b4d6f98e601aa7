"""How a task changes: read under the lock, decided, written together with its event."""

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import BigInteger, and_, bindparam, select

from surelist.data.database import Statement, compiled
from surelist.data.isolation import UserTransaction
from surelist.ledger.history import first_outcome
from surelist.ledger.statements import CONTEXT, CONTEXT_FROM
from surelist.ledger.subjects import Row
from surelist.ledger.write import Idempotency, Outcome, Write
from surelist.tasks.purge import TRASH, restorable
from surelist.tasks.subject import SUBJECT, TASK, TASK_COLUMNS, no_such_task

Decision = Callable[[Row, Write], Mapping[str, Any]]
"""From the task and the write to the columns that it is to have."""

CONTEXT_AND_TASK = compiled(
    select(*CONTEXT, TRASH.any_expired, *TASK_COLUMNS).select_from(
        CONTEXT_FROM.outerjoin(
            TASK,
            and_(
                TASK.c.id == bindparam("task_id", type_=BigInteger, required=True),
                restorable(TASK),
            ),
        )
    )
)


async def begin(
    tx: UserTransaction, lookup: Statement, idempotency: Idempotency | None, **values: Any
) -> Write:
    """A write of tasks, after the trash has been swept."""
    return await Write.begin(tx, lookup, idempotency, sweeps=(SUBJECT,), **values)


async def change(
    tx: UserTransaction,
    task_id: int,
    decide: Decision,
    *,
    if_version: int | None = None,
    idempotency: Idempotency | None = None,
) -> Outcome:
    """Give the task the columns that `decide` returns. Raises NotFound, VersionMismatch."""
    write = await begin(tx, CONTEXT_AND_TASK, idempotency, task_id=task_id)
    if first := await first_outcome(write):
        return first
    task = SUBJECT.row_in(write.found)
    if task is None:
        raise no_such_task(task_id)
    outcome = write.save(SUBJECT, task, decide(task, write), if_version=if_version)
    await write.commit()
    return outcome
