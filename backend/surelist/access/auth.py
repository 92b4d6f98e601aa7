"""Authentication: turns a bearer token into a Principal, for REST and MCP (specs/tokens.md)."""

import math
import re
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import NoneType
from typing import Any, Literal, Protocol, get_args

import jwt

from surelist.config import Settings
from surelist.errors import InsufficientScope, InvalidToken, Unauthenticated
from surelist.names import FALLBACK, plain

USER_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:@|-]{0,127}")
"""A user id. Use fullmatch. Must not allow quotes: the id is part of a SET LOCAL statement."""

RESERVED_USER_ID = "me"
LOCAL_USER = "local"
"""The user of `surelist token local`, and then the first person who signs up."""

CLIENT = re.compile(r"[^\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]{1,100}")
"""A client's id or name: one line of text that PostgreSQL can store. Use fullmatch."""

WEB_CLIENT = "web"
"""The client of the person's session."""

KEY_PREFIX = "key-"
"""The prefix of the ids of agent keys. No other client id begins with it."""

COMPACT_JWS = re.compile(r"[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+){2}")
"""The form of a token (RFC 7515 3.1), checked before a library parses it. Some libraries accept
padding and foreign characters inside a token, and so other values that the same key signed."""

TOKEN_TYPE = "surelist+jwt"  # noqa: S105
"""The `typ` of the tokens that this server signs (RFC 8725 3.11)."""

TOKEN_BYTES = 8192
LIFETIME_DAYS = 400
CLOCK_SKEW_SECONDS = 60
"""The tolerated difference between the clocks of issuer and server."""

VERIFIED_AT_ONCE = 10_000
VERIFIED_SECONDS = 300
"""How long a verified token is cached. Tokens of a withdrawn key are refused after that time."""


AgentScope = Literal["tasks:read", "tasks:write", "conversations:read", "conversations:write"]
AGENT_SCOPES: tuple[AgentScope, ...] = get_args(AgentScope)
OWNER_SCOPE = "account:manage"
"""The scope for erase, export, purge, keys, agents and time zone. No agent gets it."""

SCOPES = frozenset[str]((*AGENT_SCOPES, OWNER_SCOPE))


Kind = Literal["session", "access", "key", "token"]
"""The kind of a token: of a session, of an OAuth client, of an agent key, of `surelist token`."""


@dataclass(frozen=True, slots=True)
class Caller:
    """The author of a change, as the ledger records it, and the chat message that caused it."""

    actor: Literal["person", "assistant", "agent", "system"]
    client_id: str
    client_name: str
    conversation_id: int | None = None
    message_id: int | None = None

    @property
    def is_person(self) -> bool:
        """Whether the caller is the person and not a program."""
        return self.actor == "person"


@dataclass(frozen=True, slots=True)
class Principal:
    """A verified caller, with its account, its scopes and the times of its token.

    `account_id` is the user of the rows, `person_id` the user that the caller acts for. Both are
    the token's `sub`, since lists cannot be shared. `issued_at` is the time of the token,
    `expires_at` the time from which it is refused, and `authenticated_at`, only of a session, the
    time of the person's last sign-in; all in seconds since 1970. With `acts_as`, the ledger records
    that caller instead of the token's.
    """

    account_id: str
    person_id: str
    scopes: frozenset[str]
    caller: Caller
    issued_at: int
    kind: Kind
    authenticated_at: int | None = None
    acts_as: Caller | None = None
    expires_at: float = field(default=math.inf, compare=False)
    _hash: int = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        """Compute the hash once, since each call uses it for several lookups."""
        values = (self.account_id, self.person_id, self.scopes, self.caller, self.issued_at)
        object.__setattr__(self, "_hash", hash((*values, self.kind, self.acts_as)))

    def __hash__(self) -> int:
        return self._hash

    def require(self, scope: str) -> None:
        """Raise InsufficientScope unless the token has `scope`."""
        if scope not in self.scopes:
            raise InsufficientScope(scope)


class Issuer(Protocol):
    """A trusted issuer of tokens, with its own keys and algorithms."""

    async def verified(self, token: str, audience: str) -> tuple[Kind, Mapping[str, Any]]:
        """The kind and the verified claims of `token`.

        Raises jwt.InvalidTokenError, or Unavailable when the keys cannot be fetched.
        """
        ...


