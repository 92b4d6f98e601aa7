"""The frameworks, with what is known of each."""

from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent


@dataclass(frozen=True)
class Framework:
    """A folder with a program. What is known not to work: `without` names models of `sequence.py`
    that are left out, `fails` columns of the table, and `note` says why.
    """

    name: str
    folder: str
    arguments: tuple[str, ...] = ()
    without: frozenset[str] = frozenset()
    fails: frozenset[str] = frozenset()
    note: str = ""

    @property
    def path(self) -> Path:
        return HERE / self.folder

    @property
    def user(self) -> str:
        """The user whose list it works on."""
        return "-".join((*self.folder.split("/"), *self.arguments))


CALLS = frozenset({"add", "list", "complete", "update", "delete", "wrong"})
NULL = "its own check refuses null, though `nullable` is shown: arguments are to be left out"
FRAMEWORKS = [
    Framework("google-genai", "python/google_genai", note="`config` is to be a dict"),
    Framework("google-adk", "python/google_adk"),
    Framework("openai-agents", "python/openai_agents"),
    Framework(
        "openai-agents, strict schemas",
        "python/openai_agents",
        ("strict",),
        fails=CALLS - {"add"},
        note="every argument becomes required and none may be null: leave them off",
    ),
    Framework("langchain-mcp-adapters", "python/langchain"),
    Framework("llama-index-tools-mcp", "python/llama_index"),
    Framework("crewai-tools", "python/crewai"),
    Framework("autogen-ext", "python/autogen", note="with `mcp<2`"),
    Framework("pydantic-ai", "python/pydantic_ai"),
    Framework("semantic-kernel", "python/semantic_kernel"),
    Framework(
        "smolagents",
        "python/smolagents",
        without=frozenset({"floating"}),
        note="with `mcp<2`; its own check refuses 5.0 for an integer",
    ),
    Framework("dspy", "python/dspy", without=frozenset({"nulling"}), note=NULL),
    Framework("mcp-haystack", "python/haystack"),
    Framework("@ai-sdk/mcp", "javascript/ai_sdk"),
    Framework(
        "@langchain/mcp-adapters",
        "javascript/langchain",
        without=frozenset({"nulling"}),
        note=NULL,
    ),
    Framework("@mastra/mcp", "javascript/mastra"),
    Framework("@modelcontextprotocol/client", "javascript/mcp_client"),
    Framework("@openai/agents", "javascript/openai_agents"),
    Framework("@openai/agents, strict schemas", "javascript/openai_agents", ("strict",)),
]
