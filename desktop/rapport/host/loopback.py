"""The other end of a sign-in in the system browser: a listener for one redirect (RFC 8252 §7.3)."""

from __future__ import annotations

import asyncio
import contextlib
import html
from typing import Self
from urllib.parse import urlsplit

from rapport.domain.errors import SignInError
from rapport.language import keep, tr

REQUEST_LIMIT = 16 * 1024
"""Bytes of a request's head; a redirect is far shorter."""
READ_LIMIT_S = 10.0
_LOOPBACK = {"127.0.0.1": "127.0.0.1", "localhost": "127.0.0.1", "::1": "::1"}

_PAGE = """<!doctype html><html dir="auto"><meta charset="utf-8"><title>Rapport</title>
<style>body{{font:15px system-ui,sans-serif;display:grid;place-items:center;min-height:90vh;
color:#1b1f27;background:#f6f7f9}}main{{max-width:26rem;text-align:center}}
@media(prefers-color-scheme:dark){{body{{color:#e8eaef;background:#14161b}}}}</style>
<main><h1>{title}</h1><p>{text}</p></main></html>"""


def is_loopback(redirect_uri: str) -> bool:
    """Whether a browser on this computer can deliver this redirect to us."""
    parts = urlsplit(redirect_uri)
    return parts.scheme == "http" and parts.hostname in _LOOPBACK


class LoopbackReceiver:
    """Listens where the redirect URI points and waits for the browser to be sent there.

    Use as an async context manager; entering raises SignInError when the port is taken.
    """

    def __init__(self, redirect_uri: str) -> None:
        self._redirect = urlsplit(redirect_uri)
        self._port = self._redirect.port or 80
        self._server: asyncio.Server | None = None
        self._callback: asyncio.Future[str] | None = None

    async def __aenter__(self) -> Self:
        self._callback = asyncio.get_running_loop().create_future()
        try:
            self._server = await asyncio.start_server(
                self._serve, _LOOPBACK[self._redirect.hostname or ""], self._port
            )
        except (OSError, KeyError) as error:
            raise SignInError(
                keep("Port {port} is in use by another program.", port=str(self._port)),
                "Close that program and try again, or register another redirect address with your "
                "app and enter it here.",
                reason="failed",
                details=type(error).__name__,
            ) from error
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._server is not None:
            self._server.close()
            await self._server.wait_closed()
        if self._callback is not None:
            self._callback.cancel()

    async def callback(self) -> str:
        """The redirect with its query. Holds the code: never logged."""
        assert self._callback is not None
        return await asyncio.shield(self._callback)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            status, title, text = await self._answer(reader)
            page = _PAGE.format(title=html.escape(title), text=html.escape(text)).encode()
            writer.write(
                f"HTTP/1.1 {status}\r\nContent-Type: text/html; charset=utf-8\r\n"
                f"Content-Length: {len(page)}\r\nCache-Control: no-store\r\n"
                "Referrer-Policy: no-referrer\r\nConnection: close\r\n\r\n".encode()
                + page
            )
            await writer.drain()
        except (OSError, TimeoutError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            pass  # a browser that went away, or something that is no browser
        finally:
            writer.close()
            with contextlib.suppress(OSError):
                await writer.wait_closed()

    async def _answer(self, reader: asyncio.StreamReader) -> tuple[str, str, str]:
        head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), READ_LIMIT_S)
        line = head[:REQUEST_LIMIT].split(b"\r\n", 1)[0].decode("ascii", "replace")
        method, _, rest = line.partition(" ")
        target = urlsplit(rest.rpartition(" ")[0])
        assert self._callback is not None
        if method != "GET" or target.path != (self._redirect.path or "/") or target.netloc:
            return (
                "404 Not Found",
                tr("Nothing here"),
                tr("This address only ends a sign-in to Rapport."),
            )
        if self._callback.done():
            return "410 Gone", tr("Already used"), tr("Return to Rapport.")
        self._callback.set_result(self._redirect._replace(query=target.query).geturl())
        back = tr("You can close this page and return to Rapport.")
        if "error=" in target.query:
            return "200 OK", tr("Not connected"), back
        return "200 OK", tr("You are signed in"), back
