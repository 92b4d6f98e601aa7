"""Every event reaches a webhook in order, at least once, whatever fails on the way."""

import asyncio
from collections.abc import Callable
from typing import Any

import httpcore2
import pytest
from prometheus_client import REGISTRY

from surelist.config import Settings
from surelist.webhooks import deliveries, sending, steps
from tests.support.copies import Copy
from tests.support.person import Person
from tests.support.receiver import Answer, Received, Receiver, status
from tests.support.streams import Worker, at, until, worker
from tests.webhooks.test_webhooks import make, read

OVER = "UPDATE delivery SET due_at = now() WHERE due_at IS NOT NULL"
LEASED = "SELECT count(*) FROM delivery WHERE claim IS NOT NULL"


async def add(person: Person, number: int = 1) -> None:
    for _ in range(number):
        answer = await person.rest("POST", "/tasks", json={"title": "Milk"})
        assert answer.status_code == 201


async def settled(owner: Person, webhook_id: str, wanted: Callable[[dict[str, Any]], bool]) -> None:
    """Wait until the webhook is as wanted."""
    async with asyncio.timeout(30):
        while not wanted(await read(owner, webhook_id)):  # noqa: ASYNC110 (asks over HTTP)
            await asyncio.sleep(0.02)


async def search(worker: Worker) -> None:
    """Let a worker search for due deliveries now."""
    await worker.app.state.deliveries._search_once(worker.app.state.database)


def failing_until(succeeds: Callable[[int], bool], code: int = 503) -> Any:
    """Answers 204 to requests for which this holds, by their number from 1, and fails others."""
    number = 0

    async def answer(received: Received, writer: asyncio.StreamWriter) -> None:
        nonlocal number
        number += 1
        await status(204 if succeeds(number) else code)(received, writer)

    return answer


async def test_each_event_arrives_signed_and_in_order(owner: Person, receiver: Receiver) -> None:
    await add(owner)
    made = await make(owner, receiver.url)
    await add(owner, 45)
    await receiver.count(45)
    assert receiver.events == [*range(2, 47)]
    listed = (await owner.rest("GET", "/events", params={"after": 1})).json()["events"]
    first = receiver.all[0].verified(made["secret"])
    shown = {name: value for name, value in listed[0].items() if name not in ("title", "undone_by")}
    assert first == {"type": "task.created", "timestamp": shown["at"], "data": shown}
    assert receiver.all[0].headers["webhook-id"] == f"{made['id']}-2"
    await settled(owner, made["id"], lambda hook: hook["after"] == 46)
    assert receiver.connections == 1


async def test_a_failed_event_is_sent_again_before_later_ones(
    owner: Person, receiver: Receiver, hasty: None
) -> None:
    receiver.answer = failing_until(lambda number: number > 3)
    made = await make(owner, receiver.url)
    await add(owner, 2)
    await receiver.count(5)
    assert receiver.events == [1, 1, 1, 1, 2]
    assert len({one.headers["webhook-id"] for one in receiver.all}) == 2
    await settled(owner, made["id"], lambda hook: hook["after"] == 2)
    assert (await read(owner, made["id"]))["status"] == "active"


async def test_a_failing_webhook_waits_and_says_why(owner: Person, receiver: Receiver) -> None:
    receiver.answer = status(500)
    made = await make(owner, receiver.url)
    await add(owner)
    await settled(owner, made["id"], lambda hook: hook["attempts"] == 1)
    hook = await read(owner, made["id"])
    assert (hook["status"], hook["last_status"], hook["last_problem"]) == ("failing", 500, "status")
    assert hook["next_attempt_at"] > hook["last_at"]
    await add(owner)
    await asyncio.sleep(0.3)
    assert receiver.events == [1]


def test_the_pauses_grow_to_ten_hours_and_vary() -> None:
    batch = steps.Batch({"id": "wh"}, "claim", [], repeated=False)
    failed = sending.Attempt(500, "status")
    for attempts, pause in enumerate(steps.PAUSES, 1):
        found = {
            steps._consequence({"attempts": attempts, **_just_failed()}, batch, failed).pause
            for _ in range(20)
        }
        assert len(found) > 1
        assert all(0.8 * pause <= one <= 1.2 * pause for one in found if one)
    assert sum(steps.PAUSES) > 17 * 3600


