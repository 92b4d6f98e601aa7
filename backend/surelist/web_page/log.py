"""Log files of child processes: limited in size, without control characters."""

import logging
from io import TextIOWrapper
from logging.handlers import RotatingFileHandler
from pathlib import Path
from threading import Thread
from typing import IO

from surelist.machine import private_files

FILE_BYTES = 10_000_000
"""Maximum size of the file, and of the older file NAME.1."""

LINE_BYTES = 8_000
"""Maximum length of a line. The rest is dropped."""

TRUNCATED = " [cut]"
_UTF8_GROWTH = 3
"""An invalid byte is written as U+FFFD, three bytes in UTF-8."""


class PageLog(RotatingFileHandler):
    """A log file with mode 0600 and at most FILE_BYTES bytes, and one older file.

    Raises ConfigurationError if the file belongs to another user or is a link.
    """

    def __init__(self, path: Path) -> None:
        longest_line = _UTF8_GROWTH * (LINE_BYTES + len(TRUNCATED))
        # RotatingFileHandler counts characters, not bytes.
        super().__init__(path, maxBytes=FILE_BYTES - longest_line, backupCount=1, encoding="utf-8")

    def _open(self) -> TextIOWrapper:
        return TextIOWrapper(private_files.append(Path(self.baseFilename)), encoding="utf-8")

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802
        """Drop a line that cannot be written, such as on a full disk. The page keeps running."""

    def write_from(self, output: IO[bytes]) -> Thread:
        """Start a thread that writes the lines of a pipe until it is closed.

        Control characters become U+FFFD, so that a line can neither forge another line nor
        control a terminal (CWE-117). Lines are cut at LINE_BYTES.
        """
        thread = Thread(target=self._drain, args=(output,), daemon=True)
        thread.start()
        return thread

    def _drain(self, output: IO[bytes]) -> None:
        with output:
            while line := output.readline(LINE_BYTES):
                truncated = False
                rest = line
                while not rest.endswith(b"\n") and (rest := output.readline(LINE_BYTES)):
                    truncated = True
                self.emit(logging.makeLogRecord({"msg": printable(line) + TRUNCATED * truncated}))


def printable(line: bytes) -> str:
    """A line as printable text: tabs become spaces, other control characters U+FFFD."""
    text = line.removesuffix(b"\n").removesuffix(b"\r").decode(errors="replace").replace("\t", " ")
    return "".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in text)
