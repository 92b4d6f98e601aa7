"""An agent: its table, and what a key for one is made from."""

from datetime import datetime
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, StringConstraints
from pydantic import Field as Described
from sqlalchemy import ARRAY, CheckConstraint, Index, Text, text
from sqlmodel import Field, SQLModel

from surelist.access.auth import AGENT_SCOPES, LIFETIME_DAYS, AgentScope
from surelist.doors.arguments import Closed
from surelist.ledger.models import INSTANT, NOW, user_id_key
from surelist.names import LONGEST, RULE, refuse_unless_plain

FALSE = text("false")


def _grantable(scope: object) -> object:
    if isinstance(scope, str) and scope not in AGENT_SCOPES:
        raise ValueError(
            f"{scope[:40]!r} cannot be given to a key; what can be is {', '.join(AGENT_SCOPES)}"
        )
    return scope


AgentName = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=LONGEST),
    AfterValidator(refuse_unless_plain),
    Described(description=f"Whom the history names: a name that {RULE}."),
]
Scopes = Annotated[
    list[Annotated[AgentScope, BeforeValidator(_grantable)]],
    Described(min_length=1, max_length=len(AGENT_SCOPES)),
]


class NewKey(Closed):
    """What an agent's key is made from."""

    name: AgentName
    scopes: Scopes
    days: Annotated[int, Described(ge=1, le=LIFETIME_DAYS)]


class Connection(Closed):
    """What a person allows an OAuth client, when they are asked."""

    name: AgentName
    scopes: Scopes


class Agent(SQLModel, table=True):
    """One agent key, one OAuth client that is allowed, or one client of `surelist token`.

    Tokens issued before `valid_after` are refused; a key's token is of no use after `expires_at`.
    `scopes` are the most that its tokens may do. Once the person has said so, it is `bounded`, and
    no token adds to them.
    """

    __table_args__ = (
        CheckConstraint("user_id <> ''", name="agent_user_id_check"),
        Index("agent_by_age", "user_id", text("created_at DESC"), "client_id"),
    )

    user_id: str = user_id_key()
    client_id: str = Field(primary_key=True, sa_type=Text)
    name: str = Field(sa_type=Text)
    scopes: list[str] = Field(sa_type=ARRAY(Text))
    bounded: bool = Field(default=False, sa_column_kwargs={"server_default": FALSE})
    valid_after: datetime = Field(sa_type=INSTANT, sa_column_kwargs={"server_default": NOW})
    expires_at: datetime | None = Field(default=None, sa_type=INSTANT)
    revoked_at: datetime | None = Field(default=None, sa_type=INSTANT)
    last_used_at: datetime | None = Field(default=None, sa_type=INSTANT)
    created_at: datetime = Field(sa_type=INSTANT, sa_column_kwargs={"server_default": NOW})
