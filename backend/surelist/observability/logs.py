"""Log lines without client input: JSON for programs, text for terminals."""

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

OWN_LOGGERS = ("surelist", "uvicorn")
"""Loggers with constant messages. Messages of other libraries may contain a token or a task."""

MAX_CAUSES = 8
"""Exceptions of a chain that a line describes."""

STANDARD_ERROR = 2

LogFormat = Literal["auto", "json", "text"]

# No line shows these, so skip the lookup for each record (logging HOWTO, "Optimization").
logging.logThreads = logging.logProcesses = False
logging.logMultiprocessing = False


def configuration(form: LogFormat = "auto") -> dict[str, Any]:
    """A configuration for `logging.config.dictConfig`. `auto` is text if stderr is a terminal."""
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


class FixedMessageLogger:
    """Logs one fixed message at INFO, each time with different fields.

    Twice as fast as `logger.info`: it reuses a record and does not look up the calling line.
    """

    def __init__(self, logger: logging.Logger, message: str) -> None:
        self._logger = logger
        self._record = vars(
            logging.LogRecord(logger.name, logging.INFO, "", 0, message, None, None)
        )

    def __call__(self, fields: Mapping[str, Any]) -> None:
        """Log the message with `fields`."""
        if self._logger.isEnabledFor(logging.INFO):
            record = logging.LogRecord.__new__(logging.LogRecord)
            record.__dict__ = {**self._record, "created": time(), "fields": fields}
            self._logger.handle(record)


class ToStderr(logging.Handler):
    """Writes each line with one write(2) call. Empty lines are skipped."""

    def createLock(self) -> None:  # noqa: N802
        """Create no lock: one write is one line."""
        self.lock = None

    def handle(self, record: logging.LogRecord) -> bool:
        """Emit the record. Since Python 3.13, the inherited method needs a lock."""
        filtered = self.filter(record)
        if filtered:
            self.emit(record if filtered is True else filtered)
        return bool(filtered)

    def emit(self, record: logging.LogRecord) -> None:
        """Format and write the record."""
        try:
            if line := self.format(record):
                os.write(STANDARD_ERROR, f"{line}\n".encode(errors="backslashreplace"))
        except Exception:  # noqa: BLE001  (as in logging: an error in a handler never reaches the caller)
            self.handleError(record)


class JsonLines(logging.Formatter):
    """Formats a record as in specs/operation.md. `extra={"fields": {...}}` adds fields."""

    def format(self, record: logging.LogRecord) -> str:
        """The JSON text, without a line break."""
        name, text = message_field(record)
        line: dict[str, Any] = {
            "time": _utc(record.created),
            "level": record.levelname.lower(),
            "logger": record.name,
            name: text,
            **getattr(record, "fields", {}),
        }
        if record.exc_info and record.exc_info[1]:
            line["exception"] = describe_exception(record.exc_info[1])
        return orjson.dumps(line).decode()


def message_field(record: logging.LogRecord) -> tuple[str, str]:
    """`message` and its text for own loggers; `at` and `module:line` for other libraries."""
    if _is_own_logger(record.name):
        return "message", record.getMessage()
    return "at", f"{record.module}:{record.lineno}"


@cache
def _is_own_logger(name: str) -> bool:
    return name.partition(".")[0] in OWN_LOGGERS


def _utc(seconds: float) -> str:
    second, millisecond = divmod(int(seconds * 1000), 1000)
    return f"{_format_second(second)}.{millisecond:03}+00:00"


@lru_cache(maxsize=1)
def _format_second(second: int) -> str:
    return datetime.fromtimestamp(second, UTC).strftime("%Y-%m-%dT%H:%M:%S")


def describe_exception(error: BaseException) -> list[dict[str, Any]]:
    """An exception and its causes: class, SQLSTATE and stack frames. Messages are omitted."""
    chain: list[dict[str, Any]] = []
    cause: BaseException | None = error
    while cause is not None and len(chain) < MAX_CAUSES:
        one: dict[str, Any] = {"class": f"{type(cause).__module__}.{type(cause).__qualname__}"}
        if sqlstate := getattr(cause, "sqlstate", None):
            one["sqlstate"] = sqlstate
        one["places"] = [
            f"{'/'.join(Path(frame.filename).parts[-2:])}:{frame.lineno} {frame.name}"
            for frame in extract_tb(cause.__traceback__)
        ]
        chain.append(one)
        cause = cause.__cause__ or (None if cause.__suppress_context__ else cause.__context__)
    return chain
