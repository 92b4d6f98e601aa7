"""The table of the agents that may work on a user's list."""

from datetime import datetime

from sqlalchemy import ARRAY, CheckConstraint, Text
from sqlmodel import Field, SQLModel

from surelist.ledger.models import INSTANT, NOW, user_id_key


class Agent(SQLModel, table=True):
    """One agent key, or one OAuth client that has called.

    Tokens issued before `valid_after` are refused.
    """

    __table_args__ = (CheckConstraint("user_id <> ''", name="agent_user_id_check"),)

    user_id: str = user_id_key()
    client_id: str = Field(primary_key=True, sa_type=Text)
    name: str = Field(sa_type=Text)
    scopes: list[str] = Field(sa_type=ARRAY(Text))
    valid_after: datetime = Field(sa_type=INSTANT, sa_column_kwargs={"server_default": NOW})
    revoked_at: datetime | None = Field(default=None, sa_type=INSTANT)
    last_used_at: datetime | None = Field(default=None, sa_type=INSTANT)
    created_at: datetime = Field(sa_type=INSTANT, sa_column_kwargs={"server_default": NOW})
