"""Verification of tokens, in the Authenticator and at REST and MCP (specs/tokens.md)."""

import base64
import hmac
import json
import time
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any

import httpx
import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt import api_jwt

from surelist.access import auth
from surelist.access.auth import (
    AGENT_SCOPES,
    CLOCK_SKEW_SECONDS,
    LIFETIME_DAYS,
    OWNER_SCOPE,
    TOKEN_BYTES,
    Authenticator,
    Principal,
    is_user_id,
    sign_token,
)
from surelist.access.issuers import trusted_issuers
from surelist.config import Settings
from surelist.doors.messages import for_model, for_rest
from surelist.doors.web import refusal_headers
from surelist.errors import InsufficientScope, Unauthenticated
from tests.support.copies import newcomers
from tests.support.person import Person

DAY = 86_400
METADATA = "http://localhost:8000/.well-known/oauth-protected-resource/mcp"
NO_TOKEN = f'Bearer resource_metadata="{METADATA}", scope="tasks:read tasks:write"'
REMOVED = object()

Claims = dict[str, Any]


def claims(settings: Settings, **changes: Any) -> Claims:
    """Valid claims with these changes. REMOVED removes a claim."""
    now = int(time.time())
    good = {
        "iss": settings.url,
        "sub": "ann",
        "aud": [settings.mcp_url, settings.api_url],
        "iat": now,
        "exp": now + DAY,
        "scope": "tasks:read tasks:write",
        "client_id": "claude",
        "client_name": "Claude",
    }
    return {name: value for name, value in (good | changes).items() if value is not REMOVED}


def signed(settings: Settings, **changes: Any) -> str:
    return jwt.encode(claims(settings, **changes), settings.secret, algorithm="HS256")


def forged(header: dict[str, Any], payload: Any, signature: bytes = b"") -> str:
    parts = [json.dumps(header).encode(), json.dumps(payload).encode(), signature]
    return ".".join(base64.urlsafe_b64encode(part).rstrip(b"=").decode() for part in parts)


def signed_by_hand(settings: Settings, header: dict[str, Any], payload: Any) -> str:
    """Sign what PyJWT would refuse to sign, with the right secret and HMAC-SHA256."""
    unsigned = forged(header, payload).removesuffix(".")
    mark = hmac.digest(settings.secret.encode(), unsigned.encode(), "sha256")
    return unsigned + "." + base64.urlsafe_b64encode(mark).rstrip(b"=").decode()


Headers = list[tuple[str, str]] | list[tuple[bytes, bytes]]
Door = Callable[[httpx.AsyncClient, Headers], Awaitable[httpx.Response]]
PING = {"jsonrpc": "2.0", "id": 1, "method": "ping"}


async def at_mcp(http: httpx.AsyncClient, headers: Headers) -> httpx.Response:
    return await http.post("/mcp", json=PING, headers=headers)


async def at_rest(http: httpx.AsyncClient, headers: Headers) -> httpx.Response:
    return await http.get("/api/me/tasks", headers=headers)


@pytest.fixture(params=[at_mcp, at_rest], ids=["mcp", "rest"])
def door(request: pytest.FixtureRequest) -> Door:
    return request.param


def bearer(token: str) -> list[tuple[str, str]]:
    return [("Authorization", f"Bearer {token}")]


def assert_refused(response: httpx.Response, because: str = "") -> None:
    assert response.status_code == 401
    challenge = response.headers["www-authenticate"]
    said, _, rest = challenge.partition('", resource_metadata=')
    assert said.startswith('Bearer error="invalid_token", error_description="The bearer token was')
    assert because in said
    assert f'", resource_metadata={rest}' == f'", {NO_TOKEN.removeprefix("Bearer ")}'
    assert challenge.isascii()
    assert challenge.isprintable()


async def admitted(settings: Settings, *authorization: str, audience: str = "") -> Principal:
    """The principal of these Authorization headers, by default at /mcp."""
    authenticator = Authenticator(trusted_issuers(settings))
    return await authenticator.principal(authorization, audience or settings.mcp_url)


