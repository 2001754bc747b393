"""The first instance’s ear: what a second start and the command line ask; see ``host.messages``."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import socket
import struct
import sys
from collections.abc import Awaitable, Callable, Mapping

from rapport import __version__
from rapport.domain.errors import RapportError
from rapport.host.instance import socket_path
from rapport.host.messages import HEAD_LIMIT, Message, encoded, head_of
from rapport.host.paths import Paths

READ_LIMIT_S = 5.0
"""For a whole request: who asks has it ready."""

log = logging.getLogger(__name__)

Handler = Callable[[Message], Awaitable[Message]]
"""Raises RapportError where it cannot; whoever asked reads its sentence."""


class InstanceServer:
    """Listens on a local socket that only this person can open. ``handlers`` are by what is
    asked; one whose asker has gone is cancelled."""

    def __init__(self, paths: Paths, handlers: Mapping[str, Handler]) -> None:
        self._path = socket_path(paths)
        self._handlers = handlers
        self._server: asyncio.Server | None = None
        self._open: set[asyncio.Task[None]] = set()

    async def start(self) -> None:
        if not hasattr(asyncio, "start_unix_server"):
            return  # Windows: the lock file alone keeps a second instance away
        with contextlib.suppress(FileNotFoundError):
            self._path.unlink()  # we hold the lock: whoever left it is gone
        before = os.umask(0o177)
        try:
            self._server = await asyncio.start_unix_server(
                self._serve, str(self._path), limit=HEAD_LIMIT
            )
        finally:
            os.umask(before)

    async def stop(self) -> None:
        """Nobody is let in any more, and nobody is answered any more."""
        if self._server is None:
            return
        self._server.close()
        for task in self._open:
            task.cancel()
        await asyncio.gather(*self._open, return_exceptions=True)
        await self._server.wait_closed()
        with contextlib.suppress(FileNotFoundError):
            self._path.unlink()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._open.add(task)
        try:
            if not _is_ours(writer.get_extra_info("socket")):
                return
            message = await asyncio.wait_for(_request(reader), READ_LIMIT_S)
            reply = await self._reply(message, reader)
            if reply is not None:
                writer.write(reply)
                await writer.drain()
        except (OSError, ValueError, EOFError, TimeoutError, asyncio.LimitOverrunError) as error:
            log.info("what was asked could not be read: %s", type(error).__name__)
        except asyncio.CancelledError:
            # Ended by ``stop``, or with the loop: asyncio would report it as an error of ours.
            pass
        finally:
            self._open.discard(task)
            writer.close()

    async def _reply(self, message: Message, reader: asyncio.StreamReader) -> bytes | None:
        """None where nobody is left to hear it."""
        answering = asyncio.ensure_future(self._answer(message))
        gone = asyncio.ensure_future(reader.read(1))
        try:
            await asyncio.wait([answering, gone], return_when=asyncio.FIRST_COMPLETED)
            return answering.result() if answering.done() else None
        finally:
            for one in (answering, gone):
                one.cancel()
            await asyncio.gather(answering, gone, return_exceptions=True)

    async def _answer(self, message: Message) -> bytes:
        try:
            if message.head.get("rapport") != __version__:
                raise RapportError(
                    "The Rapport that is running is another version.", "Quit it and start it again."
                )
            handler = self._handlers.get(str(message.head.get("ask")))
            if handler is None:
                raise RapportError("The Rapport that is running does not know what was asked.")
            reply = await handler(message)
            return encoded(Message(_head(ok=True) | reply.head, reply.attachment))
        except RapportError as error:
            return encoded(Message(_head(ok=False) | {"sentence": error.english}))
        except Exception:
            log.exception("what was asked failed unexpectedly")
            return encoded(Message(_head(ok=False) | {"sentence": "Something went wrong in it."}))


def _head(*, ok: bool) -> dict[str, object]:
    return {"rapport": __version__, "ok": ok}


async def _request(reader: asyncio.StreamReader) -> Message:
    head, size = head_of(await reader.readuntil(b"\n"))
    return Message(head, await reader.readexactly(size))


def _is_ours(connection: socket.socket) -> bool:
    """The mode of the socket keeps others out; where the system tells who asks, it must agree."""
    if not sys.platform.startswith("linux"):
        return True
    told = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i"))
    _, user, _ = struct.unpack("3i", told)
    return bool(user == os.getuid())
