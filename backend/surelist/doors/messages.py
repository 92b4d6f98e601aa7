"""The sentences of every error: for models at MCP, and for people and programs at REST.

Each states the fact first, then what to do. No sentence suggests a deletion, and no sentence at
REST names a tool. `{limit:task}` is a number with its noun, as in "1 task" or "50,000 tasks". A
list is written with commas. specs/errors.md lists the codes.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from string import Formatter
from typing import Any, NamedTuple, cast

from surelist.errors import SurelistError


class Refusal(NamedTuple):
    """The sentences of an error: the fact, what a model should do, and, if different, REST."""

    fact: str
    model: str
    rest: str = ""

    def for_model(self) -> str:
        """The sentences at the MCP endpoints."""
        return f"{self.fact} {self.model}"

    def for_rest(self) -> str:
        """The sentences at REST."""
        return f"{self.fact} {self.rest or self.model}"


_NEW_TOKEN = "Ask the person for a new token.", "Use a new token."
_CALL_CORRECTED = "Call again, corrected.", "Send the request again, corrected."
_WAIT = (
    "Wait {retry_after:second}, then call again.",
    "Send the request again in {retry_after:second}.",
)

REFUSALS: Mapping[str, Refusal] = {
    # The token
    "token_missing": Refusal(
        "A bearer token is needed.", "Send it as Authorization: Bearer TOKEN."
    ),
    "token_invalid": Refusal("The bearer token was refused: {reason}.", *_NEW_TOKEN),
    "token_expired": Refusal("The bearer token was refused: it has expired.", *_NEW_TOKEN),
    "session_ended": Refusal(
        "The bearer token was refused: its session has been ended.",
        "Ask the person to sign in again.",
        "Sign in again.",
    ),
    "agent_not_allowed": Refusal(
        "The bearer token was refused: the person has not allowed this agent, or has erased the "
        "list since.",
        "Ask the person to connect this agent again.",
        "Connect the agent again.",
    ),
    "agent_revoked": Refusal(
        "The bearer token was refused: the person has revoked this agent.",
        "Ask the person to connect it again.",
        "Connect the agent again.",
    ),
    "agent_tokens_ended": Refusal(
        "The bearer token was refused: it was issued before the agent's tokens were ended.",
        *_NEW_TOKEN,
    ),
    "account_erased": Refusal(
        "The bearer token was refused: the account was erased after it was issued.", *_NEW_TOKEN
    ),
    "account_being_erased": Refusal(
        "The bearer token was refused: the account is being erased. Nothing was changed.",
        "Ask the person for a new token when that is done.",
        "Use a token that is issued when that is done.",
    ),
    "recent_sign_in_needed": Refusal(
        "This needs a sign-in of the last {minutes:minute}. Nothing was changed.",
        "Ask the person to sign in again, then call with the new token.",
        "Sign in again, then send the request with the new token.",
    ),
    "wrong_user": Refusal(
        "The path is another user's.", 'Use the token\'s own user, or "{me}" in its place.'
    ),
    "insufficient_scope": Refusal(
        "This token does not carry the scope {scope}.",
        "Ask the person for one that does.",
        "Use a token that carries it.",
    ),
    "issuer_keys_unavailable": Refusal(
        "The token cannot be verified now: the keys of its issuer cannot be fetched.", *_WAIT
    ),
    # The request
    "content_type_not_json": Refusal(
        "The request is not of the type application/json.",
        "Send it as Content-Type: application/json.",
    ),
    "body_encoded": Refusal("The body is encoded.", "Send it without Content-Encoding."),
    "body_too_large": Refusal("The request is larger than {limit:byte}.", "Send less at a time."),
    "body_not_json": Refusal("The body is not JSON.", *_CALL_CORRECTED),
    "body_null": Refusal(
        "The body is null. Nothing was changed.", "Send an object, or no body at all."
    ),
    "invalid_arguments": Refusal("{wrong} Nothing was changed.", *_CALL_CORRECTED),
    "unknown_tool": Refusal("There is no tool {name!r}.", "Call one of: {allowed}."),
    "arguments_are_text": Refusal('"arguments" is text.', "Send a JSON object."),
    "unknown_prompt": Refusal("There is no prompt {name!r}.", "Get one of: {allowed}."),
    "prompt_with_arguments": Refusal(
        "The prompt {name!r} takes no arguments.", "Get it without arguments."
    ),
    "too_many_subscriptions": Refusal(
        "A subscription names at most {limit} resources.",
        "Use surelist://tasks, which changes with every task.",
    ),
    "completion_of_other": Refusal("Only the id of {uri} can be completed.", "Ask for that one."),
    "user_id_given": Refusal(
        '"user_id" is not an argument: the token says whose list this is.',
        "Call again without it.",
        "Send the request again without it.",
    ),
    "nothing_to_change": Refusal(
        "Nothing to change was given.",
        "Null and empty arguments count as left out. Call update_task again with what is to "
        'change; to empty a field, name it in "clear".',
        "Send at least one field.",
    ),
    "undo_with_others": Refusal(
        '"undo" cannot be combined with other changes.',
        'Call update_task again with "undo" only, or without it.',
        'Send "undo" without other fields.',
    ),
    "task_id_with_others": Refusal(
        '"task_id" cannot be combined with other arguments.',
        'Call list_tasks again with "task_id" only, or without it.',
        'Send "task_id" without other arguments.',
    ),
    "cursor_mismatch": Refusal(
        '"cursor" does not belong to this list.',
        "Pass next_cursor unchanged, with the same filters and sort. Call again without it to "
        "begin at the first page.",
        "Send next_cursor unchanged, with the same filters and sort, or none for the first page.",
    ),
    "search_empty": Refusal(
        '"search" has no character that can be looked for.',
        "Call again with a word of the text.",
        "Send a word of the text.",
    ),
    "search_too_long": Refusal(
        '"search" has more than {limit:word}.',
        "Call again with those that matter most.",
        "Send those that matter most.",
    ),
    "date_not_iso": Refusal(
        '"{argument}" must be an ISO 8601 date such as "2026-12-31", or a date and time such as '
        '"2026-12-31T15:00". Today is {now:%A}, {now:%Y-%m-%d}, in {timezone}.',
        "Call again with a date in that form.",
        "Send a date in that form.",
    ),
    "time_skipped": Refusal(
        '"{argument}" names a time that does not exist in {timezone}: the clocks skip '
        "{time:%H:%M} on {time:%Y-%m-%d}.",
        "Call again with a time an hour later.",
        "Send a time an hour later.",
    ),
    "timezone_unknown": Refusal(
        '"timezone" must be the IANA name of a time zone, such as "Europe/Berlin". Nothing was '
        "changed.",
        "Call again with such a name.",
        "Send such a name.",
    ),
    # Tasks
    "task_not_found": Refusal(
        "There is no task {task_id}.", "List the tasks to find the id that is meant."
    ),
    "task_in_trash": Refusal(
        "Task {task_id} is in the trash.",
        'Restore it first by update_task with the status "pending", then call again.',
        'Restore it first by PATCH with {{"status": "pending"}}, then send the request again.',
    ),
    "task_not_in_trash": Refusal(
        "Task {task_id} is not in the trash, and only what is there can be purged.",
        "List the trash to see what can be purged.",
    ),
    "given_and_cleared": Refusal(
        "Both given and in clear: {fields}.",
        "Call again with each field in one place.",
        "Send each field in one place.",
    ),
    "not_as_stored": Refusal(
        "Not as stored, and cannot be written: {fields}. Nothing was changed.",
        "Send the task as it was read, with changes in other fields only.",
    ),
    # The ledger
    "version_changed": Refusal(
        "{what} has changed since version {if_version}: it is now at version {version}, as given "
        "here.",
        "Look at it, then call again with that version.",
        "Look at it, then send the request with that version.",
    ),
    "version_unknown": Refusal(
        "{what} has never been at version {if_version}: it is now at version {version}, as given "
        "here.",
        "Look at it, then call again with that version.",
        "Look at it, then send the request with that version.",
    ),
    "no_version": Refusal(
        "{what} has no version.",
        "Call again without one.",
        "Send the request again without If-Match.",
    ),
    "idempotency_key_reused": Refusal(
        "This idempotency key has been used with other arguments. Nothing was changed.",
        "Call again with the first arguments for the first result, or with a new key.",
        "Send the first request again for the first result, or use a new key.",
    ),
    "first_result_purged": Refusal(
        "What the first call with this idempotency key made has been purged from the trash. "
        "Nothing was changed.",
        "Call again with a new key.",
        "Send the request again with a new key.",
    ),
    "purged": Refusal(
        "{what} has been purged from the trash.", "List the tasks to see what is left."
    ),
    "change_not_found": Refusal(
        "There is no change {event_id} of {of_what}.",
        "Call again with the version that the call which made the change returned.",
        "Use the version that the change returned, or the id of an event.",
    ),
    "change_purged": Refusal(
        "{what} has been purged from the trash, and change {event_id} with it.",
        "List the tasks to see what is left.",
    ),
    "undo_blocked": Refusal(
        "Change {event_id} was not undone. Changed since: {fields}.",
        "Look at the {subject} as given here, then update it to the values that are wanted.",
    ),
    "access_was_given": Refusal(
        "Change {event_id} gave an agent access, and cannot be undone.", "Revoke the agent instead."
    ),
    "access_was_ended": Refusal(
        "Change {event_id} ended an agent's access, and credentials do not come back.",
        "Connect the agent again, or create a new key.",
    ),
    "call_not_found": Refusal(
        "There is no call {call}.",
        "Call again with the call of an event, or with the id of an event that has none.",
        "Use the call of an event, or the id of an event that has none.",
    ),
    "too_many_changes_of_client": Refusal(
        "This client made more than {limit:change} since then.",
        "Call again with a later time first.",
        "Send a later time first.",
    ),
    "undo_without_beginning": Refusal(
        'Send either "since", or "first" and "last". Nothing was undone.',
        'Call again with "since" only, or with "first".',
        'Send "since" only, or "first" and, if there is an end, "last".',
    ),
    "too_many_changes_of_call": Refusal(
        "This call made more than {limit:change}.",
        "Call again with one of its events at a time.",
        "Undo its events one by one.",
    ),
    "event_not_yet": Refusal(
        "There is no event {event_id} yet: the last one is {last_event}.",
        "Send the id of an event that you have read, or none to begin now.",
    ),
    "stream_with_filters": Refusal(
        "The stream takes no filters. Given: {given}.",
        'Send "after" only, or ask for application/json.',
    ),
    "account_not_found": Refusal(
        "There is no account. Nothing was changed.",
        "Call add_task first, which makes it.",
        "Add a task first, which makes it.",
    ),
    "resource_not_found": Refusal(
        "There is no resource {uri}.", "Read {list_uri} for the pending tasks."
    ),
    # Conversations and the chat
    "conversation_not_found": Refusal(
        "There is no conversation {conversation_id}.",
        "List the conversations to find the one that is meant.",
    ),
    "conversation_in_trash": Refusal(
        "Conversation {conversation_id} is in the trash.",
        "Ask the person to restore it, or begin another one.",
        "Restore it, or begin another one.",
    ),
    "conversation_not_in_trash": Refusal(
        "Conversation {conversation_id} is not in the trash, and only what is there can be purged.",
        "List the trash to see what can be purged.",
    ),
    "message_not_found": Refusal(
        "There is no message {message_id} in conversation {conversation_id}.",
        "Read the conversation's history to find the one that is meant.",
    ),
    "message_of_assistant": Refusal(
        "Message {message_id} is an answer of the built-in assistant, and stays as it was given.",
        "Add another message instead.",
    ),
    "message_changed": Refusal(
        "Message {message_id} has changed since version {if_version}: it is now at version "
        "{version}, as given here.",
        "Look at it, then call again with that version.",
        "Look at it, then send the request with that version.",
    ),
    "turn_under_way": Refusal(
        "A turn is under way in conversation {conversation_id}.",
        "Wait until it has ended, then call again.",
        "Wait until it has ended, then send the request again.",
    ),
    "turn_lost": Refusal(
        "The turn in conversation {conversation_id} was ended by another one, or the conversation "
        "is in the trash.",
        "Read its messages.",
    ),
    "not_the_last_message": Refusal(
        "Message {message_id} is not the last of the user's in conversation {conversation_id}, and "
        "only that one can be replaced.",
        "Read its messages, then call again.",
        "Read its messages, then send the request again.",
    ),
    "message_missing": Refusal(
        '"message" is missing, and "messages" has none of the user\'s.', "Send one of the two."
    ),
    "chat_without_model": Refusal(
        "The chat has no model.",
        "Set SURELIST_MODEL (such as openai:gpt-5-mini, anthropic:..., google:... or "
        "ollama:qwen3) and SURELIST_MODEL_KEY, and SURELIST_MODEL_URL for a server of your own, "
        "then start Surelist again. docs/chat.md shows each in a few lines.",
    ),
    "chat_without_key": Refusal(
        "SURELIST_MODEL is {model}, which needs SURELIST_MODEL_KEY too.",
        "Set it, then start Surelist again.",
    ),
    # Webhooks
    "webhook_not_found": Refusal(
        "There is no such webhook.", "List the webhooks to see their ids."
    ),
    "webhook_limit": Refusal(
        "Webhook limit reached: {limit:,}. Nothing was changed.",
        "Use one that is not needed any more, and change its URL.",
    ),
    "webhook_url": Refusal(
        "The URL of a webhook must look like https://example.com/path, without a user name, a "
        "password or a fragment. The operator of this server can allow http for a host.",
        "Send such a URL.",
    ),
    "webhook_port": Refusal(
        "A webhook cannot use port {port}.", "Use port 443, or a port from 1024 on."
    ),
    "webhook_not_public": Refusal(
        "A webhook cannot reach {host}, which is not a public address. The operator of this server "
        "can allow it.",
        "Send the URL of a public host.",
    ),
    "event_not_sent": Refusal(
        "The webhook has not come as far as event {event_id}: its last one is {after}.",
        "Send that number or a smaller one.",
    ),
    # Agents and keys
    "agent_not_found": Refusal("There is no such agent.", "List the agents to see their ids."),
    "key_not_connectable": Refusal("Keys cannot be connected.", "Create a new key instead."),
    "first_key_revoked": Refusal(
        "The agent that the first call with this idempotency key made has been revoked. Nothing "
        "was changed.",
        "Call again with a new idempotency key to make another one.",
        "Send the request with a new idempotency key to make another one.",
    ),
    "first_key_in_use": Refusal(
        "The token that the first call with this idempotency key made is in use already, and is "
        "not shown again.",
        "Call again with a new idempotency key to make another one.",
        "Send the request with a new idempotency key to make another one.",
    ),
    "key_name_in_use": Refusal(
        "Another key is called {name}, and the two could not be told apart. Nothing was changed.",
        "Call again with another name.",
        "Send the request with another name, or revoke that key first.",
    ),
    "agent_limit": Refusal(
        "Agent limit reached: {limit:,}. Nothing was changed.",
        "Ask the person to revoke keys that are not used any more, then call again.",
        "Revoke keys that are not used any more, then send the request again.",
    ),
    # Limits
    "rate_limit_agent": Refusal(
        "Rate limit reached: {limit:,} {rate} a minute for this agent.", *_WAIT
    ),
    "rate_limit_agents": Refusal(
        "Rate limit reached: {limit:,} {rate} a minute for all agents of this list together.",
        *_WAIT,
    ),
    "rate_limit_person": Refusal("Rate limit reached: {limit:,} {rate} a minute.", *_WAIT),
    "rate_limit_revocations": Refusal(
        "Rate limit reached: {limit:,} calls a minute that look at access or end it.", *_WAIT
    ),
    "change_limit_agents": Refusal(
        "Change limit of agents reached: {limit:change} of this list a day. Nothing was changed.",
        "The next day begins at midnight UTC. Call again then, or tell the person, who can still "
        "change the list.",
        "The next day begins at midnight UTC. Send the request again then.",
    ),
    "change_limit_person": Refusal(
        "Change limit reached: {limit:change} of this list a day. Nothing was changed.",
        "The next day begins at midnight UTC. Call again then.",
        "The next day begins at midnight UTC. Send the request again then.",
    ),
    "task_limit_agents": Refusal(
        "Task limit of agents reached: {limit:task}. Nothing was changed.",
        "Tell the person that there is no room left for tasks of agents.",
        "Make room for tasks of agents.",
    ),
    "task_limit_person": Refusal(
        "Task limit reached: {limit:task}. Nothing was changed.",
        "Ask the operator of this server for more room (SURELIST_MAX_TASKS).",
    ),
    "byte_limit_agents": Refusal(
        "Storage limit of agents reached: the list, its history and its conversations hold "
        "{limit:byte}. Nothing was changed. Tasks can still be completed, reopened and restored.",
        "Ask the person to make room for anything else.",
        "Make room for anything else.",
    ),
    "byte_limit_person": Refusal(
        "Storage limit reached: the list, its history and its conversations hold {limit:byte}. "
        "Nothing was changed. Tasks can still be completed, reopened and restored.",
        "Ask the operator of this server for more room (SURELIST_MAX_BYTES).",
    ),
    "chat_limit_agents": Refusal(
        "Chat limit of agents reached: {limit:,} {unit} a day. Nothing was stored.",
        "Wait until midnight UTC, when the next day begins.",
    ),
    "chat_limit_person": Refusal(
        "Chat limit reached: {limit:,} {unit} a day. Nothing was stored.",
        "Wait until midnight UTC, when the next day begins.",
    ),
    "stream_limit_agent": Refusal("Stream limit reached: {limit:stream} of this agent.", *_WAIT),
    "stream_limit_agents": Refusal(
        "Stream limit reached: {limit:stream} of all agents of this list together.", *_WAIT
    ),
    "streams_full": Refusal("The server has as many open streams as it may.", *_WAIT),
    "writes_waiting": Refusal(
        "Too many of your changes to this list are waiting. Nothing was done.", *_WAIT
    ),
    "agent_writes_waiting": Refusal(
        "Too many changes by the agents of this list are waiting. Nothing was done.", *_WAIT
    ),
    "agent_calls_waiting": Refusal(
        "The agents of this list are making as many calls as they may at once. Nothing was done.",
        *_WAIT,
    ),
    "server_busy": Refusal("The server is busy. Nothing was done.", *_WAIT),
    "database_unavailable": Refusal(
        "The list cannot be reached right now, and what was asked may or may not have been done.",
        "Wait {retry_after:second}, then try the same call again.",
        "Send the same request again in {retry_after:second}.",
    ),
    "internal_server_error": Refusal(
        "An error occurred in the server. The call may or may not have been done.",
        "Read what is stored, then call again if needed.",
        "Read what is stored, then send the request again if needed.",
    ),
}

ARGUMENTS: Mapping[str, str] = {
    "missing": '"{name}" is required.',
    "unknown_argument": 'Unknown argument "{name}". Allowed: {allowed}.',
    "unknown_field": 'Unknown field "{name}".',
    "null": '"{name}" is null: leave it out.',
    "not_digits": '"{name}" must be an integer, in digits alone.',
    "not_one_line": '"{name}" must be one line, without control characters.',
    "control_characters": '"{name}" must not contain control characters other than line breaks and '
    "tabs.",
    "nothing_visible": '"{name}" must have a character that can be seen.',
    "unbalanced_direction": '"{name}" must end each turn of the writing direction that it begins, '
    "and no other: U+202A, U+202B, U+202D and U+202E by U+202C; U+2066, U+2067 and U+2068 by "
    "U+2069.",
    "not_plain_name": '"{name}" must be a plain name: letters, digits, spaces and {signs} only, at '
    "least one letter or digit, at most {longest:character}, and no two spaces in a row.",
    "scope_not_grantable": '"{name}": {scope!r} cannot be given to an agent. Allowed: {allowed}.',
    "other": '"{name}" {problem}.',
}
"""The sentences for one wrong argument, at REST and MCP. `other` shows Pydantic's message."""