async def refusal_of(settings: Settings, *authorization: str) -> str:
    """The reason why these Authorization headers are refused, the same for both audiences."""
    reasons = set[str]()
    for audience in (settings.mcp_url, settings.api_url):
        with pytest.raises(Unauthenticated) as refused:
            await admitted(settings, *authorization, audience=audience)
        assert refused.value.details == {"error": "invalid_token"}
        reasons.add(str(refused.value))
    [reason] = reasons
    assert reason.startswith("token_")
    return reason


# At REST and MCP


async def test_a_valid_token_is_accepted(
    door: Door, http: httpx.AsyncClient, settings: Settings
) -> None:
    assert (await door(http, bearer(signed(settings)))).status_code == 200
    assert (await door(http, [("authorization", f"bEARER {signed(settings)}")])).is_success


async def test_without_a_token_the_challenge_says_where_to_get_one_and_names_no_error(
    door: Door, http: httpx.AsyncClient
) -> None:
    response = await door(http, [])
    assert response.status_code == 401
    assert response.headers["www-authenticate"] == NO_TOKEN


@pytest.mark.parametrize(
    "authorization", ["", "Bearer", "Bearer \u00e9.\u00e9.\u00e9", 'Bearer "; drop', "Basic eA=="]
)
async def test_each_door_says_that_a_header_is_not_one_bearer_token(
    door: Door, http: httpx.AsyncClient, authorization: str
) -> None:
    assert_refused(await door(http, [(b"Authorization", authorization.encode("latin-1"))]))


async def test_each_door_says_why_a_token_is_refused(
    door: Door, http: httpx.AsyncClient, settings: Settings
) -> None:
    assert_refused(await door(http, bearer(signed(settings, iat=1, exp=2))), "expired")
    assert_refused(await door(http, bearer(signed(settings, sub='"\n'))), "subject")


def test_a_challenge_contains_no_character_that_could_end_a_quoted_string(
    settings: Settings,
) -> None:
    error = auth.invalid_token('it says "x", scope="all" \\\r\nSet-Cookie: a=b \u00e9')
    [(name, challenge)] = refusal_headers(error, for_model(error), settings).items()
    assert name == "WWW-Authenticate"
    assert challenge.startswith('Bearer error="invalid_token", error_description="')
    assert "it says x, scope=all Set-Cookie: a=b ." in challenge
    assert challenge.endswith(f'", {NO_TOKEN.removeprefix("Bearer ")}')
    assert challenge.count('"') == 8


BAD_CLAIMS: dict[str, Claims] = {
    "no iss": {"iss": REMOVED},
    "no sub": {"sub": REMOVED},
    "no aud": {"aud": REMOVED},
    "no exp": {"exp": REMOVED},
    "no iat": {"iat": REMOVED},
    "a letter of Better Auth's, which has the same secret": {
        "iss": REMOVED,
        "sub": REMOVED,
        "aud": REMOVED,
        "email": "ann@example.com",
    },
    "another issuer": {"iss": "https://evil.example"},
    "the issuer with a slash": {"iss": "http://localhost:8000/"},
    "an issuer that is a list": {"iss": ["http://localhost:8000"]},
    "an issuer that is an object": {"iss": {}},
    "another audience": {"aud": "https://evil.example/mcp"},
    "an audience of another child": {"aud": ["http://localhost:8000/mcp2"]},
    "the issuer as audience": {"aud": "http://localhost:8000"},
    "only the conversations": {"aud": ["http://localhost:8000/conversations/mcp"]},
    "an empty audience": {"aud": []},
    "an audience that is an object": {"aud": {"http://localhost:8000/mcp": 1}},
    "an audience with a number": {"aud": [1]},
    "a null audience": {"aud": None},
    "expired": {"exp": int(time.time()) - CLOCK_SKEW_SECONDS - 1},
    "expired long ago": {"iat": 1, "exp": 2},
    "signed in the future": {
        "iat": int(time.time()) + 3600,
        "exp": int(time.time()) + 7200,
    },
    "not yet": {"nbf": int(time.time()) + 3600},
    "a life too long": {"exp": int(time.time()) + LIFETIME_DAYS * DAY + 3600},
    "a life without end": {"exp": 10**15},
    "exp as text": {"exp": str(int(time.time()) + DAY)},
    "iat as text": {"iat": str(int(time.time()))},
    "exp as a fraction": {"exp": time.time() + DAY},
    "exp that is true": {"exp": True},
    "exp that is a list": {"exp": [int(time.time()) + DAY]},
    "exp that is no number": {"exp": float("nan")},
    "exp that is infinite": {"exp": float("inf")},
    "iat that is infinite": {"iat": float("-inf")},
    "iat that is null": {"iat": None},
    "an empty sub": {"sub": ""},
    "the reserved sub": {"sub": "me"},
    "a sub with a quote": {"sub": "x' OR 'x'='x"},
    "a sub with a line break": {"sub": "ann\n"},
    "a sub with a null character": {"sub": "ann\x00"},
    "a sub with a backslash": {"sub": "ann\\"},
    "a sub with a space": {"sub": "ann smith"},
    "a sub with a slash": {"sub": "ann/tasks"},
    "a sub with a percent sign": {"sub": "ann%2f"},
    "a sub beyond ASCII": {"sub": "änn"},
    "a sub of full-width letters": {"sub": "\uff41nn"},
    "a sub that begins with a dot": {"sub": "..ann"},
    "a sub too long": {"sub": "a" * 129},
    "a sub that is a number": {"sub": 7},
    "a sub that is a list": {"sub": ["ann"]},
    "a sub that is null": {"sub": None},
    "a scope that is a list": {"scope": ["tasks:read"]},
    "a scope that is null": {"scope": None},
    "a client that is a number": {"client_id": 7},
    "a client that is null": {"client_id": None},
    "an empty client": {"client_id": ""},
    "a client with a line break": {"client_id": "a\nb"},
    "a client with a null character": {"client_id": "a\x00b"},
    "a client that is half a character": {"client_id": "a\ud800"},
    "a client too long": {"client_id": "a" * 101},
}


