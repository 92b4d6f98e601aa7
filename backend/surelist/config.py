"""Settings, from the environment alone, so that every worker reads what the first process read."""

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
WEB_PAGE_ORIGIN = "http://localhost:3000"
MAKE_A_SECRET = "make one with: openssl rand -hex 32"  # noqa: S105


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
            "is SURELIST_URL, which is the issuer of tokens signed with the secret; "
            "let Better Auth's end in /api/auth (its jwt.issuer)"
        )
    return issuer


def _long_enough(secret: SecretStr) -> SecretStr:
    if len(secret.get_secret_value().encode()) < SECRET_BYTES:
        raise ValueError(f"is shorter than {SECRET_BYTES} bytes; {MAKE_A_SECRET}")
    return secret


def _words(value: object) -> object:
    return tuple(value.replace(",", " ").split()) if isinstance(value, str) else value


Origin = Annotated[str, AfterValidator(_origin)]
Secret = Annotated[SecretStr, AfterValidator(_long_enough)]
Issuer = Annotated[str, AfterValidator(_issuer)]
Words = Annotated[tuple[str, ...], NoDecode, BeforeValidator(_words)]


def _default_url(known: dict[str, Any]) -> str:
    return recorded_url(known["data"]) or DEFAULT_URL


def _default_jwks_url(known: dict[str, Any]) -> str:
    issuer: str = known["issuer"]
    parts = urlsplit(issuer)
    return f"{parts.scheme}://{parts.netloc}/api/auth/jwks" if issuer else ""


def _default_direct_url(known: dict[str, Any]) -> str:
    return known["database_url"]


def _default_origins(known: dict[str, Any]) -> tuple[str, ...]:
    return (known["url"], known["web_url"])


def _default_hosts(known: dict[str, Any]) -> tuple[str, ...]:
    host = urlsplit(str(known["url"])).hostname or ""
    return (f"[{host}]" if ":" in host else host, "localhost", "127.0.0.1", "[::1]")


