"""Fetching the keys of an issuer, from a real HTTP server."""

import asyncio
import base64
from collections.abc import AsyncIterator
from typing import Any

import pytest

from surelist.access import jwks
from surelist.access.jwks import DOCUMENT_BYTES, KeySet, KeysUnavailable, read_keys
from tests.support.better_auth import (
    BetterAuth,
    SigningKey,
    better_auth,
    ed25519_key,
    p256_key,
    rsa_key,
)
from tests.support.better_auth import jwks as document_of
from tests.support.clock import Clock
from tests.support.sockets import closing

FIRST, SECOND = ed25519_key("first"), ed25519_key("second")


@pytest.fixture
async def server() -> AsyncIterator[BetterAuth]:
    async with better_auth(FIRST) as server:
        yield server


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def keys(server: BetterAuth, clock: Clock) -> KeySet:
    return KeySet(server.jwks_url, clock)


async def knows(keys: KeySet, key: SigningKey) -> bool:
    return len(await keys.named(key.kid)) == 1


async def test_keys_are_fetched_when_first_needed_and_kept(
    server: BetterAuth, clock: Clock, keys: KeySet
) -> None:
    assert server.requests == 0
    for _ in range(5):
        assert await knows(keys, FIRST)
        clock.now += 600
    assert server.requests == 1


async def test_callers_at_the_same_time_share_one_fetch(server: BetterAuth, keys: KeySet) -> None:
    server.answering.clear()
    waiting = [asyncio.create_task(keys.named("first")) for _ in range(50)]
    gives_up = asyncio.create_task(keys.named("first"))
    await server.asked.wait()
    gives_up.cancel()
    server.answering.set()
    assert all(len(found) == 1 for found in await asyncio.gather(*waiting))
    assert server.requests == 1


async def test_a_new_key_is_found_and_an_old_one_forgotten(
    server: BetterAuth, clock: Clock, keys: KeySet
) -> None:
    assert await knows(keys, FIRST)
    server.publish(SECOND)
    clock.now += 10
    assert await knows(keys, SECOND)
    assert not await knows(keys, FIRST)


async def test_a_flood_of_unknown_kids_is_one_fetch_in_ten_seconds(
    server: BetterAuth, clock: Clock, keys: KeySet
) -> None:
    for _ in range(3):
        for number in range(100):
            assert not await keys.named(f"made up {number}")
            clock.now += 0.0999
    assert server.requests == 3
    assert await knows(keys, FIRST)


async def test_old_keys_are_used_while_they_are_fetched_again(
    server: BetterAuth, clock: Clock, keys: KeySet
) -> None:
    assert await knows(keys, FIRST)
    server.publish(FIRST, SECOND)
    server.answering.clear()
    server.asked.clear()
    clock.now += 3601
    assert await knows(keys, FIRST)  # though nothing answers yet
    async with asyncio.timeout(5):
        await server.asked.wait()
    server.answering.set()
    assert await knows(keys, SECOND)
    assert server.requests == 2


@pytest.mark.parametrize("status", ["503 Service Unavailable", "404 Not Found"])
async def test_cached_keys_are_used_while_the_issuer_is_unavailable(
    server: BetterAuth, clock: Clock, keys: KeySet, status: str
) -> None:
    assert await knows(keys, FIRST)
    server.status = status
    for _ in range(3):
        clock.now += 4000
        assert await knows(keys, FIRST)
        with pytest.raises(KeysUnavailable) as refusal:
            await keys.named("second")
        assert (refusal.value.status, refusal.value.retry_after) == (503, 10)
    server.status = "200 OK"
    clock.now += 10
    assert not await keys.named("second")


async def test_an_issuer_that_is_unavailable_from_the_start_is_called_every_ten_seconds(
    clock: Clock,
) -> None:
    async with better_auth(FIRST) as gone:
        port = gone.port
    keys = KeySet(gone.jwks_url, clock)
    with pytest.raises(KeysUnavailable):
        await keys.named("first")
    async with better_auth(FIRST, port=port) as server:
        clock.now += 9
        with pytest.raises(KeysUnavailable):
            await keys.named("first")
        assert server.requests == 0
        clock.now += 1
        assert await knows(keys, FIRST)


GARBAGE = {
    "nothing": b"",
    "no JSON": b"<html>",
    "nested too deep": b"[" * 60_000,
    "a list": b"[]",
    "a number": b"5",
    "no keys": b"{}",
    "an empty set": b'{"keys": []}',
    "keys in no list": b'{"keys": {"kid": "first"}}',
    "keys that are none": b'{"keys": [null, 1, "first", [], {}, {"kid": "first"}]}',
    "bytes that are no text": b'{"keys": [{"kid": "\xff"}]}',
    "too long": document_of(FIRST.published()) + b" " * DOCUMENT_BYTES,
}


