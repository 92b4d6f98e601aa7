"""The account as a subject of the ledger. Its only field is the time zone."""

from collections.abc import Collection

from sqlalchemy import Text, bindparam, true

from surelist.data.database import compiled
from surelist.data.isolation import UserTransaction, user_rows, user_update
from surelist.errors import NotFound
from surelist.ledger.fields import Fields, one_column
from surelist.ledger.models import Account
from surelist.ledger.statements import recorded
from surelist.ledger.subjects import Key, Row, Store, Subject, by_keys
from surelist.tasks import floating

_account = user_rows(Account, "the_account")
_columns = (_account.c.timezone,)
_LOAD = by_keys(_columns, None, true())
_timezone = bindparam("timezone", type_=Text, required=True)
_STORE = Store(
    recorded(account={"timezone": _timezone}),
    compiled(user_update(Account).values(timezone=_timezone)),
)


def _noun(_: Key) -> str:
    return "The account"


def _no_such(_: Key) -> NotFound:
    return NotFound("account_not_found")


def _store(_: Collection[str]) -> Store:
    return _STORE


async def _move_due_dates(tx: UserTransaction, account: Row) -> None:
    await floating.move_due_dates(tx, account["timezone"])


SUBJECT = Subject(
    name="account",
    noun=_noun,
    not_found=_no_such,
    fields=Fields(one_column("timezone")),
    key=None,
    columns=_columns,
    rows=_account,
    visible=true(),
    load=_LOAD,
    store=_store,
    after_change=_move_due_dates,
    person_only=True,
)
