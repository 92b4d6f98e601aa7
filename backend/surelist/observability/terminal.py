"""Log lines for a terminal: short text with the content of the JSON lines."""

import logging
import os
import sys
from collections.abc import Mapping
from time import localtime, strftime
from typing import Any

from surelist.observability.logs import describe_exception, message_field

DIM, YELLOW, RED = 2, 33, 31
"""SGR parameters (ECMA-48)."""


class TextLines(logging.Formatter):
    """Formats a record as in specs/operation.md, in colour if standard error is a terminal."""

    def __init__(self) -> None:
        super().__init__()
        terminal = sys.stderr.isatty() and os.environ.get("TERM") != "dumb"
        self._coloured = terminal and not os.environ.get("NO_COLOR")

    def format(self, record: logging.LogRecord) -> str:
        """The text of a record and its exception; empty for successful calls of monitors."""
        fields: Mapping[str, Any] = getattr(record, "fields", {})
        if "outcome" not in fields:
            line = f"{record.levelname.lower():7}  {record.name}: {message_field(record)[1]}"
            colour = RED if record.levelno >= logging.ERROR else YELLOW
        elif fields["outcome"] == "ok":
            if fields["door"] == "other":
                return ""
            line, colour = _call(fields), DIM
        else:
            line = f"{_call(fields)}  {_refusal(fields)}"
            colour = RED if fields["outcome"] == "error" else YELLOW
        line = _printable(f"{strftime('%H:%M:%S', localtime(record.created))}  {line}")
        if self._coloured:
            line = f"\033[{colour}m{line}\033[0m"
        if record.exc_info and record.exc_info[1]:
            line = "\n".join([line, *_causes(record.exc_info[1])])
        return line


def _call(fields: Mapping[str, Any]) -> str:
    caller = f"  {fields['user']}, {fields['client']}" if "user" in fields else ""
    return f"{fields['ms']:6.0f} ms  {fields['operation']}{caller}"


def _refusal(fields: Mapping[str, Any]) -> str:
    return f"{fields['outcome']} ({fields['status']}, request {fields['request_id']})"


def _causes(error: BaseException) -> list[str]:
    return [
        f"{'':10}{line}"
        for one in describe_exception(error)
        for line in (
            " ".join((one["class"], one.get("sqlstate", ""))).strip(),
            *(f"  {place}" for place in one["places"]),
        )
    ]


def _printable(line: str) -> str:
    """Replace control characters, which a client's name may contain."""
    return "".join(
        character if character.isprintable() else "\N{REPLACEMENT CHARACTER}" for character in line
    )
