"""The five tools of the SQLModel yardsticks, for the official server and FastMCP."""

from mcp.server.auth.middleware.auth_context import get_access_token
from mcp.server.auth.provider import AccessToken

from bench.yardsticks import entities
from bench.yardsticks.entities import Changed, TaskPage
from surelist import config
from surelist.access import issuers
from surelist.access.auth import Authenticator
from surelist.errors import Unauthenticated

settings = config.load()
authenticator = Authenticator(issuers.trusted_issuers(settings))


async def verified(token: str) -> AccessToken | None:
    """The claims of the token, verified with Surelist's own code."""
    try:
        principal = await authenticator.principal([f"Bearer {token}"], settings.mcp_url)
    except Unauthenticated:
        return None
    return AccessToken(
        token=token,
        client_id=principal.caller.client_id,
        scopes=sorted(principal.scopes),
        subject=principal.person_id,
        resource=settings.mcp_url,
    )


def user() -> str:
    """The user of this call's token."""
    token = get_access_token()
    if token is None or token.subject is None:
        raise PermissionError("no token")
    return token.subject


async def list_tasks(limit: int = 50) -> TaskPage:
    """List the user's tasks."""
    return await entities.list_tasks(user(), limit)


async def add_task(title: str) -> Changed:
    """Add a task to the user's list."""
    return await entities.add_task(user(), title)


async def complete_task(task_id: int) -> Changed:
    """Mark a task as completed."""
    return await entities.complete_task(user(), task_id)


async def update_task(task_id: int, title: str) -> Changed:
    """Change a task's title."""
    return await entities.update_task(user(), task_id, title)


async def delete_task(task_id: int) -> Changed:
    """Move a task to the trash."""
    return await entities.delete_task(user(), task_id)


TOOLS = (list_tasks, add_task, complete_task, update_task, delete_task)
