"""The answers of the chat routes match their schemas in /openapi.json."""

from typing import Any

from tests.support.person import Person
from tests.support.scripted import Call, Fault, Model
from tests.tasks.test_openapi import check

CHAT = "/api/{user_id}/chat"


async def test_every_response_matches_its_declared_schema(ann: Person, model: Model) -> None:
    document = (await ann.http.get("/openapi.json")).json()
    model.says(
        Call("add_task", {"title": "Milk"}),
        Call("complete_task", {"task_id": 9}),
        "Ok.",
        Fault(404),
    )
    calls: list[tuple[dict[str, Any], int]] = [
        ({"json": {"message": "Hello"}}, 200),
        ({"json": {"message": "Hello", "conversation_id": 1}}, 200),
        ({"json": {"message": "Hello", "conversation_id": 7}}, 404),
        ({"json": {"message": " "}}, 422),
    ]
    for request, status in calls:
        response = await ann.rest("POST", "/chat", **request)
        assert response.status_code == status, response.text
        check(document, CHAT, "post", response)
