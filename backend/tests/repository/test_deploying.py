"""What deploys Surelist, held against the variables it reads, and run as far as can be here."""

import asyncio
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import quote

import asyncpg
import pytest
import yaml

from surelist.config import Settings
from surelist.data.database import check, migrate
from surelist.machine.derived_keys import page_secret
from surelist.postgres.embedded import APP_ROLE, OWNER_ROLE, SUPERUSER, Server, postgres

ROOT = Path(__file__).parents[3]
COMPOSE = (ROOT / "compose.yaml").read_text()
SERVICES: dict[str, Any] = yaml.safe_load(COMPOSE)["services"]
AUTH_ROLE = "surelist_auth"


BACKEND = {str(field.alias) for field in Settings.model_fields.values()}
PAGE = set(
    re.findall(
        r"^  ([A-Z_]+): ", (ROOT / "frontend/auth/server/settings.ts").read_text(), re.MULTILINE
    )
)


READ_FROM_FILES = {
    name: f"{name}_FILE" for name in ("SURELIST_PAGE_SECRET", "SURELIST_PAGE_SECRET_PREVIOUS")
}
NOT_IN_COMPOSE = {"SURELIST_FIRST_PERSON"}
"""Everybody has a list of their own where a page is started by itself."""


def told(service: str) -> dict[str, str]:
    return SERVICES[service]["environment"]


def test_a_container_is_told_only_what_its_program_reads() -> None:
    assert set(told("api")) <= BACKEND
    assert set(told("migrate")) <= BACKEND
    assert set(told("web")) == {READ_FROM_FILES.get(name, name) for name in PAGE - NOT_IN_COMPOSE}
    assert set(told("page-secret")) <= BACKEND


def test_the_page_has_no_secret_but_its_own_and_nothing_else_has_that() -> None:
    with_the_secret = {name for name in SERVICES if "BETTER_AUTH_SECRET" in told(name)}
    assert with_the_secret == {"api", "page-secret"}
    mounted = {
        name: [one for one in service.get("volumes", []) if one.startswith("page-secret:")]
        for name, service in SERVICES.items()
    }
    assert {name: volumes for name, volumes in mounted.items() if volumes} == {
        "page-secret": ["page-secret:/page-secret"],
        "web": ["page-secret:/page-secret:ro"],
    }
    assert SERVICES["page-secret"]["network_mode"] == "none"
    assert SERVICES["web"]["depends_on"]["page-secret"] == {
        "condition": "service_completed_successfully"
    }


@pytest.mark.parametrize("previous", [None, "p" * 32])
def test_the_pages_secrets_are_written_for_the_page_alone(
    tmp_path: Path, previous: str | None
) -> None:
    """The steps of the service, twice, as after a change of the secret."""
    shell, options, script = SERVICES["page-secret"]["command"]
    program = Path(sys.executable).parent
    known = {"PATH": f"{program}:{os.environ['PATH']}", "SURELIST_DATA": str(tmp_path / "data")}
    for secret in ("o" * 32, "n" * 32):
        given = {"BETTER_AUTH_SECRET": secret, "BETTER_AUTH_SECRET_PREVIOUS": previous or ""}
        subprocess.run(
            [shell, options, script.replace("/page-secret", shlex.quote(str(tmp_path)))],
            env=known | given,
            check=True,
        )
        written = {path.name: path for path in tmp_path.iterdir()}
        assert set(written) == {"current", "previous"}
        assert {path.stat().st_mode & 0o777 for path in written.values()} == {0o400}
        assert written["current"].read_text() == f"{page_secret(secret)}\n"
        expected = f"{page_secret(previous)}\n" if previous else ""
        assert written["previous"].read_text() == expected


def test_the_table_of_variables_says_which_program_reads_each() -> None:
    table = (ROOT / "docs/configuration.md").read_text()
    rows = re.findall(r"^\| (`[A-Z_`, ]+`) \| (\w+) \|", table, re.MULTILINE)
    said = {name: who for names, who in rows for name in re.findall(r"[A-Z_]+", names)}
    assert said == {
        name: "both" if name in BACKEND & PAGE else "API" if name in BACKEND else "page"
        for name in BACKEND | PAGE
    }


