"""Starts child processes with an explicit environment. No other module starts programs.

A child inherits only variables that are listed by name (specs/operation.md, Child processes), so
that an npm package in the page's build cannot read secrets from its environment (CWE-526).
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

BASIC = ("PATH", "HOME", "LANG", "LANGUAGE", "LC_*", "TMPDIR", "TZ")
"""Variables that any program may need. A `*` at the end matches any suffix."""

NODE = ("NODE_OPTIONS",)

NETWORK = (
    *("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY", "NODE_USE_ENV_PROXY"),
    *("SSL_CERT_FILE", "SSL_CERT_DIR", "NODE_EXTRA_CA_CERTS"),
)
"""Variables for proxies and certificates."""

REGISTRIES = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "PIP_*", "NPM_CONFIG_*")
"""Variables of pip and npm that name package registries."""


def inherited(*names: str) -> dict[str, str]:
    """The environment variables of this process that match `names`, in upper or lower case."""
    exact = {name for name in names if not name.endswith("*")}
    prefixes = tuple(name.removesuffix("*") for name in names if name.endswith("*"))
    return {
        name: value
        for name, value in os.environ.items()
        if name.upper() in exact or name.upper().startswith(prefixes or ("\0",))
    }


def run(
    command: Command,
    environment: Environment,
    *,
    stdin: Stream = DEVNULL,
    stdout: Stream = PIPE,
    stdin_data: bytes | None = None,
    cwd: str | None = None,
) -> subprocess.CompletedProcess[bytes]:
    """Run a program and wait for it. It reads `stdin_data`, or `stdin` if that is None."""
    source = stdin if stdin_data is None else PIPE
    with start(command, environment, stdin=source, stdout=stdout, cwd=cwd) as process:
        out, err = process.communicate(stdin_data)
    return subprocess.CompletedProcess(command, process.returncode, out, err)


def start(
    command: Command,
    environment: Environment,
    *,
    stdin: Stream = DEVNULL,
    stdout: Stream = PIPE,
    stderr: Stream = PIPE,
    cwd: str | Path | None = None,
    new_session: bool = False,
) -> Process:
    """Start a program. In a new session, Ctrl-C in the terminal does not reach it."""
    return subprocess.Popen(  # noqa: S603
        command,
        env=environment,
        stdin=stdin,
        stdout=stdout,
        stderr=stderr,
        cwd=cwd,
        start_new_session=new_session,
    )
