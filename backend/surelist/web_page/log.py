"""What a child process prints, written to a log file of bounded size, one plain line at a time."""

import logging
from io import TextIOWrapper
from logging.handlers import RotatingFileHandler
from pathlib import Path
from threading import Thread
from typing import IO

from surelist.machine import private_files

FILE_BYTES = 10_000_000
"""The most that the file, and the older one beside it (NAME.1), may each have."""

LINE_BYTES = 8_000
"""What is kept of a line."""

CUT = " [cut]"
_UTF8_GROWTH = 3
"""A byte that is no UTF-8 is written as U+FFFD, which has three."""


class PageLog(RotatingFileHandler):
    """A log file of mode 0600, at most FILE_BYTES long, and one older file.

    Raises ConfigurationError if the file is another user's or a link.
    """

    def __init__(self, path: Path) -> None:
        longest_line = _UTF8_GROWTH * (LINE_BYTES + len(CUT))
        # The handler counts characters.
        super().__init__(path, maxBytes=FILE_BYTES - longest_line, backupCount=1, encoding="utf-8")

    def _open(self) -> TextIOWrapper:
        return TextIOWrapper(private_files.append(Path(self.baseFilename)), encoding="utf-8")

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802
        """Drop a line that cannot be written, as on a full disk: the page goes on."""

    def write_from(self, output: IO[bytes]) -> Thread:
        """Write the lines of a pipe until it is closed, in a thread of its own.

        Control characters but the newline become U+FFFD, so that a line can neither forge another
        one nor steer a terminal (CWE-117); of a longer line LINE_BYTES bytes are kept.
        """
        thread = Thread(target=self._drain, args=(output,), daemon=True)
        thread.start()
        return thread

    def _drain(self, output: IO[bytes]) -> None:
        with output:
            while line := output.readline(LINE_BYTES):
                cut = False
                rest = line
                while not rest.endswith(b"\n") and (rest := output.readline(LINE_BYTES)):
                    cut = True
                self.emit(logging.makeLogRecord({"msg": plain(line) + CUT * cut}))


def plain(line: bytes) -> str:
    """One line as text that can be printed."""
    text = line.removesuffix(b"\n").removesuffix(b"\r").decode(errors="replace").replace("\t", " ")
    return "".join(one if one.isprintable() else "\N{REPLACEMENT CHARACTER}" for one in text)
