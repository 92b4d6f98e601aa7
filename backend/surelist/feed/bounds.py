"""Limits on open streams: of the person, of an agent, of all agents of a user, and of a worker.

The person's newest stream always opens: it ends the oldest one of the same session or client.
"""

from surelist.access.allowances import nine_tenths
from surelist.access.auth import Principal
from surelist.errors import TooManyRequests, Unavailable
from surelist.feed.listeners import Listeners

OF_PERSON = 30
OF_AGENT = 5
OF_AGENTS = 20
RETRY_SECONDS = 10

REPLACED = "stream_replaced"


def make_room(listeners: Listeners, principal: Principal, maximum: int) -> None:
    """Make room for one more stream of this caller, or refuse it.

    `maximum` is the number of streams of the worker, of which agents get nine tenths; 0 means no
    limit. Raises TooManyRequests for an agent, and Unavailable.
    """
    caller, of_user = principal.caller, listeners.of(principal.account_id)
    if caller.is_person:
        holder = (principal.person_id, principal.kind, caller.client_id)
        own = [one for one in of_user if _holder(one.principal) == holder]
        for oldest in own[: len(own) + 1 - OF_PERSON]:
            oldest.end(REPLACED)
    else:
        agents = [one for one in of_user if not one.principal.caller.is_person]
        own = [one for one in agents if one.principal.caller.client_id == caller.client_id]
        if len(own) >= OF_AGENT:
            raise TooManyRequests("stream_limit_agent", retry_after=RETRY_SECONDS, limit=OF_AGENT)
        if len(agents) >= OF_AGENTS:
            raise TooManyRequests("stream_limit_agents", retry_after=RETRY_SECONDS, limit=OF_AGENTS)
    full = maximum and listeners.count >= maximum
    if full or (not caller.is_person and maximum and listeners.agents >= nine_tenths(maximum)):
        raise Unavailable("streams_full")


def _holder(principal: Principal) -> tuple[str, ...]:
    return principal.person_id, principal.kind, principal.caller.client_id
