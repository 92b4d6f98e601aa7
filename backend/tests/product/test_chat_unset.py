"""Surelist without a model for the chat."""

import subprocess
import sys

from tests.support.person import Person
from tests.support.talking import listed


async def test_the_chat_without_a_model_explains_how_to_set_one(ann: Person) -> None:
    refused = await ann.rest("POST", "/chat", json={"message": "Hello"})
    assert refused.status_code == 503
    assert refused.json()["type"] == "urn:surelist:chat_not_set_up"
    assert refused.json()["code"] == "chat_without_model"
    assert await listed(ann) == []
    asked = await ann.rest("GET", "/chat")
    assert (asked.status_code, asked.json()) == (503, refused.json())


def test_a_worker_imports_the_chat_libraries_on_first_use() -> None:
    code = (
        "import sys, surelist.main; "
        "print(*{'pydantic_ai', 'openai', 'anthropic', 'google.genai'} & set(sys.modules))"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert (result.returncode, result.stdout.strip()) == (0, "")
