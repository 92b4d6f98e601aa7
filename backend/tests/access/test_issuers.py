"""The trusted issuers and the scopes of their tokens, at REST and MCP."""

import hashlib
import hmac
import json
import time
from base64 import urlsafe_b64encode
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from itertools import count
from typing import Any

import httpx
import jwt
import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from surelist.access.auth import AGENT_SCOPES, OWNER_SCOPE, sign_token
from surelist.config import Settings
from tests.support.better_auth import (
    BetterAuth,
    SigningKey,
    better_auth,
    claims_of_client,
    claims_of_session,
    ed25519_key,
    p256_key,
    rsa_key,
)
from tests.support.copies import newcomers
from tests.support.person import Person

KEYS = ed25519_key(), rsa_key(), p256_key()
KEY, RSA, P256 = KEYS
_numbers = count(1)


@dataclass
class Doors:
    """An app that trusts a Better Auth, and that Better Auth."""

    issuer: BetterAuth
    settings: Settings
    http: httpx.AsyncClient
    user_id: str

    def session(self, **claims: Any) -> dict[str, Any]:
        return claims_of_session(self.settings, self.user_id, **claims)

    def client(self, **claims: Any) -> dict[str, Any]:
        return claims_of_client(self.settings, self.user_id, **claims)

    async def rest(self, token: str, method: str = "GET", path: str = "/tasks") -> httpx.Response:
        headers = {"Authorization": f"Bearer {token}"}
        return await self.http.request(method, f"/api/me{path}", headers=headers)

    async def mcp(self, token: str, tool: str = "list_tasks", **arguments: Any) -> httpx.Response:
        return await Bearing(token, self).rpc("tools/call", {"name": tool, "arguments": arguments})


class Bearing(Person):
    """A caller with a token of another issuer."""

    def __init__(self, token: str, doors: Doors) -> None:
        self.http, self._token = doors.http, token

    def token(self, scopes: Any = None) -> str:
        return self._token


@pytest.fixture
async def doors(app_settings: Settings) -> AsyncIterator[Doors]:
    async with better_auth(*KEYS) as issuer:
        believing = app_settings.model_copy(
            update={"issuer": issuer.issuer, "jwks_url": issuer.jwks_url}
        )
        async with newcomers(believing) as newcomer:
            owner = newcomer("laptop", owner=True)
            owner.user_id = f"reader-{next(_numbers)}"
            allowed = {"name": "Reader", "scopes": list(AGENT_SCOPES)}
            await owner.rest("PUT", "/agents/nGzTkRPdVbWq", json=allowed)
            await owner.rest("DELETE", "/agents/laptop")
            yield Doors(issuer, believing, owner.http, owner.user_id)


def refused(response: httpx.Response) -> str:
    """The reason why the token was refused."""
    assert response.status_code == 401, response.text
    assert 'error="invalid_token"' in response.headers["WWW-Authenticate"]
    body = response.json()
    return body["detail"] if "detail" in body else body["error"]["message"]


# Accepted tokens


@pytest.mark.parametrize("key", KEYS, ids=lambda key: key.algorithm)
async def test_a_token_signed_with_a_published_key_is_accepted_at_rest_and_mcp(
    doors: Doors, key: SigningKey
) -> None:
    token = key.sign(doors.client(), {"typ": "at+jwt"})
    assert (await doors.rest(token)).status_code == 200
    assert (await doors.mcp(token)).status_code == 200
    assert doors.issuer.requests == 1


@pytest.mark.parametrize("typ", [None, "JWT", "at+jwt", "application/at+jwt", "AT+JWT"])
async def test_a_token_may_name_its_type(doors: Doors, typ: str | None) -> None:
    assert (await doors.mcp(KEY.sign(doors.client(), {"typ": typ}))).status_code == 200


@pytest.mark.parametrize("typ", ["dpop+jwt", "logout+jwt", "id_token", 5, ["JWT"]])
async def test_a_token_of_another_type_is_refused(doors: Doors, typ: Any) -> None:
    refused(await doors.mcp(KEY.sign(doors.client(), {"typ": typ})))


async def test_the_audience_is_one_or_several(doors: Doors) -> None:
    for audience in (doors.settings.mcp_url, [doors.settings.mcp_url, "https://other.example"]):
        token = KEY.sign(doors.client(aud=audience))
        assert (await doors.mcp(token)).status_code == 200
        refused(await doors.rest(token))


async def test_a_session_is_the_person_in_the_client_web(doors: Doors) -> None:
    token = KEY.sign(doors.session())
    assert (await doors.rest(token, "GET", "/agents")).status_code == 200
    headers = {"Authorization": f"Bearer {token}"}
    await doors.http.post("/api/me/tasks", json={"title": "Call mom"}, headers=headers)
    event = (await doors.rest(token, "GET", "/events?task_id=1")).json()["events"][0]
    assert (event["actor"], event["client_id"]) == ("person", "web")
    refused(await doors.mcp(token))  # whose audience it is not


