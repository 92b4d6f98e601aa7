"""A signature is valid for one purpose only, and a token has exactly one form."""

import base64
import hmac
import json
import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

import httpx
import jwt
import pytest
from jwt import api_jws

from surelist.access.auth import AGENT_SCOPES, OWNER_SCOPE, TOKEN_TYPE, sign_token
from surelist.config import Settings
from surelist.errors import Unauthenticated
from surelist.machine.derived_keys import first_person_code
from tests.access.test_auth import (
    admitted,
    assert_refused,
    at_mcp,
    at_rest,
    bearer,
    claims,
    refusal_of,
)
from tests.support.person import Person

TYPES = (None, "JWT", TOKEN_TYPE, "at+jwt")


def b64(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def by_hand(key: str | bytes, unsigned: str) -> str:
    """`unsigned` with its HMAC-SHA256 as the last part, as a token has it."""
    return f"{unsigned}.{b64(mark(key, unsigned.encode()))}"


def mark(key: str | bytes, message: bytes) -> bytes:
    key = key.encode() if isinstance(key, str) else key
    return hmac.digest(key, message, "sha256")


def keys_of(settings: Settings) -> dict[str, str | bytes]:
    """Every key by its purpose."""
    return {
        "tokens": settings.token_keys[0],
        "cursors": settings.cursor_key,
        "page": settings.page_secrets[0],
        "first person": first_person_code(settings.secret),
        "secret": settings.secret,
    }


def header(typ: str | None = "JWT") -> str:
    named = {"alg": "HS256"} | ({"typ": typ} if typ else {})
    return b64(json.dumps(named).encode())


# The form of a token


def lenient(segment: bytes, _name: str) -> bytes:
    """As some versions of libraries decode: foreign characters are skipped, padding is an end."""
    known = re.sub(rb"[^A-Za-z0-9_-]", b"", segment.split(b"=")[0])
    return base64.urlsafe_b64decode(known + b"=" * (-len(known) % 4))


def misshapen(settings: Settings) -> Iterator[tuple[str, str]]:
    """Rightly signed, and none of them a token."""
    good = claims(settings) | {"scope": " ".join((*AGENT_SCOPES, OWNER_SCOPE))}
    payload = b64(json.dumps(good).encode())
    while len(payload) % 4 == 0:  # so that padding belongs behind it
        payload = b64(json.dumps(good := good | {"jti": good.get("jti", "") + "x"}).encode())
    padding = "=" * (-len(payload) % 4)
    inside = {
        "a query that was signed for somebody": f"{payload}=&client_id=1&scope=tasks%3Aread",
        "padding behind the payload": payload + padding,
        "a foreign character inside": f"{payload[:9]}&{payload[9:]}",
        "a dot inside": f"{payload[:9]}.{payload[9:]}",
        "a line break inside": f"{payload[:9]}\n{payload[9:]}",
        "the other alphabet": f"{payload[:9]}+{payload[9:]}",
        "a letter beyond ASCII": f"{payload[:9]}\u00e9{payload[9:]}",
    }
    for name, written in inside.items():
        yield name, by_hand(settings.secret, f"{header()}.{written}")
    token = by_hand(settings.secret, f"{header()}.{payload}")
    yield "padding behind the signature", f"{token}="
    yield "a foreign character in the signature", f"{token[:-9]}!{token[-9:]}"
    yield "a foreign character in the header", by_hand(settings.secret, f"~{header()}.{payload}")
    yield "a space before the dot", by_hand(settings.secret, f"{header()} .{payload}")


def as_a_server_reads_it(header: str) -> str:
    return header.encode().decode("latin-1")


async def test_a_token_has_one_form_also_where_a_library_takes_others(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(api_jws.PyJWS, "_decode_base64url_segment", staticmethod(lenient))
    plain = by_hand(settings.secret, f"{header()}.{b64(json.dumps(claims(settings)).encode())}")
    assert (await admitted(settings, f"Bearer {plain}")).account_id == "ann"
    for name, token in misshapen(settings):
        reason = await refusal_of(settings, as_a_server_reads_it(f"Bearer {token}"))
        assert "three parts of base64url" in reason, name


async def test_a_value_without_the_form_of_a_token_reaches_no_library(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def never(*_: Any, **__: Any) -> Any:
        raise AssertionError("it was shown")

    monkeypatch.setattr(jwt, "decode", never)
    monkeypatch.setattr(jwt, "get_unverified_header", never)
    for _, token in misshapen(settings):
        await refusal_of(settings, as_a_server_reads_it(f"Bearer {token}"))


# The keys of tokens


def typed(key: str | bytes, payload: dict[str, Any], typ: str | None) -> str:
    return by_hand(key, f"{header(typ)}.{b64(json.dumps(payload).encode())}")


async def test_no_other_key_signs_a_token(settings: Settings) -> None:
    taken = set[tuple[str, str | None]]()
    for purpose, key in keys_of(settings).items():
        for typ in TYPES:
            with suppress(Unauthenticated):
                await admitted(settings, f"Bearer {typed(key, claims(settings), typ)}")
                taken.add((purpose, typ))
    assert taken == {("tokens", TOKEN_TYPE), ("secret", None), ("secret", "JWT")}


def rotated_from(settings: Settings) -> Settings:
    """The settings of an installation whose secret was that of `settings` before."""
    return Settings(
        SURELIST_URL=settings.url,
        DATABASE_URL=settings.database_url,
        BETTER_AUTH_SECRET="n" * 32,
        BETTER_AUTH_SECRET_PREVIOUS=settings.secret,
    )


async def test_the_previous_secret_of_the_page_signs_no_token_either(settings: Settings) -> None:
    rotated = rotated_from(settings)
    for secret in rotated.page_secrets:
        for typ in TYPES:
            await refusal_of(rotated, f"Bearer {typed(secret, claims(rotated), typ)}")


@pytest.mark.parametrize("typ", ["JWT", None])
async def test_tokens_signed_before_keys_were_derived_stay_valid(
    settings: Settings, typ: str | None
) -> None:
    rotated = rotated_from(settings)
    for secret in (rotated.secret, settings.secret):
        token = jwt.encode(claims(rotated), secret, "HS256", {"typ": typ})
        assert (await admitted(rotated, f"Bearer {token}")).account_id == "ann"


def test_a_token_names_its_type_and_is_signed_with_the_key_for_tokens(settings: Settings) -> None:
    token = sign_token(settings, "ann", scopes=AGENT_SCOPES, days=1, client="claude")
    assert jwt.get_unverified_header(token)["typ"] == "surelist+jwt"
    unsigned, _, signature = token.rpartition(".")
    assert signature == b64(mark(settings.token_keys[0], unsigned.encode()))


# Values that the API signs for a caller


async def test_each_signature_that_a_caller_is_given_is_of_its_own_purpose_alone(
    newcomer: Callable[..., Person], settings: Settings
) -> None:
    owner = newcomer("web", owner=True)
    for title in ("One", "Two"):
        await owner.call("add_task", title=title)
    new = {"scopes": ["tasks:read"], "days": 1}
    keys = [
        (await owner.rest("POST", "/keys", json=new | {"name": name})).json()
        for name in ("Robot", "Another robot")
    ]
    pages = [await owner.call("list_tasks", limit=1)] + [
        (await owner.rest("GET", path, params={"limit": 1})).json()
        for path in ("/tasks", "/events", "/agents")
    ]
    cursors = [page["next_cursor"] for page in pages]
    given = [(key["token"], "tokens") for key in keys] + [(one, "cursors") for one in cursors]
    for text, purpose in given:
        able = {
            name
            for name, key in keys_of(settings).items()
            for message in messages(text, owner.user_id)
            if signs(text, mark(key, message))
        }
        assert able == {purpose}, text


def messages(text: str, user_id: str) -> Iterator[bytes]:
    """Everything in `text` that its signature may be of."""
    unsealed = base64.urlsafe_b64decode(text.split(".")[0] + "===")
    for message in (text.rpartition(".")[0].encode(), text.encode(), unsealed, unsealed[16:]):
        yield message
        yield f"{user_id} ".encode() + message


def signs(text: str, signature: bytes) -> bool:
    """Whether `signature`, or the half of it, is somewhere in `text`."""
    parts = [base64.urlsafe_b64decode(part + "===") for part in text.split(".")]
    return any(signature[:16] in part for part in parts)


async def test_a_cursor_is_no_token_and_a_token_no_cursor(
    newcomer: Callable[..., Person], http: httpx.AsyncClient
) -> None:
    owner = newcomer("web", owner=True)
    for title in ("One", "Two"):
        await owner.call("add_task", title=title)
    cursor = (await owner.call("list_tasks", limit=1))["next_cursor"]
    for at in (at_mcp, at_rest):
        assert_refused(await at(http, bearer(cursor)))
    answer = await owner.rest("GET", "/tasks", params={"cursor": owner.token()})
    assert answer.status_code == 422
