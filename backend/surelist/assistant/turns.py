"""A turn as rows: it begins with the person's message and a lock, and ends with an answer."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from secrets import token_hex
from typing import Any

from sqlalchemy import BigInteger, Date, Text, bindparam, null, select
from sqlmodel import col

from surelist.access.allowances import nine_tenths
from surelist.access.auth import Caller
from surelist.assistant.failures import SAID, Failure
from surelist.assistant.model import require_model
from surelist.assistant.parts import Part
from surelist.config import Settings
from surelist.conversations import messages, service
from surelist.conversations.models import Conversation, Message
from surelist.conversations.records import conversation_in, look_up
from surelist.data.database import Record, compiled
from surelist.data.isolation import UserTransaction, user_rows, user_update
from surelist.errors import Conflict, TooManyRequests
from surelist.ledger.models import INSTANT, Account
from surelist.ledger.quotas import seconds_to_midnight
from surelist.ledger.write import Idempotency

CLIENT_ID = "surelist-chat"
CLIENT_NAME = "Surelist chat"
GRACE_SECONDS = 30
"""How much longer than a turn may take its lock is good: a worker that died unlocks nothing."""

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
_CHARGE = compiled(
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
_LAST_SAID = compiled(
    select(_message.c.id)
    .where(_message.c.conversation_id == _id, _message.c.role == "user")
    .order_by(_message.c.id.desc())
    .limit(1)
)


@dataclass(frozen=True, slots=True)
class Said:
    """What a person says, in a conversation or in a new one.

    `replaces` is their message that this one says again in other words.
    """

    content: str
    conversation_id: int | None = None
    replaces: int | None = None

    def asked(self) -> dict[str, Any]:
        """What a repeated call must ask for too."""
        asked = {"conversation_id": self.conversation_id, "message": self.content}
        return asked if self.replaces is None else asked | {"replaces": self.replaces}


@dataclass(frozen=True, slots=True)
class Turn:
    """A turn that has begun, or with `answer` one that ended before."""

    conversation_id: int
    message: Record
    token: str = ""
    answer: Record | None = None

    @property
    def assistant(self) -> Caller:
        """Who makes the changes of this turn."""
        message_id = self.message["id"]
        return Caller("assistant", CLIENT_ID, CLIENT_NAME, self.conversation_id, message_id)


async def begin(
    tx: UserTransaction,
    settings: Settings,
    said: Said,
    retry: Idempotency,
) -> Turn:
    """Store the person's message and lock the conversation, which is made where none is named.

    A repeated call gets the turn that its key began. Raises NotFound, Gone in the trash, Conflict
    while another turn is under way or when what it replaces is not the person's last message,
    TooManyRequests when the day's turns are spent, and NotSetUp without a model.
    """
    conversation_id = said.conversation_id
    if conversation_id is None:
        conversation_id = await _conversation_for(tx, retry)
    standing = await conversation_in(tx, conversation_id, retry)
    require_model(settings)
    stale = standing["now"] - timedelta(seconds=settings.chat_seconds + GRACE_SECONDS)
    if standing["turn_started_at"] and standing["turn_started_at"] > stale:
        raise Conflict("turn_under_way", conversation_id=conversation_id)
    if standing["turn_token"]:
        await _give_up(tx, conversation_id)
    if standing["first_message"]:
        first = await messages.find(tx, standing["first_conversation"], standing["first_message"])
        answer = await _answer_to(tx, first) or await _fail(tx, first)
        return Turn(first["conversation_id"], first, answer=answer)
    if said.replaces is not None:
        await _refuse_unless_last(tx, conversation_id, said.replaces)
    await _charge(tx, settings, standing, turns=1)
    message, _ = await messages.add(
        tx, conversation_id, "user", said.content, retry, replaces=said.replaces
    )
    token = token_hex(16)
    await tx.execute(_LOCK, conversation_id=conversation_id, token=token, now=standing["now"])
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
    """Store the answer and unlock the conversation.

    None when the turn is not this one any more: it took too long, and another one began, or the
    conversation was deleted meanwhile.
    """
    standing = await look_up(tx, turn.conversation_id)
    await _charge(tx, settings, standing, tokens=tokens)
    if standing["turn_token"] != turn.token:
        return None
    await tx.execute(_UNLOCK, conversation_id=turn.conversation_id)
    if standing["deleted_at"]:
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
    """The conversation that a repeated call began, or else a new one."""
    if retry.key:
        first: int | None = (await look_up(tx, None, retry))["first_conversation"]
        if first is not None:
            return first
    made, _ = await service.create(tx, None)
    return made["id"]


async def _refuse_unless_last(tx: UserTransaction, conversation_id: int, message_id: int) -> None:
    last = await tx.fetch_one(_LAST_SAID, conversation_id=conversation_id)
    if last is None or last["id"] != message_id:
        raise Conflict(
            "not_the_last_message", message_id=message_id, conversation_id=conversation_id
        )


async def _give_up(tx: UserTransaction, conversation_id: int) -> None:
    """End a turn whose worker is gone: the message that it was to answer gets a stored failure."""
    await tx.execute(_UNLOCK, conversation_id=conversation_id)
    last = (await look_up(tx, conversation_id))["last_message"]
    while last:
        message = await messages.find(tx, conversation_id, last)
        if message["reply_to"]:
            return
        if message["role"] == "user":
            await _fail(tx, message)
            return
        last -= 1


async def _answer_to(tx: UserTransaction, message: Mapping[str, Any]) -> Record | None:
    ids = {"conversation_id": message["conversation_id"], "message_id": message["id"]}
    found = await tx.fetch_one(_ANSWER_TO, **ids)
    if found is None:
        return None
    return await messages.find(tx, message["conversation_id"], found["id"])


async def _fail(tx: UserTransaction, message: Mapping[str, Any]) -> Record:
    asking, tx.caller = tx.caller, Caller("assistant", CLIENT_ID, CLIENT_NAME)
    try:
        answer, _ = await messages.add(
            tx,
            message["conversation_id"],
            "assistant",
            SAID["interrupted"],
            Idempotency.of("answer", {"message": message["id"]}),
            reply_to=message["id"],
            failure="interrupted",
            bounded=False,
        )
    finally:
        tx.caller = asking
    return answer


async def _charge(
    tx: UserTransaction,
    settings: Settings,
    standing: Mapping[str, Any],
    *,
    turns: int = 0,
    tokens: int = 0,
) -> None:
    """Count turns and tokens for the day. Raises TooManyRequests when a new turn passes them.

    Agents begin turns until the list has had nine tenths of them, so that the person has some left.
    """
    person = tx.caller.is_person
    most_turns, most_tokens = (
        amount if person else nine_tenths(amount)
        for amount in (settings.chat_turns, settings.chat_tokens)
    )
    now: datetime = standing["now"].astimezone(UTC)
    today = standing["chat_day"] == now.date()
    used_turns = (standing["chat_turns"] if today else 0) + turns
    used_tokens = (standing["chat_tokens"] if today else 0) + tokens
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
    await tx.execute(_CHARGE, day=now.date(), turns=used_turns, tokens=used_tokens)
