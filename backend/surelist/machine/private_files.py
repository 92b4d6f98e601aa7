"""Files with mode 0600, safe against other users who can create files in the same directory.

No function follows a link or writes to a file of another user. If `web.log` is a link to
`~/.ssh/authorized_keys`, opening it fails (CWE-59, CWE-377).
"""

import errno
import os
import pwd
import stat
import tempfile
from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from surelist.errors import ConfigurationError

OTHERS_WRITE = stat.S_IWGRP | stat.S_IWOTH

_NO_HARD_LINKS = (errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK)
"""Errors of link(2) on file systems without hard links, such as FAT."""


def refuse_shared(directory: Path) -> None:
    """Raise ConfigurationError if another user owns `directory` or may write to it.

    PostgreSQL checks its own data directory the same way. A missing directory passes.
    """
    with suppress(FileNotFoundError):
        found = directory.stat()
        if found.st_uid != os.geteuid():
            raise ConfigurationError(
                f"{directory} belongs to {_user_name(found.st_uid)}, and this process runs as "
                f"{_user_name(os.geteuid())}. Run Surelist as its owner, or name another "
                "directory with --data."
            )
        if found.st_mode & OTHERS_WRITE:
            raise ConfigurationError(
                f"Other users can write to {directory}. Run: chmod go-w {directory}"
            )


def replace(path: Path, content: str) -> None:
    """Write `path` atomically with mode 0600, replacing an existing file."""
    with _temporary_file(path) as (file, temporary):
        file.write(content.encode())
        _sync(file)
        temporary.replace(path)


@contextmanager
def create(path: Path) -> Generator[BinaryIO]:
    """A new file with mode 0600, which appears at `path` when the block succeeds.

    Raises ConfigurationError, and changes nothing at `path`, if `path` exists before or after the
    block.
    """
    _refuse_to_replace(path)
    with _temporary_file(path) as (file, temporary):
        yield file
        _sync(file)
        _move_into_place(temporary, path)
        if not os.path.samestat(os.fstat(file.fileno()), path.lstat()):
            raise ConfigurationError(
                f"Another process replaced {path} while it was written. Choose a directory that "
                "other users cannot write to."
            )


def append(path: Path) -> BinaryIO:
    """Open `path` for reading and appending. Creates it with mode 0600 if it is missing.

    Raises ConfigurationError unless it is a regular file with one link that this user owns.
    """
    flags = os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
    try:
        descriptor = os.open(path, flags, 0o600)
    except OSError as error:
        if error.errno in (errno.ELOOP, errno.ENXIO, errno.EISDIR):
            raise ConfigurationError(_not_own_file(path)) from None
        raise
    found = os.fstat(descriptor)
    regular = stat.S_ISREG(found.st_mode) and found.st_nlink == 1
    if not regular or found.st_uid != os.geteuid():
        os.close(descriptor)
        raise ConfigurationError(_not_own_file(path))
    os.fchmod(descriptor, 0o600)
    return os.fdopen(descriptor, "a+b")


@contextmanager
def _temporary_file(path: Path) -> Generator[tuple[BinaryIO, Path]]:
    """A new file with mode 0600 beside `path`, and its name. Removed after the block."""
    try:
        descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f"{path.name}.")
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(path)) from None
    try:
        with os.fdopen(descriptor, "wb") as file:
            yield file, Path(name)
    finally:
        Path(name).unlink(missing_ok=True)


def _move_into_place(temporary: Path, path: Path) -> None:
    try:
        os.link(temporary, path, follow_symlinks=False)
    except FileExistsError:
        _refuse_to_replace(path)
        raise
    except OSError as error:
        if error.errno not in _NO_HARD_LINKS:
            raise
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW
        try:
            os.close(os.open(path, flags, 0o600))
        except FileExistsError:
            _refuse_to_replace(path)
            raise
        temporary.replace(path)


def _sync(file: BinaryIO) -> None:
    file.flush()
    os.fsync(file.fileno())


def _refuse_to_replace(path: Path) -> None:
    if os.path.lexists(path):
        raise ConfigurationError(f"{path} exists. A backup never replaces a file.")


def _not_own_file(path: Path) -> str:
    return f"{path} is not a regular file of this user. Remove it."


def _user_name(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return f"user {uid}"
