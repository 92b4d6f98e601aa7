"""The git hook, with stand-ins for the programs that it runs."""

import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
PROGRAMS = {
    ".venv/bin": ("ruff", "basedpyright", "lint-imports"),
    "frontend/node_modules/.bin": ("prettier", "eslint"),
}
STAND_IN = '#!/bin/sh\necho "${0##*/} $*" >>"%s"\ntest "${0##*/}" != "$FAILING"\n'


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A repository with the hook, whose programs write down how they are called."""
    clone = tmp_path / "clone"
    (clone / ".githooks").mkdir(parents=True)
    shutil.copy2(ROOT / ".githooks/pre-commit", clone / ".githooks")
    for folder, programs in PROGRAMS.items():
        (clone / folder).mkdir(parents=True)
        for program in programs:
            stand_in = clone / folder / program
            stand_in.write_text(STAND_IN % (tmp_path / "called"))
            stand_in.chmod(0o755)
    subprocess.run(["git", "init", "--quiet"], cwd=clone, check=True)
    return clone


def hook(clone: Path, *files: str, failing: str = "") -> tuple[int, list[str]]:
    """The exit status for a commit of these files, and the programs that were called."""
    for file in files:
        (clone / file).parent.mkdir(parents=True, exist_ok=True)
        (clone / file).write_text("x\n")
    subprocess.run(["git", "add", *files], cwd=clone, check=True)
    done = subprocess.run(
        [".githooks/pre-commit"],
        cwd=clone,
        check=False,
        env={"PATH": "/usr/bin:/bin", "FAILING": failing},
    )
    called = clone.parent / "called"
    return done.returncode, called.read_text().splitlines() if called.exists() else []


def test_python_is_checked_as_make_check_does(clone: Path) -> None:
    status, called = hook(clone, "backend/a b.py")
    assert status == 0
    assert called == [
        "ruff format --check --force-exclude backend/a b.py",
        "ruff check --force-exclude backend/a b.py",
        "basedpyright ",
        "lint-imports ",
    ]


def test_the_pages_files_are_checked_as_make_check_does(clone: Path) -> None:
    status, called = hook(clone, "frontend/ui/a.tsx", "frontend/app/a.css")
    assert status == 0
    assert called == [
        "prettier --check --ignore-unknown app/a.css ui/a.tsx",
        "eslint --max-warnings 0 --no-warn-ignored ui/a.tsx",
    ]


def test_a_document_is_not_checked(clone: Path) -> None:
    assert hook(clone, "README.md") == (0, [])


@pytest.mark.parametrize("program", ["ruff", "basedpyright", "lint-imports", "prettier", "eslint"])
def test_a_program_that_objects_stops_the_commit(clone: Path, program: str) -> None:
    status, _ = hook(clone, "a.py", "frontend/a.ts", failing=program)
    assert status != 0
