"""The rows of a turn: it begins with the person's message and a lock, and ends with an answer."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from secrets import token_hex
from typing import Any

from sqlalchemy import BigInteger, Date, Text, bindparam, null, select
from sqlmodel import col

from surelist.access.allowances import nine_tenths
from surelist.access.auth import Caller
from surelist.assistant.failures import FAILURE_MESSAGES, Failure
from surelist.assistant.model import require_model
from surelist.assistant.parts import Part
from surelist.config import Settings
from surelist.conversations import messages, service
from surelist.conversations.models import Conversation, Message
from surelist.conversations.records import conversation_context, write_context
from surelist.data.database import Record, compiled
from surelist.data.isolation import UserTransaction, user_rows, user_update
from surelist.errors import Conflict, TooManyRequests
from surelist.ledger.models import INSTANT, Account
from surelist.ledger.quotas import seconds_to_midnight
from surelist.ledger.write import Idempotency

CLIENT_ID = "surelist-chat"
CLIENT_NAME = "Surelist chat"
GRACE_SECONDS = 30
"""The lock of a turn expires this long after the time limit of a turn, if its worker has died."""

_message = user_rows(Message)
_id = bindparam("conversation_id", type_=BigInteger, required=True)
_LOCK = compiled(
    user_update(Conversation)
    .where(col(Conversation.id) == _id)
    .values(
        turn_token=bindparam("token", type_=Text, required=True),
        turn_started_at=bindparam("now", type_=INSTANT, required=True),
    )
)
_UNLOCK = compiled(
    user_update(Conversation)
    .where(col(Conversation.id) == _id)
    .values(turn_token=null(), turn_started_at=null())
)
_SAVE_USAGE = compiled(
    user_update(Account).values(
        chat_day=bindparam("day", type_=Date, required=True),
        chat_turns=bindparam("turns", type_=BigInteger, required=True),
        chat_tokens=bindparam("tokens", type_=BigInteger, required=True),
    )
)
_ANSWER_TO = compiled(
    select(_message.c.id)
    .where(
        _message.c.conversation_id == _id,
        _message.c.reply_to == bindparam("message_id", type_=BigInteger, required=True),
    )
    .order_by(_message.c.id)
    .limit(1)
)
_LAST_USER_MESSAGE = compiled(
    select(_message.c.id)
    .where(_message.c.conversation_id == _id, _message.c.role == "user")
    .order_by(_message.c.id.desc())
    .limit(1)
)


@dataclass(frozen=True, slots=True)
class NewMessage:
    """A message of a person to the assistant. Without `conversation_id`, it begins a conversation.

    `replaces` is the id of the earlier message that this one replaces.
    """

    content: str
    conversation_id: int | None = None
    replaces: int | None = None

    def request(self) -> dict[str, Any]:
        """The values that must be equal in a repeated call."""
        request = {"conversation_id": self.conversation_id, "message": self.content}
        return request if self.replaces is None else request | {"replaces": self.replaces}


@dataclass(frozen=True, slots=True)
class Turn:
    """A turn that has begun, or with `answer` one that has ended."""

    conversation_id: int
    message: Record
    token: str = ""
    answer: Record | None = None

    @property
    def assistant(self) -> Caller:
        """The caller that the changes of this turn are recorded for."""
        message_id = self.message["id"]
        return Caller("assistant", CLIENT_ID, CLIENT_NAME, self.conversation_id, message_id)


async def begin(
    tx: UserTransaction,
    settings: Settings,
    new: NewMessage,
    retry: Idempotency,
) -> Turn:
    """Store the person's message and lock its conversation. Create the conversation if needed.

    A repeated call gets the turn of the first call. Raises NotFound, Gone in the trash, Conflict
    while another turn is running or when `replaces` is not the person's last message,
    TooManyRequests when the daily limit of turns or tokens is reached, and NotSetUp without a
    model.
    """
    conversation_id = new.conversation_id
    if conversation_id is None:
        conversation_id = await _conversation_for(tx, retry)
    context = await conversation_context(tx, conversation_id, retry)
    require_model(settings)
    stale = context["now"] - timedelta(seconds=settings.chat_seconds + GRACE_SECONDS)
    if context["turn_started_at"] and context["turn_started_at"] > stale:
        raise Conflict("turn_under_way", conversation_id=conversation_id)
    if context["turn_token"]:
        await _end_abandoned_turn(tx, conversation_id)
    if context["first_message"]:
        first = await messages.find(tx, context["first_conversation"], context["first_message"])
        answer = await _answer_to(tx, first) or await _store_interrupted(tx, first)
        return Turn(first["conversation_id"], first, answer=answer)
    if new.replaces is not None:
        await _refuse_unless_last(tx, conversation_id, new.replaces)
    await _count_usage(tx, settings, context, turns=1)
    message, _ = await messages.add(
        tx, conversation_id, "user", new.content, retry, replaces=new.replaces
    )
    token = token_hex(16)
    await tx.execute(_LOCK, conversation_id=conversation_id, token=token, now=context["now"])
    return Turn(conversation_id, message, token)


async def finish(
    tx: UserTransaction,
    settings: Settings,
    turn: Turn,
    *,
    content: str,
    parts: list[Part],
    failure: Failure | None,
    tokens: int,
) -> Record | None:
    """Store the answer and unlock the conversation. Return the answer.

    Returns None when the turn has lost its lock, because its lock expired and another turn began,
    and when the conversation was deleted meanwhile.
    """
    context = await write_context(tx, turn.conversation_id)
    await _count_usage(tx, settings, context, tokens=tokens)
    if context["turn_token"] != turn.token:
        return None
    await tx.execute(_UNLOCK, conversation_id=turn.conversation_id)
    if context["deleted_at"]:
        return None
    retry = Idempotency.of("answer", {"message": turn.message["id"]})
    answer, _ = await messages.add(
        tx,
        turn.conversation_id,
        "assistant",
        content,
        retry,
        parts=parts or None,
        reply_to=turn.message["id"],
        failure=failure,
        bounded=False,
    )
    return answer


async def _conversation_for(tx: UserTransaction, retry: Idempotency) -> int:
    """The id of the conversation that the first call of a repeat created, or of a new one."""
    if retry.key:
        first: int | None = (await write_context(tx, None, retry))["first_conversation"]
        if first is not None:
            return first
    made, _ = await service.create(tx, None)
    return made["id"]


async def _refuse_unless_last(tx: UserTransaction, conversation_id: int, message_id: int) -> None:
    last = await tx.fetch_one(_LAST_USER_MESSAGE, conversation_id=conversation_id)
    if last is None or last["id"] != message_id:
        raise Conflict(
            "not_the_last_message", message_id=message_id, conversation_id=conversation_id
        )


async def _end_abandoned_turn(tx: UserTransaction, conversation_id: int) -> None:
    """End the turn of a dead worker: unlock it, and store a failure as the answer."""
    await tx.execute(_UNLOCK, conversation_id=conversation_id)
    last = (await write_context(tx, conversation_id))["last_message"]
    while last:
        message = await messages.find(tx, conversation_id, last)
        if message["reply_to"]:
            return
        if message["role"] == "user":
            await _store_interrupted(tx, message)
            return
        last -= 1


async def _answer_to(tx: UserTransaction, message: Mapping[str, Any]) -> Record | None:
    ids = {"conversation_id": message["conversation_id"], "message_id": message["id"]}
    found = await tx.fetch_one(_ANSWER_TO, **ids)
    if found is None:
        return None
    return await messages.find(tx, message["conversation_id"], found["id"])


async def _store_interrupted(tx: UserTransaction, message: Mapping[str, Any]) -> Record:
    caller, tx.caller = tx.caller, Caller("assistant", CLIENT_ID, CLIENT_NAME)
    try:
        answer, _ = await messages.add(
            tx,
            message["conversation_id"],
            "assistant",
            FAILURE_MESSAGES["interrupted"],
            Idempotency.of("answer", {"message": message["id"]}),
            reply_to=message["id"],
            failure="interrupted",
            bounded=False,
        )
    finally:
        tx.caller = caller
    return answer


async def _count_usage(
    tx: UserTransaction,
    settings: Settings,
    context: Mapping[str, Any],
    *,
    turns: int = 0,
    tokens: int = 0,
) -> None:
    """Count turns and tokens of the day. Raises TooManyRequests for a new turn above the limit.

    The limit of agents is nine tenths of the person's, so that agents cannot use up all of it.
    """
    person = tx.caller.is_person
    most_turns, most_tokens = (
        amount if person else nine_tenths(amount)
        for amount in (settings.chat_turns, settings.chat_tokens)
    )
    now: datetime = context["now"].astimezone(UTC)
    today = context["chat_day"] == now.date()
    used_turns = (context["chat_turns"] if today else 0) + turns
    used_tokens = (context["chat_tokens"] if today else 0) + tokens
    limit, unit = 0, ""
    if most_turns and used_turns > most_turns:
        limit, unit = most_turns, "turns"
    elif most_tokens and used_tokens >= most_tokens:
        limit, unit = most_tokens, "tokens"
    if turns and limit:
        wait = seconds_to_midnight(now)
        if person:
            raise TooManyRequests("chat_limit_person", limit=limit, unit=unit, retry_after=wait)
        raise TooManyRequests("chat_limit_agents", limit=limit, unit=unit, retry_after=wait)
    await tx.execute(_SAVE_USAGE, day=now.date(), turns=used_turns, tokens=used_tokens)
