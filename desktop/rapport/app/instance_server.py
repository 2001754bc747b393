"""The first instance's ear: a second start hands its request over here."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import os
from collections.abc import Awaitable, Callable

from rapport.host.instance import socket_path
from rapport.host.paths import Paths

REQUEST_LIMIT = 64 * 1024
READ_LIMIT_S = 5.0

log = logging.getLogger(__name__)

Handler = Callable[[dict[str, object]], Awaitable[None]]


class InstanceServer:
    """Listens on a local socket that only this person can open."""

    def __init__(self, paths: Paths, handler: Handler) -> None:
        self._path = socket_path(paths)
        self._handler = handler
        self._server: asyncio.Server | None = None

    async def start(self) -> None:
        if not hasattr(asyncio, "start_unix_server"):
            return  # Windows: the lock file alone keeps a second instance away
        with contextlib.suppress(FileNotFoundError):
            self._path.unlink()  # we hold the lock: whoever left it is gone
        before = os.umask(0o177)
        try:
            self._server = await asyncio.start_unix_server(
                self._serve, str(self._path), limit=REQUEST_LIMIT
            )
        finally:
            os.umask(before)

    async def stop(self) -> None:
        if self._server is not None:
            self._server.close()
            await self._server.wait_closed()
            with contextlib.suppress(FileNotFoundError):
                self._path.unlink()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            line = await asyncio.wait_for(reader.readline(), READ_LIMIT_S)
            request = json.loads(line)
            await self._handler(request if isinstance(request, dict) else {})
            writer.write(b"ok\n")
            await writer.drain()
        except (OSError, ValueError, TimeoutError) as error:
            log.info("a request of another start could not be read: %s", type(error).__name__)
        finally:
            writer.close()
