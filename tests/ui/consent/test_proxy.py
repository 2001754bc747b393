"""The consent page goes through the proxy that this computer names, as everything else does."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import AsyncIterator, Callable
from typing import Any

import msgspec
import pytest

from rapport.ui.consent.launch import ask_consent
from rapport.ui.consent.request import ConsentRequest


class Proxy:
    """Hears who wants to go where, and lets nobody through."""

    def __init__(self, refusal: str) -> None:
        self.heads: asyncio.Queue[str] = asyncio.Queue()
        self._refusal = refusal
        self._server: asyncio.Server | None = None

    async def start(self) -> str:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        return f"127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

    async def stop(self) -> None:
        assert self._server is not None
        self._server.close()
        await self._server.wait_closed()

    async def until(self, wanted: Callable[[str], bool]) -> str:
        """The first request like that; what a browser asks for by itself is passed over."""
        async with asyncio.timeout(30):
            while not wanted(head := await self.heads.get()):
                pass
        return head

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                self.heads.put_nowait(head.decode("latin-1"))
                writer.write(f"HTTP/1.1 {self._refusal}\r\nContent-Length: 0\r\n\r\n".encode())
                await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()


@pytest.fixture
async def named(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Callable[..., Any]]:
    """``await named(refusal, user)``: a proxy in the environment."""
    made: list[Proxy] = []
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)

    async def make(refusal: str = "502 Bad Gateway", user: str = "") -> Proxy:
        made.append(Proxy(refusal))
        monkeypatch.setenv("HTTPS_PROXY", f"http://{user}{await made[-1].start()}")
        return made[-1]

    yield make
    for proxy in made:
        await proxy.stop()


@pytest.fixture
async def asking(question: ConsentRequest) -> AsyncIterator[Callable[[str], None]]:
    """``asking(url)`` opens the page; it is closed afterwards."""
    tasks: list[asyncio.Task[Any]] = []

    def ask(url: str) -> None:
        asked = msgspec.structs.replace(question, url=url)
        tasks.append(asyncio.ensure_future(ask_consent(asked)))

    yield ask
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


async def test_the_page_is_asked_for_through_it(named: Any, asking: Any) -> None:
    proxy = await named()
    asking("https://marketplace.example/start?state=s1")
    head = await proxy.until(lambda head: "marketplace.example" in head)
    assert head.startswith("CONNECT marketplace.example:443 ")


async def test_its_name_and_password_are_given_to_it(named: Any, asking: Any) -> None:
    proxy = await named(
        '407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm="office"',
        user="ana:pass%20word@",
    )
    asking("https://marketplace.example/start?state=s1")
    head = await proxy.until(lambda head: "proxy-authorization" in head.lower())
    assert base64.b64encode(b"ana:pass word").decode() in head


async def test_the_sandbox_is_asked_without_it(
    named: Any, asking: Any, provider: Any, question: ConsentRequest
) -> None:
    proxy = await named()
    provider.page("/start", "hello")
    asking(question.url)
    await provider.came("/start")
    while not proxy.heads.empty():
        assert "127.0.0.1" not in proxy.heads.get_nowait()
