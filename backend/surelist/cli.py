"""The command line: serve, up, token, secrets, migrate, backup, restore, doctor."""

import asyncio
import os
import sys
from collections.abc import Callable
from pathlib import Path

import click

from surelist import config
from surelist.access.auth import (
    AGENT_SCOPES,
    KEY_PREFIX,
    LIFETIME_DAYS,
    OWNER_SCOPE,
    WEB_CLIENT,
    sign_token,
)
from surelist.data import auth_schema, database
from surelist.errors import ConfigurationError
from surelist.machine.data_directory import create_secret
from surelist.operations import backup as backups
from surelist.operations import doctor as doctors
from surelist.operations import restoring, running
from surelist.postgres.embedded import OWNER_ROLE, SUPERUSER, cluster, postgres

PORT = click.IntRange(0, 65535)


def main() -> None:
    """Run the command line; what cannot work is one line on standard error and exit status 2."""
    try:
        surelist()
    except ConfigurationError as error:
        _fail(str(error))
    except OSError as error:
        if not error.filename:
            raise
        _fail(f"{error.filename}: {error.strerror}.")


def _fail(message: str) -> None:
    click.echo(f"surelist: {message}", err=True)
    sys.exit(2)


def _name_data(_context: click.Context, _option: click.Parameter, data: Path | None) -> None:
    if data:
        os.environ["SURELIST_DATA"] = str(data)


data_option = click.option(
    "--data",
    metavar="DIR",
    type=click.Path(path_type=Path),
    callback=_name_data,
    expose_value=False,
    help="The data directory.  [default: $SURELIST_DATA, or data]",
)


@click.group(context_settings={"help_option_names": ["-h", "--help"], "show_default": True})
def surelist() -> None:
    """One task list that a person and all of their AI agents share.

    Everything is kept in a data directory, PostgreSQL included, unless DATABASE_URL names another
    PostgreSQL.
    """


def serving_options(command: Callable[..., None]) -> Callable[..., None]:
    """The options that `serve` and `up` share."""
    for option in (
        data_option,
        click.option(
            "--welcome",
            "paste",
            is_flag=True,
            help="Print how to connect, to paste.",
        ),
        click.option(
            "--workers", default=1, type=click.IntRange(1), help="Processes that share the port."
        ),
        click.option("--port", default=8000, type=PORT, help="0 takes a free one."),
        click.option("--host", default="127.0.0.1", help="The address to listen on."),
    ):
        command = option(command)
    return command


@surelist.command()
@serving_options
def serve(host: str, port: int, workers: int, *, paste: bool) -> None:
    """Serve MCP at /mcp and REST at /api, until Ctrl-C.

    SURELIST_URL is the address that clients use, http://localhost:PORT if it is not set: tokens
    are good for that address alone.

    With DATABASE_URL, which needs BETTER_AUTH_SECRET beside it, run `surelist migrate` first.
    """
    running.serve(host, port, workers, None, paste=paste)


@surelist.command()
@serving_options
@click.option("--web-port", default=3000, type=PORT, help="That of the web page.")
@click.option(
    "--reload",
    is_flag=True,
    help="For development: reload changed code, and run the page with `next dev`.",
)
def up(host: str, port: int, workers: int, web_port: int, *, paste: bool, reload: bool) -> None:
    """Serve what `surelist serve` does, and the web page where people sign in.

    The page is built first, once; the rest answers meanwhile. SURELIST_WEB_URL is its address,
    http://localhost:WEB_PORT if it is not set.

    With DATABASE_URL, AUTH_DATABASE_URL is needed too (docs/deploying.md).
    """
    running.serve(host, port, workers, web_port, paste=paste, reload=reload)


