"""Log lines, with nothing in them that a caller wrote: JSON for programs, text for a terminal."""

import logging
import os
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache, lru_cache
from pathlib import Path
from time import time
from traceback import extract_tb
from typing import Any, Literal

import orjson

OURS = ("surelist", "uvicorn")
"""Loggers whose words are constant. Another library's may quote a token or a task."""

CAUSES = 8
STANDARD_ERROR = 2

Form = Literal["auto", "json", "text"]

# What no line shows need not be looked up for each (Python's logging HOWTO, "Optimization").
logging.logThreads = logging.logProcesses = False
logging.logMultiprocessing = False


def configuration(form: Form = "auto") -> dict[str, Any]:
    """For `logging.config.dictConfig`; `auto` is text where standard error is a terminal."""
    if form == "auto":
        form = "text" if sys.stderr.isatty() else "json"
    lines = {
        "json": "surelist.observability.logs.JsonLines",
        "text": "surelist.observability.terminal.TextLines",
    }
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"lines": {"()": lines[form]}},
        "handlers": {
            "stderr": {"class": "surelist.observability.logs.ToStderr", "formatter": "lines"}
        },
        "root": {"level": "WARNING", "handlers": ["stderr"]},
        "loggers": {"surelist": {"level": "INFO"}, "uvicorn": {"level": "WARNING"}},
    }


class Teller:
    """Tells one thing over and over at INFO, each time with other fields.

    As `logger.info` does, without making each record anew and without looking for the line of code
    that called: that is half of what a line costs.
    """

    def __init__(self, logger: logging.Logger, words: str) -> None:
        self._logger = logger
        self._record = vars(logging.LogRecord(logger.name, logging.INFO, "", 0, words, None, None))

    def __call__(self, fields: Mapping[str, Any]) -> None:
        """Log these fields."""
        if self._logger.isEnabledFor(logging.INFO):
            record = logging.LogRecord.__new__(logging.LogRecord)
            record.__dict__ = {**self._record, "created": time(), "fields": fields}
            self._logger.handle(record)


class ToStderr(logging.Handler):
    """Writes each line whole, at once; an empty one is left out."""

    def createLock(self) -> None:  # noqa: N802
        """Have none: one write is one line."""
        self.lock = None

    def handle(self, record: logging.LogRecord) -> bool:
        """Write the record without a lock, which Python 3.13 and later would have to have."""
        kept = self.filter(record)
        if kept:
            self.emit(record if kept is True else kept)
        return bool(kept)

    def emit(self, record: logging.LogRecord) -> None:
        """Write the record's line."""
        try:
            if line := self.format(record):
                os.write(STANDARD_ERROR, f"{line}\n".encode(errors="backslashreplace"))
        except Exception:  # noqa: BLE001  (as in logging: a log never breaks what it tells of)
            self.handleError(record)


class JsonLines(logging.Formatter):
    """A record as specs/operation.md describes it; `extra={"fields": {...}}` adds to it."""

    def format(self, record: logging.LogRecord) -> str:
        """The line, without its end."""
        name, told = words(record)
        line: dict[str, Any] = {
            "time": _utc(record.created),
            "level": record.levelname.lower(),
            "logger": record.name,
            name: told,
            **getattr(record, "fields", {}),
        }
        if record.exc_info and record.exc_info[1]:
            line["exception"] = described(record.exc_info[1])
        return orjson.dumps(line).decode()


def words(record: logging.LogRecord) -> tuple[str, str]:
    """What the record says, as `message`; of another library's, `at`: where in the code it was."""
    if _is_ours(record.name):
        return "message", record.getMessage()
    return "at", f"{record.module}:{record.lineno}"


@cache
def _is_ours(name: str) -> bool:
    return name.partition(".")[0] in OURS


def _utc(seconds: float) -> str:
    second, millisecond = divmod(int(seconds * 1000), 1000)
    return f"{_to_the_second(second)}.{millisecond:03}+00:00"


@lru_cache(maxsize=1)
def _to_the_second(second: int) -> str:
    return datetime.fromtimestamp(second, UTC).strftime("%Y-%m-%dT%H:%M:%S")


def described(error: BaseException) -> list[dict[str, Any]]:
    """An exception and its causes: class, SQLSTATE if any, and places; never their messages."""
    described: list[dict[str, Any]] = []
    cause: BaseException | None = error
    while cause is not None and len(described) < CAUSES:
        one: dict[str, Any] = {"class": f"{type(cause).__module__}.{type(cause).__qualname__}"}
        if sqlstate := getattr(cause, "sqlstate", None):
            one["sqlstate"] = sqlstate
        one["places"] = [
            f"{'/'.join(Path(frame.filename).parts[-2:])}:{frame.lineno} {frame.name}"
            for frame in extract_tb(cause.__traceback__)
        ]
        described.append(one)
        cause = cause.__cause__ or (None if cause.__suppress_context__ else cause.__context__)
    return described
