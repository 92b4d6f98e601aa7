import subprocess
import sys
from pathlib import Path

import pytest

from surelist.data.database import Statement
from tests.support.write_statements import statements


def test_the_statements_that_can_be_read_are_those_that_run() -> None:
    """Runs in a separate process, since statements that other tests compile have no name."""
    checked = subprocess.run(
        [sys.executable, "-m", "tests.support.write_statements", "--check"],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=False,
    )
    assert checked.returncode == 0, checked.stderr


@pytest.mark.parametrize(("name", "statement"), statements().items())
def test_a_statement_asks_for_the_users_own_rows(name: str, statement: Statement) -> None:
    assert "user_id" in statement.parameters, name
