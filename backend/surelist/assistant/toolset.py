"""The five task tools, handed to the model in process: the very objects that /mcp serves."""

from typing import Any

from pydantic_ai import RunContext
from pydantic_ai.tools import ToolDefinition
from pydantic_ai.toolsets import AbstractToolset
from pydantic_ai.toolsets.abstract import ToolsetTool
from pydantic_core import SchemaValidator, core_schema

from surelist.doors.messages import for_model
from surelist.doors.routing import Door
from surelist.errors import SurelistError
from surelist.tasks.tools import TOOLS

TRIES = 3
"""How often the model may get a tool's name or JSON wrong before the turn ends."""

_ANY_OBJECT = SchemaValidator(core_schema.dict_schema(keys_schema=core_schema.str_schema()))


class TaskTools(AbstractToolset[None]):
    """The tools as one person's assistant may call them.

    `results` holds what each call returned, by the id that the model gave to it: an answer, or the
    words of a refusal.
    """

    def __init__(self, door: Door) -> None:
        self._door = door
        self.results: dict[str, tuple[bool, Any]] = {}

    @property
    def id(self) -> str:
        """How pydantic-ai knows it."""
        return "surelist"

    async def get_tools(self, ctx: RunContext[None]) -> dict[str, ToolsetTool[None]]:
        """The tools, one at a time: a second call sees what the first one did."""
        del ctx
        return {
            name: ToolsetTool(
                toolset=self,
                tool_def=ToolDefinition(
                    name=name,
                    description=tool.description,
                    parameters_json_schema=tool.listed()["inputSchema"],
                    strict=False,
                    sequential=True,
                ),
                max_retries=TRIES,
                args_validator=_ANY_OBJECT,
            )
            for name, tool in TOOLS.items()
        }

    async def call_tool(
        self, name: str, tool_args: dict[str, Any], ctx: RunContext[None], tool: ToolsetTool[None]
    ) -> dict[str, Any]:
        """Call one in a transaction of its own; a refusal is an answer for the model to read."""
        del tool
        answer: dict[str, Any]
        try:
            result = await self._door.through(
                lambda database, principal: TOOLS[name].call(database, principal, tool_args)
            )
        except SurelistError as refusal:  # of the token or of the database: not the model's doing
            failed, answer = True, {"error": for_model(refusal)}
        else:
            failed = bool(result.get("isError"))
            answer = result.get("structuredContent") or {"error": result["content"][0]["text"]}
        self.results[ctx.tool_call_id or name] = failed, answer
        return answer
