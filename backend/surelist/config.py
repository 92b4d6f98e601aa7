"""Settings, read only from environment variables, which worker processes inherit."""

from functools import cached_property
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    SecretStr,
    ValidationError,
    ValidationInfo,
)
from pydantic_core import ErrorDetails
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from surelist.errors import ConfigurationError
from surelist.machine.data_directory import SECRET_BYTES, read_secret, recorded_url
from surelist.machine.derived_keys import Purpose, derive, first_person_code, page_secret

DEFAULT_URL = "http://localhost:8000"
DEFAULT_WEB_URL = "http://localhost:3000"
SECRET_HINT = "Create one with: openssl rand -hex 32"  # noqa: S105


def _origin(url: str) -> str:
    parts = urlsplit(url.rstrip("/"))
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.username:
        raise ValueError("should look like https://lists.example.com")
    if parts.port == 0 or parts.path or parts.query or parts.fragment:
        raise ValueError("should end with the host or its port, without a path")
    return f"{parts.scheme}://{parts.netloc.lower()}"


def _issuer(issuer: str, info: ValidationInfo) -> str:
    parts = urlsplit(issuer)
    if not issuer:
        return issuer
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
        raise ValueError("should look like https://lists.example.com/api/auth")
    if issuer == info.data.get("url"):
        raise ValueError(
            "is the same as SURELIST_URL, the issuer of tokens that are signed with the secret. "
            "Set Better Auth's jwt.issuer to a URL that ends in /api/auth"
        )
    return issuer


def _long_enough(secret: SecretStr) -> SecretStr:
    if len(secret.get_secret_value().encode()) < SECRET_BYTES:
        raise ValueError(f"is shorter than {SECRET_BYTES} bytes. {SECRET_HINT}")
    return secret


def _split(value: object) -> object:
    return tuple(value.replace(",", " ").split()) if isinstance(value, str) else value


Origin = Annotated[str, AfterValidator(_origin)]
Secret = Annotated[SecretStr, AfterValidator(_long_enough)]
Issuer = Annotated[str, AfterValidator(_issuer)]
StringList = Annotated[tuple[str, ...], NoDecode, BeforeValidator(_split)]


def _default_url(values: dict[str, Any]) -> str:
    return recorded_url(values["data"]) or DEFAULT_URL


def _default_jwks_url(values: dict[str, Any]) -> str:
    issuer: str = values["issuer"]
    parts = urlsplit(issuer)
    return f"{parts.scheme}://{parts.netloc}/api/auth/jwks" if issuer else ""


def _default_origins(values: dict[str, Any]) -> tuple[str, ...]:
    return (values["url"], values["web_url"])


def _default_hosts(values: dict[str, Any]) -> tuple[str, ...]:
    host = urlsplit(str(values["url"])).hostname or ""
    return (f"[{host}]" if ":" in host else host, "localhost", "127.0.0.1", "[::1]")