async def test_a_client_is_an_agent_with_the_scopes_that_it_was_given(doors: Doors) -> None:
    token = KEY.sign(doors.client(scope="openid tasks:read account:manage"))
    assert (await doors.rest(token)).status_code == 200
    for response in (
        await doors.mcp(token, "add_task", title="Call mom"),
        await doors.rest(token, "DELETE", "/tasks/1"),
    ):
        assert response.status_code == 403
        assert 'scope="tasks:write"' in response.headers["WWW-Authenticate"]


@pytest.mark.parametrize("scope", ["account:manage", "tasks:read account:manage", ["tasks:read"]])
async def test_a_client_never_has_account_manage(doors: Doors, scope: Any) -> None:
    token = KEY.sign(doors.client(scope=scope))
    for method, path in (("GET", "/agents"), ("DELETE", "/agents/a"), ("POST", "/keys")):
        headers = {"Authorization": f"Bearer {token}"}
        key = {"name": "More", "scopes": ["tasks:read"], "days": 1}
        response = await doors.http.request(
            method, f"/api/me{path}", headers=headers, json=key if method == "POST" else None
        )
        assert response.status_code == 403
        assert f'scope="{OWNER_SCOPE}"' in response.headers["WWW-Authenticate"]


async def test_a_token_of_neither_a_session_nor_a_client_is_refused(doors: Doors) -> None:
    api = doors.settings.api_url
    for claims, headers in (
        (doors.session(), {"typ": "at+jwt"}),
        (doors.session(azp="nGzTkRPdVbWq"), {}),
        (doors.session(client_id=None), {}),
        (doors.session(client_id=""), {}),
        (doors.session(client_id=["web"]), {}),
        (doors.session(client_id={"id": "web"}), {}),
    ):
        refused(await doors.rest(KEY.sign(claims, headers)))
    refused(await doors.mcp(KEY.sign(doors.session(aud=doors.settings.mcp_url))))
    refused(await doors.rest(KEY.sign(doors.session(aud=[]))))
    assert (await doors.rest(KEY.sign(doors.session(aud=[api])))).status_code == 200


@pytest.mark.parametrize(
    "claims",
    [
        {"sub": None},
        {"sub": "me"},
        {"sub": "x' OR user_id <> '"},
        {"iat": None},
        {"exp": None},
        {"exp": 1},
        {"exp": int(time.time()) + 401 * 86_400},
        {"iat": int(time.time()) + 3600},
        {"nbf": int(time.time()) + 3600},
        {"aud": "https://other.example/mcp"},
        {"iss": "https://other.example"},
        {"iss": "http://localhost:8000"},
        {"client_id": "a\nb"},
        {"client_id": "x" * 101},
        {"client_id": "key-0123456789abcdef"},
    ],
    ids=lambda claims: next(iter(claims)),
)
async def test_a_token_with_a_wrong_claim_is_refused(doors: Doors, claims: dict[str, Any]) -> None:
    whole = doors.client(**claims)
    refused(await doors.mcp(KEY.sign({k: v for k, v in whole.items() if v is not None})))


# Refused tokens


def by_hand(header: dict[str, Any], claims: dict[str, Any], mark: Callable[[bytes], bytes]) -> str:
    """A token that no library would create, signed by `mark`."""
    parts = [urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=") for part in (header, claims)]
    signed = b".".join(parts)
    return (signed + b"." + urlsafe_b64encode(mark(signed)).rstrip(b"=")).decode()


def public_bytes(key: SigningKey) -> list[bytes]:
    """The public key in the forms that a careless verifier might take for a secret."""
    public = key.private.public_key()
    return [
        public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo),
        public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo),
        *(str(member).encode() for member in key.published().values()),
    ]


@pytest.mark.parametrize("key", KEYS, ids=lambda key: key.algorithm)
async def test_a_public_key_is_never_taken_for_a_secret(doors: Doors, key: SigningKey) -> None:
    for secret in (*public_bytes(key), b""):
        token = by_hand(
            {"alg": "HS256", "kid": key.kid},
            doors.client(),
            lambda signed, secret=secret: hmac.digest(secret, signed, "sha256"),
        )
        refused(await doors.mcp(token))


@pytest.mark.parametrize("algorithm", ["none", "None", "NONE", "", "HS256", "EdDSA", None])
async def test_an_unsigned_token_is_refused(doors: Doors, algorithm: str | None) -> None:
    for kid in ("ed", "rsa", "p256"):
        unsigned = by_hand({"alg": algorithm, "kid": kid}, doors.client(), lambda _: b"")
        refused(await doors.mcp(unsigned))


