"""What a person is told when the server answers: how to connect."""

import json
from http.client import HTTPConnection, HTTPException
from urllib.parse import urlsplit

from surelist.auth import AGENT_SCOPES, sign_token
from surelist.config import Settings

USER = "local"
DAYS = 365
OPEN_PATH = "/.well-known/oauth-protected-resource"

WORDS = """
Surelist is running. Ctrl-C stops it; the list stays in {data}

MCP server   {mcp_url}
Token        {token}
             (for the user {user}, good for {days} days; others: .venv/bin/surelist token USER)

Claude Code:

claude mcp add --transport http surelist {mcp_url} --header "Authorization: Bearer {token}"

Other MCP clients, in their JSON configuration:

{configuration}

The list over REST:

curl -H "Authorization: Bearer {token}" {api_url}/me/tasks
"""


def welcome(settings: Settings) -> str:
    """Everything to paste, around a new token for the user of this machine."""
    token = sign_token(settings, USER, scopes=AGENT_SCOPES, days=DAYS, client=USER)
    server = {
        "type": "http",
        "url": settings.mcp_url,
        "headers": {"Authorization": f"Bearer {token}"},
    }
    return WORDS.format(
        data=settings.data,
        mcp_url=settings.mcp_url,
        api_url=settings.api_url,
        token=token,
        user=USER,
        days=DAYS,
        configuration=json.dumps({"mcpServers": {"surelist": server}}, indent=2),
    )


def wait_until_answering(settings: Settings, host: str, port: int) -> bool:
    """Wait for the server on that socket, and return whether it answers."""
    connection = HTTPConnection(host, port)
    try:
        connection.request("GET", OPEN_PATH, headers={"Host": urlsplit(settings.url).netloc})
        connection.getresponse()
    except (OSError, HTTPException):
        return False
    else:
        return True
    finally:
        connection.close()