@pytest.mark.parametrize("wrong", BAD_CLAIMS)
async def test_a_token_with_wrong_claims_is_refused(settings: Settings, wrong: str) -> None:
    payload = claims(settings, **BAD_CLAIMS[wrong])
    token = signed_by_hand(settings, {"alg": "HS256", "typ": "JWT"}, payload)
    await refusal_of(settings, f"Bearer {token}")


async def test_each_door_takes_tokens_of_its_own_audience_only(
    http: httpx.AsyncClient, settings: Settings
) -> None:
    for_mcp = bearer(signed(settings, aud=settings.mcp_url))
    for_rest = bearer(signed(settings, aud=[settings.api_url]))
    assert (await at_mcp(http, for_mcp)).status_code == 200
    assert (await at_rest(http, for_rest)).status_code == 200
    for _ in range(2):  # also when it has been verified for the other
        assert_refused(await at_rest(http, for_mcp))
        assert_refused(await at_mcp(http, for_rest))


@pytest.mark.parametrize(
    "sub", ["a", "A" * 128, "0", "a.b_c:d@e|f-g", "google-oauth2|1234", "ann@example.com", "Me"]
)
async def test_a_user_id_of_any_provider_is_accepted(settings: Settings, sub: str) -> None:
    assert (await admitted(settings, f"Bearer {signed(settings, sub=sub)}")).account_id == sub


def header_claims(settings: Settings) -> list[tuple[str, str]]:
    """Tokens with a header that asks for another algorithm or key than the issuer's."""
    good = claims(settings)
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    other = "another secret, which is long enough to sign with"
    return [
        ("alg none", forged({"alg": "none"}, good)),
        ("alg None", forged({"alg": "None"}, good)),
        ("alg none, signed", signed_by_hand(settings, {"alg": "none"}, good)),
        ("no alg", signed_by_hand(settings, {"typ": "JWT"}, good)),
        ("alg null", signed_by_hand(settings, {"alg": None}, good)),
        ("alg of a list", signed_by_hand(settings, {"alg": ["HS256"]}, good)),
        ("alg hs256", signed_by_hand(settings, {"alg": "hs256"}, good)),
        ("HS512", jwt.encode(good, settings.secret + "x" * 64, algorithm="HS512")),
        ("HS384 with the secret", hs(settings, "HS384")),
        ("HS512 with the secret", hs(settings, "HS512")),
        ("RS256", jwt.encode(good, key, algorithm="RS256")),
        ("RS256 by HMAC", signed_by_hand(settings, {"alg": "RS256"}, good)),
        ("ES256 by HMAC", signed_by_hand(settings, {"alg": "ES256"}, good)),
        ("EdDSA by HMAC", signed_by_hand(settings, {"alg": "EdDSA"}, good)),
        ("another secret", jwt.encode(good, other, algorithm="HS256")),
        (
            "another secret behind jku",
            jwt.encode(good, other, algorithm="HS256", headers={"jku": "https://evil.example"}),
        ),
        (
            "another secret behind kid",
            jwt.encode(good, other, algorithm="HS256", headers={"kid": "../../dev/null"}),
        ),
        (
            "another secret behind jwk",
            jwt.encode(
                good,
                other,
                algorithm="HS256",
                headers={
                    "jwk": {"kty": "oct", "k": base64.urlsafe_b64encode(other.encode()).decode()}
                },
            ),
        ),
        (
            "an unknown critical header",
            signed_by_hand(settings, {"alg": "HS256", "crit": ["x"], "x": 1}, good),
        ),
        ("no signature", signed(settings).rsplit(".", 1)[0] + "."),
        ("a cut signature", signed(settings)[:-4]),
        ("another's payload", spliced(settings)),
    ]


