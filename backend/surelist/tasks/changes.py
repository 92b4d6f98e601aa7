"""Changes a task: reads it under the lock, decides the new columns, and stores them."""

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
from surelist.tasks.subject import SUBJECT, TASK, TASK_COLUMNS, task_not_found

Decision = Callable[[Row, Write], Mapping[str, Any]]
"""Returns the new columns of a task."""

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
    """Purge expired tasks, and begin a write."""
    return await Write.begin(tx, lookup, idempotency, sweeps=(SUBJECT,), **values)


async def change(
    tx: UserTransaction,
    task_id: int,
    decide: Decision,
    *,
    if_version: int | None = None,
    idempotency: Idempotency | None = None,
) -> Outcome:
    """Set the columns that `decide` returns. Raises NotFound, VersionMismatch."""
    write = await begin(tx, CONTEXT_AND_TASK, idempotency, task_id=task_id)
    if first := await first_outcome(write):
        return first
    task = SUBJECT.row_in(write.found)
    if task is None:
        raise task_not_found(task_id)
    outcome = write.save(SUBJECT, task, decide(task, write), if_version=if_version)
    await write.commit()
    return outcome
