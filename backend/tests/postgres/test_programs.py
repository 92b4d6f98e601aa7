"""PostgreSQL's programs run as an ordinary user and can still read private files of root."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from surelist.errors import ConfigurationError
from surelist.postgres import programs as postgres_programs
from surelist.postgres.programs import command, make_directory

PROBE = (
    "import os, sys; print(os.geteuid(), all(os.access(path, os.R_OK) for path in sys.argv[1:]))"
)


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    """A directory for PostgreSQL inside one that no other user can enter."""
    tmp_path.chmod(0o700)
    make_directory(tmp_path / "postgres")
    return tmp_path / "postgres"


@pytest.fixture
def python(monkeypatch: pytest.MonkeyPatch) -> str:
    """Python in place of a PostgreSQL program."""
    monkeypatch.setattr(postgres_programs, "binary", lambda _: str(Path(sys.executable).absolute()))
    return Path(sys.executable).name


def test_a_program_is_not_root_and_access_allows_it_private_files(directory: Path, python: str):
    private = directory.parent / "private"
    private.write_text("")
    private.chmod(0o600)
    seen = subprocess.check_output(
        command(directory, python, "-c", PROBE, directory, private), text=True, cwd="/"
    )
    assert seen.split() == [str(directory.stat().st_uid), "True"]
    assert directory.stat().st_uid != 0


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has capabilities to drop")
def test_a_program_keeps_one_capability_of_root(directory: Path, python: str):
    status = "print(open('/proc/self/status').read())"
    seen = subprocess.check_output(command(directory, python, "-c", status), text=True, cwd="/")
    capabilities = dict(line.split(":") for line in seen.splitlines() if line.startswith("Cap"))
    assert {int(value, 16) for value in capabilities.values()} == {1 << 1}


@pytest.mark.skipif(os.geteuid() != 0, reason="only root needs setpriv")
def test_without_setpriv_root_is_told_what_to_do(directory: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(ConfigurationError, match="PostgreSQL does not run as root"):
        command(directory, "postgres")
