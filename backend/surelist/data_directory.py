"""What an installation keeps on disk beside its PostgreSQL, and who is using it.

`lock` is held by the process that uses it and contains its id; `server.json` says where the last
server answered; `secret` signs tokens.
"""

import fcntl
import json
import os
import secrets
import tempfile
from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import Path

from surelist.errors import ConfigurationError

SECRET_BYTES = 32


def make(data: Path) -> None:
    """Make a directory, where it is missing, that its owner alone can enter."""
    data.mkdir(mode=0o700, parents=True, exist_ok=True)


def write_private(path: Path, content: str) -> None:
    """Write a file that its owner alone can read, whole or not at all; it replaces an older one."""
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f"{path.name}.")  # mode 0600
    try:
        with os.fdopen(descriptor, "w") as file:
            file.write(content)
            file.flush()
            os.fsync(descriptor)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


@contextmanager
def claim(data: Path) -> Generator[None]:
    """Be the only process that uses `data`; ConfigurationError names the one that does."""
    make(data)
    with (data / "lock").open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            raise ConfigurationError(_in_use(data, lock.read())) from None
        lock.truncate(0)
        lock.write(str(os.getpid()))
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
    write_private(data / "server.json", json.dumps({"url": url, "pid": os.getpid()}))


def recorded_url(data: Path) -> str | None:
    """The URL that the last server on `data` answered at."""
    try:
        return json.loads((data / "server.json").read_text())["url"]
    except (FileNotFoundError, ValueError):
        return None


def make_secret(data: Path) -> None:
    """Give `data`, which this process has claimed, the secret of its tokens, unless it has one."""
    if not (data / "secret").exists():
        write_private(data / "secret", secrets.token_urlsafe(SECRET_BYTES))


def kept_secret(data: Path) -> str:
    """The secret of `data`; ConfigurationError when nothing was ever served from there."""
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
