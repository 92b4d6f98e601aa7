"""Account operations: read it, set its time zone, end its sessions."""

import time
from datetime import UTC, datetime
from functools import cache
from zoneinfo import available_timezones

from sqlalchemy import bindparam, func, select
from sqlmodel import col

from surelist.account.subject import SUBJECT
from surelist.agents.service import revoke_all
from surelist.data.database import Record, compiled
from surelist.data.isolation import UserTransaction, user_rows, user_update
from surelist.errors import Invalid
from surelist.ledger.models import INSTANT, Account
from surelist.ledger.statements import CONTEXT_ALONE
from surelist.ledger.write import Write, refuse_if_erased

_account = user_rows(Account)
_ACCOUNT = compiled(select(*_account.c))

_valid_after = bindparam("valid_after", type_=INSTANT, required=True)
_END_SESSIONS = compiled(
    user_update(Account).values(
        # GREATEST ignores nulls.
        sessions_valid_after=func.greatest(col(Account.sessions_valid_after), _valid_after)
    )
)


async def find(tx: UserTransaction) -> Record | None:
    """The account, or None for a user without any writes."""
    return await tx.fetch_one(_ACCOUNT)


async def find_standing(tx: UserTransaction) -> Record | None:
    """The account. Raises Unauthenticated when it was erased after the token was issued."""
    account = await find(tx)
    if account:
        refuse_if_erased(tx, account["erased_at"])
    return account


@cache
def _timezones() -> set[str]:
    """The names of all time zones. Cached, since they are read from files."""
    return available_timezones() - {"localtime"}


async def set_timezone(tx: UserTransaction, timezone: str) -> Record | None:
    """Set the account's time zone. Due times keep their wall time.

    Raises Invalid when `timezone` is not an IANA name, and Unauthenticated after an erase.
    """
    write = await Write.begin(tx, CONTEXT_ALONE)
    if timezone not in _timezones():
        raise Invalid("timezone_unknown")
    write.save(SUBJECT, {"timezone": write.timezone}, {"timezone": timezone})
    await write.commit()
    return await find(tx)


async def end_sessions(tx: UserTransaction, *, agents: bool) -> None:
    """End the person's sessions up to the caller's, and with `agents` revoke every agent.

    For a session, the limit is the issue time of its own token, since the same clock issues the
    tokens of all sessions. For other callers it is now. Raises Unauthenticated after an erase.
    """
    await find_standing(tx)
    last = tx.issued_at if tx.kind == "session" else int(time.time())
    await tx.execute(_END_SESSIONS, valid_after=datetime.fromtimestamp(last + 1, UTC))
    if agents:
        await revoke_all(tx)
