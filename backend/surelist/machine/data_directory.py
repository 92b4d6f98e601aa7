"""The data directory: its lock, its secret and the URL of its last server.

The process that uses the directory holds a lock on `lock` and writes its id there. `server.json`
holds the URL of the last server, and `secret` the secret that token keys are derived from.
"""

import fcntl
import json
import os
import secrets
from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import Path

from surelist.errors import ConfigurationError
from surelist.machine import private_files
from surelist.machine.private_files import refuse_shared

SECRET_BYTES = 32


def create(data: Path) -> None:
    """Create the directory with mode 0700, unless it exists.

    Raises ConfigurationError if another user owns it or can write to it.
    """
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    refuse_shared(data)


@contextmanager
def lock_exclusively(data: Path) -> Generator[None]:
    """Lock `data` for this process until the block ends.

    Raises ConfigurationError with the id of the process that holds the lock.
    """
    create(data)
    with private_files.append(data / "lock") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            raise ConfigurationError(_in_use(data, lock.read().decode())) from None
        lock.truncate(0)
        lock.write(str(os.getpid()).encode())
        lock.flush()
        yield


def _in_use(data: Path, pid: str) -> str:
    with suppress(FileNotFoundError, ValueError):
        server = json.loads((data / "server.json").read_text())
        if str(server["pid"]) == pid:
            return f"{data} is in use by process {pid}, which serves {server['url']}."
    return f"{data} is in use by process {pid}."


def record_server(data: Path, url: str) -> None:
    """Write the URL of this server to `server.json`."""
    create(data)
    private_files.replace(data / "server.json", json.dumps({"url": url, "pid": os.getpid()}))


def recorded_url(data: Path) -> str | None:
    """The URL of the last server on `data`, or None.

    Raises ConfigurationError if another user can write to `data`.
    """
    refuse_shared(data)
    try:
        return json.loads((data / "server.json").read_text())["url"]
    except (FileNotFoundError, ValueError):
        return None


def create_secret(data: Path) -> None:
    """Create the secret unless it exists. This process must hold the lock on `data`."""
    if not (data / "secret").exists():
        private_files.replace(data / "secret", secrets.token_urlsafe(SECRET_BYTES))


def read_secret(data: Path) -> str:
    """The secret of `data`.

    Raises ConfigurationError if there is none, or if another user can write to `data`.
    """
    refuse_shared(data)
    try:
        secret = (data / "secret").read_text()
    except FileNotFoundError:
        raise ConfigurationError(
            f"There is no Surelist in {data}. Start one with surelist serve, or name another "
            "directory with --data."
        ) from None
    if len(secret) < SECRET_BYTES:
        raise ConfigurationError(
            f"{data / 'secret'} is incomplete. Restore it from a copy. Without one, move it away: "
            "the next start creates a new secret, and every token must be replaced."
        )
    return secret