@pytest.mark.parametrize("document", GARBAGE.values(), ids=GARBAGE)
async def test_an_invalid_document_counts_as_unavailable(
    server: BetterAuth, clock: Clock, keys: KeySet, document: bytes
) -> None:
    good, server.document = server.document, document
    with pytest.raises(KeysUnavailable):
        await keys.named("first")
    clock.now += 10
    server.document = good
    assert await knows(keys, FIRST)
    server.document = document
    clock.now += 4000
    with pytest.raises(KeysUnavailable):
        await keys.named("second")
    assert await knows(keys, FIRST)


async def test_a_document_without_end_is_aborted(
    keys: KeySet, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def endless(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        async with closing(writer):
            writer.write(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n")
            try:
                while True:
                    writer.write(b" " * 10_000)
                    await writer.drain()
            except ConnectionError:
                left.set()

    left = asyncio.Event()
    async with await asyncio.start_server(endless, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        with pytest.raises(KeysUnavailable):
            await KeySet(f"http://127.0.0.1:{port}/").named("first")
        async with asyncio.timeout(5):
            await left.wait()


async def test_an_issuer_that_does_not_answer_in_time_counts_as_unavailable(
    server: BetterAuth, keys: KeySet, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jwks, "SECONDS_TO_ANSWER", 0.05)
    server.answering.clear()
    async with asyncio.timeout(2):
        with pytest.raises(KeysUnavailable):
            await keys.named("first")


async def test_redirects_are_not_followed(server: BetterAuth, keys: KeySet) -> None:
    async with better_auth(FIRST) as elsewhere:
        server.status, server.headers = "302 Found", f"Location: {elsewhere.jwks_url}\r\n"
        with pytest.raises(KeysUnavailable):
            await keys.named("first")
        assert elsewhere.requests == 0


RSA = rsa_key()
P256 = p256_key()


def test_the_type_of_a_key_fixes_its_algorithm() -> None:
    plain = RSA.published(kid="plain", key_ops=["verify"], ext=True, exp=5, x5c=["..."])
    del plain["alg"]
    published = (FIRST.published(use="sig"), RSA.published(), P256.published(), plain)
    found = read_keys(document_of(*published))
    assert {kid: [key.algorithm_name for key in keys] for kid, keys in found.items()} == {
        "first": ["EdDSA"],
        "rsa": ["RS256"],
        "p256": ["ES256"],
        "plain": ["RS256"],
    }


def test_keys_of_one_kid_are_all_kept() -> None:
    other = ed25519_key("first")
    found = read_keys(document_of(FIRST.published(), other.published(), RSA.published(kid="first")))
    assert [key.algorithm_name for key in found["first"]] == ["EdDSA", "EdDSA", "RS256"]


SECRET_KEY = base64.urlsafe_b64encode(b"0" * 32).rstrip(b"=").decode()
UNUSABLE: dict[str, dict[str, Any]] = {
    "a shared secret": {"kty": "oct", "k": SECRET_KEY, "alg": "HS256"},
    "with its private half": FIRST.published(d=SECRET_KEY),
    "for encryption": RSA.published(use="enc"),
    "for another algorithm": RSA.published(alg="PS256"),
    "for no algorithm": RSA.published(alg="none"),
    "for several algorithms": RSA.published(alg=["RS256", "HS256"]),
    "a short RSA key": rsa_key(bits=1024).published(),
    "another curve": P256.published(crv="secp256k1"),
    "a curve it is not of": FIRST.published(crv="Ed448"),
    "a point off its curve": P256.published(x=P256.published()["y"]),
    "half a point": {k: v for k, v in P256.published().items() if k != "y"},
    "a number in place of text": RSA.published(n=12345),
    "a list in place of text": FIRST.published(x=["a"]),
    "no base64": FIRST.published(x="...."),
    "not ASCII": FIRST.published(x="ü" * 43),
    "a zero modulus": RSA.published(n="AA"),
    "no kid": {k: v for k, v in FIRST.published().items() if k != "kid"},
    "an empty kid": FIRST.published(kid=""),
    "a kid that is a number": FIRST.published(kid=1),
    "no type": FIRST.published(kty=None),
}


@pytest.mark.parametrize("key", UNUSABLE.values(), ids=UNUSABLE)
def test_a_key_that_cannot_be_used_is_left_out(key: dict[str, Any]) -> None:
    key = {"kid": "wrong"} | key if "kid" not in key and key.get("kty") == "oct" else key
    assert list(read_keys(document_of(key, SECOND.published()))) == ["second"]
    with pytest.raises(ValueError, match="no key that can be used"):
        read_keys(document_of(key))
