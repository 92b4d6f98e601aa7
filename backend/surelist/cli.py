"""The command line."""

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
from surelist.data import auth_schema, database, distributing
from surelist.errors import ConfigurationError
from surelist.machine.data_directory import create_secret
from surelist.operations import backup as backups
from surelist.operations import doctor as doctors
from surelist.operations import restoring, running
from surelist.postgres.embedded import OWNER_ROLE, SUPERUSER, cluster, postgres

PORT = click.IntRange(0, 65535)


def main() -> None:
    """Run the command line. An error is one line on standard error and exit status 2."""
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


def _set_data(_context: click.Context, _option: click.Parameter, data: Path | None) -> None:
    if data:
        os.environ["SURELIST_DATA"] = str(data)


data_option = click.option(
    "--data",
    metavar="DIR",
    type=click.Path(path_type=Path),
    callback=_set_data,
    expose_value=False,
    help="The data directory.  [default: $SURELIST_DATA, or data]",
)


@click.group(context_settings={"help_option_names": ["-h", "--help"], "show_default": True})
def surelist() -> None:
    """One task list that a person and all of their AI agents share.

    Surelist keeps everything, including PostgreSQL, in a data directory. DATABASE_URL names another
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
            help="Print commands to paste that connect clients.",
        ),
        click.option(
            "--workers", default=1, type=click.IntRange(1), help="Number of server processes."
        ),
        click.option(
            "--port", default=8000, type=PORT, help="The port to listen on; 0 chooses a free one."
        ),
        click.option("--host", default="127.0.0.1", help="The address to listen on."),
    ):
        command = option(command)
    return command


@surelist.command()
@serving_options
def serve(host: str, port: int, workers: int, *, paste: bool) -> None:
    """Serve MCP at /mcp and REST at /api until Ctrl-C.

    SURELIST_URL is the URL that clients use, by default http://localhost:PORT. Tokens are valid
    only for that URL.

    With DATABASE_URL, set BETTER_AUTH_SECRET and run `surelist migrate` first.
    """
    running.serve(host, port, workers, None, paste=paste)


@surelist.command()
@serving_options
@click.option("--web-port", default=3000, type=PORT, help="The port of the web page.")
@click.option(
    "--reload",
    is_flag=True,
    help="For development: reload changed code, and run the page with `next dev`.",
)
def up(host: str, port: int, workers: int, web_port: int, *, paste: bool, reload: bool) -> None:
    """Run `surelist serve` and the web page.

    The first start builds the page. MCP and REST are available meanwhile. SURELIST_WEB_URL is the
    URL of the page, by default http://localhost:WEB_PORT.

    With DATABASE_URL, set AUTH_DATABASE_URL too (docs/deploying.md).
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
    help="A scope of the token; may be repeated.",
)
@click.option("--days", default=30, help=f"Lifetime of the token in days, at most {LIFETIME_DAYS}.")
@click.option("--client", default="agent", help="The client's name in the history.")
@click.option(
    "--owner", is_flag=True, help=f"Add the scope {OWNER_SCOPE}, for people only, not for agents."
)
@data_option
def token(user: str, scopes: tuple[str, ...], days: int, client: str, *, owner: bool) -> None:
    """Print a bearer token for USER.

    USER has 1 to 128 letters, digits or . _ : @ | - and starts with a letter or digit. The token is
    valid for SURELIST_URL, by default the URL of the last server on the data directory.
    """
    scopes = (*scopes, OWNER_SCOPE) if owner else scopes
    if client == WEB_CLIENT or client.startswith(KEY_PREFIX):
        raise ConfigurationError(
            f"--client {client}: {WEB_CLIENT!r} is the web page, and names of keys start with "
            f"{KEY_PREFIX!r}. Use another name."
        )
    try:
        click.echo(sign_token(config.load(), user, scopes=scopes, days=days, client=client))
    except ValueError as error:
        raise ConfigurationError(str(error)) from None


@surelist.command()
@click.option(
    "--previous", is_flag=True, help="Print the one for BETTER_AUTH_SECRET_PREVIOUS, if it is set."
)
@data_option
def page_secret(*, previous: bool) -> None:
    """Print SURELIST_PAGE_SECRET, the secret of the web page.

    It is derived from BETTER_AUTH_SECRET, which the page must not have. `surelist up` sets it
    automatically.
    """
    current, *before = config.load().page_secrets
    for secret in before if previous else (current,):
        click.echo(secret)


@surelist.command()
@data_option
def migrate() -> None:
    """Migrate the database to the schema of this version.

    Connects to DATABASE_URL_DIRECT, by default DATABASE_URL, as the owner of the tables, and grants
    privileges to the role of DATABASE_URL. `surelist serve` migrates the embedded PostgreSQL
    itself.
    """
    settings = config.load()
    if settings.database_url:
        database.migrate(settings.database_url_direct, settings.database_url)
    else:
        with running.database_of(settings):
            pass


@surelist.command()
@data_option
def distribute() -> None:
    """Distribute the lists over the nodes of a Citus cluster.

    Connects to DATABASE_URL_DIRECT, by default DATABASE_URL, as the owner of the tables and of the
    database. Stop the servers first. Does nothing to tables that are distributed already.
    """
    settings = config.load()
    if not settings.database_url:
        raise ConfigurationError(
            "The embedded PostgreSQL is not a Citus cluster. Set DATABASE_URL to the coordinator."
        )
    made = asyncio.run(distributing.distribute(settings.database_url_direct))
    click.echo(f"Distributed: {', '.join(made)}." if made else "All tables are distributed.")


@surelist.command()
@click.argument("address")
@data_option
def reset_password(address: str) -> None:
    """Print a link to choose a new password for the person with this e-mail ADDRESS.

    The link works once, within an hour. Uses the embedded PostgreSQL, or AUTH_DATABASE_URL.
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
    """Write all lists and people to a new FILE. The server may keep running.

    Reads the embedded PostgreSQL, or DATABASE_URL_DIRECT as a role that can read every row.
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
    """Restore FILE, written by `surelist backup`, to an empty database, and migrate it.

    Writes to the embedded PostgreSQL, or to DATABASE_URL_DIRECT and, for people, to
    AUTH_DATABASE_URL.
    """
    settings = config.load()
    with_people = backups.holds_people(file)
    if settings.database_url:
        direct, people = settings.database_url_direct, settings.auth_database_url
        if with_people and not people:
            raise ConfigurationError(f"{file} contains people. Set AUTH_DATABASE_URL.")
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
    """Check the configuration and print a line per check. Exits with status 1 on a problem."""
    healthy = True
    for passed, text in doctors.examine():
        click.echo(f"{'ok' if passed else 'problem':8} {text}")
        healthy = healthy and passed
    sys.exit(not healthy)
