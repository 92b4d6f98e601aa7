"""Programs that this process starts, each with the environment that it is given and no more.

The only module that starts programs. What a child gets of this process's environment is named
here (specs/operation.md, Child processes): a package of the page's build that looks for secrets
finds none (CWE-526).
"""

import os
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO, TypeAlias

PIPE = subprocess.PIPE
STDOUT = subprocess.STDOUT
DEVNULL = subprocess.DEVNULL
TimeoutExpired = subprocess.TimeoutExpired

Command: TypeAlias = Sequence[str | Path]
Environment: TypeAlias = Mapping[str, str]
Stream: TypeAlias = IO[bytes] | int | None
Process: TypeAlias = subprocess.Popen[bytes]

ORDINARY = ("PATH", "HOME", "LANG", "LANGUAGE", "LC_*", "TMPDIR", "TZ")
"""What any program may need; `*` stands for the rest of a name."""

NODE = ("NODE_OPTIONS",)

NETWORK = (
    *("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY", "NODE_USE_ENV_PROXY"),
    *("SSL_CERT_FILE", "SSL_CERT_DIR", "NODE_EXTRA_CA_CERTS"),
)
"""How to reach the world from here."""

REGISTRIES = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "PIP_*", "NPM_CONFIG_*")
"""Where pip and npm get packages from."""


def inherited(*names: str) -> dict[str, str]:
    """The variables of this process with these names, in capitals or not."""
    whole = {name for name in names if not name.endswith("*")}
    beginnings = tuple(name.removesuffix("*") for name in names if name.endswith("*"))
    return {
        name: value
        for name, value in os.environ.items()
        if name.upper() in whole or name.upper().startswith(beginnings or ("\0",))
    }


def run(
    command: Command,
    environment: Environment,
    *,
    stdin: Stream = DEVNULL,
    stdout: Stream = PIPE,
    said: bytes | None = None,
    cwd: str | None = None,
) -> subprocess.CompletedProcess[bytes]:
    """Run a program to its end, which reads `stdin`, or what is `said` to it."""
    source = stdin if said is None else PIPE
    with start(command, environment, stdin=source, stdout=stdout, cwd=cwd) as process:
        out, err = process.communicate(said)
    return subprocess.CompletedProcess(command, process.returncode, out, err)


def start(
    command: Command,
    environment: Environment,
    *,
    stdin: Stream = DEVNULL,
    stdout: Stream = PIPE,
    stderr: Stream = PIPE,
    cwd: str | Path | None = None,
    alone: bool = False,
) -> Process:
    """Start a program; `alone`, it has a session of its own, and Ctrl-C does not reach it."""
    return subprocess.Popen(  # noqa: S603
        command,
        env=environment,
        stdin=stdin,
        stdout=stdout,
        stderr=stderr,
        cwd=cwd,
        start_new_session=alone,
    )