class Authenticator:
    """Verifies bearer tokens. The token's `iss` selects the issuer."""

    def __init__(self, issuers: Mapping[str, Issuer]) -> None:
        self._issuers = issuers
        self._verified: dict[tuple[str, str], tuple[Principal, float]] = {}

    async def principal(self, authorization: Iterable[str], audience: str) -> Principal:
        """The principal of a request with these Authorization headers, at `audience`.

        Raises Unavailable, or Unauthenticated. Its `details` have `error` if a token was sent.
        """
        token = _bearer(list(authorization))
        principal, expires = self._verified.get((token, audience), (None, 0.0))
        if principal is None or expires <= time.time():
            principal, expires = await self._verify(token, audience)
            if len(self._verified) >= VERIFIED_AT_ONCE:
                self._verified.clear()
            self._verified[token, audience] = (
                principal,
                min(expires, time.time() + VERIFIED_SECONDS),
            )
        return principal

    async def _verify(self, token: str, audience: str) -> tuple[Principal, float]:
        try:
            unverified = jwt.decode(token, options={"verify_signature": False})
            issuer = self._issuers.get(str(unverified.get("iss")))
            if issuer is None:
                raise jwt.InvalidIssuerError("the issuer is not one that this server believes")
            kind, claims = await issuer.verified(token, audience)
            return _principal_of(kind, claims), float(claims["exp"])
        except jwt.ExpiredSignatureError:
            raise InvalidToken("token_expired") from None
        except (jwt.PyJWTError, ValueError, TypeError, RecursionError) as error:
            raise invalid_token(str(error)) from None


def sign_token(
    settings: Settings,
    user_id: str,
    *,
    scopes: Iterable[str],
    days: int,
    client: str,
    name: str | None = None,
    issued_at: int | None = None,
) -> str:
    """Sign a bearer token for every audience of this server.

    `name` is the client's display name, by default its id. `issued_at` is in seconds since 1970, by
    default now. Equal arguments give equal tokens. Raises ValueError when the user id, the client's
    id or name, or the lifetime is out of bounds.
    """
    if not is_user_id(user_id):
        raise ValueError(
            f"{user_id!r} cannot be a user id: use 1 to 128 letters, digits or . _ : @ | - "
            f"beginning with a letter or digit, and not the word {RESERVED_USER_ID!r}."
        )
    if not 1 <= days <= LIFETIME_DAYS:
        raise ValueError(f"A token lives for 1 to {LIFETIME_DAYS} days.")
    name = client if name is None else name
    if not (CLIENT.fullmatch(client) and CLIENT.fullmatch(name)):
        raise ValueError("A client's name has 1 to 100 characters, on one line.")
    issued_at = int(time.time()) if issued_at is None else issued_at
    claims = {
        "iss": settings.url,
        "sub": user_id,
        "aud": [settings.mcp_url, settings.conversations_url, settings.api_url],
        "iat": issued_at,
        "exp": issued_at + days * 86_400,
        "scope": " ".join(scopes),
        "client_id": client,
        "client_name": name,
    }
    headers = {"typ": TOKEN_TYPE}
    return jwt.encode(claims, settings.token_keys[0], algorithm="HS256", headers=headers)


def is_user_id(value: object) -> bool:
    """Whether `value` is a valid user id."""
    return isinstance(value, str) and value != RESERVED_USER_ID and bool(USER_ID.fullmatch(value))


def _bearer(authorization: list[str]) -> str:
    if not authorization:
        raise Unauthenticated("token_missing")
    scheme, _, token = authorization[0].partition(" ")
    if len(authorization) > 1 or scheme.lower() != "bearer" or not token.strip():
        raise invalid_token("the Authorization header is not one bearer token")
    if len(token) > TOKEN_BYTES:
        raise invalid_token(f"it is longer than {TOKEN_BYTES} bytes")
    if not COMPACT_JWS.fullmatch(token := token.strip(" ")):
        raise invalid_token("it is not three parts of base64url with dots between them")
    return token


def _principal_of(kind: Kind, claims: Mapping[str, Any]) -> Principal:
    user_id, scope = claims["sub"], claims.get("scope", "")
    client_id = claims.get("client_id", WEB_CLIENT)
    client_name = claims.get("client_name", client_id)
    client_name = plain(client_name) if isinstance(client_name, str) else FALLBACK
    if not is_user_id(user_id):
        raise ValueError("its subject cannot be a user id")
    if not isinstance(scope, str):
        raise TypeError("its scope is not a string")
    if not isinstance(client_id, str) or not CLIENT.fullmatch(client_id):
        raise ValueError("its client is not a name of 1 to 100 characters")
    if not (type(claims["iat"]) is type(claims["exp"]) is int):
        raise TypeError("its times are not whole seconds")
    if claims["exp"] - claims["iat"] > LIFETIME_DAYS * 86_400:
        raise ValueError(f"it lives for more than {LIFETIME_DAYS} days")
    authenticated_at = claims.get("auth_time") if kind == "session" else None
    if type(authenticated_at) not in (int, NoneType):
        raise TypeError("its times are not whole seconds")
    scopes = SCOPES.intersection(scope.split())
    actor = "person" if OWNER_SCOPE in scopes else "agent"
    caller = Caller(actor, client_id, client_name)
    issued_at = int(claims["iat"])
    return Principal(
        user_id,
        user_id,
        scopes,
        caller,
        issued_at,
        kind,
        authenticated_at,
        expires_at=claims["exp"] + CLOCK_SKEW_SECONDS,
    )


def invalid_token(reason: str) -> InvalidToken:
    """The error for an invalid token. `reason` follows a colon in its sentence."""
    return InvalidToken("token_invalid", reason=reason)
