"""Runs the migrations on the address that `surelist.data.database.migrate` was given."""

import asyncio
from urllib.parse import unquote

import asyncpg
from alembic import context
from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool
from sqlmodel import SQLModel

from surelist.data import tables
from surelist.data.database import connection_arguments

USER_TABLES = tables.of_users()  # which also loads the models, for their metadata
FUNCTIONS = ("hold_account", "last_event_of", "deliveries_of_all")


def migrate(connection: Connection) -> None:
    """Migrate in one transaction, and grant the app's role its rights to the tables."""
    context.configure(connection=connection, target_metadata=SQLModel.metadata)
    with context.begin_transaction():
        context.run_migrations()
        app_role = context.config.attributes.get("app_role")
        if app_role and connection.scalar(text("SELECT to_regclass('account')")):
            role = connection.dialect.identifier_preparer.quote(unquote(app_role))
            names = ", ".join(_existing(connection, "to_regclass", USER_TABLES))
            connection.execute(text(f"GRANT USAGE ON SCHEMA public TO {role}"))
            connection.execute(text(f"GRANT SELECT ON alembic_version TO {role}"))
            connection.execute(text(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {names} TO {role}"))
            if functions := ", ".join(_existing(connection, "to_regproc", FUNCTIONS)):
                connection.execute(text(f"GRANT EXECUTE ON FUNCTION {functions} TO {role}"))


def _existing(connection: Connection, find: str, names: tuple[str, ...]) -> list[str]:
    """The names that exist at this revision, which may be an earlier one."""
    found = text(f"SELECT {find}(:name) IS NOT NULL")
    return [name for name in names if connection.scalar(found, {"name": name})]


async def main() -> None:
    """Connect as asyncpg does everywhere else, and migrate."""
    arguments = connection_arguments(context.config.attributes["url"])
    engine = create_async_engine(
        "postgresql+asyncpg://",
        async_creator=lambda: asyncpg.connect(**arguments),
        poolclass=NullPool,
    )
    async with engine.connect() as connection:
        await connection.run_sync(migrate)
        await connection.commit()
    await engine.dispose()


asyncio.run(main())