def hs(settings: Settings, algorithm: str) -> str:
    digest = {"HS384": "sha384", "HS512": "sha512"}[algorithm]
    unsigned = forged({"alg": algorithm}, claims(settings)).removesuffix(".")
    mark = hmac.digest(settings.secret.encode(), unsigned.encode(), digest)
    return unsigned + "." + base64.urlsafe_b64encode(mark).rstrip(b"=").decode()


def spliced(settings: Settings) -> str:
    header, _, signature = signed(settings).split(".")
    _, payload, _ = signed(settings, sub="bob").split(".")
    return f"{header}.{payload}.{signature}"


async def test_no_header_of_a_token_changes_the_trusted_algorithms_and_keys(
    settings: Settings,
) -> None:
    for name, token in header_claims(settings):
        assert await refusal_of(settings, f"Bearer {token}"), name


async def test_headers_that_name_keys_are_not_followed(settings: Settings) -> None:
    headers = {"jku": "http://127.0.0.1:1/keys", "x5u": "http://127.0.0.1:1/x", "kid": "1"}
    token = jwt.encode(claims(settings), settings.secret, algorithm="HS256", headers=headers)
    assert (await admitted(settings, f"Bearer {token}")).account_id == "ann"


@pytest.mark.parametrize(
    "authorization",
    [
        "",
        "Bearer",
        "Bearer ",
        "Bearer    ",
        "Basic YW5uOnNlY3JldA==",
        "Token abc",
        "Bearer .",
        "Bearer ..",
        "Bearer a.b.c",
        "Bearer a.b.c.d.e",
        "Bearer null",
        "Bearer undefined",
        "Bearer é.é.é",
        "Bearer " + "[" * 3000,
        "Bearer " + forged({"alg": "HS256"}, []),
        "Bearer " + forged({"alg": "HS256"}, "text"),
        "Bearer " + forged({"alg": "HS256"}, None),
        "Bearer e30." + base64.urlsafe_b64encode(b"[" * 4000).decode().rstrip("=") + ".",
        'Bearer "; drop',
    ],
)
async def test_what_is_not_one_bearer_token_is_refused(
    settings: Settings, authorization: str
) -> None:
    await refusal_of(settings, authorization)


async def test_two_authorization_headers_are_refused_even_when_both_are_good(
    door: Door, http: httpx.AsyncClient, settings: Settings
) -> None:
    good = bearer(signed(settings))
    assert_refused(await door(http, good + good), "not one bearer token")
    assert_refused(await door(http, [*good, ("Authorization", "Basic eA==")]))
    assert_refused(await door(http, [("Authorization", "Basic eA=="), *good]))


@pytest.mark.parametrize("scheme", ["Basic", "Token", "DPoP", "Bearer:", "BearerX", ""])
async def test_a_good_token_behind_another_word_than_bearer_is_refused(
    settings: Settings, scheme: str
) -> None:
    refused = await refusal_of(settings, f"{scheme} {signed(settings)}")
    assert "not one bearer token" in refused


async def test_two_tokens_in_one_header_are_refused(settings: Settings) -> None:
    good = signed(settings)
    await refusal_of(settings, f"Bearer {good}, Bearer {good}")


