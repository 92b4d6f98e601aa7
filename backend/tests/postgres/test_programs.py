"""PostgreSQL's programs run as somebody who is not root, and reach what only we can."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from surelist.errors import ConfigurationError
from surelist.postgres import programs as postgres_programs
from surelist.postgres.programs import command, make_directory

LOOK = "import os, sys; print(os.geteuid(), all(os.access(path, os.R_OK) for path in sys.argv[1:]))"


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    """A directory for PostgreSQL inside one that no other user can enter."""
    tmp_path.chmod(0o700)
    make_directory(tmp_path / "postgres")
    return tmp_path / "postgres"


@pytest.fixture
def python(monkeypatch: pytest.MonkeyPatch) -> str:
    """This Python, in the place of a program of PostgreSQL's."""
    monkeypatch.setattr(postgres_programs, "binary", lambda _: str(Path(sys.executable).absolute()))
    return Path(sys.executable).name


def test_a_program_is_not_root_and_reaches_private_files_also_by_asking_first(
    directory: Path, python: str
):
    private = directory.parent / "private"
    private.write_text("")
    private.chmod(0o600)
    seen = subprocess.check_output(
        command(directory, python, "-c", LOOK, directory, private), text=True, cwd="/"
    )
    assert seen.split() == [str(directory.stat().st_uid), "True"]
    assert directory.stat().st_uid != 0


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has powers to drop")
def test_a_program_keeps_one_power_of_roots(directory: Path, python: str):
    status = "print(open('/proc/self/status').read())"
    seen = subprocess.check_output(command(directory, python, "-c", status), text=True, cwd="/")
    powers = dict(line.split(":") for line in seen.splitlines() if line.startswith("Cap"))
    assert {int(power, 16) for power in powers.values()} == {1 << 1}


@pytest.mark.skipif(os.geteuid() != 0, reason="only root needs setpriv")
def test_without_setpriv_root_is_told_what_to_do(directory: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(ConfigurationError, match="PostgreSQL does not run as root"):
        command(directory, "postgres")
