"""The command line in real processes: output, errors, and processes after its end."""

import asyncio
import json
import os
import shlex
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress
from itertools import count
from pathlib import Path
from typing import Any

import asyncpg
import click
import httpx
import jwt
import psutil
import pytest

from surelist import cli
from surelist.access.auth import AGENT_SCOPES
from surelist.config import Settings
from surelist.machine.data_directory import create_secret, record_server
from surelist.machine.derived_keys import Purpose, derive, first_person_code, page_secret
from surelist.operations.welcome import welcome_with_page
from surelist.postgres.embedded import APP_ROLE, OWNER_ROLE, SUPERUSER, Cluster
from tests.support.server import SURELIST, environment, names_of, processes_of

SECRET = "0123456789abcdef0123456789abcdef"


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data directory, with a space in its path, that these tests share."""
    return tmp_path_factory.mktemp("cli") / "a list"


@contextmanager
def serving(data: Path, *options: str, **settings: str) -> Generator[subprocess.Popen[str]]:
    """Start `surelist serve` on a free port. The block must end it; survivors are killed."""
    with subprocess.Popen(
        [SURELIST, "serve", "--port", "0", "--data", data, *options],
        env=environment() | settings,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        process_group=0,
    ) as process:
        try:
            yield process
            process.wait(timeout=20)
        finally:
            for each in processes_of(process.pid, data):
                with suppress(psutil.NoSuchProcess):
                    each.kill()


def url_of(server: subprocess.Popen[str]) -> str:
    """Wait for the welcome line, and return the URL of the server."""
    assert server.stdout
    line = server.stdout.readline()
    assert line.startswith("Surelist answers at "), server.communicate()
    return line.split()[-1].removesuffix("/mcp")


def surelist(*words: str | Path, **settings: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [SURELIST, *words],
        env=environment() | settings,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def refusal(*words: str | Path, **settings: str) -> str:
    """What a command that stops with one line and status 2 says."""
    result = surelist(*words, **settings)
    return one_line(result.returncode, result.stdout, result.stderr)


def one_line(status: int | str | None, output: str, errors: str) -> str:
    assert (status, output) == (2, "")
    (line,) = errors.splitlines()
    assert line.startswith("surelist: ")
    return line.removeprefix("surelist: ")


def list_url(url: str) -> str:
    return f"{url}/api/me/tasks"


def bearer(data: Path) -> dict[str, str]:
    return {"Authorization": f"Bearer {surelist('token', 'ann', '--data', data).stdout.strip()}"}


def terminate(server: subprocess.Popen[str]) -> None:
    server.terminate()


def press_ctrl_c(server: subprocess.Popen[str]) -> None:
    os.killpg(server.pid, signal.SIGINT)


@pytest.mark.parametrize(("workers", "stop"), [("1", terminate), ("2", press_ctrl_c)])
def test_it_stops_silently_and_leaves_no_process(
    data: Path, workers: str, stop: Callable[[subprocess.Popen[str]], None]
):
    with serving(data, "--workers", workers) as server:
        url_of(server)
        family = processes_of(server.pid, data)
        stop(server)
        output, log = server.communicate(timeout=20)
        assert (output, server.returncode) == ("", 0)
        assert {json.loads(line)["logger"] for line in log.splitlines()} <= {"surelist.calls"}
    assert len(family) > int(workers)
    assert psutil.wait_procs(family, timeout=5)[1] == []


def test_stopping_it_while_it_starts_leaves_no_process(data: Path):
    with serving(data) as server:
        while not any("postgres" in name for name in names_of(processes_of(server.pid, data))):
            time.sleep(0.01)
        press_ctrl_c(server)
        assert server.communicate(timeout=20) == ("", "")
    assert processes_of(server.pid, data) == []


def test_a_killed_server_leaves_no_process_and_the_next_one_has_its_tasks(
    data: Path,
):
    with serving(data, "--workers", "2") as server:
        url = url_of(server)
        made = httpx.post(list_url(url), headers=bearer(data), json={"title": "Buy milk"})
        assert made.status_code == 201
        family = processes_of(server.pid, data)
        server.kill()
    assert psutil.wait_procs(family, timeout=20)[1] == []

    with serving(data) as server:
        url = url_of(server)
        (task,) = httpx.get(list_url(url), headers=bearer(data)).json()["tasks"]
        assert task["title"] == "Buy milk"
        assert refusal("serve", "--port", "0", "--data", data) == (
            f"{data} is in use by process {server.pid}, which serves {url}."
        )
        terminate(server)


@pytest.mark.parametrize("workers", ["1", "2"])
def test_a_server_logs_the_exit_of_postgresql_and_restarts_it(data: Path, workers: str):
    with serving(data, "--workers", workers) as server:
        url = url_of(server)
        tasks, token = list_url(url), bearer(data)
        title = f"Outlive {workers}"
        assert httpx.post(tasks, headers=token, json={"title": title}).status_code == 201
        postgres_of(server).kill()
        answers = [httpx.get(tasks, headers=token)]
        while not answers[-1].is_success:
            assert (answers[-1].status_code, answers[-1].headers["retry-after"]) == (503, "1")
            time.sleep(0.1)
            answers.append(httpx.get(tasks, headers=token))
        assert title in [task["title"] for task in answers[-1].json()["tasks"]]
        again = postgres_of(server)
        terminate(server)
        _, said = server.communicate(timeout=20)
    assert "PostgreSQL exited unexpectedly" in said
    assert server.returncode == 0
    assert not again.is_running()


def postgres_of(server: subprocess.Popen[str]) -> psutil.Process:
    children = psutil.Process(server.pid).children()
    (postgres,) = (one for one in children if names_of([one]) == ["postgres"])
    return postgres


def test_each_line_of_the_welcome_works_as_pasted(data: Path):
    with serving(data, "--welcome") as server:
        assert server.stdout
        words = ""
        while "/api/me/tasks" not in words:
            words += server.stdout.readline()
        pasted = [
            line for line in words.splitlines() if line.startswith(("claude", "TOKEN", "curl"))
        ]
        claude, token, curl = pasted
        script = f"{token}\n{curl} --silent"
        listed = subprocess.run(["bash", "-c", script], capture_output=True, check=True)
        terminate(server)
    assert json.loads(listed.stdout) == {"tasks": []}
    configuration = json.loads(words[words.index("{") : words.rindex("}") + 1])
    connection = configuration["mcpServers"]["surelist"]
    authorization = connection["headers"]["Authorization"]
    assert connection["type"] == "http"
    assert authorization == f"Bearer {token.removeprefix('TOKEN=')}"
    assert shlex.split(claude) == [
        *("claude", "mcp", "add", "--transport", "http", "surelist", connection["url"]),
        *("--header", f"Authorization: {authorization}"),
    ]
    claims = jwt.decode(authorization.split()[1], options={"verify_signature": False})
    assert claims["sub"] == "local"
    assert connection["url"] in claims["aud"]


def test_a_port_in_use_is_named(data: Path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        assert refusal("serve", "--port", port, "--data", data) == (
            f"Port {port} on 127.0.0.1 is in use. Stop the program that uses it, or pass another "
            "--port."
        )


def test_an_address_of_another_machine_is_named(data: Path):
    said = refusal("serve", "--host", "192.0.2.1", "--port", "0", "--data", data)
    assert said.startswith("Cannot listen on 192.0.2.1: ")


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        (
            {"BETTER_AUTH_SECRET": "short"},
            "BETTER_AUTH_SECRET: is shorter than 32 bytes. Create one",
        ),
        ({"DATABASE_URL": "postgresql://a@127.0.0.1:1/b"}, "BETTER_AUTH_SECRET must be set along"),
        (
            {"DATABASE_URL": "mysql://a@b/c", "BETTER_AUTH_SECRET": SECRET},
            "DATABASE_URL is not a PostgreSQL address",
        ),
        (
            {"DATABASE_URL": "postgresql://a@127.0.0.1:1/b", "BETTER_AUTH_SECRET": SECRET},
            "The database at DATABASE_URL cannot be reached",
        ),
    ],
)
def test_an_invalid_setting_stops_it_with_one_line(
    tmp_path: Path, settings: dict[str, str], words: str
):
    assert words in refusal("serve", "--port", "0", "--data", tmp_path, **settings)
    assert list(tmp_path.iterdir()) == []


@pytest.fixture
def external(cluster: Cluster) -> Generator[Callable[[str], str]]:
    """The URL of a new and empty database, by role."""
    name = f"external_{next(_numbers)}"
    postgres = cluster.url(SUPERUSER, "postgres")
    asyncio.run(_execute(postgres, f"CREATE DATABASE {name} OWNER {OWNER_ROLE}"))
    yield lambda role: cluster.url(role, name)
    asyncio.run(_execute(postgres, f"DROP DATABASE {name} WITH (FORCE)"))


_numbers = count(1)


async def _execute(url: str, statement: str) -> None:
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


def test_an_external_database_is_served_after_it_is_migrated(
    external: Callable[[str], str], tmp_path: Path
):
    settings = {"DATABASE_URL": external(APP_ROLE), "BETTER_AUTH_SECRET": SECRET}
    serve = ("serve", "--port", "0", "--data", tmp_path)
    assert "Run: surelist migrate" in refusal(*serve, **settings)

    direct = {"DATABASE_URL_DIRECT": external(OWNER_ROLE)}
    for _ in ("once", "again"):
        done = surelist("migrate", **settings, **direct)
        assert (done.returncode, done.stderr) == (0, "")
    with serving(tmp_path, **settings) as server:
        url_of(server)
        terminate(server)
    assert not (tmp_path / "postgres").exists()

    asyncio.run(_execute(external(OWNER_ROLE), "UPDATE alembic_version SET version_num = '9999'"))
    assert "newer than this code" in refusal(*serve, **settings)
    assert "newer" in refusal("migrate", **settings, **direct)


def test_a_role_that_could_bypass_isolation_is_refused(
    external: Callable[[str], str], tmp_path: Path
):
    settings = {"DATABASE_URL": external(SUPERUSER), "BETTER_AUTH_SECRET": SECRET}
    said = refusal("serve", "--port", "0", "--data", tmp_path, **settings)
    assert "superuser or has BYPASSRLS" in said


def test_migrating_an_unreachable_database_fails_with_the_reason():
    said = refusal("migrate", DATABASE_URL="postgresql://a@127.0.0.1:1/b")
    assert "cannot be reached" in said


@pytest.fixture
def served(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The data directory of a server that ran at port 9000."""
    create_secret(tmp_path)
    record_server(tmp_path, "http://localhost:9000")
    monkeypatch.setattr(os, "environ", environment())
    return tmp_path


