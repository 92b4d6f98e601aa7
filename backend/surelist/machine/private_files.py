"""Files that only their owner can read, safe against other users who prepare names in a directory.

No function here follows a link or writes into a file of another user. `web.log` laid out as a link
to `~/.ssh/authorized_keys` is refused (CWE-59, CWE-377).
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

_WITHOUT_LINKS = (errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK)
"""What file systems without hard links answer, such as FAT: link(2)."""


def refuse_shared(directory: Path) -> None:
    """Raise ConfigurationError if another user owns `directory` or may write to it.

    PostgreSQL holds its own data directory to the same. A directory that does not exist passes.
    """
    with suppress(FileNotFoundError):
        found = directory.stat()
        if found.st_uid != os.geteuid():
            raise ConfigurationError(
                f"{directory} belongs to {_name(found.st_uid)}, and this process runs as "
                f"{_name(os.geteuid())}: run Surelist as its owner, or name another directory with "
                "--data."
            )
        if found.st_mode & OTHERS_WRITE:
            raise ConfigurationError(
                f"{directory} can be written to by other users. Run: chmod go-w {directory}"
            )


def replace(path: Path, content: str) -> None:
    """Write a state file whole or not at all, mode 0600; it replaces an older one."""
    with _beside(path) as (file, name):
        file.write(content.encode())
        _flush(file)
        name.replace(path)


@contextmanager
def create(path: Path) -> Generator[BinaryIO]:
    """A new file at `path`, mode 0600, which appears there when the block is left, whole.

    Raises ConfigurationError if there is anything at `path`, before or after the block, and then
    leaves it as it is.
    """
    _refuse_to_replace(path)
    with _beside(path) as (file, name):
        yield file
        _flush(file)
        _publish(name, path)
        if not os.path.samestat(os.fstat(file.fileno()), path.lstat()):
            raise ConfigurationError(
                f"Somebody exchanged {path} while it was written: choose a directory that other "
                "users cannot write to."
            )


def append(path: Path) -> BinaryIO:
    """`path`, open for reading and appending, mode 0600; made if it does not exist.

    Raises ConfigurationError if it is a link, has a second name, is no file, or is not ours.
    """
    flags = os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
    try:
        descriptor = os.open(path, flags, 0o600)
    except OSError as error:
        if error.errno in (errno.ELOOP, errno.ENXIO, errno.EISDIR):
            raise ConfigurationError(_not_ours(path)) from None
        raise
    found = os.fstat(descriptor)
    plain = stat.S_ISREG(found.st_mode) and found.st_nlink == 1
    if not plain or found.st_uid != os.geteuid():
        os.close(descriptor)
        raise ConfigurationError(_not_ours(path))
    os.fchmod(descriptor, 0o600)
    return os.fdopen(descriptor, "a+b")


@contextmanager
def _beside(path: Path) -> Generator[tuple[BinaryIO, Path]]:
    """A new file of mode 0600 beside `path`, and its name, which is gone afterwards."""
    try:
        descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f"{path.name}.")
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(path)) from None
    try:
        with os.fdopen(descriptor, "wb") as file:
            yield file, Path(name)
    finally:
        Path(name).unlink(missing_ok=True)


def _publish(name: Path, path: Path) -> None:
    try:
        os.link(name, path, follow_symlinks=False)
    except FileExistsError:
        _refuse_to_replace(path)
        raise
    except OSError as error:
        if error.errno not in _WITHOUT_LINKS:
            raise
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW
        try:
            os.close(os.open(path, flags, 0o600))
        except FileExistsError:
            _refuse_to_replace(path)
            raise
        name.replace(path)


def _flush(file: BinaryIO) -> None:
    file.flush()
    os.fsync(file.fileno())


def _refuse_to_replace(path: Path) -> None:
    if os.path.lexists(path):
        raise ConfigurationError(f"{path} exists, and a backup never replaces a file.")


def _not_ours(path: Path) -> str:
    return f"{path} is not a plain file of this user's own: remove it."


def _name(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return f"user {uid}"
