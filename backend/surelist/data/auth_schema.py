"""The schema of Better Auth: its own role's, in the same database. specs/auth.md is the contract.

Nothing here sees a list, and the app's role sees nothing of what is here.
"""

import hashlib
import secrets
from base64 import urlsafe_b64encode
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import TypeAlias

import asyncpg

from surelist.data.database import connection_arguments
from surelist.errors import ConfigurationError
from surelist.postgres.embedded import DATABASE, SUPERUSER, Cluster

Connection: TypeAlias = "asyncpg.Connection[asyncpg.Record]"

ROLE = "surelist_auth"
SCHEMA = "auth"
MINUTES_GOOD = 60

_HAS_ROLE = "SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = $1)"
_USER = 'SELECT id FROM auth."user" WHERE email = $1'
_ALLOW_RESET = """
INSERT INTO auth.verification (id, identifier, value, "expiresAt", "createdAt", "updatedAt")
VALUES ($1, $2, $3, now() + make_interval(mins => $4), now(), now())
"""


async def make(server: Cluster) -> str:
    """Create the role and the schema of Better Auth, and return its address of the database.

    The role's password is a new one each time, and is kept nowhere.
    """
    password = secrets.token_urlsafe()
    async with _connected(server.url(SUPERUSER)) as connection, connection.transaction():
        if not await connection.fetchval(_HAS_ROLE, ROLE):
            await connection.execute(f"CREATE ROLE {ROLE} LOGIN")
        await connection.execute(
            f"ALTER ROLE {ROLE} PASSWORD '{password}';"
            f"ALTER ROLE {ROLE} SET search_path = {SCHEMA};"
            f"GRANT CONNECT ON DATABASE {DATABASE} TO {ROLE};"
            f"CREATE SCHEMA IF NOT EXISTS {SCHEMA} AUTHORIZATION {ROLE}"
        )
    return replace(server, passwords={ROLE: password}).url(ROLE)


async def holds_people(url: str) -> bool:
    """Whether any person has signed up. `url` is the address for the role of Better Auth."""
    async with _connected(url) as connection:
        made = await connection.fetchval("SELECT to_regclass($1) IS NOT NULL", f'{SCHEMA}."user"')
        return made and await connection.fetchval('SELECT EXISTS (SELECT FROM auth."user")')


async def make_reset_token(url: str, email: str) -> str:
    """A token with which the person of this address can choose a new password, once.

    Raises ConfigurationError when nobody has signed up with it.
    """
    token = secrets.token_urlsafe(24)
    # Stored as Better Auth does with verification.storeIdentifier "hashed".
    identifier = hashlib.sha256(f"reset-password:{token}".encode()).digest()
    stored = urlsafe_b64encode(identifier).rstrip(b"=").decode()
    async with _connected(url) as connection:
        try:
            user_id = await connection.fetchval(_USER, email.lower())
        except (asyncpg.UndefinedTableError, asyncpg.InvalidSchemaNameError):
            raise ConfigurationError(
                "Nobody has signed up here yet: start the web page with surelist up."
            ) from None
        if user_id is None:
            raise ConfigurationError(f"Nobody has signed up with {email}.")
        await connection.execute(_ALLOW_RESET, secrets.token_hex(16), stored, user_id, MINUTES_GOOD)
    return token


@asynccontextmanager
async def _connected(url: str) -> AsyncGenerator[Connection]:
    connection: Connection = await asyncpg.connect(**connection_arguments(url), timeout=10)
    try:
        yield connection
    finally:
        await connection.close()
