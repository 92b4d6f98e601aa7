"""A restore copies only rows from a file, which may be hostile."""

import asyncio
import re
from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import pytest

from surelist.data import auth_schema, database, tables
from surelist.data.database import SCHEMA, check, migrate
from surelist.errors import ConfigurationError
from surelist.operations import archive
from surelist.operations.backup import back_up
from surelist.operations.restoring import PEOPLE, restore
from surelist.postgres.embedded import APP_ROLE, OWNER_ROLE, SUPERUSER, Cluster, Server
from tests.operations.test_backup import ANN, TABLES_OF_PEOPLE
from tests.support.citus_nodes import direct_url
from tests.support.copies import Copy, copied
from tests.support.write_people import FRONTEND, made

EMPTY = "template0"


@pytest.fixture
async def empty(cluster: Cluster) -> AsyncIterator[Copy]:
    """A new, empty database."""
    async with copied(cluster, EMPTY) as copy:
        yield copy


async def backup_of(copy: Copy, path: Path) -> Path:
    await asyncio.to_thread(back_up, direct_url(copy.server, SUPERUSER, copy.name), path)
    return path


async def restored(path: Path, target: Copy, people: str | None = None) -> None:
    owner, seer = (direct_url(target.server, role, target.name) for role in (OWNER_ROLE, SUPERUSER))
    await asyncio.to_thread(
        lambda: restore(path, owner=owner, seer=seer, app=target.url(), people=people)
    )


ROWS = """
INSERT INTO account (user_id, last_event, last_task) VALUES ('ann', 1, 1), ('bob', 1, 1);
INSERT INTO task (user_id, id, title, description, priority, tags, sort_title, search_text,
    {search_tags} version, created_at, updated_at)
SELECT user_id, 1, E'M\\u00e4lk\\n\\\\.\\t\\\\N', E'\\\\.\\nDROP TABLE task;', 1, '{{a}}', '', '',
    {a} 1, now(), now() FROM account;
INSERT INTO event (user_id, id, {of_task}, kind, actor, client_id, client_name, at, after)
SELECT user_id, 1, {task}, 'created', 'agent', 'x', 'x', now(), '{{"title": "M"}}' FROM account;
INSERT INTO agent (user_id, client_id, name, scopes) VALUES ('ann', 'x', 'X', '{{tasks:read}}');
"""
TERM_BEFORE_0005 = "INSERT INTO term (user_id, term, task_id) VALUES ('ann', 'milk', 1);"
SAID_BEFORE_0004 = """
INSERT INTO conversation (user_id, id) VALUES ('ann', 1);
INSERT INTO message (user_id, conversation_id, id, role, content) VALUES ('ann', 1, 1, 'user', '');
"""
SAID = """
INSERT INTO conversation (user_id, id, title, search_text, client_id, client_name, last_message,
    turn_token, turn_started_at, deleted_at)
VALUES ('ann', 1, E'M\\u00e4lk\\t', ' malk', 'x', 'x', 2, 'a turn', now(), now());
INSERT INTO message (user_id, conversation_id, id, role, content, parts, search_text, reply_to,
    failure, client_id, client_name, idempotency_key, request_hash)
VALUES ('ann', 1, 1, 'user', E'\\\\.\\nDROP TABLE task;', NULL, '', NULL, NULL, 'x', 'x', 'k',
    '\\x00'),
    ('ann', 1, 2, 'assistant', 'A', '[{"type": "text", "text": "A\\n"}]', '', 1, 'stopped', 'y',
    'y', NULL, NULL);
UPDATE event SET conversation_id = 1, message_id = 1 WHERE user_id = 'ann';
UPDATE account SET last_conversation = 1, chat_day = '2026-11-01', chat_turns = 2, chat_tokens = 3;
"""


REPLACED_FROM_0006 = """
INSERT INTO message (user_id, conversation_id, id, role, content, search_text, replaces, client_id,
    client_name) VALUES ('ann', 1, 3, 'user', 'B', '', 1, 'x', 'x');
"""


def rows(version: str = SCHEMA) -> str:
    """Rows in every table, as a schema of that version takes them."""
    of = {"of_task": "task_id", "task": "1"}
    if version >= "0008":
        of = {"of_task": "subject, subject_id", "task": "'task', 1"}
    if version < "0005":
        before = ROWS.format(search_tags="", a="", **of) + TERM_BEFORE_0005
        return before + (SAID if version >= "0004" else SAID_BEFORE_0004)
    said = SAID + (REPLACED_FROM_0006 if version >= "0006" else "")
    return ROWS.format(search_tags="search_tags,", a="'{a}',", **of) + said