@dataclass(frozen=True, slots=True)
class WrongArgument:
    """A wrong argument: its name, the code of its sentence, and the values in the sentence."""

    name: str
    code: str
    values: Mapping[str, Any]

    def __str__(self) -> str:
        values = {"name": self.name, **self.values}
        return _FORMATTER.vformat(ARGUMENTS.get(self.code, ARGUMENTS["other"]), (), values)


@dataclass(frozen=True, slots=True)
class WrongArguments:
    """The first wrong arguments of a call, and the number of the others."""

    named: list[WrongArgument]
    more: int

    def __str__(self) -> str:
        more = [f"And {self.more} more are wrong."] if self.more else []
        return " ".join([*map(str, self.named), *more])


def for_model(refusal: SurelistError) -> str:
    """The sentences of an error for a model."""
    return _filled(REFUSALS[refusal.code].for_model(), refusal)


def for_rest(refusal: SurelistError) -> str:
    """The sentences of an error for people and programs."""
    return _filled(REFUSALS[refusal.code].for_rest(), refusal)


class _Formatter(Formatter):
    """`str.format` that also writes numbers with their noun, and lists."""

    def format_field(self, value: Any, format_spec: str) -> str:
        if isinstance(value, int) and format_spec.isalpha():
            return f"{value:,} {format_spec}{'' if value == 1 else 's'}"
        if isinstance(value, list | tuple):
            return ", ".join(map(str, cast("list[object]", value)))
        return format(value, format_spec)


_FORMATTER = _Formatter()


def _filled(sentences: str, refusal: SurelistError) -> str:
    return _FORMATTER.vformat(sentences, (), refusal.values)