async def test_a_token_outside_the_authorization_header_is_ignored(
    http: httpx.AsyncClient, settings: Settings
) -> None:
    token = signed(settings)
    for response in (
        await http.get("/api/me/tasks", params={"access_token": token}),
        await http.get("/api/me/tasks", headers={"Cookie": f"token={token}"}),
        await http.post("/mcp", json=PING, params={"access_token": token}),
    ):
        assert response.headers["www-authenticate"] == NO_TOKEN


async def test_an_oversized_token_is_refused_before_it_is_parsed(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def never(*_: Any, **__: Any) -> Any:
        raise AssertionError("it was read")

    good = signed(settings, padding="x" * (TOKEN_BYTES - 500))
    assert len(good) > TOKEN_BYTES
    authenticator = Authenticator(trusted_issuers(settings))
    monkeypatch.setattr(jwt, "decode", never)
    with pytest.raises(Unauthenticated, match="longer than 8192 bytes"):
        await authenticator.principal([f"Bearer {good}"], settings.mcp_url)


async def test_a_token_of_just_the_greatest_size_is_read(settings: Settings) -> None:
    padding = TOKEN_BYTES * 3 // 4
    while len(token := signed(settings, padding="x" * padding)) > TOKEN_BYTES:
        padding -= 1
    assert len(token) > TOKEN_BYTES - 4
    assert (await admitted(settings, f"Bearer {token}")).account_id == "ann"


async def test_tokens_of_the_previous_secret_still_verify_and_those_before_do_not(
    door: Door, app_settings: Settings
) -> None:
    now, before, long_ago = (f"{word} secret, of thirty-two bytes and more" for word in "abc")

    def with_secrets(current: str, previous: str | None = None) -> Settings:
        return Settings(
            SURELIST_URL=app_settings.url,
            DATABASE_URL=app_settings.database_url,
            BETTER_AUTH_SECRET=current,
            BETTER_AUTH_SECRET_PREVIOUS=previous,
        )

    async with newcomers(with_secrets(now, before)) as newcomer:
        http = newcomer().http
        for secret in (now, before):
            assert (await door(http, bearer(signed(with_secrets(secret))))).status_code == 200
        assert_refused(await door(http, bearer(signed(with_secrets(long_ago)))), "signature")
        # New tokens are signed with the current secret.
        token = sign_token(
            with_secrets(now, before), "ann", scopes=AGENT_SCOPES, days=1, client="claude"
        )
        key = with_secrets(now).token_keys[0]
        jwt.decode(token, key, algorithms=["HS256"], options={"verify_aud": False})


async def test_an_expired_token_of_the_previous_secret_is_refused(settings: Settings) -> None:
    both = Settings(
        DATABASE_URL="postgresql://h/d",
        BETTER_AUTH_SECRET=settings.secret,
        BETTER_AUTH_SECRET_PREVIOUS="p" * 32,
        SURELIST_URL=settings.url,
    )
    token = jwt.encode(claims(settings, iat=1, exp=2), "p" * 32, algorithm="HS256")
    with pytest.raises(Unauthenticated, match="expired"):
        await Authenticator(trusted_issuers(both)).principal([f"Bearer {token}"], both.mcp_url)


def forbidden(scope: str, told: str) -> str:
    return (
        f'Bearer error="insufficient_scope", error_description="{told}", '
        f'resource_metadata="{METADATA}", scope="{scope}"'
    )


READING = [
    ("tools/call", {"name": "list_tasks", "arguments": {}}),
    ("resources/read", {"uri": "surelist://tasks"}),
    ("resources/read", {"uri": "surelist://tasks/1"}),
    ("prompts/get", {"name": "plan_my_day"}),
    (
        "completion/complete",
        {
            "ref": {"type": "ref/resource", "uri": "surelist://tasks/{id}"},
            "argument": {"name": "id", "value": ""},
        },
    ),
]
WRITING = [
    ("tools/call", {"name": name, "arguments": {"task_id": 1, "title": "New"}})
    for name in ("add_task", "complete_task", "delete_task", "update_task")
]


async def test_a_missing_scope_is_403_and_names_the_scope_at_the_mcp_door(ann: Person) -> None:
    for scope, calls, other in (
        ("tasks:read", READING, "tasks:write"),
        ("tasks:write", WRITING, "tasks:read"),
    ):
        headers = {"Authorization": f"Bearer {ann.token([other, 'conversations:read'])}"}
        for method, params in calls:
            response = await ann.rpc(method, params, headers=headers)
            assert response.status_code == 403, params
            told = for_model(InsufficientScope(scope))
            assert response.headers["www-authenticate"] == forbidden(scope, told)
            assert "result" not in response.json()


async def test_a_missing_scope_is_403_and_names_the_scope_at_the_rest_door(ann: Person) -> None:
    routes = {
        "tasks:read": [("GET", ""), ("GET", "/1")],
        "tasks:write": [
            ("POST", ""),
            ("PUT", "/1"),
            ("PATCH", "/1"),
            ("DELETE", "/1"),
            ("PATCH", "/1/complete"),
        ],
    }
    for (scope, calls), other in zip(routes.items(), ("tasks:write", "tasks:read"), strict=True):
        headers = {"Authorization": f"Bearer {ann.token([other])}"}
        for method, path in calls:
            body = {"json": {"title": "New"}} if method != "GET" and "complete" not in path else {}
            response = await ann.rest(method, f"/tasks{path}", headers=headers, **body)
            assert response.status_code == 403, (method, path)
            told = for_rest(InsufficientScope(scope))
            assert response.headers["www-authenticate"] == forbidden(scope, told)
            assert response.json()["type"] == "urn:surelist:insufficient_scope"


async def test_a_token_without_scopes_may_see_what_is_open_to_all_and_nothing_else(
    ann: Person,
) -> None:
    for scopes in ([], ["tasks:readx"], ["TASKS:READ"], ["tasks"], [OWNER_SCOPE]):
        headers = {"Authorization": f"Bearer {ann.token(scopes)}"}
        assert (await ann.rpc("tools/list", headers=headers)).status_code == 200
        assert (await ann.rest("GET", "/tasks", headers=headers)).status_code == 403
        for method, params in READING + WRITING:
            response = await ann.rpc(method, params, headers=headers)
            assert response.status_code == 403, (scopes, params)


async def test_the_path_of_another_user_is_403_without_a_challenge(ann: Person) -> None:
    for path in ("somebody-else", ann.user_id + "x", ann.user_id.upper(), "Me", "%6De%20"):
        response = await ann.http.get(
            f"/api/{path}/tasks", headers={"Authorization": f"Bearer {ann.token()}"}
        )
        assert response.status_code == 403, path
        assert "www-authenticate" not in response.headers
        assert response.json()["type"] == "urn:surelist:forbidden"


@pytest.mark.parametrize("path", ["", "/mcp"])
async def test_the_metadata_is_open_and_says_which_scopes_there_are(
    http: httpx.AsyncClient, settings: Settings, path: str
) -> None:
    response = await http.get(f"/.well-known/oauth-protected-resource{path}")
    assert response.status_code == 200
    assert response.headers["content-type"] == "application/json"
    assert response.json() == {
        "authorization_servers": [settings.issuer],
        "resource": "http://localhost:8000/mcp",
        "resource_name": "Surelist",
        "bearer_methods_supported": ["header"],
        "scopes_supported": list(AGENT_SCOPES),
    }
    assert OWNER_SCOPE not in response.text


class Clock:
    """The clock that tokens are verified with."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.ahead = 0.0
        real = time.time
        clock = self

        class Moved(datetime):
            @classmethod
            def now(cls, tz: Any = None) -> datetime:
                return datetime.fromtimestamp(real() + clock.ahead, tz)

        monkeypatch.setattr(auth.time, "time", lambda: real() + self.ahead)
        monkeypatch.setattr(api_jwt, "datetime", Moved)


async def test_a_verified_token_is_cached_only_until_it_expires(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = Clock(monkeypatch)
    verified = []
    verify = Authenticator._verify

    async def counted(self: Authenticator, token: str, audience: str) -> Any:
        verified.append(audience)
        return await verify(self, token, audience)

    monkeypatch.setattr(Authenticator, "_verify", counted)
    authenticator = Authenticator(trusted_issuers(settings))
    authorization = [f"Bearer {signed(settings, exp=int(time.time()) + 3600)}"]
    for _ in range(3):
        principal = await authenticator.principal(authorization, settings.mcp_url)
        assert principal.account_id == "ann"
    assert len(verified) == 1
    await authenticator.principal(authorization, settings.api_url)
    assert verified == [settings.mcp_url, settings.api_url]
    clock.ahead = 3600 + CLOCK_SKEW_SECONDS + 1
    for _ in range(2):
        with pytest.raises(Unauthenticated, match="expired"):
            await authenticator.principal(authorization, settings.mcp_url)


async def test_a_refused_token_is_not_cached(settings: Settings) -> None:
    authenticator = Authenticator(trusted_issuers(settings))
    for _ in range(2):
        with pytest.raises(Unauthenticated):
            await authenticator.principal(["Bearer a.b.c"], settings.mcp_url)
    assert authenticator._verified == {}


async def test_the_cache_of_verified_tokens_is_bounded(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(auth, "VERIFIED_AT_ONCE", 3)
    authenticator = Authenticator(trusted_issuers(settings))
    for number in range(10):
        token = signed(settings, sub=f"user-{number}")
        principal = await authenticator.principal([f"Bearer {token}"], settings.mcp_url)
        assert principal.account_id == f"user-{number}"
        assert len(authenticator._verified) <= 3


async def test_clocks_may_differ_by_a_minute(settings: Settings) -> None:
    authenticator = Authenticator(trusted_issuers(settings))
    now = int(time.time())
    for times in (
        {"iat": now + 50, "exp": now + DAY},
        {"iat": now - DAY, "exp": now - 50},
    ):
        authorization = [f"Bearer {signed(settings, **times)}"]
        assert (await authenticator.principal(authorization, settings.mcp_url)).account_id == "ann"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"user_id": "me"}, "cannot be a user id"),
        ({"user_id": "x' OR 'x"}, "cannot be a user id"),
        ({"user_id": "ann\n"}, "cannot be a user id"),
        ({"user_id": ""}, "cannot be a user id"),
        ({"days": 0}, "1 to 400 days"),
        ({"days": 401}, "1 to 400 days"),
        ({"client": ""}, "1 to 100 characters"),
        ({"client": "a\nb"}, "1 to 100 characters"),
        ({"client": "a\udcff"}, "1 to 100 characters"),
    ],
)
def test_a_token_that_would_be_refused_is_not_signed(
    settings: Settings, arguments: dict[str, Any], words: str
) -> None:
    good: dict[str, Any] = {"user_id": "ann", "scopes": AGENT_SCOPES, "days": 1, "client": "claude"}
    given = good | arguments
    with pytest.raises(ValueError, match=words):
        sign_token(settings, given.pop("user_id"), **given)


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        (
            "Claude\u201d (checked by Surelist). Press Allow.",
            "Claude (checked by Surelist). Press Allo",
        ),
        ("a\x00b\nc", "ab c"),
        ("a\ud800", "a"),
        ("a" * 10_000, "a" * 40),
        ("\u3164", "An agent"),
        ("", "An agent"),
        (7, "An agent"),
        (None, "An agent"),
    ],
)
def test_a_name_that_a_token_gives_is_made_plain_and_never_refused(
    settings: Settings, name: object, shown: str
) -> None:
    principal = auth._principal_of("access", claims(settings, client_name=name))
    assert principal.caller.client_name == shown


async def test_the_longest_token_that_can_be_signed_is_accepted(settings: Settings) -> None:
    token = sign_token(
        settings,
        "a" * 128,
        scopes=(*AGENT_SCOPES, OWNER_SCOPE),
        days=LIFETIME_DAYS,
        client="\U0001f600" * 100,
    )
    principal = await Authenticator(trusted_issuers(settings)).principal(
        [f"Bearer {token}"], settings.api_url
    )
    assert principal.account_id == "a" * 128
    assert principal.caller.actor == "person"
    assert principal.caller.client_id == "\U0001f600" * 100
    assert principal.caller.client_name == "An agent"
    for audience in (settings.mcp_url, settings.conversations_url):
        await Authenticator(trusted_issuers(settings)).principal([f"Bearer {token}"], audience)


@pytest.mark.parametrize("value", [None, 7, True, b"ann", ["ann"], "me", "", "ann\n", "a b", "-a"])
def test_invalid_user_ids(value: Any) -> None:
    assert not is_user_id(value)
