"""The public keys of an issuer, fetched from its JSON Web Key Set (RFC 7517)."""

import asyncio
import logging
import ssl
import time
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from http import HTTPStatus
from typing import Any, TypeAlias, cast

import httpx2
import jwt
from pydantic import BaseModel

from surelist.errors import Unavailable

logger = logging.getLogger(__name__)

SECONDS_BETWEEN_FETCHES = 10
SECONDS_FRESH = 3600
"""After this time, a key set is fetched again in the background."""

SECONDS_TO_ANSWER = 5
"""The timeout of a fetch, shorter than SECONDS_BETWEEN_FETCHES so that fetches do not overlap."""

DOCUMENT_BYTES = 65_536
RSA_BITS = 2048
ALGORITHMS: Mapping[tuple[str | None, str | None], str] = {
    ("OKP", "Ed25519"): "EdDSA",
    ("RSA", None): "RS256",
    ("EC", "P-256"): "ES256",
}
"""The algorithm of each type of key, by `kty` and `crv`. Other types are not trusted."""

MEMBERS = {"kty", "crv", "kid", "n", "e", "x", "y"}
"""The members of a published key that are used, in addition to `alg` and `use`."""

Keys: TypeAlias = Mapping[str, Sequence[jwt.PyJWK]]
"""Keys by `kid`."""


class _Document(BaseModel):
    keys: list[object]


class KeysUnavailable(Unavailable):
    """The issuer's keys cannot be fetched, so a token can be neither accepted nor refused."""

    retry_after = SECONDS_BETWEEN_FETCHES


class KeySet:
    """The keys at one URL, fetched when first needed and cached."""

    def __init__(self, url: str, clock: Callable[[], float] = time.monotonic) -> None:
        self._url = url
        self._clock = clock
        self._keys: Keys = {}
        self._fetched_at = 0.0
        self._away = True
        self._fetching: asyncio.Task[None] | None = None
        self._begun_at = 0.0

    async def named(self, kid: str) -> Sequence[jwt.PyJWK]:
        """The keys with this `kid`; an empty sequence if the issuer has none.

        Raises KeysUnavailable when there is no such key and the last fetch failed.
        """
        if kid not in self._keys:
            await asyncio.shield(self._fetch())
            if kid not in self._keys and self._away:
                raise KeysUnavailable("issuer_keys_unavailable")
        elif self._clock() - self._fetched_at > SECONDS_FRESH:
            self._fetch()
        return self._keys.get(kid, ())

    def _fetch(self) -> asyncio.Task[None]:
        """The last fetch, or a new one once SECONDS_BETWEEN_FETCHES have passed since it began."""
        now = self._clock()
        if self._fetching is None or now - self._begun_at >= SECONDS_BETWEEN_FETCHES:
            self._begun_at = now
            self._fetching = asyncio.create_task(self._replace_keys())
        return self._fetching

    async def _replace_keys(self) -> None:
        try:
            self._keys = read_keys(await download(self._url))
        except (OSError, ValueError) as error:
            self._away = True
            logger.warning("SURELIST_JWKS_URL cannot be fetched: %s", type(error).__name__)
        else:
            self._away = False
            self._fetched_at = self._clock()


@cache
def trusted_certificates() -> ssl.SSLContext:
    """The trusted certificates of this machine. Cached, since reading them takes 80 ms."""
    return httpx2.create_ssl_context()


async def download(url: str) -> bytes:
    """The document at `url`. Raises OSError or ValueError when unreachable, late or too long."""
    headers = {"Accept": "application/json", "Accept-Encoding": "identity"}
    document = b""
    try:
        async with (
            asyncio.timeout(SECONDS_TO_ANSWER),
            httpx2.AsyncClient(headers=headers, verify=trusted_certificates()) as client,
            client.stream("GET", url) as response,
        ):
            if response.status_code != HTTPStatus.OK:
                raise ValueError(f"the status is {response.status_code}")
            async for chunk in response.aiter_raw():
                document += chunk
                if len(document) > DOCUMENT_BYTES:
                    raise ValueError(f"the document is longer than {DOCUMENT_BYTES} bytes")
    except (httpx2.HTTPError, httpx2.InvalidURL) as error:
        raise OSError(str(error) or type(error).__name__) from error
    return document


def read_keys(document: bytes) -> Keys:
    """The usable keys of a JWKS, by `kid`. Raises ValueError when it is invalid or has none."""
    found: dict[str, list[jwt.PyJWK]] = {}
    for published in _Document.model_validate_json(document).keys:
        if isinstance(published, dict) and (key := _usable(cast("dict[str, Any]", published))):
            found.setdefault(str(key.key_id), []).append(key)
    if not found:
        raise ValueError("the document holds no key that can be used")
    return found


def _usable(published: dict[str, Any]) -> jwt.PyJWK | None:
    """The key, or None unless it is public, for signatures, has a kid and a trusted type."""
    members = {
        name: value
        for name, value in published.items()
        if name in MEMBERS and isinstance(value, str)
    }
    algorithm = ALGORITHMS.get((members.get("kty"), members.get("crv")))
    if (
        algorithm is None
        or not members.get("kid")
        or "d" in published
        or published.get("alg", algorithm) != algorithm
        or published.get("use", "sig") != "sig"
    ):
        return None
    try:
        key = jwt.PyJWK(members, algorithm)
    except (jwt.PyJWTError, ValueError, TypeError, AttributeError):
        return None
    if algorithm == "RS256" and key.key.key_size < RSA_BITS:
        return None
    return key