def test_no_container_has_a_password_that_it_does_not_need() -> None:
    known = {
        name: set(re.findall(r"\$\{(\w+_PASSWORD)", " ".join(told(name).values())))
        for name in SERVICES
    }
    assert known == {
        "proxy": set(),
        "api": {"APP_PASSWORD"},
        "migrate": {"OWNER_PASSWORD"},
        "page-secret": set(),
        "web": {"AUTH_PASSWORD"},
        "database": {"POSTGRES_PASSWORD", "OWNER_PASSWORD", "APP_PASSWORD", "AUTH_PASSWORD"},
    }
    assert not {"DATABASE_URL", "DATABASE_URL_DIRECT"} & set(told("web"))
    assert "BETTER_AUTH_SECRET" not in told("web")
    assert "AUTH_DATABASE_URL" not in told("api")


def test_only_the_proxy_can_be_reached_from_outside() -> None:
    assert [name for name, service in SERVICES.items() if "ports" in service] == ["proxy"]
    assert SERVICES["database"]["networks"] == ["inside"]


def test_every_container_starts_again_without_powers_on_a_root_it_cannot_write() -> None:
    for name, service in SERVICES.items():
        once = name in ("migrate", "page-secret")
        assert service["restart"] == ("no" if once else "unless-stopped")
        assert (service["read_only"], service["cap_drop"]) == (True, ["ALL"])
        assert service["security_opt"] == ["no-new-privileges:true"]


@pytest.mark.parametrize("dockerfile", ["backend/Dockerfile", "frontend/Dockerfile"])
def test_an_image_runs_as_nobody_in_particular_and_says_whether_it_is_well(dockerfile: str) -> None:
    last = (ROOT / dockerfile).read_text().split("\nFROM ")[-1]
    assert re.search(r"^USER 65532:65532$", last, re.MULTILINE)
    assert re.search(r"^HEALTHCHECK ", last, re.MULTILINE)


def test_the_example_names_what_compose_asks_for_and_holds_no_secret() -> None:
    example = (ROOT / ".env.example").read_text()
    given = dict(re.findall(r"^([A-Z_]+)=(.*)$", example, re.MULTILINE))
    assert set(given) == set(re.findall(r"\$\{([A-Z_]+)", COMPOSE))
    assert {name for name, value in given.items() if value} == {"SURELIST_DOMAIN"}


PASSWORDS = {OWNER_ROLE: "own'er", APP_ROLE: "a p\\p", AUTH_ROLE: "people"}


def psql(server: Server, *arguments: str | Path, **environment: str) -> None:
    """Run psql as the superuser."""
    program = shutil.which("psql")
    if program is None:
        pytest.skip("psql is not installed; make test installs it on Debian")
    command = [program, server.url(SUPERUSER, "postgres"), "-q", *arguments]
    subprocess.run(command, env=os.environ | environment, check=True)


@pytest.fixture
def new_server(tmp_path: Path) -> Iterator[Server]:
    """A PostgreSQL as an operator gets it: without our database and roles."""
    with postgres(tmp_path / "data", durable=False) as server:
        psql(server, "-c", "DROP DATABASE surelist")
        psql(server, "-c", f"DROP ROLE {OWNER_ROLE}, {APP_ROLE}")
        yield server


async def test_the_roles_of_a_new_server_see_what_is_theirs(new_server: Server) -> None:
    given = {f"{role[9:].upper()}_PASSWORD": password for role, password in PASSWORDS.items()}
    psql(new_server, "-f", ROOT / "deploy/roles.sql", **given)
    escaped = {role: quote(password, safe="") for role, password in PASSWORDS.items()}
    known = replace(new_server, passwords=escaped)
    await asyncio.to_thread(migrate, known.url(OWNER_ROLE), known.url(APP_ROLE))
    await check(known.url(APP_ROLE))
    for role, refused in (
        (AUTH_ROLE, "SELECT FROM public.account"),
        (AUTH_ROLE, "CREATE TABLE public.own ()"),
        (APP_ROLE, "CREATE TABLE auth.own ()"),
        (APP_ROLE, "CREATE TABLE public.own ()"),
        (OWNER_ROLE, "CREATE TABLE auth.own ()"),
    ):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await run(known.url(role), refused)
    await run(known.url(AUTH_ROLE), "CREATE TABLE own ()")
    await run(known.url(AUTH_ROLE), "SELECT FROM auth.own")


async def run(url: str, statement: str) -> None:
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(statement)
    finally:
        await connection.close()
