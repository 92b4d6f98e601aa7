"""What an installation keeps on disk beside its PostgreSQL, and who is using it.

`lock` is held by the process that uses it and contains its id; `server.json` says where the last
server answered; `secret` signs tokens.
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


def make(data: Path) -> None:
    """Make a directory, where it is missing, that its owner alone can enter.

    Raises ConfigurationError if it exists and is another user's, or others may write to it.
    """
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    refuse_shared(data)


@contextmanager
def claim(data: Path) -> Generator[None]:
    """Be the only process that uses `data`; ConfigurationError names the one that does."""
    make(data)
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
            return f"{data} is in use by process {pid}, which answers at {server['url']}."
    return f"{data} is in use by process {pid}."


def record_server(data: Path, url: str) -> None:
    """Keep the URL that this process answers at, for `recorded_url`."""
    make(data)
    private_files.replace(data / "server.json", json.dumps({"url": url, "pid": os.getpid()}))


def recorded_url(data: Path) -> str | None:
    """The URL that the last server on `data` answered at.

    Raises ConfigurationError if another user could have written it.
    """
    refuse_shared(data)
    try:
        return json.loads((data / "server.json").read_text())["url"]
    except (FileNotFoundError, ValueError):
        return None


def make_secret(data: Path) -> None:
    """Give `data`, which this process has claimed, the secret of its tokens, unless it has one."""
    if not (data / "secret").exists():
        private_files.replace(data / "secret", secrets.token_urlsafe(SECRET_BYTES))


def kept_secret(data: Path) -> str:
    """The secret of `data`.

    Raises ConfigurationError if nothing was ever served from there, or `data` is open to others.
    """
    refuse_shared(data)
    try:
        kept = (data / "secret").read_text()
    except FileNotFoundError:
        raise ConfigurationError(
            f"There is no Surelist in {data}: start it with surelist serve, "
            "or name the directory of one with --data."
        ) from None
    if len(kept) < SECRET_BYTES:
        raise ConfigurationError(
            f"{data / 'secret'} is not whole: put back a copy of it. Without one, move it away: "
            "the next start makes a new one, and every token has to be made anew."
        )
    return kept
