"""Opens the user's transaction for a tool call and turns results and errors into tool results."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, get_type_hints

import orjson
from pydantic import ValidationError

from surelist.access.auth import Principal
from surelist.data.isolation import Database, UserTransaction
from surelist.doors import reading
from surelist.doors.arguments import Closed, explain, input_schema
from surelist.doors.messages import for_model
from surelist.errors import Forbidden, Invalid, SurelistError, Unauthenticated, Unavailable
from surelist.observability.call import note
from surelist.text import escape_bidi_controls

Answer = dict[str, Any]
"""What a tool tells: an object of its output schema."""

NOT_FOR_MODELS = (Unauthenticated, Forbidden, Unavailable)
"""Refusals that the HTTP response says, for the client to act on: sign in, step up, try again."""


@dataclass(frozen=True, slots=True)
class Tool:
    """A tool as clients see it, and the function that it runs in the user's transaction."""

    name: str
    title: str
    description: str
    arguments: type[Closed]
    run: Callable[[UserTransaction, Any], Awaitable[Answer]]
    output_schema: Mapping[str, Any]
    reads_only: bool
    destructive: bool
    idempotent: bool
    domain: str = "tasks"
    """What its scopes begin with."""
    subject: str = "task"
    """What it changes, whose `id` is given back as the argument that names it."""

    @property
    def scope(self) -> str:
        """The scope that a token needs for this tool."""
        return f"{self.domain}:{'read' if self.reads_only else 'write'}"

    def listed(self) -> dict[str, Any]:
        """The tool's entry in `tools/list`."""
        return {
            "name": self.name,
            "title": self.title,
            "description": self.description,
            "inputSchema": input_schema(self.arguments),
            "outputSchema": dict(self.output_schema),
            "annotations": {
                "title": self.title,  # where clients of 2025-03-26 look for it
                "readOnlyHint": self.reads_only,
                "destructiveHint": self.destructive,
                "idempotentHint": self.idempotent,
                "openWorldHint": False,
            },
        }

    async def call(
        self, database: Database, principal: Principal, arguments: Mapping[str, Any]
    ) -> dict[str, Any]:
        """The tool result for raw arguments; raises only what is not for the model to read."""
        principal.require(self.scope)
        unit = database.read if self.reads_only else database.write
        try:
            parsed = self._parse(principal, arguments)
        except Invalid as refusal:  # before a transaction, which would look at the credential
            await database.admit(principal)
            return _noted(refusal, self.subject)
        try:
            return result(await unit(principal, lambda tx: self.run(tx, parsed), self.scope))
        except NOT_FOR_MODELS:
            raise
        except SurelistError as refusal:
            return _noted(refusal, self.subject)

    def _parse(self, principal: Principal, arguments: Mapping[str, Any]) -> Closed:
        if "user_id" in arguments:
            if arguments["user_id"] not in (None, principal.account_id):
                raise Invalid("user_id_given")
            arguments = {name: arguments[name] for name in arguments.keys() - {"user_id"}}
        try:
            parsed, mended = reading.read(self.arguments, arguments)
        except ValidationError as error:
            raise Invalid("invalid_arguments", wrong=explain(error, self.arguments)) from None
        if mended:
            note(mended=mended)
        return parsed


def tool(
    *,
    title: str,
    returns: Mapping[str, Any],
    reads_only: bool = False,
    destructive: bool = False,
    idempotent: bool = False,
    domain: str = "tasks",
    subject: str = "task",
) -> Callable[[Callable[[UserTransaction, Any], Awaitable[Answer]]], Tool]:
    """Make a tool of a function `(tx, arguments)` with a docstring for models to read."""

    def made(function: Callable[[UserTransaction, Any], Awaitable[Answer]]) -> Tool:
        arguments = get_type_hints(function)["arguments"]
        reading.prepare(arguments)
        return Tool(
            name=function.__name__,
            title=title,
            description=" ".join((function.__doc__ or "").split()),
            arguments=arguments,
            run=function,
            output_schema=returns,
            reads_only=reads_only,
            destructive=destructive,
            idempotent=idempotent,
            domain=domain,
            subject=subject,
        )

    return made


def result(answer: Answer) -> dict[str, Any]:
    """A tool result that says `answer`, as an object and as text."""
    text = escape_bidi_controls(orjson.dumps(answer).decode())
    return {"content": [{"type": "text", "text": text}], "structuredContent": answer}


def _noted(refusal: SurelistError, subject: str) -> dict[str, Any]:
    note(outcome=refusal.kind)
    return error_result(refusal, subject)


def error_result(refusal: SurelistError, subject: str = "task") -> dict[str, Any]:
    """A tool result that says what was wrong, with what it is about as it stands where that helps.

    The object says it too: some clients show the model nothing else (pydantic-ai 2.68).
    """
    told = for_model(refusal)
    content = [{"type": "text", "text": told}]
    if refusal.current is None:
        return {"content": content, "isError": True}
    current = {"error": told, f"{subject}_id": refusal.current["id"], **refusal.current}
    content.append({"type": "text", "text": escape_bidi_controls(orjson.dumps(current).decode())})
    return {"content": content, "structuredContent": current, "isError": True}
