"""Erasing an account: refuse every token at once, then delete the rows in batches."""

from sqlalchemy import func, literal, select, tuple_
from sqlmodel import SQLModel

from surelist.account.service import find, find_standing
from surelist.data import tables
from surelist.data.database import Statement, compiled
from surelist.data.isolation import UserTransaction, user_delete, user_rows, user_update
from surelist.ledger.models import BEING_ERASED, INSTANT, Account

ROWS_AT_ONCE = 2000
"""Rows of one table that a transaction deletes: about 0.1 seconds, far below the time limit."""


def _remove_some(model: type[SQLModel]) -> Statement:
    """A statement that deletes the first ROWS_AT_ONCE rows of `model` and returns their number.

    It deletes a range of keys, so that PostgreSQL uses the primary key's index even when its
    statistics are out of date.
    """
    table = SQLModel.metadata.tables[model.__name__.lower()]
    names = [key.name for key in table.primary_key.columns if key.name != "user_id"]
    rows = user_rows(model, "rows")
    some = select(*(rows.c[name] for name in names)).order_by(*(rows.c[name] for name in names))
    first = some.limit(ROWS_AT_ONCE).subquery("first")
    last = (
        select(*first.c).order_by(*(column.desc() for column in first.c)).limit(1).scalar_subquery()
    )
    keys = [table.c[name] for name in names]
    within = tuple_(*keys) <= last if len(keys) > 1 else keys[0] <= last
    gone = user_delete(model).where(within).returning(keys[0]).cte("gone")
    return compiled(select(func.count().label("rows")).select_from(gone))


REMOVE_SOME = [_remove_some(model) for model in tables.erased()]
"""One statement for each table. A table comes before the tables that it references."""

_SHUT_OUT = compiled(
    user_update(Account).values(
        erased_at=literal(BEING_ERASED, INSTANT),
        timezone="UTC",
        pending_count=0,
        completed_count=0,
        stored_bytes=0,
    )
)
_FINISH = compiled(user_update(Account).values(erased_at=func.statement_timestamp()))


async def shut_out(tx: UserTransaction) -> None:
    """Refuse every token from now on, until `remove_some` has deleted all rows.

    The account keeps its counters of ids, so that no id is used twice. Raises Unauthenticated
    after an erase, and BeingErased during one.
    """
    await find_standing(tx)
    await tx.execute(_SHUT_OUT)


async def remove_some(tx: UserTransaction) -> bool:
    """Delete a batch of rows of an account that is being erased; return whether rows are left.

    When none are left, the erase is complete, and tokens that are issued from now on are valid.
    """
    account = await find(tx)
    if account is None or account["erased_at"] != BEING_ERASED:
        return False
    for statement in REMOVE_SOME:
        gone = await tx.fetch_one(statement)
        if gone and gone["rows"] == ROWS_AT_ONCE:
            return True
    await tx.execute(_FINISH)
    return False
