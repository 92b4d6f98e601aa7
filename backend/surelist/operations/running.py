"""What `surelist serve` and `surelist up` run, from the start of PostgreSQL to its end."""

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
class Reached:
    """The database: its address for the app, and the embedded PostgreSQL if it is that."""

    url: str
    embedded: Server | None

    def for_people(self, settings: Settings) -> str:
        """Its address for Better Auth. Raises ConfigurationError when there is none."""
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
    """Serve the API and MCP, and the web page if it is given a port, until a signal says to stop.

    With `reload`, both reload changed code. Raises ConfigurationError.
    """
    for each in STOP_SIGNALS:
        signal.signal(each, _stop)
    settings = config.load()
    with database_of(settings) as reached, serving.listen(host, port) as listener:
        address, port = listener.getsockname()[:2]
        web = _web_address(host, web_port)
        settings = _settle(reached, settings, port, web)
        words = _words(settings, web, paste=paste)
        greeting = Thread(target=_greet, args=(words, settings, address, port), daemon=True)
        greeting.start()
        with _page(reached, settings, f"http://{address}:{port}", web, reload=reload):
            serving.run(listener, workers, settings.log, reload=reload)


Address: TypeAlias = tuple[str, int]


def _words(settings: Settings, web: Address | None, *, paste: bool) -> str:
    if paste:
        return welcome_with_page(settings) if web else welcome(settings)
    answers = f"Surelist answers at {settings.mcp_url}"
    needs_code = web and settings.first_person_code
    return f"{answers}\n{first_person(settings)}" if needs_code else answers


def _web_address(host: str, port: int | None) -> Address | None:
    """Where the web page is to listen, which nothing else does; None when it is not wanted."""
    if port is None:
        return None
    web_build.refuse_without_sources()
    with serving.listen(host, port, "--web-port") as reserved:
        return reserved.getsockname()[:2]


def _settle(reached: Reached, settings: Settings, port: int, web: Address | None) -> Settings:
    """The settings, now that the addresses are known, for this process and its workers."""
    os.environ |= {
        "DATABASE_URL": reached.url,
        "BETTER_AUTH_SECRET": settings.secret,
    }
    _default("SURELIST_URL", f"http://localhost:{port}")
    if web:
        listening = f"http://{web[0]}:{web[1]}"
        web_url = _default("SURELIST_WEB_URL", f"http://localhost:{web[1]}")
        _default("SURELIST_ISSUER", f"{web_url}/api/auth")
        _default("SURELIST_JWKS_URL", f"{listening}/api/auth/jwks")
    asyncio.run(database.check(reached.url))
    settled = config.load()
    with suppress(OSError):
        record_server(settled.data, settled.url)
    return settled


def _default(variable: str, value: str) -> str:
    """What a variable is set to, from now on at least to `value`; an empty one is not set."""
    os.environ[variable] = os.environ.get(variable) or value
    return os.environ[variable]


def _page(
    reached: Reached, settings: Settings, api: str, web: Address | None, *, reload: bool
) -> AbstractContextManager[None]:
    """The web page, or nothing, beside the server."""
    if web is None:
        return nullcontext()
    host, port = web
    people = reached.for_people(settings)
    told = web_page.environment(settings, host=host, port=port, api=api, auth_database_url=people)
    return development.run_dev_page(told) if reload else web_page.run_page(settings, told)


@contextmanager
def database_of(settings: Settings) -> Generator[Reached]:
    """The database: the one that is set, or the embedded one, migrated."""
    if settings.database_url:
        yield Reached(settings.database_url, None)
        return
    with postgres(settings.data) as server:
        try:
            _migrate(server, settings)
            with restart_on_exit(server.postmaster):
                yield Reached(server.url(), server)
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
