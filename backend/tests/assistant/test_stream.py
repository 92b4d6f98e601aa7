"""POST /chat/stream: the AI SDK's UI message stream, compared with a snapshot."""

import asyncio
import json
from typing import Any

from tests.assistant.test_chat import chat, post_until
from tests.support.person import Person
from tests.support.scripted import Call, Fault, Model, Silence
from tests.support.talking import history


def chunks_of(body: bytes) -> list[Any]:
    """The chunks of a stream. Fails if there is anything but events."""
    assert body.endswith(b"\n\n")
    events = body.decode().removesuffix("\n\n").split("\n\n")
    assert all(event.startswith("data: ") for event in events)
    assert events[-1] == "data: [DONE]"
    return [json.loads(event.removeprefix("data: ")) for event in events[:-1]]


async def streamed(person: Person, body: dict[str, Any], *, key: str | None = None) -> list[Any]:
    """The chunks of an answer."""
    headers = {"Idempotency-Key": key} if key else {}
    answer = await person.rest("POST", "/chat/stream", json=body, headers=headers, timeout=60)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"].startswith("text/event-stream")
    assert answer.headers["x-vercel-ai-ui-message-stream"] == "v1"
    assert answer.headers.get_list("cache-control") == ["no-store"]
    return chunks_of(answer.content)


SNAPSHOT: list[dict[str, Any]] = [
    {
        "type": "start",
        "messageId": "1-1",
        "messageMetadata": {"conversation_id": 1, "message_id": 1},
    },
    {"type": "start-step"},
    {
        "type": "tool-input-available",
        "toolCallId": "a",
        "toolName": "complete_task",
        "input": {"task_id": 9},
    },
    {"type": "tool-output-error", "toolCallId": "a", "errorText": "There is no task 9. ..."},
    {"type": "finish-step"},
    {"type": "start-step"},
    {
        "type": "tool-input-available",
        "toolCallId": "b",
        "toolName": "add_task",
        "input": {"title": "Milk"},
    },
    {
        "type": "tool-output-available",
        "toolCallId": "b",
        "output": {"task_id": 1, "status": "created", "title": "Milk", "version": 1},
    },
    {"type": "finish-step"},
    {"type": "start-step"},
    {"type": "text-start", "id": "text-6"},
    {"type": "text-delta", "id": "text-6", "delta": "I added Milk."},
    {"type": "text-end", "id": "text-6"},
    {"type": "finish-step"},
    {"type": "finish", "messageMetadata": {"answer_id": 2}},
]


def plain(chunks: list[Any]) -> list[Any]:
    """The chunks, with each error's text cut to its beginning."""
    return [
        chunk | {"errorText": f"{chunk['errorText'][:20]} ..."} if "errorText" in chunk else chunk
        for chunk in chunks
    ]


async def test_a_turn_is_streamed_in_the_format_of_the_sdk(ann: Person, model: Model) -> None:
    model.says(
        Call("complete_task", {"task_id": 9}, "a"),
        Call("add_task", {"title": "Milk"}, "b"),
        "I added Milk.",
    )
    assert plain(await streamed(ann, {"message": "Add milk"})) == plain(SNAPSHOT)
    _, answered = (await history(ann, 1))["messages"]
    assert answered["content"] == "I added Milk."


async def test_a_repeated_key_streams_the_same_answer(ann: Person, model: Model) -> None:
    model.says(Call("add_task", {"title": "Milk"}, "b"), "I added Milk.")
    first = await streamed(ann, {"message": "Add milk"}, key="k")
    assert await streamed(ann, {"message": "Add milk"}, key="k") == first
    assert len(model.asked) == 2


async def test_the_chunks_of_a_text_add_up_to_the_stored_text(ann: Person, model: Model) -> None:
    model.says("word " * 4000)
    chunks = await streamed(ann, {"message": "Tell me"})
    pieces = [chunk["delta"] for chunk in chunks if chunk["type"] == "text-delta"]
    assert "".join(pieces) == "word " * 4000


async def test_the_body_of_use_chat_is_accepted(ann: Person, model: Model) -> None:
    model.says("Hello.", "Still here.")

    def said(text: str) -> dict[str, Any]:
        return {"id": "u", "role": "user", "parts": [{"type": "text", "text": text}]}

    body: dict[str, Any] = {"id": "Zx9", "messages": [said("Hi")], "trigger": "submit-message"}
    chunks = await streamed(ann, body)
    answer = {
        "id": chunks[0]["messageId"],
        "role": "assistant",
        "metadata": chunks[0]["messageMetadata"],
        "parts": [{"type": "step-start"}, {"type": "text", "text": "Hello.", "state": "done"}],
    }
    body["messages"] += [answer, said("Are you there?")]
    await streamed(ann, body)
    assert [one["content"] for one in (await history(ann, 1))["messages"]] == [
        "Hi",
        "Hello.",
        "Are you there?",
        "Still here.",
    ]


async def test_an_invalid_request_is_a_problem_and_no_stream(ann: Person) -> None:
    for body, status in (
        ({}, 422),
        ({"messages": []}, 422),
        ({"messages": [{"role": "user", "parts": [{"type": "text", "text": " "}]}]}, 422),
        ({"message": "x" * 50_001}, 422),
        ({"message": "x", "conversation_id": 7}, 404),
    ):
        answer = await ann.rest("POST", "/chat/stream", json=body)
        assert answer.status_code == status
        assert answer.headers["content-type"] == "application/problem+json"


async def test_a_failure_ends_the_stream_with_an_error(ann: Person, model: Model) -> None:
    model.says(Fault(404))
    *_, metadata, error = await streamed(ann, {"message": "Hello"})
    assert metadata["messageMetadata"] == {"answer_id": 2, "failure": "model_refused"}
    assert error["type"] == "error"
    assert "surelist doctor" in error["errorText"]


async def test_a_disconnect_stops_the_run(ann: Person, model: Model) -> None:
    model.says(Call("add_task", {"title": "Milk"}), Silence("And now"))
    leaving = asyncio.Event()
    running = asyncio.create_task(post_until(ann, {"message": "Add milk"}, leaving, "/chat/stream"))
    while len(model.asked) < 2:  # noqa: ASYNC110 (another process would poll it too)
        await asyncio.sleep(0.01)
    leaving.set()
    got = await running
    assert b'"tool-output-available"' in got
    await asyncio.wait_for(model.left.wait(), 5)
    model.says("Here again.")
    for _ in range(100):
        messages = (await history(ann, 1))["messages"]
        if len(messages) == 2:
            break
        await asyncio.sleep(0.05)
    assert messages[1]["failure"] == "stopped"
    assert (await chat(ann, "Hello?", conversation_id=1))["response"] == "Here again."
