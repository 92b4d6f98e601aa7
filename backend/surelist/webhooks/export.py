"""Webhooks for the export, without their secrets. There are few, so they are one page."""

from typing import Any

from surelist.data.isolation import UserTransaction
from surelist.webhooks.representation import webhook
from surelist.webhooks.service import list_all


async def webhooks_after(tx: UserTransaction, _last: int) -> tuple[list[Any], None]:
    """All webhooks."""
    return [webhook(one) for one in await list_all(tx)], None
