from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any

import httpx2
import pytest

from rapport.api import ApiClient, StaticToken, TokenSource
from rapport.api.http import Http
from rapport.app.clock import SystemClock
from rapport.sandbox.server import SandboxThread


class Hostile:
    """A server on this loop that answers with exactly the bytes it is told to."""

    def __init__(self) -> None:
        self.requests: list[bytes] = []
        self.reply = b""
        self.silent = False
        self._server: asyncio.Server | None = None

    @property
    def url(self) -> str:
        assert self._server
        return f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

    def answers(self, body: bytes, status: str = "200 OK", *headers: str) -> None:
        head = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *headers]
        if not any(line.lower().startswith("content-type") for line in headers):
            head.append("Content-Type: application/json")
        self.reply = "\r\n".join([*head, "Connection: close", "", ""]).encode() + body

    async def start(self) -> None:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)

    async def stop(self) -> None:
        if self._server:
            self._server.close()
            await self._server.wait_closed()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = await reader.readuntil(b"\r\n\r\n")
            self.requests.append(head)
            if not self.silent:
                writer.write(self.reply)
                await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()


class Control:
    """The sandbox's switches."""

    def __init__(self, sandbox: SandboxThread) -> None:
        self._info = sandbox.info()

    async def __call__(self, method: str, path: str, body: Any = None) -> Any:
        headers = {"Authorization": f"Bearer {self._info['control_token']}"}
        url = f"{self._info['base_url']}/_sandbox/{path}"
        async with httpx2.AsyncClient(trust_env=False) as http:
            reply = await http.request(method, url, json=body, headers=headers)
        assert reply.status_code == 200, reply.text
        return reply.json()

    async def fault(self, **fault: Any) -> None:
        await self("POST", "faults", fault)

    async def seen(self, path: str = "") -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = (await self("GET", f"log?path={path}"))["requests"]
        return found


@pytest.fixture
async def hostile() -> AsyncIterator[Hostile]:
    server = Hostile()
    await server.start()
    yield server
    await server.stop()


@pytest.fixture
async def elsewhere() -> AsyncIterator[Hostile]:
    """A second one, to which nothing may be led."""
    server = Hostile()
    await server.start()
    yield server
    await server.stop()


@pytest.fixture
def control(sandbox: SandboxThread) -> Control:
    return Control(sandbox)


@pytest.fixture
def control_of() -> Callable[[SandboxThread], Control]:
    """Of a sandbox that the test itself has started."""
    return Control


@pytest.fixture
async def client_for() -> AsyncIterator[Callable[..., ApiClient]]:
    """``client_for(base_url, tokens=…, location_id=…)``, closed afterwards."""
    made: list[ApiClient] = []

    def make(
        base_url: str,
        tokens: TokenSource | str = "canary-token",
        location_id: str = "loc",
        clock: Any = None,
        http: Http | None = None,
    ) -> ApiClient:
        source = StaticToken(tokens) if isinstance(tokens, str) else tokens
        client = ApiClient(
            base_url, source, location_id=location_id, clock=clock or SystemClock(), http=http
        )
        made.append(client)
        return client

    yield make
    for client in made:
        await client.aclose()


@pytest.fixture
def client(sandbox: SandboxThread, client_for: Callable[..., ApiClient]) -> ApiClient:
    """Signed in to the sandbox with every scope."""
    info = sandbox.info()
    return client_for(info["base_url"], info["access_token"], info["location_ids"][0])
