"""Ends of connections that a test opens or serves itself."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress

SECONDS_TO_FLUSH = 2


@asynccontextmanager
async def closing(*writers: asyncio.StreamWriter) -> AsyncGenerator[None]:
    """Close the writers at the end and wait for it, so that none outlives its event loop.

    What has been written is sent first, unless the other end does not read it.
    """
    try:
        yield
    finally:
        for writer in writers:
            writer.close()
        for writer in writers:
            try:
                async with asyncio.timeout(SECONDS_TO_FLUSH):
                    await writer.wait_closed()
            except TimeoutError:
                writer.transport.abort()
                with suppress(OSError):
                    await writer.wait_closed()
            except OSError:
                pass