class Settings(BaseSettings):
    """The settings of an installation. `load` creates them."""

    model_config = SettingsConfigDict(frozen=True, env_ignore_empty=True, extra="ignore")

    data: Annotated[Path, AfterValidator(Path.absolute)] = Field(
        default=Path("data"), alias="SURELIST_DATA", validate_default=True
    )
    url: Origin = Field(default_factory=_default_url, alias="SURELIST_URL")
    web_url: Origin = Field(default=DEFAULT_WEB_URL, alias="SURELIST_WEB_URL")
    database_url: str = Field(default="", alias="DATABASE_URL", repr=False)
    """Empty for the embedded PostgreSQL. `surelist serve` then sets its URL."""
    direct_url: str = Field(default="", alias="DATABASE_URL_DIRECT", repr=False)
    """A connection without a pooler, as a role that may change the schema. Empty if DATABASE_URL
    is one."""
    database_url_replica: str = Field(default="", alias="DATABASE_URL_REPLICA", repr=False)
    """A read replica of DATABASE_URL. Empty if there is none."""
    auth_database_url: str = Field(default="", alias="AUTH_DATABASE_URL", repr=False)
    """A connection as the owner of Better Auth's schema. Empty for the embedded PostgreSQL."""
    better_auth_secret: Secret | None = Field(default=None, alias="BETTER_AUTH_SECRET")
    better_auth_secret_previous: Secret | None = Field(
        default=None, alias="BETTER_AUTH_SECRET_PREVIOUS"
    )
    issuer: Issuer = Field(default="", alias="SURELIST_ISSUER")
    """The exact `iss` claim of Better Auth's tokens. Empty if there is no Better Auth."""
    jwks_url: str = Field(
        default_factory=_default_jwks_url,
        alias="SURELIST_JWKS_URL",
        pattern=r"^(https?://[^\s/]|$)",
    )
    """The URL of Better Auth's key set."""
    allowed_origins: StringList = Field(
        default_factory=_default_origins, alias="SURELIST_ALLOWED_ORIGINS"
    )
    allowed_hosts: StringList = Field(
        default_factory=_default_hosts, alias="SURELIST_ALLOWED_HOSTS"
    )
    """Host names that are allowed in the Host header, with any port."""
    pool_size: int = Field(default=10, alias="SURELIST_POOL_SIZE", ge=1)
    """Connections per worker."""
    lock_timeout_ms: int = Field(default=5000, alias="SURELIST_LOCK_TIMEOUT_MS", ge=1)
    rate_reads: int = Field(default=3000, alias="SURELIST_RATE_READS", ge=0)
    """Reads per minute: one limit for all agents of a user, another for the person. 0 means no
    limit, here and in the next five settings."""
    rate_writes: int = Field(default=600, alias="SURELIST_RATE_WRITES", ge=0)
    max_tasks: int = Field(default=50_000, alias="SURELIST_MAX_TASKS", ge=0)
    max_events_a_day: int = Field(default=20_000, alias="SURELIST_MAX_EVENTS_A_DAY", ge=0)
    max_bytes: int = Field(default=100_000_000, alias="SURELIST_MAX_BYTES", ge=0)
    """The maximum size of a user's ledger."""
    max_streams: int = Field(default=5000, alias="SURELIST_MAX_STREAMS", ge=0)
    """Open streams of the live feed per worker."""
    webhook_hosts: StringList = Field(default=(), alias="SURELIST_WEBHOOK_HOSTS")
    """Host names and addresses that webhooks may reach although they are private, and by http."""
    model: str = Field(
        default="",
        alias="SURELIST_MODEL",
        pattern=r"^$|^(openai|openrouter|ollama|anthropic|google):\S+$",
    )
    """The chat model, as `provider:model`. Empty disables the chat."""
    model_url: str = Field(
        default="", alias="SURELIST_MODEL_URL", repr=False, pattern=r"^(https?://[^\s/]|$)"
    )
    """The URL of the model's API, if it is not the provider's default."""
    model_key: SecretStr = Field(default=SecretStr(""), alias="SURELIST_MODEL_KEY")
    """The API key of the model."""
    chat_turns: int = Field(default=500, alias="SURELIST_CHAT_TURNS", ge=0)
    """Turns per user and day. 0 means no limit, here and in the next setting."""
    chat_tokens: int = Field(default=5_000_000, alias="SURELIST_CHAT_TOKENS", ge=0)
    """Input and output tokens per user and day."""
    chat_tool_calls: int = Field(default=30, alias="SURELIST_CHAT_TOOL_CALLS", ge=1)
    """Tool calls per turn."""
    chat_seconds: int = Field(default=120, alias="SURELIST_CHAT_SECONDS", ge=1)
    """Maximum duration of a turn."""
    redis_url: str = Field(
        default="", alias="REDIS_URL", repr=False, pattern=r"^$|^rediss?://[^\s/]"
    )
    """The Redis that all workers share for rate limits. If empty, each worker counts by itself."""
    metrics: Literal["local", "public", "off"] = Field(default="local", alias="SURELIST_METRICS")
    """Clients that may read /metrics."""
    log: Literal["auto", "json", "text"] = Field(default="auto", alias="SURELIST_LOG")
    """The format of log lines. `auto` is text on a terminal, otherwise JSON."""
    statement_cache: int = Field(default=200, alias="SURELIST_STATEMENT_CACHE", ge=0)
    """Prepared statements per connection. Must be 0 for PgBouncer before 1.21."""

    @property
    def database_url_direct(self) -> str:
        """The address for migrations, and of the host at which the live feed listens."""
        return self.direct_url or self.database_url

    @property
    def mcp_url(self) -> str:
        """The audience of tokens for the MCP server."""
        return f"{self.url}/mcp"

    @property
    def conversations_url(self) -> str:
        """The audience of tokens for the conversation tools."""
        return f"{self.url}/conversations/mcp"

    @property
    def api_url(self) -> str:
        """The audience of tokens for REST."""
        return f"{self.url}/api"

    @cached_property
    def secret(self) -> str:
        """The secret: BETTER_AUTH_SECRET, or the one in the data directory.

        Raises ConfigurationError when there is none.
        """
        if self.better_auth_secret:
            return self.better_auth_secret.get_secret_value()
        if self.database_url:
            raise ConfigurationError(
                f"BETTER_AUTH_SECRET must be set along with DATABASE_URL. {SECRET_HINT}."
            )
        return read_secret(self.data)

    @property
    def signing_secrets(self) -> tuple[str, ...]:
        """The current secret, followed by the previous one if it is set.

        Tokens of versions without derived keys are signed with the secret itself.
        """
        previous = self.better_auth_secret_previous
        return (self.secret, previous.get_secret_value()) if previous else (self.secret,)

    @property
    def token_keys(self) -> tuple[bytes, ...]:
        """The keys that verify bearer tokens. The first one signs new tokens."""
        return tuple(derive(secret, Purpose.TOKENS) for secret in self.signing_secrets)

    @cached_property
    def cursor_key(self) -> bytes:
        """The key that signs pagination cursors."""
        return derive(self.secret, Purpose.CURSORS)

    @cached_property
    def webhook_keys(self) -> tuple[bytes, ...]:
        """The keys of webhook secrets. New secrets are derived from the first one."""
        return tuple(derive(secret, Purpose.WEBHOOKS) for secret in self.signing_secrets)

    @property
    def page_secrets(self) -> tuple[str, ...]:
        """Secrets of the web page, derived from the current and the previous secret."""
        return tuple(map(page_secret, self.signing_secrets))

    @cached_property
    def first_person_code(self) -> str | None:
        """The code with which the first person gets the list of the user `local` when signing up.

        None if the page's URL is on this machine: then no code is needed.
        """
        if is_loopback_host(urlsplit(self.web_url).hostname or ""):
            return None
        return first_person_code(self.secret)


def is_loopback_host(host: str) -> bool:
    """Whether a host name always means the local machine: `localhost` or a loopback address."""
    if host == "localhost" or host.endswith(".localhost"):  # RFC 6761 6.3
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def load() -> Settings:
    """The settings of this process.

    Raises ConfigurationError that names each invalid variable and its problem.
    """
    try:
        return Settings()
    except ValidationError as error:
        # Ignore defaults that could not be computed because of another error.
        errors = (e for e in error.errors() if e["type"] != "default_factory_not_called")
        raise ConfigurationError(" ".join(map(_format_error, errors))) from None


def _format_error(error: ErrorDetails) -> str:
    message = error["msg"].removeprefix("Value error, ")
    return f"{error['loc'][0]}: {message[0].lower()}{message[1:]}."
