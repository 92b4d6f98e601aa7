"""Asks the chat's model one question, to find out what is wrong with it."""

import asyncio
from typing import TYPE_CHECKING

from surelist.assistant.failures import failure_of
from surelist.assistant.model import http_client, make_model
from surelist.config import Settings
from surelist.doors.messages import for_rest
from surelist.errors import NotSetUp

if TYPE_CHECKING:
    import httpx2

SECONDS = 30
TOLD_CHARACTERS = 200
"""Of what the model's server said."""

_ADVICE = {
    "timed_out": "it gave no answer in time. Look at SURELIST_MODEL_URL and at the server's load.",
    "model_busy": "its server is busy, or the key's quota is spent.",
    "model_refused": "its server refused the request. Look at SURELIST_MODEL (is there such a "
    "model?) and SURELIST_MODEL_KEY.",
    "model_unavailable": "its server cannot be reached, or has a fault. Look at "
    "SURELIST_MODEL_URL.",
    "unclear": "it answered nothing that can be understood. Use a model that can call tools.",
}


async def probe(settings: Settings) -> str:
    """What is wrong with the configured model and what to do, or an empty text."""
    client = http_client(settings)
    try:
        async with asyncio.timeout(min(SECONDS, settings.chat_seconds)):
            await _ask(settings, client)
    except NotSetUp as error:
        return for_rest(error)
    except Exception as error:  # noqa: BLE001 (whatever it is, it is told)
        kind = failure_of(error)
        key = settings.model_key.get_secret_value() or "\0"
        said = " ".join(str(error).replace(key, "...").split())[:TOLD_CHARACTERS]
        return f"{_ADVICE.get(kind, 'it failed.')} It said: {said or type(error).__name__}"
    finally:
        await client.aclose()
    return ""


async def _ask(settings: Settings, client: "httpx2.AsyncClient") -> None:
    from pydantic_ai import Agent

    agent = Agent(make_model(settings, client), retries=0)
    async with agent.run_stream("Answer with the word yes.") as answer:
        await answer.get_output()
