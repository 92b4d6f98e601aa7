"""Log lines at a terminal are text; elsewhere they are JSON."""

import json
import logging
import os
import pty
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Thread
from time import sleep

import pytest

from surelist.observability.terminal import TextLines
from tests.observability.test_logs import MARK, send_mark_everywhere
from tests.support.observing import Caller
from tests.support.server import SURELIST, UNLIMITED, RunningServer, environment

COLOUR = re.compile(r"\033\[\d*m")
LINE = re.compile(r"\d\d:\d\d:\d\d +(\d+ ms|warning)  ")


@dataclass
class Terminal:
    """The output of a pseudo-terminal."""

    master: int
    written: str = ""

    def read(self) -> None:
        """Read until the other end is closed."""
        with suppress(OSError):
            while some := os.read(self.master, 65536):
                self.written += some.decode()

    def after(self, pattern: str) -> re.Match[str]:
        """Wait for the first match of `pattern`, up to a minute."""
        for _ in range(600):
            if found := re.search(pattern, self.written, re.DOTALL):
                return found
            sleep(0.1)
        raise AssertionError(f"{pattern} is not in:\n{self.written}")


@contextmanager
def terminal() -> Iterator[tuple[Terminal, int]]:
    """A pseudo-terminal, and the descriptor that a process writes to."""
    master, slave = pty.openpty()
    screen = Terminal(master)
    reader = Thread(target=screen.read, daemon=True)
    reader.start()
    try:
        yield screen, slave
    finally:
        os.close(slave)
        reader.join(10)
        os.close(master)


def test_a_terminal_shows_the_welcome_and_a_short_line_for_each_call(tmp_path: Path) -> None:
    command = [SURELIST, "serve", "--welcome", "--port", "0", "--data", tmp_path / "data"]
    with terminal() as (screen, slave):
        settings = environment() | UNLIMITED | {"TERM": "xterm", "NO_COLOR": ""}
        process = subprocess.Popen(command, env=settings, stdout=slave, stderr=slave)
        try:
            port = screen.after(r"http://localhost:(\d+)/mcp.*--client NAME")[1]
            server = RunningServer(int(port), tmp_path / "data", tmp_path / "nowhere", process)
            with Caller(server, server.token("ann", "cron")) as ann:
                ann.tool("list_tasks")
                ann.tool("complete_task", task_id=7)
                ann.http.get("/healthz")
                send_mark_everywhere(ann)
                ann.rest("GET", "/tasks/99")
            screen.after(r"GET /api/\{user_id\}/tasks/\{task_id\}  ann, cron  not_found")
        finally:
            process.terminate()
            process.wait(20)
    welcome, _, logged = screen.written.partition("--client NAME")
    assert LINE.search(welcome) is None
    listed, completed, *_ = lines = logged.strip().splitlines()
    assert re.fullmatch(r"\033\[2m[\d:]{8} +\d+ ms  list_tasks  ann, cron\033\[0m", listed)
    assert re.fullmatch(
        r"\033\[33m[\d:]{8} +\d+ ms  complete_task  ann, cron  "
        r"not_found \(200, request [0-9a-f]{32}\)\033\[0m",
        completed,
    )
    assert len(lines) > 40
    assert [line for line in lines if not LINE.match(COLOUR.sub("", line))] == []
    assert MARK not in logged.lower()
    assert "healthz" not in logged


LOG_HELLO = """
import logging.config
from surelist.observability import logs
logging.config.dictConfig(logs.configuration({form!r}))
logging.getLogger("surelist.here").info("hello")
"""


@pytest.mark.parametrize(
    ("form", "on_a_terminal", "is_json"),
    [
        ("auto", True, False),
        ("auto", False, True),
        ("json", True, True),
        ("text", False, False),
    ],
)
def test_the_default_format_is_text_on_a_terminal_and_json_elsewhere(
    form: str, on_a_terminal: bool, is_json: bool
) -> None:
    command = [sys.executable, "-c", LOG_HELLO.format(form=form)]
    if on_a_terminal:
        with terminal() as (screen, slave):
            subprocess.run(command, stderr=slave, check=True)
        output = screen.written
    else:
        output = subprocess.run(command, stderr=subprocess.PIPE, text=True, check=True).stderr
    assert output.startswith("{") is is_json
    if is_json:
        assert json.loads(output)["message"] == "hello"
    else:
        line = re.compile(r"\d\d:\d\d:\d\d  info     surelist\.here: hello\s*")
        assert line.fullmatch(COLOUR.sub("", output))
        assert bool(COLOUR.search(output)) is on_a_terminal


def formatted(fields: dict[str, object], error: Exception | None = None) -> str:
    record = logging.LogRecord("surelist.calls", logging.INFO, "", 0, "call", (), None)
    record.fields = fields
    record.exc_info = error and (type(error), error, error.__traceback__)
    return TextLines().format(record)


CALLED = {"door": "mcp", "operation": "list_tasks", "ms": 3.21, "status": 200, "request_id": "1"}


def test_a_client_name_cannot_move_the_cursor() -> None:
    line = formatted(CALLED | {"user": "ann", "client": "\033[2J\r\nbad\u202e", "outcome": "ok"})
    assert line.isprintable()
    assert line.endswith("3 ms  list_tasks  ann, \ufffd[2J\ufffd\ufffdbad\ufffd")


def test_an_exception_is_shown_below_its_line_by_class_and_place() -> None:
    try:
        raise LookupError(MARK)
    except LookupError as error:
        line, kind, place = formatted(CALLED | {"outcome": "error"}, error).splitlines()
    assert line.endswith("list_tasks  error (200, request 1)")
    assert kind.strip() == "builtins.LookupError"
    assert place.strip().startswith("observability/test_terminal.py:")
    assert MARK not in f"{line}{kind}{place}"
