"""Rules that every table with users' rows follows."""

import pytest
from sqlalchemy import PrimaryKeyConstraint, UniqueConstraint
from sqlmodel import SQLModel

from surelist.data import tables

NAMES = tables.of_users()


def test_every_table_is_declared_as_a_users_table() -> None:
    assert set(SQLModel.metadata.tables) == set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_every_key_begins_with_the_user(name: str) -> None:
    table = SQLModel.metadata.tables[name]
    assert table.columns.keys()[0] == "user_id"
    keys = [
        [column.name for column in constraint.columns]
        for constraint in table.constraints
        if isinstance(constraint, PrimaryKeyConstraint | UniqueConstraint)
    ]
    keys += [
        [element.parent.name for element in one.elements] for one in table.foreign_key_constraints
    ]
    keys += [[column.name for column in index.columns] for index in table.indexes]
    assert {key[0] for key in keys} == {"user_id"}


def test_tables_come_after_those_that_they_reference_and_are_erased_in_reverse() -> None:
    order = [model.__name__.lower() for model in tables.in_order()]
    assert sorted(order) == list(NAMES)
    for table in SQLModel.metadata.tables.values():
        for key in table.foreign_key_constraints:
            assert order.index(key.referred_table.name) < order.index(table.name)
    erased = [model.__name__.lower() for model in tables.erased()]
    assert erased == [name for name in reversed(order) if name != "account"]
