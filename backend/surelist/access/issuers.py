"""The trusted issuers of tokens. Each has fixed keys and algorithms (specs/tokens.md)."""

from collections.abc import Container, Iterable, Mapping, Sequence
from typing import Any, TypeAlias

import jwt

from surelist.access.auth import (
    AGENT_SCOPES,
    CLOCK_SKEW_SECONDS,
    KEY_PREFIX,
    OWNER_SCOPE,
    TOKEN_TYPE,
    Issuer,
    Kind,
)
from surelist.access.jwks import KeySet
from surelist.config import Settings

Claims: TypeAlias = Mapping[str, Any]

ACCESS_TOKEN = "at+jwt"  # noqa: S105
UNTYPED = (None, "jwt")


def trusted_issuers(settings: Settings) -> Mapping[str, Issuer]:
    """The issuers in the settings, by the `iss` of their tokens."""
    issuers: dict[str, Issuer] = {settings.url: SharedSecret(settings)}
    if settings.issuer:
        issuers[settings.issuer] = BetterAuth(settings, KeySet(settings.jwks_url))
    return issuers


class SharedSecret:
    """Tokens signed HS256 by this server: `surelist token` and agent keys.

    The key is derived from BETTER_AUTH_SECRET. Older tokens have no `typ` of their own; they were
    signed with the secret itself.
    """

    def __init__(self, settings: Settings) -> None:
        self._url = settings.url
        self._keys: Mapping[str | None, Sequence[str | bytes]] = {
            TOKEN_TYPE: settings.token_keys,
            **dict.fromkeys(UNTYPED, settings.signing_secrets),
        }

    async def verified(self, token: str, audience: str) -> tuple[Kind, Claims]:
        """The kind and the claims. Keys of the previous secret still verify, for rotation."""
        kind = _kind(jwt.get_unverified_header(token).get("typ"), self._keys)
        keys = [(key, "HS256") for key in self._keys[kind]]
        claims = _verified(token, keys, self._url, audience)
        return ("key" if str(claims.get("client_id")).startswith(KEY_PREFIX) else "token"), claims


class BetterAuth:
    """Tokens signed with the keys that Better Auth publishes: sessions, and OAuth access tokens."""

    def __init__(self, settings: Settings, keys: KeySet) -> None:
        self._issuer = settings.issuer
        self._session_audience = settings.api_url
        self._keys = keys

    async def verified(self, token: str, audience: str) -> tuple[Kind, Claims]:
        """The kind and the claims, with the granted scopes. Raises KeysUnavailable."""
        header = jwt.get_unverified_header(token)
        kind = _kind(header.get("typ"), (*UNTYPED, ACCESS_TOKEN))
        keys = await self._keys.named(str(header.get("kid")))
        if not keys:
            raise jwt.InvalidTokenError("its issuer has no key of its kid")
        algorithms = [(key, key.algorithm_name) for key in keys]
        claims = _verified(token, algorithms, self._issuer, audience)
        granted = {**claims, "scope": self._granted(claims, kind)}
        return ("access" if "client_id" in claims else "session"), granted

    def _granted(self, claims: Claims, kind: str | None) -> str:
        """The granted scopes: all for a session; a client's own, but never account:manage."""
        if "client_id" in claims:
            if str(claims["client_id"]).startswith(KEY_PREFIX):
                raise jwt.InvalidTokenError("its client has the name of a key")
            asked = str(claims.get("scope")).split()
            return " ".join(scope for scope in AGENT_SCOPES if scope in asked)
        aud: str | list[str] = claims["aud"]
        audiences = [aud] if isinstance(aud, str) else aud
        if "azp" in claims or kind == ACCESS_TOKEN or self._session_audience not in audiences:
            raise jwt.InvalidTokenError("it is neither a session nor a client's access token")
        return " ".join((*AGENT_SCOPES, OWNER_SCOPE))


def _kind(typ: object, known: Container[str | None]) -> str | None:
    """The `typ` of a token's header, in lower case and without `application/`."""
    kind = typ.lower().removeprefix("application/") if isinstance(typ, str) else typ
    if not (kind is None or isinstance(kind, str)) or kind not in known:
        raise jwt.InvalidTokenError("its typ is not one of its issuer's")
    return kind


def _verified(
    token: str, keys: Iterable[tuple[Any, str]], issuer: str, audience: str
) -> dict[str, Any]:
    """The claims, verified by one of the keys with its algorithm. Raises jwt.InvalidTokenError."""
    for key, algorithm in keys:
        try:
            return jwt.decode(
                token,
                key,
                algorithms=[algorithm],
                audience=audience,
                issuer=issuer,
                leeway=CLOCK_SKEW_SECONDS,
                options={"require": ["sub", "exp", "iat", "iss", "aud"], "strict_aud": False},
            )
        except (jwt.InvalidSignatureError, jwt.InvalidAlgorithmError):
            continue
    raise jwt.InvalidSignatureError("its signature is not its issuer's")
