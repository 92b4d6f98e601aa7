"""`surelist doctor`: checks the configuration, one line for each check."""

import asyncio
from collections.abc import Generator
from pathlib import Path
from urllib.parse import urlsplit

from surelist import config
from surelist.config import Settings
from surelist.data import database
from surelist.errors import ConfigurationError
from surelist.machine.private_files import refuse_shared
from surelist.observability import traces
from surelist.postgres.embedded import refuse_other_major, running_cluster

Finding = tuple[bool, str]
"""Whether the check passed, and its line: the fact, and what to do."""


def examine() -> Generator[Finding]:
    """Run the checks in order. Without readable settings, there is only the first."""
    try:
        settings = config.load()
    except ConfigurationError as error:
        yield False, str(error)
        return
    yield True, f"The settings can be read. The data directory is {settings.data}."
    checks = (
        _directory,
        _address,
        _secret,
        _database,
        _replica,
        _migrations,
        _redis,
        _traces,
        _model,
    )
    for check in checks:
        try:
            yield True, check(settings)
        except _SkipCheck:
            continue
        except (ConfigurationError, OSError) as error:
            yield False, str(error)


class _SkipCheck(Exception):
    """The check does not apply to this configuration."""


def _directory(settings: Settings) -> str:
    if not settings.data.exists():
        raise _SkipCheck
    refuse_shared(settings.data)
    return "The data directory is this user's, and nobody else may write to it."


def _address(settings: Settings) -> str:
    parts = urlsplit(settings.url)
    if parts.scheme == "http" and parts.hostname not in ("localhost", "127.0.0.1", "::1"):
        raise ConfigurationError(
            f"SURELIST_URL is {settings.url}: tokens would travel in the clear. "
            "Put a proxy that does TLS before it, and use its https address."
        )
    return f"Clients use {settings.url}."


def _secret(settings: Settings) -> str:
    kept = settings.data / "secret"
    if settings.database_url or settings.better_auth_secret:
        return f"Tokens are signed with BETTER_AUTH_SECRET, of {len(settings.secret)} characters."
    if not kept.exists():
        return "Tokens will be signed with a secret that the first start makes."
    return f"Tokens are signed with {_private(kept)}."


def _private(path: Path) -> Path:
    if path.stat().st_mode & 0o077:
        raise ConfigurationError(f"{path} can be read by other users. Run: chmod 600 {path}")
    return path


def _database(settings: Settings) -> str:
    if settings.database_url:
        asyncio.run(database.check(settings.database_url))
        answers = "The database answers, keeps users apart and has the schema of this code."
        if asyncio.run(database.is_distributed(settings.database_url, "DATABASE_URL")):
            return f"{answers} Citus distributes it over nodes."
        return answers
    if not (settings.data / "postgres").exists():
        return "The embedded PostgreSQL will be made by the first start."
    refuse_other_major(settings.data)
    _private(settings.data / "roles.json")
    server = running_cluster(settings.data)
    if server is None:
        return "The embedded PostgreSQL is there, and is not running."
    asyncio.run(database.check(server.url()))
    return "The embedded PostgreSQL is running, and has the schema of this code."


def _migrations(settings: Settings) -> str:
    if not settings.database_url or settings.database_url_direct == settings.database_url:
        raise _SkipCheck
    asyncio.run(database.reach(settings.database_url_direct, "DATABASE_URL_DIRECT"))
    return "The database answers at DATABASE_URL_DIRECT too."


def _replica(settings: Settings) -> str:
    if not settings.database_url_replica:
        raise _SkipCheck
    if not asyncio.run(database.is_replica(settings.database_url_replica)):
        raise ConfigurationError(
            "DATABASE_URL_REPLICA is no replica: PostgreSQL there takes writes. Correct the "
            "address, or unset it."
        )
    return "The replica answers at DATABASE_URL_REPLICA."


def _redis(settings: Settings) -> str:
    if not settings.redis_url:
        raise _SkipCheck
    from limits.storage import RedisStorage  # as the worker does: only where there is one

    redis = RedisStorage(settings.redis_url, socket_timeout=2, socket_connect_timeout=2)
    if not redis.check():
        raise ConfigurationError(
            "Redis does not answer at REDIS_URL, so each worker counts rates for itself. "
            "Start it, correct the address, or unset REDIS_URL."
        )
    return "Redis answers at REDIS_URL."


def _traces(_settings: Settings) -> str:
    if not traces.enabled():
        raise _SkipCheck
    why, reached = traces.export_problem(), False
    try:
        reached = not why and traces.reaches_collector()
    except ValueError as error:
        why = str(error)
    if why:
        raise ConfigurationError(f"Traces are not exported: {why}")
    if not reached:
        raise ConfigurationError(
            "The collector does not take traces at the address in OTEL_EXPORTER_OTLP_ENDPOINT. "
            "Start it, correct the address or OTEL_EXPORTER_OTLP_HEADERS, or unset it."
        )
    return "Traces are exported to the collector in OTEL_EXPORTER_OTLP_ENDPOINT."


def _model(settings: Settings) -> str:
    if not settings.model:
        raise _SkipCheck
    from surelist.assistant.probe import probe  # imports pydantic-ai

    if fault := asyncio.run(probe(settings)):
        raise ConfigurationError(f"The chat's model {settings.model} does not work: {fault}")
    return f"The chat's model {settings.model} answers."
