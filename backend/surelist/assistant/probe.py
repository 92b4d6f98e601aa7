"""Tests the chat's model with one question, for `surelist doctor`."""

import asyncio
from typing import TYPE_CHECKING

from surelist.assistant.failures import failure_of
from surelist.assistant.model import http_client, make_model
from surelist.config import Settings
from surelist.doors.messages import for_rest
from surelist.errors import NotSetUp

if TYPE_CHECKING:
    import httpx2

TIMEOUT_SECONDS = 30
ERROR_LENGTH = 200
"""The most characters of the server's error that are shown."""

_ADVICE = {
    "timed_out": "it gave no answer in time. Check SURELIST_MODEL_URL and the server's load.",
    "model_busy": "its server is busy, or the key's quota is used up.",
    "model_refused": "its server refused the request. Check SURELIST_MODEL (does the model "
    "exist?) and SURELIST_MODEL_KEY.",
    "model_unavailable": "its server cannot be reached, or has a fault. Check SURELIST_MODEL_URL.",
    "unclear": "its answer cannot be understood. Use a model that can call tools.",
}


async def probe(settings: Settings) -> str:
    """The fault of the configured model with advice, or an empty text when it answers."""
    client = http_client(settings)
    try:
        async with asyncio.timeout(min(TIMEOUT_SECONDS, settings.chat_seconds)):
            await _ask(settings, client)
    except NotSetUp as error:
        return for_rest(error)
    except Exception as error:  # noqa: BLE001 (each is reported)
        kind = failure_of(error)
        key = settings.model_key.get_secret_value() or "\0"
        text = " ".join(str(error).replace(key, "...").split())[:ERROR_LENGTH]
        return f"{_ADVICE.get(kind, 'it failed.')} Its error: {text or type(error).__name__}"
    finally:
        await client.aclose()
    return ""


async def _ask(settings: Settings, client: "httpx2.AsyncClient") -> None:
    from pydantic_ai import Agent

    agent = Agent(make_model(settings, client), retries=0)
    async with agent.run_stream("Answer with the word yes.") as answer:
        await answer.get_output()