@surelist.command()
@click.argument("user")
@click.option(
    "--scope",
    "scopes",
    multiple=True,
    type=click.Choice(AGENT_SCOPES),
    default=AGENT_SCOPES,
    help="What the token allows; may be repeated.",
)
@click.option("--days", default=30, help=f"How long it lives, at most {LIFETIME_DAYS}.")
@click.option("--client", default="agent", help="Whom the history names as author of its changes.")
@click.option("--owner", is_flag=True, help=f"Add {OWNER_SCOPE}: a person's own, never an agent's.")
@data_option
def token(user: str, scopes: tuple[str, ...], days: int, client: str, *, owner: bool) -> None:
    """Print one bearer token for USER, and nothing else.

    USER is 1 to 128 letters, digits or . _ : @ | - and begins with a letter or digit. The token
    is good at SURELIST_URL, or where the last `surelist serve` on the data directory answered.
    """
    scopes = (*scopes, OWNER_SCOPE) if owner else scopes
    if client == WEB_CLIENT or client.startswith(KEY_PREFIX):
        raise ConfigurationError(
            f"--client {client}: {WEB_CLIENT!r} is the web page, and {KEY_PREFIX!r} begins the "
            f"names of keys that are made there. Use another name."
        )
    try:
        click.echo(sign_token(config.load(), user, scopes=scopes, days=days, client=client))
    except ValueError as error:
        raise ConfigurationError(str(error)) from None


@surelist.command()
@click.option("--previous", is_flag=True, help="That of BETTER_AUTH_SECRET_PREVIOUS, if it is set.")
@data_option
def page_secret(*, previous: bool) -> None:
    """Print the web page's own secret, and nothing else: its SURELIST_PAGE_SECRET.

    It is derived from BETTER_AUTH_SECRET, which the page must not have. `surelist up` gives the
    page both by itself.
    """
    current, *before = config.load().page_secrets
    for secret in before if previous else (current,):
        click.echo(secret)


@surelist.command()
@data_option
def migrate() -> None:
    """Bring the database's schema to what this version needs.

    Works on DATABASE_URL_DIRECT, as the owner of the tables, or on DATABASE_URL, whose role is
    given its rights. The embedded PostgreSQL is migrated by `surelist serve` itself.
    """
    settings = config.load()
    if settings.database_url:
        database.migrate(settings.database_url_direct, settings.database_url)
    else:
        with running.database_of(settings):
            pass


@surelist.command()
@click.argument("address")
@data_option
def reset_password(address: str) -> None:
    """Print a link with which the person of that e-mail ADDRESS can choose a new password.

    It works once, for an hour. Works on the embedded PostgreSQL, or on AUTH_DATABASE_URL.
    """
    settings = config.load()
    if settings.auth_database_url:
        token = asyncio.run(auth_schema.make_reset_token(settings.auth_database_url, address))
    else:
        with cluster(settings.data) as server:
            token = asyncio.run(auth_schema.make_reset_token(server.url(SUPERUSER), address))
    click.echo(f"{settings.web_url}/reset-password?token={token}")


file_argument = click.argument("file", type=click.Path(dir_okay=False, path_type=Path))


@surelist.command()
@file_argument
@data_option
def backup(file: Path) -> None:
    """Write all lists and people to FILE, which must not exist; the server may run meanwhile.

    Reads the embedded PostgreSQL, or DATABASE_URL_DIRECT as a role that sees every row.
    """
    settings = config.load()
    if settings.database_url:
        backups.back_up(settings.database_url_direct, file)
        return
    with cluster(settings.data) as server:
        backups.back_up(server.url(SUPERUSER), file)


@surelist.command()
@file_argument
@data_option
def restore(file: Path) -> None:
    """Fill an empty database with the lists and people of FILE, which `surelist backup` wrote.

    Fills the embedded PostgreSQL, or DATABASE_URL_DIRECT and for people AUTH_DATABASE_URL, and
    migrates what was in the file.
    """
    settings = config.load()
    with_people = backups.holds_people(file)
    if settings.database_url:
        direct, people = settings.database_url_direct, settings.auth_database_url
        if with_people and not people:
            raise ConfigurationError(f"{file} holds people too: set AUTH_DATABASE_URL for them.")
        restoring.restore(
            file,
            owner=direct,
            seer=direct,
            app=settings.database_url,
            people=people if with_people else None,
        )
        return
    with postgres(settings.data) as server:
        create_secret(settings.data)
        restoring.restore(
            file,
            owner=server.url(OWNER_ROLE),
            seer=server.url(SUPERUSER),
            app=server.url(),
            people=asyncio.run(auth_schema.make(server)) if with_people else None,
        )


@surelist.command()
@data_option
def doctor() -> None:
    """Say what is wrong with this configuration, a line each; exit status 1 when something is."""
    well = True
    for fine, words in doctors.examine():
        click.echo(f"{'ok' if fine else 'problem':8} {words}")
        well = well and fine
    sys.exit(not well)
