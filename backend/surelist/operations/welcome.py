"""The text that the terminal shows when the server has started: how to connect."""

import json
from http.client import HTTPConnection, HTTPException
from urllib.parse import urlsplit

from click import style

from surelist.access.auth import AGENT_SCOPES, LOCAL_USER, sign_token
from surelist.config import Settings

DAYS = 365
OPEN_PATH = "/.well-known/oauth-protected-resource"

WORDS = """
{running} at {url}
Ctrl-C stops it. The list stays in {data}

{claude_code}: paste this into another terminal

claude mcp add --transport http surelist {mcp_url} --header "Authorization: Bearer {token}"

{others}: add this to the configuration

{configuration}

{rest}: the same list for a script

TOKEN={token}
curl -H "Authorization: Bearer $TOKEN" {api_url}/me/tasks

The token is for the user {user} and good for {days} days. One for another agent, named in the
history: .venv/bin/surelist token {user} --client NAME
"""

WORDS_WITH_PAGE = """
{running} at {url}
Ctrl-C stops it. The list stays in {data}

{page}: {web_url}, where you sign up; it says below when it answers

{claude_code}: paste this into another terminal, then type /mcp in claude and choose Authenticate

claude mcp add --transport http --scope user surelist {mcp_url}

{others}: this address is all they need: {mcp_url}

A token without signing up, for a script: .venv/bin/surelist token {user} --client NAME
{first_person}
"""


def welcome_with_page(settings: Settings) -> str:
    """How to sign up and connect, without a token. Important parts are bold."""
    return WORDS_WITH_PAGE.format(
        running=style("Surelist is running", fg="green", bold=True),
        page=style("The web page", bold=True),
        claude_code=style("Claude Code", bold=True),
        others=style("Other MCP clients", bold=True),
        url=style(settings.url, bold=True),
        web_url=style(settings.web_url, bold=True),
        data=settings.data,
        mcp_url=settings.mcp_url,
        user=LOCAL_USER,
        first_person=first_person(settings),
    )


def first_person(settings: Settings) -> str:
    """How the first person to sign up gets the list of the local user's tokens.

    Shows the code dim, since it is a secret.
    """
    code = settings.first_person_code
    proof = f" with the code {style(code, dim=True)}" if code else ""
    return f"The first person to sign up{proof} gets the list of the user {LOCAL_USER}"


def welcome(settings: Settings) -> str:
    """How to connect, with a new token for the local user.

    Important parts are bold and the token is dim. Print it with `click.echo`.
    """
    token = sign_token(settings, LOCAL_USER, scopes=AGENT_SCOPES, days=DAYS, client=LOCAL_USER)
    server = {
        "type": "http",
        "url": settings.mcp_url,
        "headers": {"Authorization": f"Bearer {token}"},
    }
    words = WORDS.format(
        running=style("Surelist is running", fg="green", bold=True),
        claude_code=style("Claude Code", bold=True),
        others=style("Other MCP clients", bold=True),
        rest=style("REST", bold=True),
        url=style(settings.url, bold=True),
        data=settings.data,
        mcp_url=settings.mcp_url,
        api_url=settings.api_url,
        token=token,
        user=LOCAL_USER,
        days=DAYS,
        configuration=json.dumps({"mcpServers": {"surelist": server}}, indent=2),
    )
    return words.replace(token, style(token, dim=True))


def wait_until_answering(settings: Settings, host: str, port: int) -> bool:
    """Wait for the answer of the server at this address, and return whether there was one."""
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
