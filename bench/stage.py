"""Where a part of the bench plays: a PostgreSQL of its own."""

import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import psutil
from pydantic import SecretStr

from surelist.access.auth import AGENT_SCOPES, sign_token
from surelist.config import Settings
from surelist.data.database import migrate
from surelist.postgres.embedded import OWNER_ROLE, SUPERUSER, Server, postgres

SECRET = "a secret for the bench, of no use anywhere"
URL = "http://localhost:8000"


@dataclass(frozen=True)
class Stage:
    """A migrated PostgreSQL, a directory for files, and whoever needs a token."""

    postgres: Server
    scratch: Path

    @property
    def socket(self) -> Path:
        """Where PostgreSQL listens."""
        return self.postgres.socket_directory / ".s.PGSQL.5432"

    @property
    def postgres_log(self) -> Path:
        """Where PostgreSQL writes what it has to say."""
        return self.scratch / "data" / "postgres.log"

    @property
    def superuser_url(self) -> str:
        """For seeding, and for looking at what was written."""
        return self.postgres.url(SUPERUSER)

    @cached_property
    def postgres_process(self) -> psutil.Process:
        """The server, whose children are the backends."""
        return psutil.Process(self.postgres.process.pid)

    @cached_property
    def settings(self) -> Settings:
        """Those of the app and of the yardsticks."""
        return Settings(
            SURELIST_URL=URL, DATABASE_URL=self.postgres.url(), BETTER_AUTH_SECRET=SecretStr(SECRET)
        )

    def environment(self, database_url: str | None = None) -> dict[str, str]:
        """The same settings as variables, with limits that no bench reaches."""
        unreachable = "1000000000"
        return {
            "DATABASE_URL": database_url or self.postgres.url(),
            "BETTER_AUTH_SECRET": SECRET,
            "SURELIST_URL": URL,
            "SURELIST_DATA": str(self.scratch),
            "SURELIST_RATE_READS": unreachable,
            "SURELIST_RATE_WRITES": unreachable,
            "SURELIST_MAX_TASKS": unreachable,
            "SURELIST_MAX_EVENTS_A_DAY": unreachable,
        }

    def token(self, user: str) -> str:
        """A token of an agent of `user`."""
        return sign_token(self.settings, user, scopes=AGENT_SCOPES, days=1, client="bench")


@contextmanager
def stage(*, durable: bool) -> Generator[Stage]:
    """A PostgreSQL that ends with the block; where speed is measured, a durable one."""
    with (
        tempfile.TemporaryDirectory() as scratch,
        postgres(Path(scratch) / "data", durable=durable) as server,
    ):
        migrate(server.url(OWNER_ROLE), server.url())
        yield Stage(server, Path(scratch))
