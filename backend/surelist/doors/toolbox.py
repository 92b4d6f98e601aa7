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
"""The structured content of a tool's result, which matches its output schema."""

NOT_FOR_MODELS = (Unauthenticated, Forbidden, Unavailable)
"""Errors that become HTTP errors, since the client handles them: sign in, step up, retry."""


@dataclass(frozen=True, slots=True)
class Tool:
    """A tool: its description for clients, and the function that runs in the transaction."""

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
    """The prefix of its scopes."""
    subject: str = "task"
    """The kind of thing that it changes. An error with the current state has `{subject}_id`."""
    view: str | None = None
    """The resource that hosts with MCP Apps show for its result."""

    @property
    def scope(self) -> str:
        """The scope that a token needs for this tool."""
        return f"{self.domain}:{'read' if self.reads_only else 'write'}"

    def listed(self) -> dict[str, Any]:
        """The tool's entry in `tools/list`."""
        meta = {"_meta": {"ui": {"resourceUri": self.view}}} if self.view else {}
        return {
            "name": self.name,
            "title": self.title,
            "description": self.description,
            "inputSchema": input_schema(self.arguments),
            "outputSchema": dict(self.output_schema),
            "annotations": {
                "title": self.title,  # clients of 2025-03-26 read it here
                "readOnlyHint": self.reads_only,
                "destructiveHint": self.destructive,
                "idempotentHint": self.idempotent,
                "openWorldHint": False,
            },
            **meta,
        }

    async def call(
        self, database: Database, principal: Principal, arguments: Mapping[str, Any]
    ) -> dict[str, Any]:
        """Run the tool with raw arguments, and return its result. Raises NOT_FOR_MODELS."""
        principal.require(self.scope)
        unit = database.read if self.reads_only else database.write
        try:
            parsed = self._parse(principal, arguments)
        except Invalid as refusal:  # no transaction has checked the credential yet
            await database.admit(principal)
            return _noted_error_result(refusal, self.subject)
        try:
            return result(await unit(principal, lambda tx: self.run(tx, parsed), self.scope))
        except NOT_FOR_MODELS:
            raise
        except SurelistError as refusal:
            return _noted_error_result(refusal, self.subject)

    def _parse(self, principal: Principal, arguments: Mapping[str, Any]) -> Closed:
        if "user_id" in arguments:
            if arguments["user_id"] not in (None, principal.account_id):
                raise Invalid("user_id_given")
            arguments = {name: arguments[name] for name in arguments.keys() - {"user_id"}}
        try:
            parsed, converted = reading.read(self.arguments, arguments)
        except ValidationError as error:
            raise Invalid("invalid_arguments", wrong=explain(error, self.arguments)) from None
        if converted:
            note(mended=converted)
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
    view: str | None = None,
) -> Callable[[Callable[[UserTransaction, Any], Awaitable[Answer]]], Tool]:
    """Make a tool of a function `(tx, arguments)`. Its docstring is the tool's description."""

    def make(function: Callable[[UserTransaction, Any], Awaitable[Answer]]) -> Tool:
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
            view=view,
        )

    return make


def result(answer: Answer) -> dict[str, Any]:
    """A tool result with `answer` as structured content and as text."""
    text = escape_bidi_controls(orjson.dumps(answer).decode())
    return {"content": [{"type": "text", "text": text}], "structuredContent": answer}


def _noted_error_result(refusal: SurelistError, subject: str) -> dict[str, Any]:
    note(outcome=refusal.kind)
    return error_result(refusal, subject)


def error_result(refusal: SurelistError, subject: str = "task") -> dict[str, Any]:
    """A tool result for an error, with the current state of its subject if the error has it.

    The structured content repeats the text: some clients show the model nothing else
    (pydantic-ai 2.68).
    """
    sentences = for_model(refusal)
    content = [{"type": "text", "text": sentences}]
    if refusal.current is None:
        return {"content": content, "isError": True}
    current = {"error": sentences, f"{subject}_id": refusal.current["id"], **refusal.current}
    content.append({"type": "text", "text": escape_bidi_controls(orjson.dumps(current).decode())})
    return {"content": content, "structuredContent": current, "isError": True}
