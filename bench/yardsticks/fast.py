"""The yardstick with FastMCP 4, deployed as in https://gofastmcp.com/deployment/http."""

# pyright: basic, reportMissingImports=false

from fastmcp import FastMCP
from fastmcp.server.auth import AccessToken, TokenVerifier

from bench.yardsticks.tools import TOOLS, verified


class Verifier(TokenVerifier):
    """Verifies tokens with Surelist's own code."""

    async def verify_token(self, token: str) -> AccessToken | None:
        """The claims of the token, or None."""
        principal = await verified(token)
        return principal and AccessToken(**principal.model_dump(exclude_none=True))


mcp = FastMCP("yardstick", auth=Verifier())
for tool in TOOLS:
    mcp.tool(tool)
app = mcp.http_app(stateless_http=True, json_response=True)