async def test_the_key_and_not_the_header_fixes_the_algorithm(doors: Doors) -> None:
    for signer in KEYS:
        for named in KEYS:
            token = signer.sign(doors.client(), {"kid": named.kid})
            response = await doors.mcp(token)
            assert (response.status_code == 200) == (signer is named)
            header = {"alg": named.algorithm, "kid": signer.kid}
            response = await doors.mcp(by_hand(header, doors.client(), signer.mark))
            assert (response.status_code == 200) == (signer is named)
    for algorithm in ("RS512", "PS256"):
        refused(await doors.mcp(RSA.sign(doors.client(), algorithm=algorithm)))


async def test_a_token_signed_with_an_unpublished_key_is_refused(doors: Doors) -> None:
    stranger = ed25519_key("ed")  # the name of another's
    refused(await doors.mcp(stranger.sign(doors.client())))
    refused(await doors.mcp(ed25519_key("unheard of").sign(doors.client())))
    token = jwt.encode(doors.client(), stranger.private, "EdDSA")
    refused(await doors.mcp(token))  # without a kid


async def test_no_key_is_taken_from_the_header(doors: Doors) -> None:
    mine = ed25519_key()
    async with better_auth(mine) as elsewhere:
        for headers in (
            {"jku": elsewhere.jwks_url},
            {"x5u": elsewhere.jwks_url},
            {"jwk": mine.published()},
            {"x5c": ["AAAA"]},
        ):
            for kid in ("ed", "unheard of"):
                refused(await doors.mcp(mine.sign(doors.client(), {"kid": kid, **headers})))
        assert elsewhere.requests == 0
    asked_for = KEY.sign(doors.client(), {"jku": elsewhere.jwks_url})
    assert (await doors.mcp(asked_for)).status_code == 200


async def test_each_of_several_keys_with_one_kid_verifies_its_own(doors: Doors) -> None:
    one, other, third = ed25519_key("same"), ed25519_key("same"), rsa_key("same")
    doors.issuer.publish(one, other, third)
    for key in (one, other, third):
        assert (await doors.mcp(key.sign(doors.client()))).status_code == 200
    refused(await doors.mcp(ed25519_key("same").sign(doors.client())))


async def test_an_issuer_can_sign_only_its_own_tokens(doors: Doors) -> None:
    refused(await doors.mcp(KEY.sign(doors.client(iss=doors.settings.url))))
    secret = doors.settings.secret
    for iss in (doors.settings.issuer, doors.settings.issuer + "/", "", "null"):
        refused(await doors.mcp(jwt.encode(doors.client(iss=iss), secret, "HS256")))
    own = sign_token(doors.settings, doors.user_id, scopes=AGENT_SCOPES, days=1, client="claude")
    assert (await doors.mcp(own)).status_code == 200
    assert doors.issuer.requests <= 1


async def test_without_keys_rest_and_mcp_ask_to_retry_and_not_to_sign_in(doors: Doors) -> None:
    doors.issuer.status = "502 Bad Gateway"
    for response in (
        await doors.mcp(KEY.sign(doors.client())),
        await doors.rest(KEY.sign(doors.session())),
    ):
        assert response.status_code == 503
        assert response.headers["Retry-After"] == "10"
        assert "WWW-Authenticate" not in response.headers
    own = sign_token(doors.settings, doors.user_id, scopes=AGENT_SCOPES, days=1, client="claude")
    assert (await doors.rest(own)).status_code == 200


async def test_with_an_issuer_the_metadata_names_it(doors: Doors) -> None:
    path = "/.well-known/oauth-protected-resource"
    named = (await doors.http.get(path)).json()
    assert named["authorization_servers"] == [doors.settings.issuer]
    async with newcomers(doors.settings.model_copy(update={"issuer": ""})) as newcomer:
        assert "authorization_servers" not in (await newcomer().http.get(path)).json()


# The shared secret


async def test_the_previous_secret_still_verifies_and_no_longer_signs(
    app_settings: Settings,
) -> None:
    old = sign_token(app_settings, "rotating", scopes=AGENT_SCOPES, days=1, client="claude")
    rotated = Settings(
        SURELIST_URL=app_settings.url,
        DATABASE_URL=app_settings.database_url,
        BETTER_AUTH_SECRET=hashlib.sha256(b"new").hexdigest(),
        BETTER_AUTH_SECRET_PREVIOUS=app_settings.secret,
    )
    async with newcomers(rotated) as newcomer:
        new = newcomer().token()
        for token in (old, new):
            assert (await tasks(newcomer().http, token)).status_code == 200
    forgotten = rotated.model_copy(update={"better_auth_secret_previous": None})
    async with newcomers(forgotten) as newcomer:
        assert (await tasks(newcomer().http, new)).status_code == 200
        refused(await tasks(newcomer().http, old))


async def tasks(http: httpx.AsyncClient, token: str) -> httpx.Response:
    return await http.get("/api/me/tasks", headers={"Authorization": f"Bearer {token}"})
