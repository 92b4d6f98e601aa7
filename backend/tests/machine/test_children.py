"""Child processes get neither the operator's secrets nor those of Surelist."""

import ast
import os
import re
import shutil
import stat
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest
from pydantic import SecretStr

import surelist
from surelist.config import Settings
from surelist.machine import children
from surelist.machine.derived_keys import first_person_code
from surelist.web_page import program as web_page
from tests.support.server import START_SECONDS, environment

SOURCES = Path(surelist.__file__).parent
CONFIGURATION = SOURCES.parents[1] / "docs" / "configuration.md"

OPERATORS = {
    "AWS_SECRET_ACCESS_KEY": "secret-of-aws",
    "GITHUB_TOKEN": "secret-of-github",
    "PGPASSWORD": "secret-of-postgres",
    "SSH_AUTH_SOCK": "secret-of-ssh",
    "REDIS_URL": "",
    "BETTER_AUTH_SECRET": "secret-of-better-auth-000000000000",
    "BETTER_AUTH_SECRET_PREVIOUS": "secret-of-better-auth-before-00000",
    "OTEL_EXPORTER_OTLP_HEADERS": "authorization=secret-of-otel",
    "TEST": "secret-of-a-test",
}
FOR_THE_PAGE = {
    "SMTP_URL": "smtps://u:secret-of-smtp@mail.example.com",
    "SMTP_FROM": "lists@example.com",
    "GITHUB_CLIENT_ID": "id",
    "GITHUB_CLIENT_SECRET": "secret-of-github-login",
    "SURELIST_SIGN_UP": "closed",
}
FOR_INSTALLERS = {
    "PIP_INDEX_URL": "https://u:secret-of-pip@pip.example.com",
    "npm_config_registry": "https://u:secret-of-npm@npm.example.com",
}
FOR_THE_NETWORK = {"https_proxy": "http://u:secret-of-proxy@proxy.example.com"}

UP = """
import sys
from pathlib import Path
from surelist.web_page import node
from surelist.web_page import build as web_build
from surelist.web_page import program as web_page
directory = Path(sys.argv.pop(1))
node.find_spec = lambda name: None
node.INSTALL = (directory / "bin" / "pip",)
web_build.FRONTEND = directory / "page"
web_build.SERVER = web_page.SERVER = directory / "serve.mjs"
web_build.BUILD_RECORD = directory / "built-from.json"
web_build.INSTALL_RECORD = directory / "installed-from.json"
web_build.LOCK = directory / "lock"
from surelist.cli import main
main()
"""
"""`surelist up` with a stand-in for the page, and without the machine's Node.js."""

RECORD = """#!/bin/sh
name="$(basename "$0").$(basename -- "$1")"
tr '\\0' '\\n' </proc/$$/environ >"{records}/unfinished.$$"
mv "{records}/unfinished.$$" "{records}/$name"
"""
STAND_INS = {
    "pip": 'cp "{directory}/node" "{directory}/bin/node"\n',
    "npm": "",
    "node": '[ "$1" = --version ] && echo v24.0.0 || exec sleep 600\n',
}
"""Commands that each stand-in runs after it has recorded its environment."""


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    """A directory with stand-ins for programs, which record their environment."""
    (tmp_path / "bin").mkdir()
    (tmp_path / "records").mkdir()
    (tmp_path / "page").mkdir()
    (tmp_path / "lock").touch()
    for tool in ("basename", "cp", "mv", "setpriv", "sleep", "tr"):
        if found := shutil.which(tool):
            (tmp_path / "bin" / tool).symlink_to(found)
    for name, commands in STAND_INS.items():
        path = tmp_path / "node" if name == "node" else tmp_path / "bin" / name
        path.write_text(
            (RECORD + commands).format(records=tmp_path / "records", directory=tmp_path)
        )
        path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return tmp_path


def recorded_environment(directory: Path, program: str) -> dict[str, str] | None:
    """The recorded environment of a stand-in, named by its name and first argument; or None."""
    path = directory / "records" / program
    if not path.exists():
        return None
    return dict(line.split("=", 1) for line in path.read_text().splitlines())


def secrets_in(variables: dict[str, str]) -> set[str]:
    """The operator's secrets that an environment contains."""
    return set(re.findall(r"secret-of-[a-z-]+", str(variables)))


@pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="reads /proc")
def test_surelist_up_passes_each_child_only_its_own_secrets(directory: Path) -> None:
    path = str(directory / "bin")
    given = OPERATORS | FOR_THE_PAGE | FOR_INSTALLERS | FOR_THE_NETWORK
    command = [sys.executable, "-c", UP, directory, "up", "--port", "0", "--web-port", "0"]
    with (directory / "log").open("wb") as log:
        process = subprocess.Popen(
            [*command, "--data", directory / "data"],
            env=environment() | given | {"PATH": path},
            stdout=log,
            stderr=log,
        )
    try:
        for _ in range(20 * START_SECONDS):
            if (
                page := recorded_environment(directory, "node.serve.mjs")
            ) or process.poll() is not None:
                break
            time.sleep(0.05)
        assert page, (directory / "log").read_text()
        running = [one.environ() for one in psutil.Process(process.pid).children(recursive=True)]
    finally:
        process.terminate()
        process.wait(60)
    assert len(running) > 2  # including PostgreSQL's
    for one in running:
        is_page = "SURELIST_PAGE_SECRET" in one
        assert secrets_in(one) == (secrets_in(page) if is_page else set())
    for program, may in {
        "pip.--no-compile": FOR_INSTALLERS | FOR_THE_NETWORK,
        "npm.ci": FOR_INSTALLERS | FOR_THE_NETWORK,
        "npm.run": {},
        "node.--version": {},
        "node.serve.mjs": FOR_THE_PAGE | FOR_THE_NETWORK,
    }.items():
        recorded = recorded_environment(directory, program)
        assert recorded is not None, program
        assert secrets_in(recorded) == secrets_in(may), program
        assert not set(recorded) & set(OPERATORS), program
    assert {name: page[name] for name in FOR_THE_PAGE} == FOR_THE_PAGE


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """Settings with a current and a previous secret."""
    before = {"better_auth_secret_previous": SecretStr("of-before" * 8)}
    return settings.model_copy(update=before)


