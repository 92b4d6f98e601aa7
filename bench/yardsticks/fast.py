"""The yardstick of FastMCP 4, as https://gofastmcp.com/deployment/http deploys it."""

# pyright: basic, reportMissingImports=false

from fastmcp import FastMCP
from fastmcp.server.auth import AccessToken, TokenVerifier

from bench.yardsticks.tools import TOOLS, verified


class Verifier(TokenVerifier):
    """Surelist's own check of tokens."""

    async def verify_token(self, token: str) -> AccessToken | None:
        """What the token says, or None."""
        principal = await verified(token)
        return principal and AccessToken(**principal.model_dump(exclude_none=True))


mcp = FastMCP("yardstick", auth=Verifier())
for tool in TOOLS:
    mcp.tool(tool)
app = mcp.http_app(stateless_http=True, json_response=True)
