"""A provider that means harm, and a listener where the redirect points."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from urllib.parse import urlsplit

import pytest

from rapport.ui.consent.request import ConsentRequest, ScopeLine


class Server:
    """Answers each path with what was put there, and remembers who came."""

    def __init__(self) -> None:
        self.connections = 0
        self.paths: list[str] = []
        self._replies: dict[str, bytes] = {}
        self._came = asyncio.Condition()
        self._server: asyncio.Server | None = None

    @property
    def url(self) -> str:
        assert self._server
        return f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

    def page(self, path: str, html: str, *headers: str, status: str = "200 OK") -> None:
        body = f"<!doctype html><meta charset=utf-8>{html}".encode()
        head = [f"HTTP/1.1 {status}", "Content-Type: text/html", f"Content-Length: {len(body)}"]
        head += [*headers, "Cache-Control: no-store", "Connection: close", "", ""]
        self._replies[path] = "\r\n".join(head).encode() + body

    async def came(self, path: str) -> None:
        """Waits until ``path`` has been asked for."""
        async with asyncio.timeout(30), self._came:
            await self._came.wait_for(lambda: path in self.paths)

    async def start(self) -> None:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)

    async def stop(self) -> None:
        assert self._server
        self._server.close()
        await self._server.wait_closed()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            head = await reader.readuntil(b"\r\n\r\n")
            path = urlsplit(head.split()[1].decode("ascii")).path
            async with self._came:
                self.paths.append(path)
                self._came.notify_all()
            missing = b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
            writer.write(self._replies.get(path, missing))
            await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()


@pytest.fixture
async def provider() -> AsyncIterator[Server]:
    server = Server()
    await server.start()
    yield server
    await server.stop()


@pytest.fixture
async def listener() -> AsyncIterator[Server]:
    """Stands where the redirect points; nobody may come."""
    server = Server()
    await server.start()
    yield server
    await server.stop()


@pytest.fixture
def question(provider: Server, listener: Server) -> ConsentRequest:
    return ConsentRequest(
        url=f"{provider.url}/start?state=s1",
        redirect_uri=f"{listener.url}/callback",
        scopes=(ScopeLine(title="See contacts", detail="tasks, notes", name="contacts.readonly"),),
        not_asked="messages",
        provider="the provider",
        timeout_s=20,
        theme="light",
    )