class Settings(BaseSettings):
    """What one installation is told. `load` makes it."""

    model_config = SettingsConfigDict(frozen=True, env_ignore_empty=True, extra="ignore")

    data: Annotated[Path, AfterValidator(Path.absolute)] = Field(
        default=Path("data"), alias="SURELIST_DATA", validate_default=True
    )
    url: Origin = Field(default_factory=_default_url, alias="SURELIST_URL")
    web_url: Origin = Field(default=WEB_PAGE_ORIGIN, alias="SURELIST_WEB_URL")
    database_url: str = Field(default="", alias="DATABASE_URL", repr=False)
    """Empty stands for the embedded PostgreSQL, whose address `surelist serve` puts here."""
    database_url_direct: str = Field(
        default_factory=_default_direct_url, alias="DATABASE_URL_DIRECT", repr=False
    )
    """Past any pooler, as a role that may change the schema: for migrations."""
    auth_database_url: str = Field(default="", alias="AUTH_DATABASE_URL", repr=False)
    """As the role that the schema of Better Auth belongs to; empty with the embedded PostgreSQL."""
    better_auth_secret: Secret | None = Field(default=None, alias="BETTER_AUTH_SECRET")
    better_auth_secret_previous: Secret | None = Field(
        default=None, alias="BETTER_AUTH_SECRET_PREVIOUS"
    )
    issuer: Issuer = Field(default="", alias="SURELIST_ISSUER")
    """The `iss` of Better Auth's tokens, exactly; empty for none."""
    jwks_url: str = Field(
        default_factory=_default_jwks_url,
        alias="SURELIST_JWKS_URL",
        pattern=r"^(https?://[^\s/]|$)",
    )
    """Where Better Auth publishes its keys."""
    allowed_origins: Words = Field(
        default_factory=_default_origins, alias="SURELIST_ALLOWED_ORIGINS"
    )
    allowed_hosts: Words = Field(default_factory=_default_hosts, alias="SURELIST_ALLOWED_HOSTS")
    """Host names, each good with any port."""
    pool_size: int = Field(default=10, alias="SURELIST_POOL_SIZE", ge=1)
    """Connections per worker."""
    lock_timeout_ms: int = Field(default=5000, alias="SURELIST_LOCK_TIMEOUT_MS", ge=1)
    rate_reads: int = Field(default=3000, alias="SURELIST_RATE_READS", ge=0)
    """In a minute, of a user's agents together and again of the person; 0 is no limit, here and in
    the next four."""
    rate_writes: int = Field(default=600, alias="SURELIST_RATE_WRITES", ge=0)
    max_tasks: int = Field(default=50_000, alias="SURELIST_MAX_TASKS", ge=0)
    max_events_a_day: int = Field(default=20_000, alias="SURELIST_MAX_EVENTS_A_DAY", ge=0)
    max_bytes: int = Field(default=100_000_000, alias="SURELIST_MAX_BYTES", ge=0)
    """Of one user's ledger."""
    model: str = Field(
        default="",
        alias="SURELIST_MODEL",
        pattern=r"^$|^(openai|openrouter|ollama|anthropic|google):\S+$",
    )
    """The chat's model, as `provider:model`; empty for no chat."""
    model_url: str = Field(
        default="", alias="SURELIST_MODEL_URL", repr=False, pattern=r"^(https?://[^\s/]|$)"
    )
    """Where the model answers, if not at its provider's own address."""
    model_key: SecretStr = Field(default=SecretStr(""), alias="SURELIST_MODEL_KEY")
    """What the model is called with."""
    chat_turns: int = Field(default=500, alias="SURELIST_CHAT_TURNS", ge=0)
    """Of one user in a day; 0 is no limit, here and in the next."""
    chat_tokens: int = Field(default=5_000_000, alias="SURELIST_CHAT_TOKENS", ge=0)
    """Of one user in a day, read and written by the model."""
    chat_tool_calls: int = Field(default=30, alias="SURELIST_CHAT_TOOL_CALLS", ge=1)
    """In one turn."""
    chat_seconds: int = Field(default=120, alias="SURELIST_CHAT_SECONDS", ge=1)
    """For one turn."""
    redis_url: str = Field(
        default="", alias="REDIS_URL", repr=False, pattern=r"^$|^rediss?://[^\s/]"
    )
    """Where all workers count a user's calls together; empty for each by itself."""
    metrics: Literal["local", "public", "off"] = Field(default="local", alias="SURELIST_METRICS")
    """Who is answered at /metrics."""
    log: Literal["auto", "json", "text"] = Field(default="auto", alias="SURELIST_LOG")
    """What log lines look like; `auto` is text on a terminal."""
    statement_cache: int = Field(default=200, alias="SURELIST_STATEMENT_CACHE", ge=0)
    """Prepared statements per connection; 0 behind a PgBouncer older than 1.21."""

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
        """The secret that tokens are signed with: the one given, or the embedded database's own.

        Raises ConfigurationError when there is neither.
        """
        if self.better_auth_secret:
            return self.better_auth_secret.get_secret_value()
        if self.database_url:
            raise ConfigurationError(
                f"BETTER_AUTH_SECRET must be set along with DATABASE_URL; {MAKE_A_SECRET}."
            )
        return read_secret(self.data)

    @property
    def signing_secrets(self) -> tuple[str, ...]:
        """The current secret, and the previous one if it is set.

        Only tokens from before keys were derived are signed with a secret itself.
        """
        previous = self.better_auth_secret_previous
        return (self.secret, previous.get_secret_value()) if previous else (self.secret,)

    @property
    def token_keys(self) -> tuple[bytes, ...]:
        """The keys that bearer tokens are verified with; the first one signs new tokens."""
        return tuple(derive(secret, Purpose.TOKENS) for secret in self.signing_secrets)

    @cached_property
    def cursor_key(self) -> bytes:
        """The key that cursors are signed with."""
        return derive(self.secret, Purpose.CURSORS)

    @property
    def page_secrets(self) -> tuple[str, ...]:
        """The web page's own key, and that of the previous secret if it is set."""
        return tuple(map(page_secret, self.signing_secrets))

    @cached_property
    def first_person_code(self) -> str | None:
        """What the first person types when signing up, to get the list of the user `local`.

        None where the page has an address of this machine, and no code is needed.
        """
        if is_of_this_machine(urlsplit(self.web_url).hostname or ""):
            return None
        return first_person_code(self.secret)


def is_of_this_machine(host: str) -> bool:
    """Whether a host name leads to this machine from every machine: `localhost` or loopback."""
    if host == "localhost" or host.endswith(".localhost"):  # RFC 6761 6.3
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def load() -> Settings:
    """The settings of this process; ConfigurationError says what is wrong with each variable."""
    try:
        return Settings()
    except ValidationError as error:
        first_hand = (e for e in error.errors() if e["type"] != "default_factory_not_called")
        raise ConfigurationError(" ".join(map(_in_words, first_hand))) from None


def _in_words(error: ErrorDetails) -> str:
    message = error["msg"].removeprefix("Value error, ")
    return f"{error['loc'][0]}: {message[0].lower()}{message[1:]}."