def _just_failed() -> dict[str, Any]:
    return {"last_at": steps.FAILING_FOR, "failing_since": steps.FAILING_FOR}


async def test_an_event_is_given_up_on_after_eight_attempts_and_can_be_replayed(
    owner: Person, receiver: Receiver, hasty: None
) -> None:
    receiver.answer = failing_until(lambda number: number > 8)
    made = await make(owner, receiver.url)
    await add(owner, 2)
    await receiver.count(9)
    assert receiver.events == [1] * 8 + [2]
    await settled(owner, made["id"], lambda hook: hook["after"] == 2)
    path = f"/webhooks/{made['id']}"
    [dead] = (await owner.rest("GET", f"{path}/undelivered")).json()["undelivered"]
    assert (dead["event_id"], dead["problem"], dead["status"]) == (1, "status", 503)
    assert (await read(owner, made["id"]))["undelivered"] == 1
    receiver.answer = status(500)
    await owner.rest("POST", f"{path}/replay", json={})
    await receiver.count(10)
    await settled(owner, made["id"], lambda hook: hook.get("last_status") == 500)
    assert (await read(owner, made["id"]))["undelivered"] == 1
    receiver.answer = status(200)
    await owner.rest("POST", f"{path}/replay", json={})
    await receiver.count(11)
    assert receiver.events[-2:] == [1, 1]
    await settled(owner, made["id"], lambda hook: hook["undelivered"] == 0)
    await add(owner)
    await receiver.count(12)
    assert receiver.events[-1] == 3


async def test_events_after_one_are_sent_again(owner: Person, receiver: Receiver) -> None:
    made = await make(owner, receiver.url)
    await add(owner, 3)
    await receiver.count(3)
    await settled(owner, made["id"], lambda hook: hook["after"] == 3)
    path = f"/webhooks/{made['id']}/replay"
    refused = await owner.rest("POST", path, json={"after": 4})
    assert (refused.status_code, refused.json()["code"]) == (422, "event_not_sent")
    assert (await owner.rest("POST", path, json={"after": 1})).json()["after"] == 1
    await receiver.count(5)
    assert receiver.events == [1, 2, 3, 2, 3]
    ids = [one.headers["webhook-id"] for one in receiver.all]
    assert ids[1:3] == ids[3:]


async def test_status_410_pauses_the_webhook(owner: Person, receiver: Receiver) -> None:
    receiver.answer = status(410)
    made = await make(owner, receiver.url)
    await add(owner, 2)
    await settled(owner, made["id"], lambda hook: hook["status"] == "paused")
    assert (await read(owner, made["id"]))["paused_because"] == "gone"
    receiver.answer = status(204)
    await owner.rest("PATCH", f"/webhooks/{made['id']}", json={"paused": False})
    await receiver.count(3)
    assert receiver.events == [1, 1, 2]


async def test_days_of_failure_pause_the_webhook(
    owner: Person, receiver: Receiver, copy: Copy, here: Worker
) -> None:
    receiver.answer = status(500)
    made = await make(owner, receiver.url)
    await add(owner)
    await settled(owner, made["id"], lambda hook: hook["attempts"] == 1)
    await copy.run("UPDATE delivery SET failing_since = now() - interval '3 days'")
    await copy.run(OVER)
    await search(here)
    await settled(owner, made["id"], lambda hook: hook["status"] == "paused")
    assert (await read(owner, made["id"]))["paused_because"] == "failing"


async def test_a_paused_webhook_gets_nothing_and_then_everything(
    owner: Person, receiver: Receiver, here: Worker
) -> None:
    made = await make(owner, receiver.url)
    await owner.rest("PATCH", f"/webhooks/{made['id']}", json={"paused": True})
    await add(owner, 2)
    await search(here)
    await asyncio.sleep(0.3)
    assert receiver.all == []
    await owner.rest("PATCH", f"/webhooks/{made['id']}", json={"paused": False})
    await receiver.count(2)
    assert receiver.events == [1, 2]


