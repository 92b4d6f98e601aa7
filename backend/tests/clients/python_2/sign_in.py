"""How the official Python client signs in with nothing but the server's address.

It says `{"authorize": URL}`, where a browser must go, and waits for that browser on localhost.
"""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import parse_qs, urlsplit

from mcp.client.auth import OAuthClientProvider
from mcp.shared.auth import AuthorizationCodeResult, OAuthClientMetadata

DONE = b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 8\r\n\r\nGo back."


class Memory:
    """Keeps what the client must remember for as long as the program runs."""

    tokens = None
    client_info = None

    async def get_tokens(self):
        return self.tokens

    async def set_tokens(self, tokens):
        self.tokens = tokens

    async def get_client_info(self):
        return self.client_info

    async def set_client_info(self, client_info):
        self.client_info = client_info


@asynccontextmanager
async def signing_in(url: str, name: str) -> AsyncIterator[OAuthClientProvider]:
    """The client's own OAuth, registering itself by `name`."""
    answered = asyncio.Queue()

    async def redirected(request: asyncio.StreamReader, answer: asyncio.StreamWriter) -> None:
        target = (await request.readline()).split()[1].decode()
        answer.write(DONE)
        await answer.drain()
        answer.close()
        if urlsplit(target).path == "/callback":
            answered.put_nowait(parse_qs(urlsplit(target).query))

    async def ask(authorize: str) -> None:
        print(json.dumps({"authorize": authorize}), flush=True)

    async def wait() -> AuthorizationCodeResult:
        answer = await answered.get()
        return AuthorizationCodeResult(
            **{field: answer[field][0] for field in ("code", "state", "iss") if field in answer}
        )

    async with await asyncio.start_server(redirected, "127.0.0.1") as listener:
        port = listener.sockets[0].getsockname()[1]
        metadata = OAuthClientMetadata(
            client_name=name, redirect_uris=[f"http://localhost:{port}/callback"]
        )
        yield OAuthClientProvider(url, metadata, Memory(), ask, wait)
