"""The environment of a part of the bench: a separate PostgreSQL."""

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
    """A migrated PostgreSQL, a directory for files, and tokens."""

    postgres: Server
    scratch: Path

    @property
    def socket(self) -> Path:
        """The path of PostgreSQL's socket."""
        return self.postgres.socket_directory / ".s.PGSQL.5432"

    @property
    def postgres_log(self) -> Path:
        """PostgreSQL's log file."""
        return self.scratch / "data" / "postgres.log"

    @property
    def superuser_url(self) -> str:
        """The superuser's address, for seeding and for checking the writes."""
        return self.postgres.url(SUPERUSER)

    @cached_property
    def postgres_process(self) -> psutil.Process:
        """PostgreSQL's main process, whose children are the backends."""
        return psutil.Process(self.postgres.process.pid)

    @cached_property
    def settings(self) -> Settings:
        """The settings of the app and the yardsticks."""
        return Settings(
            SURELIST_URL=URL, DATABASE_URL=self.postgres.url(), BETTER_AUTH_SECRET=SecretStr(SECRET)
        )

    def environment(self, database_url: str | None = None) -> dict[str, str]:
        """The same settings as environment variables, with limits that no bench reaches."""
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
        """A token for an agent of `user`."""
        return sign_token(self.settings, user, scopes=AGENT_SCOPES, days=1, client="bench")


@contextmanager
def stage(*, durable: bool) -> Generator[Stage]:
    """A PostgreSQL for the duration of the block; a durable one to measure speed."""
    with (
        tempfile.TemporaryDirectory() as scratch,
        postgres(Path(scratch) / "data", durable=durable) as server,
    ):
        migrate(server.url(OWNER_ROLE), server.url())
        yield Stage(server, Path(scratch))
