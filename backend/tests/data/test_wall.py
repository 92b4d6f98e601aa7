"""A database whose row-level security was changed is refused, and the table is named."""

import pytest
from sqlmodel import SQLModel

from surelist.data import tables
from surelist.data.database import check
from surelist.errors import ConfigurationError
from tests.operations.test_doctor import SECRET, problems
from tests.support.copies import Copy

MINE = "user_id = current_setting('app.user_id', true)"
OTHERS = "user_id <> current_setting('app.user_id', true)"

CHANGES = {
    "ALTER TABLE {0} DISABLE ROW LEVEL SECURITY": "is not on and forced",
    "ALTER TABLE {0} NO FORCE ROW LEVEL SECURITY": "is not on and forced",
    "DROP POLICY {0}_of_user ON {0}": "it has no policy",
    "CREATE POLICY evil ON {0} USING (true)": "did not make, evil",
    "CREATE POLICY z ON {0} FOR SELECT TO surelist_app USING (true)": "did not make, z",
    "CREATE POLICY z ON {0} AS RESTRICTIVE USING (true)": "did not make, z",
    "ALTER POLICY {0}_of_user ON {0} RENAME TO other": "did not make, other",
    "ALTER POLICY {0}_of_user ON {0} USING (true)": "not the one that Surelist made",
    "ALTER POLICY {0}_of_user ON {0} WITH CHECK (true)": "not the one that Surelist made",
    f"ALTER POLICY {{0}}_of_user ON {{0}} USING ({MINE} OR true)": "not the one",
    "ALTER POLICY {0}_of_user ON {0} USING (user_id = current_setting('app.user', true))": "not",
    f"ALTER POLICY {{0}}_of_user ON {{0}} USING ({OTHERS})": "not the one",
    "ALTER POLICY {0}_of_user ON {0} TO surelist_app": "not the one that Surelist made",
    "DROP POLICY {0}_of_user ON {0};"
    f"CREATE POLICY {{0}}_of_user ON {{0}} FOR SELECT USING ({MINE})": "not the one",
    "CREATE FUNCTION public.current_setting(text, boolean) RETURNS text LANGUAGE sql"
    " AS 'SELECT ''ann''';"
    "ALTER POLICY {0}_of_user ON {0}"
    " USING (user_id = public.current_setting('app.user_id', true))": "not the one",
    "CREATE OPERATOR public.= (FUNCTION = textne, LEFTARG = text, RIGHTARG = text);"
    "ALTER POLICY {0}_of_user ON {0}"
    " USING (user_id OPERATOR(public.=) current_setting('app.user_id', true))": "not the one",
    "ALTER TABLE {0} RENAME TO gone": "it is missing",
}  # fmt: skip


@pytest.mark.parametrize("change", CHANGES)
async def test_a_changed_wall_is_refused_and_its_table_is_named(copy: Copy, change: str) -> None:
    await check(copy.url())
    await copy.run(change.format("task"))
    with pytest.raises(ConfigurationError) as refusal:
        await check(copy.url())
    said = str(refusal.value)
    assert said.startswith("The table task does not keep users apart: ")
    assert CHANGES[change] in said
    assert "\n" not in said


async def test_every_table_of_users_is_checked(copy: Copy) -> None:
    assert set(tables.of_users()) == set(SQLModel.metadata.tables) >= {"account", "task", "event"}
    for table in tables.of_users():
        await copy.run(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
        with pytest.raises(ConfigurationError, match=f"The table {table} does not"):
            await check(copy.url())
        await copy.run(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")


async def test_doctor_says_that_a_wall_is_missing(copy: Copy) -> None:
    await copy.run("CREATE POLICY evil ON event USING (true)")
    (wrong,) = problems(DATABASE_URL=copy.url(), **SECRET)
    assert "The table event does not keep users apart" in wrong
