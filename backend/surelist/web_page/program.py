"""The web page beside the server: built when it must be, started again when it ends, stopped."""

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
from surelist.machine import children
from surelist.machine.data_directory import make
from surelist.web_page import build as web_build
from surelist.web_page.build import SERVER, BuildFailed, Say
from surelist.web_page.log import PageLog

ANYONE = "anyone"
"""The SURELIST_FIRST_PERSON of a page that only people at this machine reach."""

METADATA_PATH = "/.well-known/oauth-authorization-server"
SECONDS_TO_STOP = 5
SECONDS_BETWEEN_STARTS = 3
SECONDS_BETWEEN_WORDS = 20
PASSED_ON = (
    *("SURELIST_AGENT_TOKEN_SECONDS", "SURELIST_SIGN_UP", "SURELIST_TRUSTED_PROXIES"),
    *("SMTP_URL", "SMTP_FROM"),
    *("GITHUB_CLIENT_ID", "GITHUB_CLIENT_SECRET", "GOOGLE_CLIENT_ID", "GOOGLE_CLIENT_SECRET"),
)
"""Variables that the operator sets for the page (docs/configuration.md)."""

_KEPT = (*children.ORDINARY, *children.NODE, *children.NETWORK, *PASSED_ON)


def environment(
    settings: Settings, *, host: str, port: int, api: str, auth_database_url: str
) -> Mapping[str, str]:
    """All that the page is told (specs/operation.md): no secret but its own."""
    current, *previous = settings.page_secrets
    secrets = {"SURELIST_PAGE_SECRET": current}
    if previous:
        secrets["SURELIST_PAGE_SECRET_PREVIOUS"] = previous[0]
    return (
        children.inherited(*_KEPT)
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
def beside(settings: Settings, environment: Mapping[str, str]) -> Generator[None]:
    """Run the page until the block is left; nothing waits for it."""
    make(settings.data)
    (settings.data / "web-build.log").unlink(missing_ok=True)
    logs = PageLog(settings.data / "web-build.log"), PageLog(settings.data / "web.log")
    page = _Page(settings.web_url, environment, *logs, click.echo)
    Thread(target=page.run, daemon=True).start()
    try:
        yield
    finally:
        page.stop()


def end(process: children.Process) -> None:
    """End a process and what it has started, kindly first."""
    for each in (signal.SIGTERM, signal.SIGKILL):
        with suppress(ProcessLookupError):
            os.killpg(process.pid, each)
        with suppress(children.TimeoutExpired):
            process.wait(SECONDS_TO_STOP)
            return


class _Page:
    def __init__(
        self, url: str, environment: Mapping[str, str], build_log: PageLog, log: PageLog, say: Say
    ) -> None:
        self._url = url
        self._environment = environment
        self._build_log = build_log
        self._log = log
        self._say = say
        self._stopping = Event()
        self._lock = Lock()
        self._process: children.Process | None = None

    def run(self) -> None:
        """Build and serve, until `stop`."""
        try:
            node = web_build.built(self._run_to_end, self._say, Path(self._build_log.baseFilename))
            self._serve(node)
        except BuildFailed as failure:
            if not self._stopping.is_set():
                self._say(str(failure))

    def stop(self) -> None:
        """End what runs, and let nothing more be started."""
        with self._lock:
            self._stopping.set()
            process = self._process
        if process:
            end(process)

    def _serve(self, node: Path) -> None:
        told = False
        while process := self._start([node, SERVER], self._environment, self._log):
            if self._answers(process) and not told:
                told = True
                self._say(f"The web page answers at {self._url}")
            process.wait()
            if not self._stopping.is_set():
                self._say(
                    f"The web page has ended and is started again; "
                    f"{self._log.baseFilename} may say why."
                )
                self._stopping.wait(SECONDS_BETWEEN_STARTS)

    def _run_to_end(self, command: list[str | Path], environment: Mapping[str, str]) -> int:
        process = self._start(command, environment, self._build_log)
        if process is None:
            raise BuildFailed("The web page is not built, for everything is being stopped.")
        began = time.monotonic()
        while True:
            with suppress(children.TimeoutExpired):
                return process.wait(SECONDS_BETWEEN_WORDS)
            self._say(f"... {time.monotonic() - began:.0f} seconds")

    def _start(
        self, command: list[str | Path], environment: Mapping[str, str], log: PageLog
    ) -> children.Process | None:
        """The process; None once everything is being stopped.

        Ctrl-C is for this process, which ends that one, and the end of its standard input tells it
        that this process was killed.
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
                alone=True,
            )
            if self._process.stdout:
                log.write_from(self._process.stdout)
            return self._process

    def _answers(self, process: children.Process) -> bool:
        """Wait for the page, and return whether it answers."""
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
