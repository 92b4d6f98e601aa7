"""The person manages webhooks, and nobody else does."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from surelist.webhooks.models import MAX_WEBHOOKS
from surelist.webhooks.sending import TESTS_AT_ONCE
from tests.support.person import Person
from tests.support.receiver import Received, Receiver, status

URL = "https://hooks.example.invalid/surelist"


async def make(owner: Person, url: str = URL, **request: Any) -> dict[str, Any]:
    answer = await owner.rest("POST", "/webhooks", json={"url": url}, **request)
    assert answer.status_code == 201, answer.text
    assert answer.headers["cache-control"] == "no-store"
    return answer.json()


async def read(owner: Person, webhook_id: str) -> dict[str, Any]:
    answer = await owner.rest("GET", f"/webhooks/{webhook_id}")
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_a_webhook_is_made_listed_changed_and_removed(owner: Person) -> None:
    made = await make(owner)
    secret = made.pop("secret")
    assert secret.startswith("whsec_")
    assert made == {
        "id": made["id"],
        "url": URL,
        "status": "active",
        "after": 0,
        "undelivered": 0,
        "attempts": 0,
        "created_at": made["created_at"],
    }
    listed = (await owner.rest("GET", "/webhooks")).json()
    assert listed == {"webhooks": [made]}
    path = f"/webhooks/{made['id']}"
    changed = await owner.rest("PATCH", path, json={"url": f"{URL}/2", "paused": True})
    assert changed.json()["status"] == "paused"
    assert changed.json()["paused_because"] == "person"
    continued = await owner.rest("PATCH", path, json={"paused": False})
    assert continued.json() == made | {"url": f"{URL}/2"}
    assert (await owner.rest("PATCH", path, json={})).json()["code"] == "nothing_to_change"
    assert (await owner.rest("DELETE", path)).status_code == 204
    assert (await owner.rest("GET", path)).json()["code"] == "webhook_not_found"
    assert (await owner.rest("GET", "/webhooks")).json() == {"webhooks": []}


async def test_a_repeated_request_returns_the_same_webhook_and_secret(owner: Person) -> None:
    first = await make(owner, headers={"Idempotency-Key": "one"})
    assert await make(owner, headers={"Idempotency-Key": "one"}) == first
    other = {"json": {"url": f"{URL}/2"}, "headers": {"Idempotency-Key": "one"}}
    refused = await owner.rest("POST", "/webhooks", **other)
    assert refused.json()["code"] == "idempotency_key_reused"


async def test_a_person_has_at_most_five_webhooks(owner: Person) -> None:
    for number in range(MAX_WEBHOOKS):
        await make(owner, f"{URL}/{number}")
    refused = await owner.rest("POST", "/webhooks", json={"url": URL})
    assert (refused.status_code, refused.json()["code"]) == (409, "webhook_limit")


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("http://example.com/", "webhook_url"),
        ("ftp://example.com/", "webhook_url"),
        ("https://ann:secret@example.com/", "webhook_url"),
        ("https://@example.com/", "webhook_url"),
        ("https://example.com/#part", "webhook_url"),
        ("https:///path", "webhook_url"),
        ("https://[::1/", "webhook_url"),
        ("https://exa mple.com/", "webhook_url"),
        ("https://example.com/\r\nX: y", "webhook_url"),
        ("https://example.com:99999/", "webhook_url"),
        ("https://exämple.com/", "webhook_url"),
        ("example.com", "webhook_url"),
        ("https://example.com:25/", "webhook_port"),
        ("https://10.0.0.1/", "webhook_not_public"),
        ("https://[::ffff:127.0.0.1]/", "webhook_not_public"),
        ("https://example.com:0/", "webhook_port"),
        ("https://" + "a" * 2000, "invalid_arguments"),
        ("", "invalid_arguments"),
    ],
)
async def test_a_url_that_is_not_plain_https_is_refused(owner: Person, url: str, code: str) -> None:
    refused = await owner.rest("POST", "/webhooks", json={"url": url})
    assert (refused.status_code, refused.json()["code"]) == (422, code)


@pytest.mark.parametrize("url", ["http://localhost:99/", "https://example.com:8443/a?b=c"])
async def test_other_ports_and_allowed_hosts_by_http_are_accepted(owner: Person, url: str) -> None:
    await make(owner, url)


async def test_an_agent_and_another_person_reach_no_webhook(
    owner: Person, newcomer: Callable[..., Person]
) -> None:
    made = await make(owner)
    agent = owner.through("claude")
    paths = ["", f"/{made['id']}", f"/{made['id']}/undelivered"]
    for path in paths:
        refused = await agent.rest("GET", f"/webhooks{path}")
        assert (refused.status_code, refused.json()["code"]) == (403, "insufficient_scope")
    for path in ("test", "replay", "secret"):
        refused = await agent.rest("POST", f"/webhooks/{made['id']}/{path}", json={})
        assert (refused.status_code, refused.json()["code"]) == (403, "insufficient_scope")
    eve = Person(owner.http, owner.settings, owner.database, "eve", "web", owner=True)
    assert (await eve.rest("GET", "/webhooks")).json() == {"webhooks": []}
    for path in paths[1:]:
        assert (await eve.rest("GET", f"/webhooks{path}")).status_code == 404
    for path in ("test", "replay", "secret"):
        answer = await eve.rest("POST", f"/webhooks/{made['id']}/{path}", json={})
        assert (answer.status_code, answer.json()["code"]) == (404, "webhook_not_found")
    await eve.rest("DELETE", f"/webhooks/{made['id']}")
    assert (await read(owner, made["id"]))["id"] == made["id"]


async def test_a_test_message_is_signed_and_its_outcome_is_told(
    owner: Person, receiver: Receiver
) -> None:
    made = await make(owner, receiver.url)
    path = f"/webhooks/{made['id']}/test"
    assert (await owner.rest("POST", path)).json() == {"delivered": True, "status": 204}
    [ping] = receiver.all
    assert ping.line == "POST /hook HTTP/1.1"
    assert ping.headers["host"] == f"localhost:{receiver.port}"
    message = ping.verified(made["secret"])
    assert message["type"] == "ping"
    assert message["data"] == {"webhook_id": made["id"]}
    receiver.answer = status(500)
    failed = {"delivered": False, "status": 500, "problem": "status"}
    assert (await owner.rest("POST", path)).json() == failed
    assert (await read(owner, made["id"]))["status"] == "active"


async def test_tests_beyond_the_limit_are_refused(owner: Person, receiver: Receiver) -> None:
    held = asyncio.Event()

    async def hold(received: Received, writer: asyncio.StreamWriter) -> None:
        await held.wait()
        await status(204)(received, writer)

    receiver.answer = hold
    made = await make(owner, receiver.url)
    path = f"/webhooks/{made['id']}/test"
    sending = [asyncio.create_task(owner.rest("POST", path)) for _ in range(TESTS_AT_ONCE)]
    await receiver.count(TESTS_AT_ONCE)
    refused = await owner.rest("POST", path)
    assert (refused.status_code, refused.json()["code"]) == (503, "server_busy")
    held.set()
    assert all(answer.json()["delivered"] for answer in await asyncio.gather(*sending))


async def test_a_replaced_secret_still_signs_for_a_day(owner: Person, receiver: Receiver) -> None:
    made = await make(owner, receiver.url)
    path = f"/webhooks/{made['id']}"
    rotated = await owner.rest("POST", f"{path}/secret")
    assert rotated.headers["cache-control"] == "no-store"
    secret = rotated.json()["secret"]
    assert secret != made["secret"]
    await owner.rest("POST", f"{path}/test")
    for one in (secret, made["secret"]):
        receiver.all[-1].verified(one)


async def test_an_export_has_webhooks_without_their_secrets(owner: Person) -> None:
    made = await make(owner)
    secret = made.pop("secret")
    export = await owner.rest("GET", "/export")
    assert export.json()["webhooks"] == [made]
    assert secret.removeprefix("whsec_") not in export.text
