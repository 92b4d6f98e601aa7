"""`make release`, in a clone that nobody else uses."""

import json
import re
import shutil
import subprocess
import tomllib
from datetime import UTC, datetime
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
VERSIONED = (
    *("pyproject.toml", "frontend/package.json", "frontend/package-lock.json"),
    "frontend/api/openapi.json",
)
PARTS = ("Makefile", ".ci/release", "CHANGELOG.md", *VERSIONED)


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A repository with the parts that a release touches, committed."""
    for part in PARTS:
        target = tmp_path / part
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / part, target)
    changelog = tmp_path / "CHANGELOG.md"
    changelog.write_text(
        "# Changelog\n\n## [Unreleased]\n\n- Tasks have colours.\n\n## [0.0.1] - 2026-01-01\n"
    )
    git(tmp_path, "init", "--quiet")
    git(tmp_path, "config", "user.name", "Ann")
    git(tmp_path, "config", "user.email", "ann@example.com")
    git(tmp_path, "config", "commit.gpgsign", "false")
    git(tmp_path, "add", "--all")
    git(tmp_path, "commit", "--quiet", "--message", "Begin")
    return tmp_path


def git(clone: Path, *arguments: str) -> str:
    command = ["git", *arguments]
    return subprocess.run(
        command, cwd=clone, check=True, capture_output=True, text=True
    ).stdout.strip()


def release(clone: Path, *variables: str) -> subprocess.CompletedProcess[str]:
    command = ["make", "--no-print-directory", "release", *variables]
    return subprocess.run(command, cwd=clone, check=False, capture_output=True, text=True)


def versions(root: Path) -> set[str]:
    lock = json.loads((root / "frontend/package-lock.json").read_text())
    return {
        tomllib.loads((root / "pyproject.toml").read_text())["project"]["version"],
        json.loads((root / "frontend/package.json").read_text())["version"],
        json.loads((root / "frontend/api/openapi.json").read_text())["info"]["version"],
        lock["version"],
        lock["packages"][""]["version"],
    }


def test_every_file_names_the_same_version() -> None:
    assert len(versions(ROOT)) == 1


def test_a_release_names_its_version_everywhere_and_is_committed_and_tagged(clone: Path) -> None:
    before = {path: (clone / path).read_text() for path in VERSIONED}
    done = release(clone, "VERSION=7.8.9", "CHECK=true")
    assert done.returncode == 0, done.stderr
    assert versions(clone) == {"7.8.9"}
    [old] = versions(ROOT)
    for path, text in before.items():
        changed = (clone / path).read_text()
        assert changed.replace("7.8.9", old) == text, path
    today = datetime.now(UTC).date().isoformat()
    assert (
        f"## [Unreleased]\n\n## [7.8.9] - {today}\n\n- Tasks have colours."
        in (clone / "CHANGELOG.md").read_text()
    )
    assert git(clone, "status", "--porcelain") == ""
    assert git(clone, "log", "--format=%s", "-1") == "Release 7.8.9"
    assert git(clone, "rev-list", "-1", "v7.8.9") == git(clone, "rev-parse", "HEAD")


def test_a_failed_check_releases_nothing(clone: Path) -> None:
    refuse(clone, "The check has failed", "VERSION=7.8.9", "CHECK=false")


def test_a_tree_with_changes_is_not_released(clone: Path) -> None:
    (clone / "note").touch()
    assert "not committed" in release(clone, "VERSION=7.8.9", "CHECK=true").stderr
    assert git(clone, "tag") == ""


@pytest.mark.parametrize("version", ["", "7.8", "v7.8.9", "7.8.9; touch x"])
def test_a_version_of_another_form_is_refused(clone: Path, version: str) -> None:
    refuse(clone, "VERSION=x.y.z", f"VERSION={version}", "CHECK=true")


def test_a_version_is_released_once(clone: Path) -> None:
    git(clone, "tag", "v7.8.9")
    assert "exists already" in release(clone, "VERSION=7.8.9", "CHECK=true").stderr


def test_a_release_without_changes_is_refused(clone: Path) -> None:
    changelog = clone / "CHANGELOG.md"
    changelog.write_text(changelog.read_text().replace("- Tasks have colours.\n", ""))
    git(clone, "commit", "--quiet", "--all", "--message", "Say nothing")
    refuse(clone, "says nothing", "VERSION=7.8.9", "CHECK=true")


def refuse(clone: Path, words: str, *variables: str) -> None:
    """Expect a refusal with these words, and a clone that is as it was."""
    head = git(clone, "rev-parse", "HEAD")
    refused = release(clone, *variables)
    assert refused.returncode != 0
    assert re.search(re.escape(words), refused.stderr)
    assert git(clone, "rev-parse", "HEAD") == head
    assert git(clone, "status", "--porcelain") == ""
    assert git(clone, "tag") == ""