Run = Callable[..., tuple[int | str | None, str, str]]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs the command line in this process; returns status, standard output and standard error."""

    def run(*words: str | Path) -> tuple[int | str | None, str, str]:
        monkeypatch.setattr(sys, "argv", ["surelist", *map(str, words)])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        return ended.value.code, *capsys.readouterr()

    return run


def claims(data: Path, printed: tuple[int | str | None, str, str]) -> dict[str, Any]:
    status, output, errors = printed
    (token,) = output.splitlines()
    assert (status, errors) == (0, "")
    key = derive((data / "secret").read_text(), Purpose.TOKENS)
    return jwt.decode(token, key, algorithms=["HS256"], options={"verify_aud": False})


def test_a_token_has_the_scopes_of_an_agent_by_default(served: Path, run: Run):
    now = int(time.time())
    carried = claims(served, run("token", "ann@example.com", "--data", served))
    issued, expires = carried.pop("iat"), carried.pop("exp")
    assert now <= issued <= now + 5
    assert expires == issued + 30 * 86_400
    assert carried == {
        "iss": "http://localhost:9000",
        "sub": "ann@example.com",
        "aud": [f"http://localhost:9000/{door}" for door in ("mcp", "conversations/mcp", "api")],
        "scope": " ".join(AGENT_SCOPES),
        "client_id": "agent",
        "client_name": "agent",
    }


def test_a_token_has_the_requested_claims(served: Path, run: Run):
    options = ("--scope", "tasks:read", "--owner", "--days", "400", "--client", "cron job")
    carried = claims(served, run("token", "ann", *options, "--data", served))
    assert carried["scope"] == "tasks:read account:manage"
    assert carried["exp"] == carried["iat"] + 400 * 86_400
    assert carried["client_name"] == "cron job"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("me",), "cannot be a user id"),
        (("a b",), "cannot be a user id"),
        (("x" * 129,), "cannot be a user id"),
        (("ann", "--days", "401"), "A token lives for 1 to 400 days."),
        (("ann", "--days", "0"), "A token lives for 1 to 400 days."),
        (("ann", "--client", ""), "A client's name has 1 to 100 characters"),
        (("ann", "--client", "web"), "'web' is the web page"),
        (("ann", "--client", "web", "--owner"), "'web' is the web page"),
        (("ann", "--client", "key-0123456789abcdef"), "names of keys"),
    ],
)
def test_a_token_out_of_bounds_is_refused(
    served: Path, run: Run, words: tuple[str, ...], said: str
):
    assert said in one_line(*run("token", *words, "--data", served))


def test_page_secret_prints_the_derived_secret_of_the_page(
    served: Path, run: Run, monkeypatch: pytest.MonkeyPatch
):
    kept = (served / "secret").read_text()
    assert run("page-secret", "--data", served) == (0, f"{page_secret(kept)}\n", "")
    assert run("page-secret", "--previous", "--data", served) == (0, "", "")
    monkeypatch.setitem(os.environ, "BETTER_AUTH_SECRET_PREVIOUS", SECRET)
    before = (0, f"{page_secret(SECRET)}\n", "")
    assert run("page-secret", "--previous", "--data", served) == before


@pytest.mark.parametrize("web_url", ["http://localhost:3000", "https://tasks.example.com"])
def test_the_welcome_shows_a_code_if_the_first_person_needs_one(web_url: str):
    settings = Settings(
        DATABASE_URL="postgresql://h/d", BETTER_AUTH_SECRET=SECRET, SURELIST_WEB_URL=web_url
    )
    words = click.unstyle(welcome_with_page(settings))
    assert "The first person to sign up" in words
    assert (f"with the code {first_person_code(SECRET)}" in words) == web_url.startswith("https:")
    assert "eyJ" not in words  # no token


def test_no_token_is_signed_without_a_secret(served: Path, run: Run):
    elsewhere = served / "elsewhere"
    said = one_line(*run("token", "ann", "--data", elsewhere))
    assert said.startswith(f"There is no Surelist in {elsewhere}. ")


def test_a_file_in_place_of_a_directory_is_named(served: Path, run: Run):
    said = one_line(*run("token", "ann", "--data", served / "secret" / "data"))
    assert said == f"{served}/secret/data: Not a directory."


@pytest.mark.parametrize("words", [(), ("serve",), ("token",), ("migrate",)])
def test_each_command_has_help(run: Run, words: tuple[str, ...]):
    status, output, _ = run(*words, "--help")
    assert status == 0
    assert output.startswith("Usage: surelist " + " ".join(words))
