"""Reads rows from the file of a backup, and runs nothing that is in it (specs/operation.md).

A backup is untrusted input. Its SQL (policies, functions, the statement before the rows) is never
run: pg_restore writes the rows of one table as text, and this module reads them from that text.
"""

import re
import tempfile
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, BinaryIO

from surelist.errors import ConfigurationError
from surelist.machine import children
from surelist.postgres.programs import ENVIRONMENT, binary

LISTS = "public"
CHUNK_BYTES = 1 << 16

_DATA = re.compile(r"\d+; \d+ \d+ TABLE DATA (\w+) (\w+) \S*")
_ENCODING = re.compile(rb"SET client_encoding = '(\w+)';\n")
_COPY = re.compile(rb"COPY (\w+)\.(\w+|\"\w+\") \(([^()]+)\) FROM stdin;\n")
_COLUMN = re.compile(r"(\w+)|\"(\w+)\"")
_READABLE = (b"UTF8", b"SQL_ASCII")
_END = b"\\.\n"


@dataclass(frozen=True, slots=True)
class Rows:
    """The rows of one table in PostgreSQL's text format, and the columns that they have."""

    columns: tuple[str, ...]
    lines: Generator[bytes]


def tables(path: Path) -> Mapping[str, tuple[str, ...]]:
    """The tables in a backup, by schema. Raises ConfigurationError if the file is no backup."""
    with opened(path) as file, tempfile.TemporaryFile() as contents:
        run("pg_restore", {}, "--list", stdin=file, out=contents)
        contents.seek(0)
        lines = [line for line in contents.read().decode().splitlines() if " TABLE DATA " in line]
    found: dict[str, list[str]] = {}
    for line in lines:
        entry = _DATA.fullmatch(line)
        if entry is None:
            raise ConfigurationError(f"{path} holds a table that is not Surelist's.")
        found.setdefault(entry[1], []).append(entry[2])
    return {schema: tuple(names) for schema, names in found.items()}


@contextmanager
def rows(path: Path, schema: str, table: str) -> Generator[Rows]:
    """The rows of one table. Read them inside the `with` block.

    Raises ConfigurationError if rows are missing or not in the format of `surelist backup`.
    """
    options = ("--file=-", "--data-only", f"--schema={schema}", f"--table={table}")
    command = [binary("pg_restore"), *options]
    with opened(path) as file, tempfile.TemporaryFile() as errors:
        with children.start(command, ENVIRONMENT, stdin=file, stderr=errors) as process:
            if process.stdout is None:
                raise RuntimeError("a pipe is missing")
            try:
                yield Rows(_columns(process.stdout, schema, table), _lines(process.stdout))
                _refuse_more(process.stdout, table)
            except ConfigurationError:
                _drain(process.stdout)
                if process.wait() == 0:
                    raise
            finally:
                process.stdout.close()
        if process.returncode:
            errors.seek(0)
            raise ConfigurationError(f"pg_restore failed: {reason(errors.read().decode())}")


def run(
    program: str,
    environment: children.Environment,
    *options: str,
    stdin: BinaryIO | None = None,
    out: IO[bytes] | None = None,
) -> None:
    """Run a program of PostgreSQL and wait for it. Raises ConfigurationError if it fails."""
    done = children.run(
        [binary(program), *options],
        {**ENVIRONMENT, **environment},
        stdin=stdin or children.DEVNULL,
        stdout=out or children.DEVNULL,
    )
    if done.returncode:
        raise ConfigurationError(f"{program} failed: {reason(done.stderr.decode())}")


def reason(output: str) -> str:
    """The error in a program's output, with advice for known errors."""
    if "row-level security" in output:
        return (
            "the role does not see every list. In DATABASE_URL_DIRECT use a superuser, or a role "
            "with BYPASSRLS that may read the tables."
        )
    if "for schema auth" in output:
        return (
            "the role may not read people. In DATABASE_URL_DIRECT use a superuser, or give the "
            "role pg_read_all_data too."
        )
    lines = [line for line in output.strip().splitlines() if "error:" in line]
    return (lines or output.strip().splitlines() or ["it did not say why"])[0]


def opened(path: Path) -> BinaryIO:
    """Open the file for reading. Raises ConfigurationError if it does not exist."""
    try:
        return path.open("rb")
    except FileNotFoundError:
        raise ConfigurationError(f"There is no file {path}.") from None


def _columns(output: IO[bytes], schema: str, table: str) -> tuple[str, ...]:
    """Read up to the first row, and return the names of the columns."""
    encoding = b""
    for line in output:
        if match := _ENCODING.fullmatch(line):
            encoding = match[1]
        if line.startswith(b"COPY "):
            break
    else:
        raise ConfigurationError(f"The backup has no rows of {schema}.{table}.")
    if encoding not in _READABLE:
        raise ConfigurationError("The backup is of a database whose encoding is not UTF8.")
    copy = _COPY.fullmatch(line)
    if not copy or copy[1].decode() != schema or copy[2].decode().strip('"') != table:
        raise ConfigurationError(f"The backup's rows of {schema}.{table} are not readable.")
    columns = [_COLUMN.fullmatch(column) for column in copy[3].decode().split(", ")]
    return tuple(column[1] or column[2] for column in columns if column)


def _lines(output: IO[bytes]) -> Generator[bytes]:
    """The rows in chunks of whole lines. Raises ConfigurationError if their end is missing."""
    chunk = bytearray()
    for line in output:
        if line == _END:
            yield bytes(chunk)
            return
        chunk += line
        if len(chunk) >= CHUNK_BYTES:
            yield bytes(chunk)
            chunk.clear()
    raise ConfigurationError("The backup ends in the middle of a table.")


def _refuse_more(output: IO[bytes], table: str) -> None:
    for line in output:
        if line.startswith(b"COPY "):
            raise ConfigurationError(f"The backup has the rows of {table} twice.")


def _drain(output: IO[bytes]) -> None:
    while output.read(CHUNK_BYTES):
        pass
