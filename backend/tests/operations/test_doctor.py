"""`surelist doctor` reports each fault of a configuration in one plain line."""

from pathlib import Path

import pytest

from surelist.errors import ConfigurationError
from surelist.postgres.embedded import APP_ROLE, OWNER_ROLE, Cluster, postgres
from tests.operations.test_backup import surelist
from tests.support.copies import Copy
from tests.support.server import serving

SECRET = {"BETTER_AUTH_SECRET": "x" * 32}


def problems(*arguments: str | Path, **settings: str) -> list[str]:
    result = surelist("doctor", *arguments, **settings)
    found = result.stdout.splitlines()
    assert all(line.startswith(("ok      ", "problem ")) for line in found), result.stderr
    wrong = [line for line in found if line.startswith("problem")]
    assert result.returncode == bool(wrong)
    return wrong


def test_a_new_a_running_and_a_stopped_installation_pass(tmp_path: Path) -> None:
    assert problems("--data", tmp_path / "data") == []
    with serving(tmp_path / "data", workers=1) as server:
        assert problems("--data", server.data) == []
    assert problems("--data", tmp_path / "data") == []
    (tmp_path / "data" / "secret").chmod(0o644)
    (only,) = problems("--data", tmp_path / "data")
    assert "chmod 600" in only
    (tmp_path / "data" / "secret").chmod(0o600)
    (tmp_path / "data" / "roles.json").rename(tmp_path / "roles.json")
    (only,) = problems("--data", tmp_path / "data")
    assert "roles.json" in only


def test_an_external_database_passes(copy: Copy) -> None:
    direct = copy.url(OWNER_ROLE)
    assert problems(DATABASE_URL=copy.url(), DATABASE_URL_DIRECT=direct, **SECRET) == []


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"BETTER_AUTH_SECRET": "short"}, "BETTER_AUTH_SECRET: is shorter than 32 bytes"),
        ({"SURELIST_URL": "http://tasks.example.com"}, "in the clear"),
        ({"DATABASE_URL": "postgresql://u:hidden@127.0.0.1:1/db", **SECRET}, "cannot be reached"),
        ({"DATABASE_URL": "postgresql://u:hidden@127.0.0.1:1/db"}, "must be set along with"),
        ({"REDIS_URL": "redis://:hidden@127.0.0.1:1/0"}, "Redis does not answer"),
        ({"REDIS_URL": "127.0.0.1"}, "REDIS_URL"),
        ({"SURELIST_MODEL": "gpt"}, "SURELIST_MODEL"),
        ({"SURELIST_MODEL": "anthropic:claude"}, "needs SURELIST_MODEL_KEY"),
        (
            {
                "SURELIST_MODEL": "openai:x",
                "SURELIST_MODEL_URL": "http://127.0.0.1:9/v1",
                "SURELIST_MODEL_KEY": "sk-hidden",
            },
            "cannot be reached, or has a fault",
        ),
    ],
)
def test_a_fault_is_one_line_with_advice(
    tmp_path: Path, settings: dict[str, str], words: str
) -> None:
    wrong = problems("--data", tmp_path / "data", **settings)
    assert any(words in line for line in wrong)
    assert not any("hidden" in line for line in wrong)


async def test_a_role_that_could_bypass_isolation_is_a_problem(
    copy: Copy, cluster: Cluster
) -> None:
    (wrong,) = problems(DATABASE_URL=copy.url("postgres"), **SECRET)
    assert "is a superuser or has BYPASSRLS" in wrong
    assert cluster.passwords[APP_ROLE] not in wrong


def test_data_of_another_major_postgresql_is_refused_with_the_way_out(tmp_path: Path) -> None:
    data = tmp_path / "data"
    with postgres(data, durable=False):
        pass
    (data / "postgres" / "PG_VERSION").write_text("17\n")
    with pytest.raises(ConfigurationError) as refusal, postgres(data):
        pass
    assert "created by PostgreSQL 17" in str(refusal.value)
    assert "surelist backup FILE" in str(refusal.value)
    assert "surelist restore FILE" in str(refusal.value)
    assert "\n" not in str(refusal.value)
    (wrong,) = problems("--data", data)
    assert "created by PostgreSQL 17" in wrong
