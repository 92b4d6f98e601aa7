"""Log lines: one JSON object each, with nothing in them that a caller wrote."""

import logging
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from traceback import extract_tb
from typing import Any

import orjson

OURS = ("surelist", "uvicorn")
"""Loggers whose words are constant. Another library's may quote a token or a task."""

CAUSES = 8

CONFIGURATION: Mapping[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "surelist.observability.logs.JsonLines"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"level": "WARNING", "handlers": ["stderr"]},
    "loggers": {"surelist": {"level": "INFO"}, "uvicorn": {"level": "WARNING"}},
}
"""For `logging.config.dictConfig`."""

# What no line shows need not be looked up for each (Python's logging HOWTO, "Optimization").
logging.logThreads = logging.logProcesses = False
logging.logMultiprocessing = False


class JsonLines(logging.Formatter):
    """A record as specs/operation.md describes it; `extra={"fields": {...}}` adds to it."""

    def format(self, record: logging.LogRecord) -> str:
        """The line, without its end."""
        time = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        line: dict[str, Any] = {
            "time": time,
            "level": record.levelname.lower(),
            "logger": record.name,
        }
        if record.name.partition(".")[0] in OURS:
            line["message"] = record.getMessage()
        else:
            line["at"] = f"{record.module}:{record.lineno}"
        line |= getattr(record, "fields", {})
        if record.exc_info and record.exc_info[1]:
            line["exception"] = described(record.exc_info[1])
        return orjson.dumps(line).decode()


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