EVIL = {
    "a policy": "CREATE POLICY evil ON task USING (true)",
    "a changed policy": "ALTER POLICY task_of_user ON task USING (true)",
    "no wall": "ALTER TABLE task NO FORCE ROW LEVEL SECURITY",
    "a trigger": "CREATE FUNCTION evil() RETURNS trigger LANGUAGE plpgsql AS"
    " 'BEGIN RETURN NEW; END'; CREATE TRIGGER evil BEFORE INSERT ON task"
    " FOR EACH ROW EXECUTE FUNCTION evil()",
    "a rule": "CREATE RULE evil AS ON INSERT TO event DO ALSO DELETE FROM agent",
    "a default": "CREATE FUNCTION evil() RETURNS text LANGUAGE sql AS 'SELECT ''x''';"
    "ALTER TABLE message ALTER content SET DEFAULT evil()",
    "a lost constraint": "ALTER TABLE task DROP CONSTRAINT task_title_check",
}

LAID_OUT = """
SELECT 'column', attrelid::regclass::text, attname, format_type(atttypid, atttypmod),
    pg_get_expr(adbin, adrelid)
FROM pg_attribute JOIN pg_class ON oid = attrelid
LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
WHERE relnamespace = 'public'::regnamespace AND attnum > 0 AND NOT attisdropped
UNION ALL SELECT 'policy', tablename, policyname, qual, with_check FROM pg_policies
UNION ALL SELECT 'table', relname, relrowsecurity::text, relforcerowsecurity::text, relkind::text
FROM pg_class WHERE relnamespace = 'public'::regnamespace
UNION ALL SELECT 'constraint', conrelid::regclass::text, conname, pg_get_constraintdef(oid), ''
FROM pg_constraint WHERE connamespace = 'public'::regnamespace
UNION ALL SELECT 'trigger', tgrelid::regclass::text, tgname, '', '' FROM pg_trigger
WHERE NOT tgisinternal
UNION ALL SELECT 'function', proname, '', '', '' FROM pg_proc
WHERE pronamespace = 'public'::regnamespace
UNION ALL SELECT 'rule', tablename, rulename, '', '' FROM pg_rules WHERE schemaname = 'public'
"""


async def laid_out(copy: Copy) -> set[tuple[object, ...]]:
    """The definitions of everything in a database's schema `public`."""
    return {tuple(row) for row in await copy.rows(LAID_OUT)}


async def rows_of(copy: Copy) -> dict[str, list[tuple[object, ...]]]:
    return {
        name: [tuple(row) for row in await copy.rows(f"SELECT * FROM {name} ORDER BY 1, 2, 3")]
        for name in tables.of_users()
    }


@pytest.mark.parametrize("evil", EVIL)
async def test_a_restore_ignores_everything_in_a_file_except_rows(
    copy: Copy, empty: Copy, tmp_path: Path, evil: str
) -> None:
    right = await laid_out(copy)
    await copy.run(rows())
    await copy.run(EVIL[evil])
    assert await laid_out(copy) != right
    await restored(await backup_of(copy, tmp_path / "file"), empty)
    assert await laid_out(empty) == right
    assert await rows_of(empty) == await rows_of(copy)
    await check(empty.url())
    assert await empty.rows("SELECT * FROM task", role=APP_ROLE) == []


async def test_sql_in_the_place_of_the_statement_before_the_rows_is_not_run(
    copy: Copy, empty: Copy, tmp_path: Path
) -> None:
    await copy.run(rows())
    path = await backup_of(copy, tmp_path / "file")
    whole = path.read_bytes()
    (statement,) = set(re.findall(rb"COPY public\.event \([^)]*\) FROM stdin;\n", whole))
    for evil in (b"DROP TABLE agent;--", b"COPY public.account FROM stdin;--"):
        path.write_bytes(whole.replace(statement, evil.ljust(len(statement) - 1) + b"\n"))
        with pytest.raises(ConfigurationError, match=r"public\.event"):
            await restored(path, empty)
        assert await empty.rows("SELECT FROM pg_tables WHERE schemaname = 'public'") == []


async def test_an_unknown_table_or_column_is_refused_by_its_name(
    copy: Copy, empty: Copy, tmp_path: Path
) -> None:
    await copy.run("ALTER TABLE task ADD surprise text")
    with pytest.raises(ConfigurationError, match=r"does not know: task\.surprise"):
        await restored(await backup_of(copy, tmp_path / "column"), empty)
    await copy.run(f"CREATE SCHEMA auth; {TABLES_OF_PEOPLE} CREATE TABLE auth.surprise (id int)")
    await copy.run("ALTER TABLE task DROP surprise")
    path = await backup_of(copy, tmp_path / "table")
    with pytest.raises(ConfigurationError, match="does not know: surprise"):
        await restored(path, empty, await with_people(empty))
    assert await empty.rows("SELECT FROM pg_tables WHERE schemaname = 'public'") == []


