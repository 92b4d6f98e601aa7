"""A chat turn from the person's message to the stored answer."""

import asyncio
import logging
from dataclasses import dataclass
from datetime import UTC, datetime
from types import NoneType
from typing import TYPE_CHECKING, Any

from surelist.assistant import turns
from surelist.assistant.failures import SAID, Failure, failure_of
from surelist.assistant.history import BUDGET_BYTES, MESSAGES, as_model_messages, heard
from surelist.assistant.model import http_client, make_model
from surelist.assistant.parts import text_of
from surelist.assistant.prompt import instructions
from surelist.assistant.turns import Said, Turn
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
STORING_TRIES = 5
"""How often an answer is tried to be stored: the database may be away for a moment."""

LONGEST_PAUSE_SECONDS = 10
CLOSING_SECONDS = 2
"""For what runs when the server stops: to store what it had done."""

_log = logging.getLogger(__name__)


@dataclass(slots=True)
class _Run:
    """One run of the model: what it said and did, and what it cost."""

    answer: "Answer | None" = None
    tokens: int = 0


class Assistant:
    """The chat of one process. Its model is made when the first turn needs it."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._making = asyncio.Lock()
        self._model: Model[Any] | None = None
        self._client: httpx2.AsyncClient | None = None
        self._running: set[asyncio.Task[Record | None]] = set()
        self._storing: set[asyncio.Task[Record | None]] = set()

    async def close(self) -> None:
        """Stop what is running, and let go of the model's server."""
        for turn in (running := list(self._running)):
            turn.cancel()
        if running:
            await asyncio.wait([*running, *self._storing], timeout=CLOSING_SECONDS)
        if self._client:
            await self._client.aclose()

    async def begin(self, door: Door, said: Said, key: str | None) -> Turn:
        """Begin a turn. Raises what `turns.begin` raises."""
        retry = Idempotency.of("chat", said.asked(), key)
        return await door.write(lambda tx: turns.begin(tx, self._settings, said, retry))

    def start(
        self, door: Door, turn: Turn, emit: "Callable[[Chunk], None]"
    ) -> "asyncio.Task[Record | None]":
        """Run `take` as a task, which ends by itself when nobody waits for it any more."""
        running = asyncio.create_task(self.take(door, turn, emit))
        self._running.add(running)
        running.add_done_callback(self._running.discard)
        return running

    async def take(self, door: Door, turn: Turn, emit: "Callable[[Chunk], None]") -> Record | None:
        """Run the model and store its answer, whatever comes of it; `emit` gets each piece.

        When it is cancelled, what was done until then is stored. None when the turn was lost.
        """
        run, failure = _Run(), None
        acting = door.acting_as(turn.assistant)
        try:
            model = await self._made()
            async with asyncio.timeout(self._settings.chat_seconds):
                await self._run(run, model, acting, turn, emit)
        except asyncio.CancelledError:
            failure = "stopped"
        except Exception as error:  # noqa: BLE001 (each is told to the person and stored)
            failure = _failure(error)
        if run.answer:
            run.answer.end()
        storing = asyncio.create_task(self._store(acting, turn, run, failure))
        self._storing.add(storing)
        storing.add_done_callback(self._storing.discard)
        try:
            return await asyncio.shield(storing)
        except asyncio.CancelledError:  # what has been said and done is stored all the same
            return await storing

    async def _run(
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
            lambda tx: listing.history(tx, conversation_id, limit=MESSAGES, budget=BUDGET_BYTES),
            rate=None,  # a part of the turn, which its write has counted
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
                message_history=as_model_messages(heard(page.messages, message)),
                usage=usage,
                usage_limits=UsageLimits(request_limit=calls + 1, tool_calls_limit=calls),
            ) as events:
                async for event in events:
                    if not isinstance(event, AgentRunResultEvent):
                        run.answer.take(event)
        finally:
            run.tokens = usage.total_tokens

    async def _made(self) -> "Model[Any]":
        async with self._making:
            if self._model is None:
                self._client = self._client or http_client(self._settings)
                # Importing pydantic-ai takes seconds, in which this worker goes on answering.
                self._model = await asyncio.to_thread(_make, self._settings, self._client)
        return self._model

    async def _store(
        self, door: Door, turn: Turn, run: _Run, failure: Failure | None
    ) -> Record | None:
        parts = run.answer.parts if run.answer else []
        said = text_of(parts)
        if not said and failure is None:
            failure = "unclear"
        content = SAID[failure] if failure else said
        if failure:
            note(outcome=failure)
        pause = 0.0
        for _ in range(STORING_TRIES):
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
                pause = min(float(refusal.retry_after), LONGEST_PAUSE_SECONDS)
        _log.error("the answer of a turn could not be stored")
        return None


def _make(settings: Settings, client: "httpx2.AsyncClient") -> "Model[Any]":
    """The model, with all that a turn imports."""
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
