import re
import subprocess
import sys
from pathlib import Path

import pytest

from surelist.data.database import Statement
from surelist.postgres.embedded import DATABASE, Cluster
from tests.support.copies import Copy
from tests.support.write_statements import statements

WRITES = {
    name: statement
    for name, statement in statements().items()
    if re.search(r"\b(INSERT INTO|UPDATE|DELETE FROM) \w", statement.sql)
}

CALLED = re.compile(r"\b([a-z_]\w*)\(")

CHANGING = "SELECT proname::text FROM pg_proc WHERE provolatile <> 'i' AND proname = ANY ($1)"
"""Functions that are volatile, or stable: their result depends on the session."""


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


async def test_a_write_calls_immutable_functions_only(cluster: Cluster) -> None:
    """Citus refuses a volatile function, since each copy of a row would get another value, and a
    stable one beside a column.
    """
    called = {name: CALLED.findall(write.sql) for name, write in WRITES.items()}
    names = sorted({function for found in called.values() for function in found})
    assert {"coalesce", "octet_length", "statement_timestamp"} <= set(names)
    changing = {row[0] for row in await Copy(cluster, DATABASE).rows(CHANGING, names)}
    changing.remove("statement_timestamp")  # has no arguments, and is sent as a value
    assert {name for name, found in called.items() if changing.intersection(found)} == set()


@pytest.mark.parametrize(("name", "write"), WRITES.items())
def test_no_write_calculates_with_times(name: str, write: Statement) -> None:
    """Its result depends on the session's time zone, so Citus refuses it beside a column."""
    assert "INTERVAL" not in write.sql, name


@pytest.mark.parametrize(("name", "statement"), statements().items())
def test_a_statement_is_one(name: str, statement: Statement) -> None:
    """Citus plans each statement for a node by the user that it names."""
    assert ";" not in statement.sql, name


@pytest.mark.parametrize(("name", "write"), WRITES.items())
def test_what_a_write_sets_comes_from_its_row_or_from_a_part_that_is_read_before(
    name: str, write: Statement
) -> None:
    """Citus takes a subquery in SET only when it selects from a WITH."""
    for values in re.findall(r"\bSET (.*?) WHERE ", write.sql, re.DOTALL):
        selected = re.findall(r"\(SELECT .*?\bFROM (\w+)", values, re.DOTALL)
        assert set(selected) <= set(re.findall(r"(\w+) AS MATERIALIZED", write.sql)), name