async def with_people(empty: Copy) -> str:
    """The address of a database's schema `auth`, which is made."""
    await empty.run(f"CREATE SCHEMA auth AUTHORIZATION {OWNER_ROLE}")
    return direct_url(empty.server, OWNER_ROLE, empty.name)


@pytest.mark.parametrize(
    "version", sorted(database.revisions()), ids=lambda version: f"of {version}"
)
async def test_a_backup_of_each_earlier_schema_is_migrated(
    cluster: Cluster, empty: Copy, tmp_path: Path, version: str
) -> None:
    async with copied(cluster, EMPTY) as old:
        owner = direct_url(cluster, OWNER_ROLE, old.name)
        await asyncio.to_thread(migrate, owner, revision=version)
        await old.run(rows(version))
        path = await backup_of(old, tmp_path / "file")
    await restored(path, empty)
    assert await empty.rows("SELECT version_num FROM alembic_version") == [(SCHEMA,)]
    assert len(await empty.rows("SELECT FROM task")) == 2
    assert len(await empty.rows("SELECT FROM message JOIN conversation USING (user_id)")) > 0
    await check(empty.url())


@pytest.mark.parametrize(
    ("version", "words"), [("9999", "is of a newer Surelist"), ("0000", "is of no version")]
)
async def test_a_backup_of_no_known_schema_is_refused(
    copy: Copy, empty: Copy, tmp_path: Path, version: str, words: str
) -> None:
    await copy.run(f"UPDATE alembic_version SET version_num = '{version}'")
    with pytest.raises(ConfigurationError, match=words):
        await restored(await backup_of(copy, tmp_path / "file"), empty)


async def test_people_are_rows_in_tables_of_this_version(
    copy: Copy, empty: Copy, tmp_path: Path
) -> None:
    await copy.run(f"CREATE SCHEMA auth; {TABLES_OF_PEOPLE} {ANN}")
    await copy.run(
        'INSERT INTO auth.session (id, token, "userId", "expiresAt", "createdAt", "updatedAt")'
        " VALUES ('s', 't', 'u1', now(), now(), now());"
        "CREATE FUNCTION auth.evil() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';"
        'CREATE TRIGGER evil BEFORE INSERT ON auth."user" FOR EACH ROW'
        " EXECUTE FUNCTION auth.evil();"
        "CREATE VIEW auth.view AS SELECT 1;"
        'ALTER TABLE auth."user" DROP COLUMN image'  # as an older version had it
    )
    path = await backup_of(copy, tmp_path / "file")
    people = await with_people(empty)
    await empty.run("CREATE TABLE auth.jwks (id int)", role=OWNER_ROLE)  # of a page that had begun
    await restored(path, empty, people)
    emails = 'SELECT email, (SELECT count(*) FROM auth.session) FROM auth."user"'
    assert await empty.rows(emails) == [("ann@example.com", 1)]
    assert await empty.rows("SELECT FROM pg_proc WHERE proname = 'evil'") == []
    assert await empty.rows("SELECT FROM pg_trigger WHERE tgname = 'evil'") == []
    owners = "SELECT DISTINCT tableowner FROM pg_tables WHERE schemaname = 'auth'"
    assert await empty.rows(owners) == [(OWNER_ROLE,)]


async def test_rows_that_refer_to_nothing_restore_nothing(
    copy: Copy, empty: Copy, tmp_path: Path
) -> None:
    await copy.run(f"CREATE SCHEMA auth; {TABLES_OF_PEOPLE} {ANN}")
    await copy.run(
        "ALTER TABLE auth.session DROP CONSTRAINT " + '"session_userId_fkey";'
        'INSERT INTO auth.session (id, token, "userId", "expiresAt", "createdAt", "updatedAt")'
        " VALUES ('s', 't', 'nobody', now(), now(), now())"
    )
    people = await with_people(empty)
    with pytest.raises(ConfigurationError, match="cannot be restored"):
        await restored(await backup_of(copy, tmp_path / "file"), empty, people)
    assert await empty.rows("SELECT FROM pg_tables WHERE schemaname = 'public'") == []
    assert not await auth_schema.holds_people(people)


@pytest.mark.skipif(not (FRONTEND / "node_modules").exists(), reason="needs the page's packages")
async def test_the_tables_of_people_are_those_that_the_page_makes(
    cluster: Server, tmp_path: Path
) -> None:
    if not isinstance(cluster, Server):
        pytest.skip("PostgreSQL 18 describes them")
    try:
        assert await asyncio.to_thread(made, cluster) == PEOPLE.read_text()
    finally:
        superuser = await asyncpg.connect(cluster.url(SUPERUSER))
        await superuser.execute("DROP SCHEMA auth CASCADE")
        await superuser.close()


def test_a_file_that_is_no_archive_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"PGDMP")
    with pytest.raises(ConfigurationError, match="pg_restore failed"):
        archive.tables(tmp_path / "file")
