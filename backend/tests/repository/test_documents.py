"""What the documents say about the code, held against the code."""

import json
import re
import subprocess
import tomllib
from pathlib import Path

import pytest
import yaml
from sqlmodel import SQLModel

from surelist.config import Settings
from surelist.data import tables
from tests.frameworks.catalogue import FRAMEWORKS

ROOT = Path(__file__).parents[3]


def ours(pattern: str) -> list[Path]:
    """The repository's files of that pattern, without what was installed among them."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", pattern]
    listed = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    return [path for path in map(ROOT.joinpath, listed.split()) if path.exists()]


DOCUMENTS = ours("*.md")
TESTS = ours("backend/tests/*.py")
PINNED = re.compile(r"^([\w.-]+)==([\w.]+)", re.MULTILINE)
LINK = re.compile(r"\]\((?!https?:)([^)#\s]*)(?:#([^)\s]+))?\)")


def anchors(document: Path) -> set[str]:
    """The anchors that a reader's renderer makes of the headings."""
    headings = re.findall(r"^#+ (.+)$", document.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_link_of_a_document_leads_somewhere(document: Path) -> None:
    broken = []
    for path, anchor in LINK.findall(document.read_text()):
        target = (document.parent / path).resolve() if path else document
        if not target.exists() or (anchor and anchor not in anchors(target)):
            broken.append(f"{path}#{anchor}")
    assert broken == []


def test_the_spec_kit_names_every_contract() -> None:
    config = yaml.safe_load((ROOT / ".spec-kit/config.yaml").read_text())
    assert sorted(config["specs"]["contracts"]) == sorted(
        path.name for path in (ROOT / "specs").glob("*.md")
    )


def test_every_test_that_a_document_names_exists() -> None:
    defined = {name for path in TESTS for name in re.findall(r"def (test_\w+)\(", path.read_text())}
    modules = {path.stem for path in TESTS}
    named = {
        name for document in DOCUMENTS for name in re.findall(r"\b(test_\w+)", document.read_text())
    }
    assert named - defined - modules == set()


def test_every_decision_names_the_check_that_enforces_it() -> None:
    for decision in (ROOT / "docs/decisions").glob("[0-9]*.md"):
        check = decision.read_text().partition("**Check.**")[2]
        assert re.search(r"test_\w+|make check|lint", check), decision.name


def test_the_index_of_decisions_names_each_by_its_title() -> None:
    folder = ROOT / "docs/decisions"
    titles = {
        path.name: path.read_text().splitlines()[0].removeprefix("# ")[6:]
        for path in folder.glob("[0-9]*.md")
    }
    rows = re.findall(
        r"^\| \[(\d{4})\]\((.+\.md)\) \| (.+?) \|$",
        (folder / "README.md").read_text(),
        re.MULTILINE,
    )
    assert {path: title for _, path, title in rows} == titles
    assert [number for number, *_ in rows] == sorted(path[:4] for path in titles)


def test_the_index_of_documents_names_each() -> None:
    linked = {path for path, _ in LINK.findall((ROOT / "docs/README.md").read_text())}
    documents = {
        str(path.relative_to(ROOT / "docs"))
        for path in (ROOT / "docs").rglob("*.md")
        if not re.match(r"\d{4}-", path.name) and path != ROOT / "docs/README.md"
    }
    specs = {f"../specs/{path.name}" for path in (ROOT / "specs").glob("*.md")}
    assert (documents | specs) - linked == set()


GUIDES = [ROOT / "docs/architecture.md", *(ROOT / "docs/contributing").glob("*.md")]


@pytest.mark.parametrize("guide", GUIDES, ids=lambda path: path.name)
def test_every_path_that_a_guide_names_exists(guide: Path) -> None:
    named = re.findall(r"`((?:backend|frontend|specs|bench|docs)/[^`\s]*)`", guide.read_text())
    assert named
    assert [path for path in named if not list(ROOT.glob(path))] == []


def test_the_architecture_names_every_package_from_the_top_down() -> None:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
    levels = next(
        contract["layers"]
        for contract in contracts["contracts"]
        if contract["type"] == "layers" and contract["containers"] == ["surelist"]
    )
    table = (ROOT / "docs/architecture.md").read_text().partition("\n## ")[0]
    rows = re.findall(r"^\| (`[^|]+`) \|", table, re.MULTILINE)
    named = [re.findall(r"`(\w+)(?:/|\.py)`", row) for row in rows]
    expected = [sorted(re.findall(r"\w+", level)) for level in levels]
    assert [sorted(row) for row in named] == expected


def test_the_forge_runs_what_ci_runs() -> None:
    workflow = yaml.safe_load((ROOT / ".github/workflows/check.yml").read_text())
    job = workflow["jobs"]["check"]
    assert {"run": ".ci/run"} in job["steps"]
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert f">={min(job['strategy']['matrix']['python'])}" == project["requires-python"]


def test_the_data_model_names_every_column_and_index() -> None:
    contract = (ROOT / "specs/data-model.md").read_text()
    named = set(re.findall(r"`(\w+)`", contract))
    described = [SQLModel.metadata.tables[name] for name in tables.of_users()]
    columns = {column.name for table in described for column in table.columns}
    indexes = {str(index.name) for table in described for index in table.indexes}
    assert (columns | indexes) - named == set()


def test_the_configuration_names_every_variable_there_is() -> None:
    text = (ROOT / "docs/configuration.md").read_text()
    rows = re.findall(r"^\| (`[A-Z_]+`(?:, `[A-Z_]+`)*) \|", text, re.MULTILINE)
    named = {name for row in rows for name in re.findall(r"[A-Z_]+", row)}
    page = (ROOT / "frontend/auth/server/settings.ts").read_text()
    of_the_page = set(re.findall(r"^  ([A-Z_]+): ", page, re.MULTILINE))
    assert named == {field.alias for field in Settings.model_fields.values()} | of_the_page


def test_no_version_older_than_the_tested_one_is_admitted() -> None:
    # Older ones have known holes (PyJWT before 2.14), or were never tried.
    locked = dict(
        re.findall(
            r"^([\w-]+)==([\d.]+)", (ROOT / "requirements/otel.txt").read_text(), re.MULTILINE
        )
    )
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    named = [*project["dependencies"], *project["optional-dependencies"]["otel"]]
    bounds = dict(re.findall(r"^([\w-]+)(?:\[\w+\])?>=([\d.]+)", "\n".join(named), re.MULTILINE))
    bounds.pop("tzdata", None)
    older = {
        name: bound
        for name, bound in bounds.items()
        if not f"{locked[name]}.".startswith(f"{bound}.")
    }
    assert len(bounds) > 20
    assert older == {}


def test_the_table_of_frameworks_names_what_is_locked() -> None:
    frameworks = ROOT / "backend/tests/frameworks"
    locked = set[str]()
    for lock in frameworks.glob("python/*/requirements.txt"):
        locked |= {f"{name} {release}" for name, release in PINNED.findall(lock.read_text())}
    for package in frameworks.glob("javascript/*/package.json"):
        asked = json.loads(package.read_text())["dependencies"]
        locked |= {f"{name} {release}" for name, release in asked.items()}
    table = (ROOT / "docs/clients.md").read_text()
    rows = re.findall(r"^\| \S+ \| (.+ [\d.]+) \|", table, re.MULTILINE)
    named = {release for row in rows for release in row.split(", ")}
    assert len(rows) == len({framework.folder for framework in FRAMEWORKS})
    assert named - locked == set()
