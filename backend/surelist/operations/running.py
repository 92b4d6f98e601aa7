"""`surelist serve` and `surelist up`: start PostgreSQL, the server and the web page."""

import asyncio
import os
import signal
from collections.abc import Generator
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from dataclasses import dataclass
from threading import Thread
from types import FrameType
from typing import TypeAlias

import click

from surelist import config
from surelist.config import Settings
from surelist.data import auth_schema, database
from surelist.errors import ConfigurationError
from surelist.machine.data_directory import create_secret, record_server
from surelist.operations.welcome import (
    first_person,
    wait_until_answering,
    welcome,
    welcome_with_page,
)
from surelist.postgres.embedded import OWNER_ROLE, Server, postgres
from surelist.postgres.supervision import restart_on_exit
from surelist.server import serving
from surelist.web_page import build as web_build
from surelist.web_page import development
from surelist.web_page import program as web_page

STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@dataclass(frozen=True, slots=True)
class DatabaseTarget:
    """The address of the database for the app, and the embedded PostgreSQL if it is used."""

    url: str
    embedded: Server | None

    def for_people(self, settings: Settings) -> str:
        """The address for Better Auth. Raises ConfigurationError when it is not configured."""
        if self.embedded:
            return asyncio.run(auth_schema.make(self.embedded))
        if not settings.auth_database_url:
            raise ConfigurationError(
                "AUTH_DATABASE_URL must be set along with DATABASE_URL for the web page, whose "
                "tables have a role of their own; see docs/deploying.md."
            )
        return settings.auth_database_url


def serve(
    host: str,
    port: int,
    workers: int,
    web_port: int | None,
    *,
    paste: bool,
    reload: bool = False,
) -> None:
    """Serve the API and MCP, and with `web_port` the web page, until a stop signal.

    With `reload`, server and page reload changed code. Raises ConfigurationError.
    """
    for each in STOP_SIGNALS:
        signal.signal(each, _stop)
    settings = config.load()
    with database_of(settings) as target, serving.listen(host, port) as listener:
        address, port = listener.getsockname()[:2]
        web = _web_address(host, web_port)
        settings = _finalize_settings(target, settings, port, web)
        words = _greeting(settings, web, paste=paste)
        greeting = Thread(target=_greet, args=(words, settings, address, port), daemon=True)
        greeting.start()
        with _page(target, settings, f"http://{address}:{port}", web, reload=reload):
            serving.run(listener, workers, settings.log, reload=reload)


Address: TypeAlias = tuple[str, int]


def _greeting(settings: Settings, web: Address | None, *, paste: bool) -> str:
    if paste:
        return welcome_with_page(settings) if web else welcome(settings)
    answers = f"Surelist answers at {settings.mcp_url}"
    needs_code = web and settings.first_person_code
    return f"{answers}\n{first_person(settings)}" if needs_code else answers


def _web_address(host: str, port: int | None) -> Address | None:
    """A free address for the web page, or None without a port."""
    if port is None:
        return None
    web_build.refuse_without_sources()
    with serving.listen(host, port, "--web-port") as reserved:
        return reserved.getsockname()[:2]


def _finalize_settings(
    target: DatabaseTarget, settings: Settings, port: int, web: Address | None
) -> Settings:
    """Set the addresses in the environment, for the workers too, and load the settings again."""
    os.environ |= {
        "DATABASE_URL": target.url,
        "BETTER_AUTH_SECRET": settings.secret,
    }
    _default("SURELIST_URL", f"http://localhost:{port}")
    if web:
        listening = f"http://{web[0]}:{web[1]}"
        web_url = _default("SURELIST_WEB_URL", f"http://localhost:{web[1]}")
        _default("SURELIST_ISSUER", f"{web_url}/api/auth")
        _default("SURELIST_JWKS_URL", f"{listening}/api/auth/jwks")
    asyncio.run(database.check(target.url))
    final = config.load()
    with suppress(OSError):
        record_server(final.data, final.url)
    return final


def _default(variable: str, value: str) -> str:
    """Set an environment variable to `value` if it is unset or empty, and return its value."""
    os.environ[variable] = os.environ.get(variable) or value
    return os.environ[variable]


def _page(
    target: DatabaseTarget, settings: Settings, api: str, web: Address | None, *, reload: bool
) -> AbstractContextManager[None]:
    """Runs the web page beside the server, if it has an address."""
    if web is None:
        return nullcontext()
    host, port = web
    people = target.for_people(settings)
    env = web_page.environment(settings, host=host, port=port, api=api, auth_database_url=people)
    return development.run_dev_page(env) if reload else web_page.run_page(settings, env)


@contextmanager
def database_of(settings: Settings) -> Generator[DatabaseTarget]:
    """The configured database, or else the embedded PostgreSQL, started and migrated."""
    if settings.database_url:
        yield DatabaseTarget(settings.database_url, None)
        return
    with postgres(settings.data) as server:
        try:
            _migrate(server, settings)
            with restart_on_exit(server.postmaster):
                yield DatabaseTarget(server.url(), server)
        finally:
            _ignore_signals()


def _migrate(server: Server, settings: Settings) -> None:
    try:
        create_secret(settings.data)
        database.migrate(server.url(OWNER_ROLE), server.url())
    finally:
        if server.process.poll() is not None:
            log = settings.data / "postgres.log"
            raise ConfigurationError(f"PostgreSQL exited unexpectedly. See {log}.")


def _stop(_signal: int, _frame: FrameType | None) -> None:
    _ignore_signals()
    raise SystemExit(0)


def _ignore_signals() -> None:
    for each in STOP_SIGNALS:
        signal.signal(each, signal.SIG_IGN)


def _greet(words: str, settings: Settings, address: str, port: int) -> None:
    if wait_until_answering(settings, address, port):
        click.echo(words)
