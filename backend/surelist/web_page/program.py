"""Runs the web page as a child process: builds it if needed, and restarts it when it exits."""

import os
import signal
import time
from collections.abc import Generator, Mapping
from contextlib import contextmanager, suppress
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from threading import Event, Lock, Thread

import click

from surelist.config import Settings
from surelist.machine import children, data_directory
from surelist.web_page import build as web_build
from surelist.web_page.build import SERVER, BuildFailed, Echo
from surelist.web_page.log import PageLog

ANYONE = "anyone"
"""SURELIST_FIRST_PERSON of a page that is reachable only from this machine: no code is needed."""

METADATA_PATH = "/.well-known/oauth-authorization-server"
STOP_TIMEOUT_SECONDS = 5
"""Time to exit after SIGTERM, before SIGKILL."""

RESTART_DELAY_SECONDS = 3
PROGRESS_INTERVAL_SECONDS = 20
"""Time between progress messages during a build."""

PASSED_ON = (
    *("SURELIST_AGENT_TOKEN_SECONDS", "SURELIST_SIGN_UP", "SURELIST_TRUSTED_PROXIES"),
    *("SMTP_URL", "SMTP_FROM"),
    *("GITHUB_CLIENT_ID", "GITHUB_CLIENT_SECRET", "GOOGLE_CLIENT_ID", "GOOGLE_CLIENT_SECRET"),
)
"""Variables that the page inherits from the server's environment (docs/configuration.md)."""

_INHERITED = (*children.BASIC, *children.NODE, *children.NETWORK, *PASSED_ON)


def environment(
    settings: Settings, *, host: str, port: int, api: str, auth_database_url: str
) -> Mapping[str, str]:
    """The whole environment of the page (specs/operation.md), with no secret but its own."""
    current, *previous = settings.page_secrets
    secrets = {"SURELIST_PAGE_SECRET": current}
    if previous:
        secrets["SURELIST_PAGE_SECRET_PREVIOUS"] = previous[0]
    return (
        children.inherited(*_INHERITED)
        | secrets
        | {
            "SURELIST_URL": settings.url,
            "SURELIST_WEB_URL": settings.web_url,
            "SURELIST_FIRST_PERSON": settings.first_person_code or ANYONE,
            "SURELIST_API_INTERNAL": api,
            "AUTH_DATABASE_URL": auth_database_url,
            "HOSTNAME": host,
            "PORT": str(port),
            "NODE_ENV": "production",
            "NEXT_TELEMETRY_DISABLED": "1",
        }
    )


@contextmanager
def run_page(settings: Settings, environment: Mapping[str, str]) -> Generator[None]:
    """Build and run the page in a thread until the block ends."""
    data_directory.create(settings.data)
    (settings.data / "web-build.log").unlink(missing_ok=True)
    logs = PageLog(settings.data / "web-build.log"), PageLog(settings.data / "web.log")
    page = _Page(settings.web_url, environment, *logs, click.echo)
    Thread(target=page.run, daemon=True).start()
    try:
        yield
    finally:
        page.stop()


def terminate(process: children.Process) -> None:
    """Send SIGTERM to the process group, then SIGKILL after STOP_TIMEOUT_SECONDS."""
    for stop_signal in (signal.SIGTERM, signal.SIGKILL):
        with suppress(ProcessLookupError):
            os.killpg(process.pid, stop_signal)
        with suppress(children.TimeoutExpired):
            process.wait(STOP_TIMEOUT_SECONDS)
            return


class _Page:
    def __init__(
        self, url: str, environment: Mapping[str, str], build_log: PageLog, log: PageLog, echo: Echo
    ) -> None:
        self._url = url
        self._environment = environment
        self._build_log = build_log
        self._log = log
        self._echo = echo
        self._stopping = Event()
        self._lock = Lock()
        self._process: children.Process | None = None

    def run(self) -> None:
        """Build the page, then keep it running until `stop`."""
        try:
            node = web_build.ensure_built(
                self._run_to_completion, self._echo, Path(self._build_log.baseFilename)
            )
            self._serve(node)
        except BuildFailed as failure:
            if not self._stopping.is_set():
                self._echo(str(failure))

    def stop(self) -> None:
        """Stop the current process and prevent further ones."""
        with self._lock:
            self._stopping.set()
            process = self._process
        if process:
            terminate(process)

    def _serve(self, node: Path) -> None:
        announced = False
        while process := self._start([node, SERVER], self._environment, self._log):
            if self._wait_until_ready(process) and not announced:
                announced = True
                self._echo(f"The web page is available at {self._url}")
            process.wait()
            if not self._stopping.is_set():
                self._echo(
                    f"The web page exited and will be restarted. See {self._log.baseFilename}."
                )
                self._stopping.wait(RESTART_DELAY_SECONDS)

    def _run_to_completion(self, command: list[str | Path], environment: Mapping[str, str]) -> int:
        process = self._start(command, environment, self._build_log)
        if process is None:
            raise BuildFailed("The build was stopped.")
        started = time.monotonic()
        while True:
            with suppress(children.TimeoutExpired):
                return process.wait(PROGRESS_INTERVAL_SECONDS)
            self._echo(f"... {time.monotonic() - started:.0f} seconds")

    def _start(
        self, command: list[str | Path], environment: Mapping[str, str], log: PageLog
    ) -> children.Process | None:
        """Start a process; None after `stop`.

        Ctrl-C reaches only this process, which stops the child. If this process is killed, the
        child reads the end of its standard input and exits.
        """
        with self._lock:
            if self._stopping.is_set():
                return None
            self._process = children.start(
                command,
                environment,
                cwd=web_build.FRONTEND,
                stdin=children.PIPE,
                stderr=children.STDOUT,
                new_session=True,
            )
            if self._process.stdout:
                log.write_from(self._process.stdout)
            return self._process

    def _wait_until_ready(self, process: children.Process) -> bool:
        """Wait until the page responds to a request. False if it exits or is stopped first."""
        while process.poll() is None and not self._stopping.wait(0.2):
            address = self._environment["HOSTNAME"], int(self._environment["PORT"])
            connection = HTTPConnection(*address, timeout=10)
            try:
                connection.request("GET", METADATA_PATH)
                connection.getresponse()
            except (OSError, HTTPException):
                continue
            else:
                return True
            finally:
                connection.close()
        return False
