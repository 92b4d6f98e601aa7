"""The table of agents, and the arguments of the calls that create one."""

from datetime import datetime
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, StringConstraints
from pydantic import Field as Described
from sqlalchemy import ARRAY, CheckConstraint, Index, Text, text
from sqlmodel import Field

from surelist.access.auth import AGENT_SCOPES, LIFETIME_DAYS, AgentScope
from surelist.data.tables import UserTable, owner
from surelist.doors.arguments import Closed
from surelist.errors import wrong_value
from surelist.ledger.models import INSTANT, NOW
from surelist.names import LONGEST, RULE, refuse_unless_plain

FALSE = text("false")


def _grantable(scope: object) -> object:
    if isinstance(scope, str) and scope not in AGENT_SCOPES:
        raise wrong_value("scope_not_grantable", scope=scope[:40], allowed=list(AGENT_SCOPES))
    return scope


AgentName = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=LONGEST),
    AfterValidator(refuse_unless_plain),
    Described(description=f"The agent's name in the history: a name that {RULE}."),
]
Scopes = Annotated[
    list[Annotated[AgentScope, BeforeValidator(_grantable)]],
    Described(min_length=1, max_length=len(AGENT_SCOPES)),
]


class NewKey(Closed):
    """The request for a new agent key."""

    name: AgentName
    scopes: Scopes
    days: Annotated[int, Described(ge=1, le=LIFETIME_DAYS)]


class Connection(Closed):
    """The name and scopes that the person grants to an OAuth client on the consent page."""

    name: AgentName
    scopes: Scopes


class Agent(UserTable, table=True):
    """An agent key, a connected OAuth client, or a client of `surelist token`.

    Tokens issued before `valid_after` are refused, and a key's token expires at `expires_at`.
    `scopes` limit all of its tokens. When the person has set the scopes, the agent is `bounded`.
    Otherwise, a token of `surelist token` with more scopes adds them.
    """

    __table_args__ = (
        CheckConstraint("user_id <> ''", name="agent_user_id_check"),
        Index("agent_by_age", "user_id", text("created_at DESC"), "client_id"),
    )

    exported = False

    user_id: str = owner()
    client_id: str = Field(primary_key=True, sa_type=Text)
    name: str = Field(sa_type=Text)
    scopes: list[str] = Field(sa_type=ARRAY(Text))
    bounded: bool = Field(default=False, sa_column_kwargs={"server_default": FALSE})
    valid_after: datetime = Field(sa_type=INSTANT, sa_column_kwargs={"server_default": NOW})
    expires_at: datetime | None = Field(default=None, sa_type=INSTANT)
    revoked_at: datetime | None = Field(default=None, sa_type=INSTANT)
    last_used_at: datetime | None = Field(default=None, sa_type=INSTANT)
    created_at: datetime = Field(sa_type=INSTANT, sa_column_kwargs={"server_default": NOW})
