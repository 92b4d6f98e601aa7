"""Each test needs no more than its kind says: tests/support/kinds.py."""

import subprocess
import sys
from collections import defaultdict
from pathlib import Path

import pytest

from tests.support import kinds

TESTS = Path(__file__).parents[1]


def test_a_unit_test_is_refused_the_postgresql_of_its_worker() -> None:
    with (
        pytest.raises(RuntimeError, match="A unit test asked for PostgreSQL"),
        kinds.postgres_for_tests(),
    ):
        pass


def test_a_unit_test_is_refused_programs() -> None:
    with pytest.raises(RuntimeError, match="A unit test starts python"):
        subprocess.run([sys.executable, "--version"], check=True)


def test_what_is_listed_exists() -> None:
    sources = defaultdict[str, str](str)
    for path in TESTS.rglob("test_*.py"):
        sources[path.stem] += path.read_text()
    for listed in set().union(
        kinds.PROCESS, kinds.SLOW, kinds.TOGETHER, *kinds.NOT_ON_CITUS.values()
    ):
        module, _, test = listed.partition("::")
        assert f"def {test}(" in sources[module] if test else module in sources, listed


@pytest.mark.parametrize(
    ("test", "share"),
    [
        ("backend/tests/test_cli.py::test_up[a::b]", "backend/tests/test_cli.py"),
        (
            "backend/tests/clients/test_clients.py::test_a[x]",
            "backend/tests/clients/test_clients.py",
        ),
        ("backend/tests/test_words.py::test_a[x]", "backend/tests/test_words.py::test_a[x]"),
    ],
)
def test_a_module_whose_tests_start_programs_goes_to_one_worker(test: str, share: str) -> None:
    assert kinds.share_of(test) == share


def test_the_workers_get_these_shares(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kinds, "Shares", lambda _config, _log: "shares")
    make = request.config.hook.pytest_xdist_make_scheduler
    assert make(config=request.config, log=None) == "shares"
