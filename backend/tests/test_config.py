"""Settings come from the environment, and invalid ones are named."""

import errno
import json
import os
from pathlib import Path

import pytest
from pydantic import SecretStr

from surelist import config
from surelist.errors import ConfigurationError
from surelist.machine.data_directory import create_secret, record_server

SECRET = "0123456789abcdef0123456789abcdef"


@pytest.fixture(autouse=True)
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty data directory, and an environment without other settings."""
    for field in config.Settings.model_fields.values():
        monkeypatch.delenv(str(field.alias), raising=False)
    monkeypatch.setenv("SURELIST_DATA", str(tmp_path))
    return tmp_path


def test_every_setting_has_a_default(data: Path):
    settings = config.load()
    assert settings.model_dump() == {
        "data": data,
        "url": "http://localhost:8000",
        "web_url": "http://localhost:3000",
        "database_url": "",
        "direct_url": "",
        "database_url_replica": "",
        "auth_database_url": "",
        "better_auth_secret": None,
        "better_auth_secret_previous": None,
        "issuer": "",
        "jwks_url": "",
        "allowed_origins": ("http://localhost:8000", "http://localhost:3000"),
        "allowed_hosts": ("localhost", "localhost", "127.0.0.1", "[::1]"),
        "pool_size": 10,
        "lock_timeout_ms": 5000,
        "statement_cache": 200,
        "rate_reads": 3000,
        "rate_writes": 600,
        "model": "",
        "model_url": "",
        "model_key": SecretStr(""),
        "chat_turns": 500,
        "chat_tokens": 5_000_000,
        "chat_tool_calls": 30,
        "chat_seconds": 120,
        "redis_url": "",
        "max_tasks": 50_000,
        "max_events_a_day": 20_000,
        "max_streams": 5000,
        "webhook_hosts": (),
        "max_bytes": 100_000_000,
        "metrics": "local",
        "log": "auto",
    }


def test_an_empty_variable_counts_as_not_set(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("DATABASE_URL", "")
    monkeypatch.setenv("SURELIST_POOL_SIZE", "")
    assert (config.load().database_url, config.load().pool_size) == ("", 10)


def test_the_audiences_hosts_and_origins_follow_from_the_url(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("SURELIST_URL", "https://Lists.example.com:8443/")
    settings = config.load()
    assert settings.url == "https://lists.example.com:8443"
    assert settings.mcp_url == "https://lists.example.com:8443/mcp"
    assert settings.conversations_url == "https://lists.example.com:8443/conversations/mcp"
    assert settings.api_url == "https://lists.example.com:8443/api"
    assert settings.allowed_hosts[0] == "lists.example.com"
    assert settings.allowed_origins[0] == "https://lists.example.com:8443"


def test_an_ipv6_address_is_a_host_in_brackets(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("SURELIST_URL", "http://[::1]:8000")
    assert config.load().allowed_hosts[0] == "[::1]"


def test_lists_are_separated_by_commas(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("SURELIST_ALLOWED_HOSTS", "a.example, b.example")
    assert config.load().allowed_hosts == ("a.example", "b.example")


def test_the_default_url_is_that_of_the_last_server(data: Path):
    record_server(data, "http://localhost:9000")
    assert config.load().url == "http://localhost:9000"
    assert json.loads((data / "server.json").read_text()).keys() == {"url", "pid"}


def test_the_direct_url_defaults_to_the_database_url(
    monkeypatch: pytest.MonkeyPatch,
):
    monkeypatch.setenv("DATABASE_URL", "postgresql://app@pooled/list")
    assert config.load().database_url_direct == "postgresql://app@pooled/list"
    monkeypatch.setenv("DATABASE_URL_DIRECT", "postgresql://owner@direct/list")
    assert config.load().database_url_direct == "postgresql://owner@direct/list"


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("BETTER_AUTH_SECRET", "short", "is shorter than 32 bytes. Create one with: openssl rand"),
        ("BETTER_AUTH_SECRET_PREVIOUS", "short", "is shorter than 32 bytes"),
        ("SURELIST_URL", "lists.example.com", "should look like https://lists.example.com"),
        ("SURELIST_URL", "ftp://lists.example.com", "should look like https://lists.example.com"),
        ("SURELIST_URL", "https://me:pw@lists.example.com", "should look like"),
        ("SURELIST_URL", "https://lists.example.com/mcp", "without a path"),
        ("SURELIST_URL", "https://lists.example.com:99999", "port out of range"),
        ("SURELIST_POOL_SIZE", "0", "should be greater than or equal to 1"),
        ("SURELIST_LOCK_TIMEOUT_MS", "soon", "should be a valid integer"),
    ],
)
def test_an_invalid_variable_is_named_without_its_value(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, words: str
):
    monkeypatch.setenv(name, value)
    with pytest.raises(ConfigurationError) as refusal:
        config.load()
    assert str(refusal.value).startswith(f"{name}: ")
    assert words in str(refusal.value)
    assert "\n" not in str(refusal.value)
    assert "default factory" not in str(refusal.value)


def test_two_invalid_variables_are_both_named(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("SURELIST_URL", "nowhere")
    monkeypatch.setenv("SURELIST_POOL_SIZE", "none")
    with pytest.raises(ConfigurationError, match=r"SURELIST_URL: .* SURELIST_POOL_SIZE: "):
        config.load()


def test_secrets_and_passwords_are_not_shown(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("BETTER_AUTH_SECRET", SECRET)
    monkeypatch.setenv("DATABASE_URL", "postgresql://app:hunter2@host/list")
    assert SECRET not in repr(config.load())
    assert "hunter2" not in repr(config.load())


def test_the_current_secret_comes_before_the_previous_one(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("BETTER_AUTH_SECRET", SECRET)
    assert config.load().signing_secrets == (SECRET,)
    monkeypatch.setenv("BETTER_AUTH_SECRET_PREVIOUS", SECRET[::-1])
    assert config.load().signing_secrets == (SECRET, SECRET[::-1])


def test_the_data_directory_keeps_its_secret(data: Path):
    create_secret(data)
    secret = config.load().secret
    create_secret(data)
    assert config.load().secret == secret
    assert len(secret) >= 32
    assert (data / "secret").stat().st_mode & 0o777 == 0o600


def test_an_incomplete_secret_is_refused_and_not_replaced(data: Path):
    (data / "secret").write_text("half")
    create_secret(data)
    with pytest.raises(ConfigurationError, match="incomplete"):
        _ = config.load().secret
    assert (data / "secret").read_text() == "half"


def test_an_incomplete_server_record_is_ignored(data: Path):
    (data / "server.json").write_text('{"url": "http')
    assert config.load().url == "http://localhost:8000"


def test_a_failed_write_leaves_the_old_file_unchanged(data: Path, monkeypatch: pytest.MonkeyPatch):
    record_server(data, "http://localhost:9000")

    def disk_is_full(_descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", disk_is_full)
    with pytest.raises(OSError, match="No space left"):
        record_server(data, "http://localhost:9001")
    assert config.load().url == "http://localhost:9000"
    assert [path.name for path in data.iterdir()] == ["server.json"]


def test_no_secret_is_created_by_reading_it(data: Path):
    with pytest.raises(ConfigurationError, match=f"There is no Surelist in {data}"):
        _ = config.load().secret


def test_an_external_database_needs_a_secret(data: Path, monkeypatch: pytest.MonkeyPatch):
    create_secret(data)
    monkeypatch.setenv("DATABASE_URL", "postgresql://app@host/list")
    with pytest.raises(ConfigurationError, match="BETTER_AUTH_SECRET must be set"):
        _ = config.load().secret
