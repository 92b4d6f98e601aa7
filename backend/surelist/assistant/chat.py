"""A chat turn from the person's message to the stored answer."""

import asyncio
import logging
from dataclasses import dataclass
from datetime import UTC, datetime
from types import NoneType
from typing import TYPE_CHECKING, Any

from surelist.assistant import turns
from surelist.assistant.failures import FAILURE_MESSAGES, Failure, failure_of
from surelist.assistant.history import (
    BUDGET_BYTES,
    MAX_MESSAGES,
    as_model_messages,
    earlier_messages,
)
from surelist.assistant.model import http_client, make_model
from surelist.assistant.parts import text_of
from surelist.assistant.prompt import instructions
from surelist.assistant.turns import NewMessage, Turn
from surelist.config import Settings
from surelist.conversations import listing
from surelist.data.database import Record
from surelist.doors.routing import Door
from surelist.errors import Unavailable
from surelist.ledger.write import Idempotency
from surelist.observability.call import note

if TYPE_CHECKING:
    from collections.abc import Callable

    import httpx2
    from pydantic_ai.models import Model

    from surelist.assistant.answer import Answer, Chunk

READ = "conversations:read"
STORE_ATTEMPTS = 5
"""How often the server tries to store an answer while the database is unavailable."""

MAX_PAUSE_SECONDS = 10
"""The longest pause between two of these attempts."""

SHUTDOWN_SECONDS = 2
"""How long a server that stops waits for the running turns to store their answers."""

_log = logging.getLogger(__name__)


@dataclass(slots=True)
class _Run:
    """One run of the model: its answer and its number of tokens."""

    answer: "Answer | None" = None
    tokens: int = 0


class Assistant:
    """The chat of one process. It creates the model at the first turn."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._model_lock = asyncio.Lock()
        self._model: Model[Any] | None = None
        self._client: httpx2.AsyncClient | None = None
        self._running: set[asyncio.Task[Record | None]] = set()
        self._storing: set[asyncio.Task[Record | None]] = set()

    async def close(self) -> None:
        """Cancel the running turns, and close the connections to the model's server."""
        for turn in (running := list(self._running)):
            turn.cancel()
        if running:
            await asyncio.wait([*running, *self._storing], timeout=SHUTDOWN_SECONDS)
        if self._client:
            await self._client.aclose()

    async def begin(self, door: Door, message: NewMessage, key: str | None) -> Turn:
        """Begin a turn. Raises as `turns.begin` does."""
        retry = Idempotency.of("chat", message.request(), key)
        return await door.write(lambda tx: turns.begin(tx, self._settings, message, retry))

    def start(
        self, door: Door, turn: Turn, emit: "Callable[[Chunk], None]"
    ) -> "asyncio.Task[Record | None]":
        """Run `run_turn` as a task. `close` cancels it, and its caller may."""
        running = asyncio.create_task(self.run_turn(door, turn, emit))
        self._running.add(running)
        running.add_done_callback(self._running.discard)
        return running

    async def run_turn(
        self, door: Door, turn: Turn, emit: "Callable[[Chunk], None]"
    ) -> Record | None:
        """Run the model and store its answer, also a failed one; call `emit` with each chunk.

        When cancelled, store the answer so far. Returns the stored answer, or None when the turn
        has lost its lock.
        """
        run, failure = _Run(), None
        acting = door.acting_as(turn.assistant)
        try:
            model = await self._get_model()
            async with asyncio.timeout(self._settings.chat_seconds):
                await self._run_model(run, model, acting, turn, emit)
        except asyncio.CancelledError:
            failure = "stopped"
        except Exception as error:  # noqa: BLE001 (each is stored and shown to the person)
            failure = _failure(error)
        if run.answer:
            run.answer.end()
        storing = asyncio.create_task(self._store(acting, turn, run, failure))
        self._storing.add(storing)
        storing.add_done_callback(self._storing.discard)
        try:
            return await asyncio.shield(storing)
        except asyncio.CancelledError:  # store the answer nevertheless
            return await storing

    async def _run_model(
        self,
        run: _Run,
        model: "Model[Any]",
        door: Door,
        turn: Turn,
        emit: "Callable[[Chunk], None]",
    ) -> None:
        from pydantic_ai import Agent, AgentRunResultEvent, RunUsage, UsageLimits

        from surelist.assistant.answer import Answer
        from surelist.assistant.toolset import TRIES, TaskTools

        conversation_id, message = turn.conversation_id, turn.message
        page = await door.needing(READ).read(
            lambda tx: listing.history(
                tx, conversation_id, limit=MAX_MESSAGES, budget=BUDGET_BYTES
            ),
            rate=None,  # the turn was counted when it began
        )
        tools = TaskTools(door)
        run.answer = Answer(tools, emit)
        calls = self._settings.chat_tool_calls
        usage = RunUsage()
        agent = Agent(
            model,
            deps_type=NoneType,
            toolsets=[tools],
            retries=TRIES,
            instructions=instructions(datetime.now(UTC), page.timezone),
        )
        try:
            async with agent.run_stream_events(
                message["content"],
                message_history=as_model_messages(earlier_messages(page.messages, message)),
                usage=usage,
                usage_limits=UsageLimits(request_limit=calls + 1, tool_calls_limit=calls),
            ) as events:
                async for event in events:
                    if not isinstance(event, AgentRunResultEvent):
                        run.answer.add(event)
        finally:
            run.tokens = usage.total_tokens

    async def _get_model(self) -> "Model[Any]":
        async with self._model_lock:
            if self._model is None:
                self._client = self._client or http_client(self._settings)
                # Importing pydantic-ai takes seconds. In a thread, it does not block the worker.
                self._model = await asyncio.to_thread(_create_model, self._settings, self._client)
        return self._model

    async def _store(
        self, door: Door, turn: Turn, run: _Run, failure: Failure | None
    ) -> Record | None:
        parts = run.answer.parts if run.answer else []
        text = text_of(parts)
        if not text and failure is None:
            failure = "unclear"
        content = FAILURE_MESSAGES[failure] if failure else text
        if failure:
            note(outcome=failure)
        pause = 0.0
        for _ in range(STORE_ATTEMPTS):
            await asyncio.sleep(pause)
            try:
                return await door.write(
                    lambda tx: turns.finish(
                        tx,
                        self._settings,
                        turn,
                        content=content,
                        parts=parts,
                        failure=failure,
                        tokens=run.tokens,
                    ),
                    rate=None,
                )
            except Unavailable as refusal:
                pause = min(float(refusal.retry_after), MAX_PAUSE_SECONDS)
        _log.error("the answer of a turn could not be stored")
        return None


def _create_model(settings: Settings, client: "httpx2.AsyncClient") -> "Model[Any]":
    """Create the model, and import the modules that a turn needs."""
    from surelist.assistant import answer, toolset

    del answer, toolset
    return make_model(settings, client)


def _failure(error: Exception) -> Failure:
    from surelist.assistant.answer import TooLongError

    if isinstance(error, TooLongError):
        return "too_long"
    kind = failure_of(error)
    if kind == "error":
        _log.error("a chat turn failed", exc_info=error)
    return kind
