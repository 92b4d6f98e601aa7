"""Taking over the list of this machine's user, whole or not at all."""

import hmac
from collections.abc import Mapping
from typing import Any, Final, TypeAlias

from sqlalchemy import bindparam, select, tuple_
from sqlalchemy.schema import Column
from sqlmodel import SQLModel

from surelist.account import service
from surelist.conversations.models import Conversation, Message
from surelist.data.database import Record, Statement, compiled
from surelist.data.isolation import UserTransaction, user_insert, user_rows, user_update
from surelist.errors import Conflict, NotFound
from surelist.ledger.models import Account, Event
from surelist.tasks.models import Task

MOVED: Final[tuple[type[SQLModel], ...]] = (Task, Event, Conversation, Message)
"""What a list is made of, each after what it refers to. Agents stay: their tokens name the user."""

ROWS_AT_ONCE = 1000


def _own_columns(model: type[SQLModel]) -> list[Column[Any]]:
    """The columns that are stored, without the one that says whose."""
    table = SQLModel.metadata.tables[model.__name__.lower()]
    return [one for one in table.c if one.name != "user_id" and one.computed is None]


def _keys(model: type[SQLModel]) -> list[Column[Any]]:
    return [column for column in _own_columns(model) if column.primary_key]


def _page(model: type[SQLModel], *, first: bool) -> Statement:
    """The rows in the order of their keys, the first ones or those after a key."""
    rows = user_rows(model)
    names = [key.name for key in _keys(model)]
    keys = [rows.c[name] for name in names]
    after = [bindparam(f"after_{key.name}", type_=key.type, required=True) for key in _keys(model)]
    page = select(*(rows.c[column.name] for column in _own_columns(model)))
    if not first:
        page = page.where(tuple_(*keys) > tuple_(*after))
    return compiled(page.order_by(*keys).limit(ROWS_AT_ONCE))


def _insert(model: type[SQLModel]) -> Statement:
    values = {
        column.name: bindparam(column.name, type_=column.type, required=True)
        for column in _own_columns(model)
    }
    return compiled(user_insert(model).values(values))


_Moves: TypeAlias = Mapping[type[SQLModel], tuple[Statement, Statement, Statement]]
_MOVES: _Moves = {
    model: (_page(model, first=True), _page(model, first=False), _insert(model)) for model in MOVED
}
"""For each table: its first page, the page after a key, and the insert of a row."""

_THE_PERSONS = ("erased_at", "sessions_valid_after", "created_at")
_TAKEN = [column for column in _own_columns(Account) if column.name not in _THE_PERSONS]
_TAKE_ACCOUNT = compiled(
    user_update(Account).values(
        {column.name: bindparam(column.name, type_=column.type, required=True) for column in _TAKEN}
    )
)


def is_code(typed: str, code: str) -> bool:
    """Whether a person has typed `code`: case, spaces and hyphens do not matter."""
    return hmac.compare_digest(_bare(typed).encode(), _bare(code).encode())


def _bare(code: str) -> str:
    return "".join(code.split()).replace("-", "").upper()


def no_list() -> NotFound:
    """The refusal where there is nothing to take over, and of a code that is not the list's."""
    return NotFound(
        "There is no list to take over, or this is not its code, and nothing was moved. Look at "
        "what `surelist local-list-code` prints on the machine, then call again."
    )


async def claimable(mine: UserTransaction, theirs: UserTransaction) -> Record:
    """Their account, whose list this user may take over.

    Raises Conflict when this user has or had tasks, and NotFound when there is no list.
    """
    own = await service.find(mine)
    if own is None or own["last_event"] or own["last_conversation"] or own["erased_at"]:
        raise Conflict(
            "There are tasks or conversations here already, or have been, and nothing was moved. "
            "A list can only be taken over by somebody who has none."
        )
    account = await service.find(theirs)
    empty = account is None or not (account["last_event"] or account["last_conversation"])
    if account is None or account["erased_at"] or empty:
        raise no_list()
    return account


async def claim(mine: UserTransaction, theirs: UserTransaction) -> Record | None:
    """Move their list to this user, who has none, and return this user's account.

    Ids, versions and the ledger stay as they are, and the other account is erased. Raises
    Conflict or NotFound, and then nothing is moved.
    """
    account = await claimable(mine, theirs)
    for model in MOVED:
        await _move(model, theirs, mine)
    await mine.execute(_TAKE_ACCOUNT, **{column.name: account[column.name] for column in _TAKEN})
    await service.erase(theirs)
    return await service.find(mine)


async def _move(model: type[SQLModel], source: UserTransaction, target: UserTransaction) -> None:
    first, next_page, insert = _MOVES[model]
    rows = await source.fetch_all(first)
    while rows:
        await target.execute_many(insert, rows)
        rows = await source.fetch_all(next_page, **_after(model, rows[-1]))


def _after(model: type[SQLModel], row: Mapping[str, Any]) -> dict[str, Any]:
    return {f"after_{key.name}": row[key.name] for key in _keys(model)}
