"""The yardstick with the official SDK: MCPServer, deployed as its documentation advises.

It is stateless with JSON answers, as https://github.com/modelcontextprotocol/python-sdk
(docs/run/deploy.md, docs/run/authorization.md) advises for more than one worker.
"""

from mcp.server import MCPServer
from mcp.server.auth.provider import AccessToken, TokenVerifier
from mcp.server.auth.settings import AuthSettings
from pydantic import AnyHttpUrl

from bench.yardsticks.tools import TOOLS, settings, verified


class Verifier(TokenVerifier):
    """Verifies tokens with Surelist's own code."""

    async def verify_token(self, token: str) -> AccessToken | None:
        """The claims of the token, or None."""
        return await verified(token)


mcp = MCPServer(
    "yardstick",
    token_verifier=Verifier(),
    auth=AuthSettings(
        issuer_url=AnyHttpUrl(settings.url),
        resource_server_url=AnyHttpUrl(settings.mcp_url),
        required_scopes=[],
        validate_token_resource=True,
    ),
    log_level="WARNING",
)
for tool in TOOLS:
    mcp.tool()(tool)
app = mcp.streamable_http_app(stateless_http=True, json_response=True)
