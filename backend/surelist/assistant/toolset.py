"""The five task tools for the model, called in process: the same objects that /mcp serves."""

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
    """The task tools, called for one person.

    `results` has the result of each call by the id of the call: whether it failed, and its
    structured content or `{"error": text}`.
    """

    def __init__(self, door: Door) -> None:
        self._door = door
        self.results: dict[str, tuple[bool, Any]] = {}

    @property
    def id(self) -> str:
        """The id of the toolset in pydantic-ai."""
        return "surelist"

    async def get_tools(self, ctx: RunContext[None]) -> dict[str, ToolsetTool[None]]:
        """The tools, `sequential`: the second call of a response sees the effect of the first."""
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
        """Call a tool in its own transaction. An error becomes a result that the model reads."""
        del tool
        answer: dict[str, Any]
        try:
            result = await self._door.through(
                lambda database, principal: TOOLS[name].call(database, principal, tool_args)
            )
        except SurelistError as refusal:  # from the token or the database, before the tool ran
            failed, answer = True, {"error": for_model(refusal)}
        else:
            failed = bool(result.get("isError"))
            answer = result.get("structuredContent") or {"error": result["content"][0]["text"]}
        self.results[ctx.tool_call_id or name] = failed, answer
        return answer