async def test_two_workers_never_deliver_to_one_webhook_at_once(
    owner: Person, here: Worker, hook_settings: Settings, receiver: Receiver
) -> None:
    async def slowly(received: Received, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(0.01)
        await status(204)(received, writer)

    receiver.answer = slowly
    await make(owner, receiver.url)
    async with worker(hook_settings) as there:
        await search(there)
        elsewhere = at(there, owner, owner=True)
        await asyncio.gather(*(add(one, 25) for one in (owner, elsewhere) * 2))
        await receiver.count(100)
    assert receiver.events == [*range(1, 101)]
    assert receiver.most_at_once == 1


async def test_another_worker_finds_what_a_killed_one_had_taken(
    owner: Person, here: Worker, hook_settings: Settings, receiver: Receiver, copy: Copy
) -> None:
    held = asyncio.Event()

    async def hold(_: Received, __: asyncio.StreamWriter) -> None:
        await held.wait()

    receiver.answer = hold
    await make(owner, receiver.url)
    async with worker(hook_settings) as there:
        await add(owner)
        await receiver.count(1)
        await here.app.state.deliveries.close()  # it records nothing, as if it were killed
        assert await copy.rows(LEASED) == [(1,)]
        receiver.answer = status(204)
        held.set()
        there.app.state.deliveries.look(owner.user_id)
        await until(lambda: not there.app.state.deliveries._again)
        assert receiver.events == [1]  # the lease holds
        await copy.run(OVER)
        await search(there)
        await receiver.count(2)
        assert receiver.events == [1, 1]


async def test_an_event_of_another_worker_that_knows_of_no_webhook_is_found(
    owner: Person, here: Worker, hook_settings: Settings, receiver: Receiver
) -> None:
    async with worker(hook_settings) as there:
        await search(there)
        await make(owner, receiver.url)
        await add(at(there, owner, owner=True))
        await search(here)
        await receiver.count(1)


def accepted_after(held: asyncio.Event) -> Answer:
    """Accepts a message once the event is set."""

    async def answer(received: Received, writer: asyncio.StreamWriter) -> None:
        await held.wait()
        await status(204)(received, writer)

    return answer


async def test_what_a_worker_records_late_changes_nothing(
    owner: Person, receiver: Receiver
) -> None:
    held = asyncio.Event()
    receiver.answer = accepted_after(held)
    made = await make(owner, receiver.url)
    await add(owner, 2)
    await receiver.count(1)
    paused = await owner.rest("PATCH", f"/webhooks/{made['id']}", json={"paused": True})
    assert paused.json()["status"] == "paused"
    held.set()
    await asyncio.sleep(0.3)
    assert receiver.events == [1]
    assert (await read(owner, made["id"]))["after"] == 0


async def test_nothing_is_sent_of_an_erased_account(
    owner: Person, receiver: Receiver, here: Worker, copy: Copy
) -> None:
    held = asyncio.Event()
    receiver.answer = accepted_after(held)
    await make(owner, receiver.url)
    await add(owner, 3)
    await receiver.count(1)
    assert (await owner.rest("DELETE")).status_code == 204
    held.set()
    await search(here)
    await asyncio.sleep(0.3)
    assert receiver.events == [1]
    for table in ("webhook", "delivery", "undelivered"):
        assert await copy.rows(f"SELECT FROM {table}") == []


async def test_nothing_is_sent_while_an_account_is_being_erased(
    owner: Person, receiver: Receiver, here: Worker, copy: Copy
) -> None:
    made = await make(owner, receiver.url)
    await owner.rest("PATCH", f"/webhooks/{made['id']}", json={"paused": True})
    await add(owner)
    await copy.run("UPDATE account SET erased_at = 'infinity'")
    await copy.run("UPDATE delivery SET due_at = now()")
    here.app.state.deliveries.look(owner.user_id)
    await until(lambda: not here.app.state.deliveries._again)
    assert receiver.all == []


async def test_at_most_the_newest_dead_letters_are_kept(
    owner: Person, receiver: Receiver, hasty: None, monkeypatch: pytest.MonkeyPatch, copy: Copy
) -> None:
    made = await make(owner, receiver.url)
    await copy.run(
        "INSERT INTO undelivered SELECT user_id, webhook_id, -n, 'status', 500, now(), false "
        "FROM delivery, generate_series(1, 100) AS n"
    )
    receiver.answer = failing_until(lambda number: number > 8)
    await add(owner)
    await settled(owner, made["id"], lambda hook: hook["after"] == 1)
    found = (await owner.rest("GET", f"/webhooks/{made['id']}/undelivered")).json()["undelivered"]
    assert [one["event_id"] for one in found] == [*range(-99, 0), 1]


async def test_attempts_are_counted_by_their_outcome(
    owner: Person, receiver: Receiver, hasty: None
) -> None:
    def counted() -> dict[str, float]:
        return {
            outcome: REGISTRY.get_sample_value(
                "surelist_webhook_deliveries_total", {"outcome": outcome}
            )
            or 0
            for outcome in ("delivered", "failed", "given_up")
        }

    before = counted()
    receiver.answer = failing_until(lambda number: number > 8)
    made = await make(owner, receiver.url)
    await add(owner, 2)
    await settled(owner, made["id"], lambda hook: hook["after"] == 2)
    await until(lambda: counted()["delivered"] > before["delivered"])
    grown = {outcome: number - before[outcome] for outcome, number in counted().items()}
    assert grown == {"delivered": 1, "failed": 7, "given_up": 1}


async def problem(owner: Person, url: str) -> dict[str, Any]:
    made = await make(owner, url)
    return (await owner.rest("POST", f"/webhooks/{made['id']}/test")).json()


async def test_a_redirect_is_not_followed(owner: Person, receiver: Receiver) -> None:
    receiver.answer = status(307, f"Location: {receiver.url}/elsewhere")
    told = await problem(owner, receiver.url)
    assert told == {"delivered": False, "status": 307, "problem": "redirect"}
    assert len(receiver.all) == 1


async def test_a_cookie_is_not_kept(owner: Person, receiver: Receiver) -> None:
    receiver.answer = status(204, "Set-Cookie: whose=anns; Path=/")
    for _ in range(2):
        await problem(owner, receiver.url)
    assert "cookie" not in receiver.all[1].headers


async def test_an_endless_answer_is_cut(owner: Person, receiver: Receiver) -> None:
    cut = asyncio.Event()

    async def endless(_: Received, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        try:
            while True:
                writer.write(b"1000\r\n" + b"x" * 4096 + b"\r\n")
                await writer.drain()
        except OSError:
            cut.set()
            raise

    receiver.answer = endless
    assert await problem(owner, receiver.url) == {"delivered": True, "status": 200}
    async with asyncio.timeout(30):
        await cut.wait()


@pytest.mark.parametrize("begun", [b"", b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n"])
async def test_a_dripping_answer_is_ended(
    owner: Person, receiver: Receiver, monkeypatch: pytest.MonkeyPatch, begun: bytes
) -> None:
    monkeypatch.setattr(sending, "SECONDS", 0.5)
    cut = asyncio.Event()

    async def drip(_: Received, writer: asyncio.StreamWriter) -> None:
        writer.write(begun)
        try:
            while True:
                writer.write(b"x")
                await writer.drain()
                await asyncio.sleep(0.01)
        except OSError:
            cut.set()
            raise

    receiver.answer = drip
    told = await problem(owner, receiver.url)
    assert (told["delivered"], told["problem"]) == (False, "timeout")
    async with asyncio.timeout(30):
        await cut.wait()


async def test_an_answer_that_is_not_http_is_told(owner: Person, receiver: Receiver) -> None:
    async def nonsense(_: Received, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 mail.example.com ESMTP\r\n\r\n")
        await writer.drain()

    receiver.answer = nonsense
    assert (await problem(owner, receiver.url))["problem"] == "answer_invalid"


async def test_a_certificate_that_is_not_trusted_is_refused(
    owner: Person, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sending, "trusted_certificates", httpcore2.default_ssl_context)
    assert (await problem(owner, receiver.url))["problem"] == "tls"
    assert receiver.all == []


async def test_a_closed_port_is_told(owner: Person) -> None:
    assert (await problem(owner, "https://localhost:1/"))["problem"] == "unreachable"


def test_a_lease_outlasts_an_attempt() -> None:
    assert steps.LEASE.total_seconds() > 2 * sending.SECONDS
    assert steps.LEASE.total_seconds() > deliveries.SEARCH_SECONDS