def page_of(settings: Settings, web_url: str = "http://localhost:3000") -> dict[str, str]:
    settings = settings.model_copy(update={"web_url": web_url})
    return dict(
        web_page.environment(
            settings,
            host="127.0.0.1",
            port=3000,
            api="http://127.0.0.1:8000",
            auth_database_url="x",
        )
    )


def test_the_page_gets_derived_keys_and_not_the_secret(settings: Settings) -> None:
    page = page_of(settings)
    assert (page["SURELIST_PAGE_SECRET"], page["SURELIST_PAGE_SECRET_PREVIOUS"]) == (
        settings.page_secrets
    )
    assert not [value for value in page.values() if value in settings.signing_secrets]
    only = settings.model_copy(update={"better_auth_secret_previous": None})
    assert "SURELIST_PAGE_SECRET_PREVIOUS" not in page_of(
        Settings(**only.model_dump(by_alias=True))
    )


@pytest.mark.parametrize(
    ("web_url", "anyone"),
    [
        ("http://localhost:3000", True),
        ("http://surelist.localhost:3000", True),
        ("http://127.0.0.1:3000", True),
        ("http://[::1]:3000", True),
        ("https://tasks.example.com", False),
        ("https://localhost.example.com", False),
        ("http://notlocalhost", False),
        ("http://192.168.0.2:3000", False),
        ("http://0.0.0.0:3000", False),
    ],
)
def test_the_first_person_needs_a_code_unless_the_page_is_local(
    settings: Settings, web_url: str, anyone: bool
) -> None:
    wanted = page_of(settings, web_url)["SURELIST_FIRST_PERSON"]
    assert wanted == ("anyone" if anyone else first_person_code(settings.secret))


NOT_PASSED = {
    "BETTER_AUTH_SECRET",  # the page refuses to start with these
    "BETTER_AUTH_SECRET_PREVIOUS",
    "SURELIST_PAGE_SECRET_FILE",  # read by compose
    "SURELIST_PAGE_SECRET_PREVIOUS_FILE",
}


def test_the_page_gets_every_variable_that_the_documentation_lists(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = re.findall(r"^\| (`.*?) \| (?:page|both) \|", CONFIGURATION.read_text(), re.MULTILINE)
    read = {name for row in table for name in re.findall(r"`(\w+)`", row)} - NOT_PASSED
    for name in read:
        monkeypatch.setenv(name, "set")
    assert read
    assert read - set(page_of(settings)) == set()


FORBIDDEN_NAMES = {
    *("subprocess", "pty", "pexpect"),
    *("system", "popen", "fork", "forkpty", "posix_spawn", "posix_spawnp"),
    *("create_subprocess_exec", "create_subprocess_shell", "subprocess_exec", "subprocess_shell"),
}


def names_in(source: Path) -> set[str]:
    """Every name that a module imports, and every attribute that it uses."""
    found = set()
    for node in ast.walk(ast.parse(source.read_text())):
        if isinstance(node, ast.Import):
            found |= {part for one in node.names for part in one.name.split(".")}
        elif isinstance(node, ast.ImportFrom):
            found |= {*(node.module or "").split("."), *(one.name for one in node.names)}
        elif isinstance(node, ast.Attribute):
            found.add(node.attr)
    return found


@pytest.mark.parametrize(
    "source", sorted(SOURCES.rglob("*.py")), ids=lambda path: str(path.relative_to(SOURCES))
)
def test_only_one_module_starts_programs(source: Path) -> None:
    if source.name != "children.py":
        used = names_in(source)
        assert not used & FORBIDDEN_NAMES
        assert not [
            name for name in used if name.startswith(("execl", "execv", "spawnl", "spawnv"))
        ]


def test_inherited_variables_match_in_upper_and_lower_case(monkeypatch: pytest.MonkeyPatch) -> None:
    given = {"http_proxy": "1", "NPM_CONFIG_CACHE": "2", "npm_config_yes": "3", "LC_TIME": "4"}
    for name in os.environ:
        monkeypatch.delenv(name)
    for name, value in (given | {"LCX": "5", "XPATH": "6", "PATHX": "7"}).items():
        monkeypatch.setenv(name, value)
    assert children.inherited("PATH", "HTTP_PROXY", "NPM_CONFIG_*", "LC_*") == given
    assert children.inherited("PATH") == {}
